/**
 * The Durable Object of one press: presses the button at most once, then waits for a webhook, or for its alarm.
 *
 * A webhook is unsigned, so it is believed in one thing only: that now is a good moment to ask. It moves the alarm, and
 * what the alarm is told by the API itself counts. So a webhook that comes twice, late, forged or never does no harm.
 */
import { DurableObject } from "cloudflare:workers";
import {
  Midjourney,
  MidjourneyError,
  TaskNotFoundError,
  type PollState,
  type SubmitActionParams,
  type SubmitModalParams,
  type Task,
} from "cometapi-midjourney";

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

/** What the task is told where it asks for more. */
export type Modal = Omit<SubmitModalParams, "taskId">;

/** A press of a button. `key` is the caller's own name for it: the same key again is the same press. */
export type Body = { key: string; taskId: string; customId: string; modal?: Modal };

/** What became of a press. */
export type Outcome = {
  key: string;
  /**
   * The new task's own status, or: `SUBMITTING`; `REFUSED`, no task was made; `UNCERTAIN`, nobody can say whether the
   * submit was accepted; `GIVEN_UP`, it took too long.
   */
  status: Task["status"] | "SUBMITTING" | "REFUSED" | "UNCERTAIN" | "GIVEN_UP";
  /** The new task. */
  taskId: string | null;
  progress: string | null;
  imageUrl: string | null;
  /** What went wrong, for people. */
  error: string | null;
  /** Where the press has made several tasks: the others. */
  others?: { taskId: string; status?: Task["status"]; imageUrl?: string | undefined }[];
};

/** What is stored. */
type Kept = {
  outcome: Outcome;
  submittedAt: number;
  /** What to poll with; null before the task is known, and once it is over. `modalAt`: its modal was answered. */
  poll: PollState | null;
  /** A webhook has told of its end. */
  isAnnounced: boolean;
  /** The task reads MODAL: what to go on with once that is answered. */
  asks?: PollState;
};

/** One call is one request: what fails is asked again by the next alarm. */
const ONCE = { maxRetries: 0, timeoutMs: 10_000 };
/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const ENDS: ReadonlySet<Task["status"]> = new Set(["SUCCESS", "MODAL", "FAILURE", "CANCEL"]);

/** Not a SubmitUncertainError, nor whatever else can't say that nothing was accepted. */
const isRefusal = (error: unknown): error is MidjourneyError =>
  error instanceof MidjourneyError && !("maybeAccepted" in error && error.maybeAccepted);

/** What to poll with after a submit. */
function stateOf([taskId = "", ...others]: readonly string[], submittedAt: number): PollState {
  const state: PollState = { v: 1, taskId, submittedAt, polls: 0, delayMs: 0 };
  return others.length > 0 ? { ...state, taskIds: [taskId, ...others] } : state;
}

/** A webhook alone has named the task. */
const isHearsay = ({ submittedAt }: PollState) => submittedAt === undefined;

/** The tasks of a wait beside the first. */
const othersOf = ({ taskIds = [] }: PollState) => (taskIds.length > 1 ? { others: taskIds.slice(1).map((taskId) => ({ taskId })) } : {});

export class Press extends DurableObject<Env> {
  private readonly midjourney: Midjourney;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.midjourney = new Midjourney({ apiKey: env.COMETAPI_KEY });
    // There is one instance of an object. What a new one finds under way was cut off with the one before it.
    if (this.look()?.status === "SUBMITTING") {
      const error = "The submit was cut off: it may have been accepted, and paid. It is not sent again.";
      // Of a modal the task is known: that it goes on will tell.
      this.set({ status: "UNCERTAIN", error }, this.kept!.poll);
    }
    // Pings of pages are answered without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Presses the button, unless that was done before, and says what became of it. */
  async submit(key: string, button: SubmitActionParams, modal?: Modal): Promise<Outcome> {
    const before = this.look();
    // For when it asks; a later answer takes the place of one that is not sent yet.
    if (modal) this.ctx.storage.kv.put("modal", modal);
    if (before) {
      if (modal && before.status === "MODAL") await this.answer(modal);
      return this.look()!;
    }

    const submittedAt = Date.now();
    const outcome = { key, status: "SUBMITTING", taskId: null, progress: null, imageUrl: null, error: null } as const;
    this.keep({ outcome, submittedAt, poll: null, isAnnounced: false });
    await this.ctx.storage.setAlarm(submittedAt + KEPT_MS);
    try {
      // That is on disk before the request leaves: the platform holds back whatever goes out until what was written
      // before is safe (the output gate; a write with `allowUnconfirmed`, by default false, would not wait for it).
      const { taskIds } = await this.midjourney.submitAction({ ...button, state: key });
      await this.follow({ status: "NOT_START" }, stateOf(taskIds, submittedAt));
    } catch (error) {
      if (isRefusal(error)) {
        this.set({ status: "REFUSED", error: String(error) }, null);
      } else {
        // Its answer can name the task all the same: that it goes on will tell.
        const state = error instanceof MidjourneyError ? error.state : undefined;
        await this.follow({ status: "UNCERTAIN", error: String(error) }, state ?? null);
      }
    }
    return this.look()!;
  }

  /** Answers the modal of the task, once: that it is answered is on disk before the answer leaves. */
  private async answer(modal: Modal): Promise<void> {
    const { kv } = this.ctx.storage;
    const { asks, ...kept } = this.kept!;
    if (!asks) return;
    const submittedAt = Date.now();
    const state = { ...asks, submittedAt, modalAt: submittedAt };
    this.keep({ ...kept, submittedAt, isAnnounced: false });
    // A mask is large, and is not needed again.
    kv.delete("modal");
    await this.follow({ status: "SUBMITTING", error: null }, state);
    try {
      const { taskId, taskIds } = await this.midjourney.submitModal({ ...modal, taskId: state.taskId }, { maxRetries: 0 });
      await this.follow({ status: "NOT_START" }, taskId === state.taskId ? state : stateOf(taskIds, submittedAt));
    } catch (error) {
      if (!isRefusal(error)) return this.follow({ status: "UNCERTAIN", error: String(error) }, state);
      if (error.retryable) {
        // Refused for the moment: it reads MODAL at the next look, too.
        kv.put("modal", modal);
        return this.follow({ status: "NOT_START" }, { ...asks, submittedAt });
      }
      // Somebody has to say something else.
      this.set({ status: "MODAL", error: String(error) }, null);
      this.keep({ ...this.kept!, asks });
    }
  }

  /** Writes what has changed, and polls on. */
  private async follow(change: Partial<Outcome>, poll: PollState | null): Promise<void> {
    this.set(poll ? { ...change, taskId: poll.taskId, ...othersOf(poll) } : change, poll);
    if (poll) await this.ctx.storage.setAlarm(Date.now() + this.env.FALLBACK_MS);
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
  async hear(taskId: string, status: Task["status"]): Promise<void> {
    const { kept } = this;
    if (!kept) return;
    const { poll, outcome } = kept;
    if (outcome.status === "UNCERTAIN" && (!poll || isHearsay(poll))) {
      // So a task was made after all, if the API confirms it.
      this.keep({ ...kept, poll: { v: 1, taskId, polls: 0, delayMs: 0 } });
    } else if (poll && ENDS.has(status) && [poll.taskId, ...(poll.taskIds ?? [])].includes(taskId)) {
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
    const { GIVE_UP_MS, FALLBACK_MS } = this.env;
    const isUncertain = outcome.status === "UNCERTAIN";
    // The answer to its modal is on its way.
    if (outcome.status === "SUBMITTING") return FALLBACK_MS;
    if (Date.now() - submittedAt > GIVE_UP_MS) {
      this.set(isUncertain ? {} : { status: "GIVEN_UP", error: "It took too long." }, null);
      return null;
    }
    try {
      const step = await this.midjourney.pollOnce(poll, ONCE);
      const { id, status, progress, imageUrl, failReason, state, siblings } = step.task;
      if (isUncertain && isHearsay(poll) && state !== outcome.key) {
        this.set({}, null);
        return null;
      }
      if (!step.done) {
        // What reads MODAL here is the old row of one that is answered.
        const going = { status, taskId: id, progress, imageUrl: imageUrl ?? null, error: null };
        this.set(status === "MODAL" ? {} : going, step.state);
        return this.pace(step.nextDelayMs);
      }
      const modal = status === "MODAL" ? this.ctx.storage.kv.get<Modal>("modal") : undefined;
      if (status === "MODAL") this.keep({ ...this.kept!, asks: step.state });
      if (modal) {
        await this.answer(modal);
        return null;
      }
      const others = siblings?.map((other) => ({ taskId: other.id, status: other.status, imageUrl: other.imageUrl }));
      const ended = { status, taskId: id, progress, imageUrl: imageUrl ?? null, error: failReason ?? null };
      this.set(others ? { ...ended, others } : ended, null);
      return null;
    } catch (error) {
      // Not thrown on: an alarm that throws is tried six times more and then dropped; an API can be away for longer.
      console.warn(error);
      // Only of one that a webhook alone has named. Of one that was submitted that passes.
      if (error instanceof TaskNotFoundError && !error.retryable) {
        this.set({}, null);
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
