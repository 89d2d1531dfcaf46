/**
 * The Durable Object of one press: presses the button at most once, then waits for a webhook, or for its alarm.
 *
 * A webhook is unsigned, so it is believed in one thing only: that now is a good moment to ask. It moves the alarm, and
 * what the alarm is told by the API itself counts. So a webhook that comes twice, late, forged or never does no harm.
 */
import { DurableObject } from "cloudflare:workers";
import { Midjourney, MidjourneyError, TaskNotFoundError, type PollState, type Task } from "cometapi-midjourney";

export interface Env {
  PRESSES: DurableObjectNamespace<Press>;
  /** Secrets. */
  COMETAPI_KEY: string;
  ACCESS_TOKEN: string;
  HOOK_SECRET: string;
  /** How often is asked where no webhook comes. */
  FALLBACK_MS: number;
  /** So old a task is given up. */
  GIVE_UP_MS: number;
}

/** What became of a press. */
export type Outcome = {
  key: string;
  /**
   * The new task's own status, or: `SUBMITTING`; `REFUSED`, no task was made; `UNCERTAIN`, nobody can say whether one
   * was; `LOST`, the API no longer knows it; `GIVEN_UP`, it took too long.
   */
  status: Task["status"] | "SUBMITTING" | "REFUSED" | "UNCERTAIN" | "LOST" | "GIVEN_UP";
  /** The new task. */
  taskId: string | null;
  progress: string | null;
  imageUrl: string | null;
  /** What went wrong, for people. */
  error: string | null;
};

/** What is stored. */
type Kept = {
  outcome: Outcome;
  submittedAt: number;
  /** What to poll with; null before the task is known, and once it is over. */
  poll: PollState | null;
  /** A webhook has told of its end. */
  isAnnounced: boolean;
};

/** One call is one request: what fails is asked again by the next alarm. */
const ONCE = { maxRetries: 0, timeoutMs: 10_000 };
/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export function isFinished(status: Task["status"]): boolean {
  return status === "SUCCESS" || status === "MODAL" || status === "FAILURE" || status === "CANCEL";
}

export class Press extends DurableObject<Env> {
  private readonly midjourney: Midjourney;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.midjourney = new Midjourney({ apiKey: env.COMETAPI_KEY });
    // There is one instance of an object. What a new one finds under way was cut off with the one before it.
    if (this.look()?.status === "SUBMITTING") {
      const error = "The submit was cut off: it may have been accepted, and paid. It is not sent again.";
      this.set({ status: "UNCERTAIN", error }, null);
    }
    // Pings of pages are answered without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Presses the button, unless that was done before, and says what became of it. */
  async submit(key: string, button: { taskId: string; customId: string }): Promise<Outcome> {
    const before = this.look();
    if (before) return before;

    const submittedAt = Date.now();
    const outcome = { key, status: "SUBMITTING", taskId: null, progress: null, imageUrl: null, error: null } as const;
    this.keep({ outcome, submittedAt, poll: null, isAnnounced: false });
    await this.ctx.storage.setAlarm(submittedAt + KEPT_MS);
    try {
      // That is on disk before the request leaves: the platform holds back whatever goes out until what was written
      // before is safe (the output gate; a write with `allowUnconfirmed`, by default false, would not wait for it).
      const { taskId } = await this.midjourney.submitAction({ ...button, state: key });
      this.set({ status: "NOT_START", taskId }, { v: 1, taskId, submittedAt, polls: 0, delayMs: 0 });
      await this.ctx.storage.setAlarm(Date.now() + this.env.FALLBACK_MS);
    } catch (error) {
      // SubmitUncertainError, and whatever else can't say that no task was made.
      const isRefused = error instanceof MidjourneyError && !("maybeAccepted" in error && error.maybeAccepted);
      this.set({ status: isRefused ? "REFUSED" : "UNCERTAIN", error: String(error) }, null);
    }
    return this.look()!;
  }

  /** What became of the press; null where there was none. */
  look(): Outcome | null {
    return this.kept?.outcome ?? null;
  }

  /** A page that waits. Its socket outlives the object's sleep. */
  override async fetch(): Promise<Response> {
    const { 0: page, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket);
    const outcome = this.look();
    if (outcome) socket.send(JSON.stringify(outcome));
    return new Response(null, { status: 101, webSocket: page });
  }

  /** A page leaves: with hibernation its close is not answered by itself. */
  override webSocketClose(socket: WebSocket): void {
    socket.close(1000);
  }

  /** A webhook has come: of a task that goes on, or has ended. */
  async hear(taskId: string, hasEnded: boolean): Promise<void> {
    const { kept } = this;
    if (kept?.outcome.status === "UNCERTAIN") {
      // So a task was made after all, if the API confirms it.
      this.keep({ ...kept, poll: { v: 1, taskId, polls: 0, delayMs: 0 } });
    } else if (hasEnded && kept?.poll?.taskId === taskId) {
      this.keep({ ...kept, isAnnounced: true });
    } else {
      return;
    }
    // Twice is once: there is one alarm.
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** Asks once, and says when to ask again; in the end forgets. */
  override async alarm(): Promise<void> {
    const { kept } = this;
    if (!kept) return;
    const forgetAt = kept.submittedAt + KEPT_MS;
    if (Date.now() >= forgetAt) return this.ctx.storage.deleteAll();

    const delay = kept.poll ? await this.ask(kept, kept.poll) : null;
    // Where a webhook came meanwhile it is set already.
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    await this.ctx.storage.setAlarm(delay === null ? forgetAt : Date.now() + delay);
  }

  /** Gives the time until it is to ask again; null where that is never. */
  private async ask({ outcome, submittedAt }: Kept, poll: PollState): Promise<number | null> {
    const { GIVE_UP_MS } = this.env;
    const isUncertain = outcome.status === "UNCERTAIN";
    if (Date.now() - submittedAt > GIVE_UP_MS) {
      this.set(isUncertain ? {} : { status: "GIVEN_UP", error: "It took too long." }, null);
      return null;
    }
    try {
      const step = await this.midjourney.pollOnce(poll, ONCE);
      const { id, status, progress, imageUrl, failReason, state } = step.task;
      if (isUncertain && state !== outcome.key) {
        this.set({}, null);
        return null;
      }
      const change = { status, taskId: id, progress, imageUrl: imageUrl ?? null, error: failReason ?? null };
      this.set(change, step.done ? null : step.state);
      if (step.done) return null;
      return this.pace(step.nextDelayMs);
    } catch (error) {
      // Not thrown on: an alarm that throws is tried six times more and then dropped; an API can be away for longer.
      console.warn(error);
      if (error instanceof TaskNotFoundError && !error.retryable) {
        this.set(isUncertain ? {} : { status: "LOST", error: error.message }, null);
        return null;
      }
      const { state = poll, retryAfterMs = 0 } = error instanceof MidjourneyError ? error : {};
      this.set({}, state);
      return Math.max(this.pace(state.delayMs), Math.min(retryAfterMs, GIVE_UP_MS));
    }
  }

  /** Seldom while a webhook is to come; as the client does it once one has told of the end: the gateway can be behind. */
  private pace(delayMs: number): number {
    return this.kept?.isAnnounced ? delayMs : Math.max(this.env.FALLBACK_MS, delayMs);
  }

  private get kept(): Kept | undefined {
    return this.ctx.storage.kv.get<Kept>("kept");
  }

  private keep(kept: Kept): void {
    this.ctx.storage.kv.put("kept", kept);
  }

  /** Writes what has changed, and tells the pages. */
  private set(change: Partial<Outcome>, poll: PollState | null): void {
    const kept = this.kept!;
    const outcome = { ...kept.outcome, ...change };
    this.keep({ ...kept, outcome, poll });
    // Not of the picture: the address of a preview changes at every look.
    if (outcome.status === kept.outcome.status && outcome.progress === kept.outcome.progress) return;
    for (const socket of this.ctx.getWebSockets()) socket.send(JSON.stringify(outcome));
  }
}
