/**
 * The Durable Object: presses each button at most once, asks for all tasks with one alarm, tells the pages that wait.
 * What it knows is in its SQLite storage, so it can be evicted, restarted or moved at any moment, and it sleeps between
 * two alarms.
 */
import { DurableObject } from "cloudflare:workers";
import {
  AuthenticationError,
  Midjourney,
  MidjourneyError,
  TaskNotFoundError,
  type SubmitModalParams,
  type Task,
} from "cometapi-midjourney";

export interface Env {
  TASKS: DurableObjectNamespace<Tasks>;
  /** Secrets. */
  COMETAPI_KEY: string;
  ACCESS_TOKEN: string;
  /** How often is asked: of young tasks, and of old ones. */
  FASTEST_MS: number;
  SLOWEST_MS: number;
  /** So old a task is given up. */
  GIVE_UP_MS: number;
}

/** What the task is told where it asks for more. */
export type Modal = Omit<SubmitModalParams, "taskId">;

/** A press of a button. `key` is the caller's own name for it: the same key again is the same press. */
export interface Press {
  key: string;
  taskId: string;
  customId: string;
  modal: Modal | undefined;
}

/** What became of a press. */
export type Wait = {
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
};

/** Of a task that is waited for. */
type Open = { key: string; taskId: string; submittedAt: number };

/** Ids in one request. */
const CHUNK = 100;
/** Requests in one alarm, of the 50 that Cloudflare's free plan allows; at most half of them for lists. */
const BUDGET = 40;
/** One call is one request: what fails is asked again by the next alarm. */
const ONCE = { maxRetries: 0, timeoutMs: 10_000 };
/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** What goes on by itself. What is uncertain does where its task is known: that one tells. */
const OPEN: ReadonlySet<Wait["status"]> = new Set(["SUBMITTING", "NOT_START", "SUBMITTED", "IN_PROGRESS", "UNKNOWN"]);
const isOpen = ({ status, taskId }: Wait) => OPEN.has(status) || (status === "UNCERTAIN" && taskId !== null);

const CUT_OFF = "The submit was cut off: it may have been accepted, and paid. It is not sent again. Look at your tasks first.";

/** Not a SubmitUncertainError, nor whatever else can't say that nothing was accepted. */
const isRefusal = (error: unknown): error is MidjourneyError =>
  error instanceof MidjourneyError && !("maybeAccepted" in error && error.maybeAccepted);

/** The tasks that an answer names which does not say clearly that they were made. */
const idsOf = (error: unknown): readonly string[] => (error instanceof MidjourneyError ? (error.taskIds ?? []) : []);

export class Tasks extends DurableObject<Env> {
  private readonly midjourney: Midjourney;
  /** When each was last asked for. In memory alone: a row written at each look would cost more than all the rest. */
  private readonly askedAt = new Map<string, number>();
  /** Whose modal is to be answered, by this alarm or the next. */
  private asking: string[] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.midjourney = new Midjourney({ apiKey: env.COMETAPI_KEY });
    this.rows(`
      CREATE TABLE IF NOT EXISTS waits (
        key TEXT PRIMARY KEY, status TEXT NOT NULL, taskId TEXT, progress TEXT, imageUrl TEXT, error TEXT,
        open INTEGER NOT NULL, submittedAt INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS openOnes ON waits (open) WHERE open;
      CREATE INDEX IF NOT EXISTS byAge ON waits (submittedAt);
      CREATE TABLE IF NOT EXISTS modals (key TEXT PRIMARY KEY, answer TEXT NOT NULL, modalAt INTEGER);
    `);
    // There is one instance of an object. What a new one finds under way was cut off with the one before it.
    this.rows(
      `UPDATE waits SET status = 'UNCERTAIN', open = taskId IS NOT NULL, error = ?
       WHERE open AND status = 'SUBMITTING'`,
      CUT_OFF,
    );
    // Pings of pages are answered without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Presses the button, unless this key was pressed before, and says what became of it. */
  async submit({ key, taskId, customId, modal }: Press): Promise<Wait> {
    const now = Date.now();
    const inserted = this.rows(
      `INSERT INTO waits (key, status, open, submittedAt) VALUES (?, 'SUBMITTING', 1, ?)
       ON CONFLICT DO NOTHING RETURNING key`,
      key,
      now,
    );
    if (modal) {
      this.rows(
        `INSERT INTO modals (key, answer) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET answer = excluded.answer WHERE modalAt IS NULL`,
        key,
        JSON.stringify(modal),
      );
    }
    if (inserted.length === 0) {
      if (modal && this.look(key)!.status === "MODAL") await this.answer(key);
      return this.look(key)!;
    }

    // Before the submit: at no moment is a task waited for without an alarm.
    await this.wakeAt(now + this.env.FASTEST_MS);
    try {
      // The row is on disk before the request leaves: the platform holds back whatever goes out until what was written
      // before is safe (the output gate; a write with `allowUnconfirmed`, by default false, would not wait for it).
      const { taskIds } = await this.midjourney.submitAction({ taskId, customId });
      this.keep(key, taskIds, { status: "NOT_START", error: null });
    } catch (error) {
      if (isRefusal(error)) this.set(key, { status: "REFUSED", error: String(error) });
      else this.keep(key, idsOf(error), { status: "UNCERTAIN", error: String(error) });
    }
    return this.look(key)!;
  }

  /** Answers the modal of a task, once: that it is answered is on disk before the answer leaves. */
  private async answer(key: string): Promise<void> {
    const now = Date.now();
    const [modal] = this.rows<{ answer: string }>("SELECT answer FROM modals WHERE key = ? AND modalAt IS NULL", key);
    if (!modal) return;
    // A mask is large, and is not needed again.
    this.rows("UPDATE modals SET answer = '', modalAt = ? WHERE key = ?", now, key);
    this.rows("UPDATE waits SET submittedAt = ? WHERE key = ?", now, key);
    const { taskId, status } = this.look(key)!;
    this.set(key, { status: "SUBMITTING", error: null });
    await this.wakeAt(now + this.env.FASTEST_MS);
    try {
      const { taskIds } = await this.midjourney.submitModal({ ...JSON.parse(modal.answer), taskId }, { maxRetries: 0 });
      this.keep(key, taskIds, { status: "NOT_START", error: null });
    } catch (error) {
      if (!isRefusal(error)) return this.keep(key, [taskId!], { status: "UNCERTAIN", error: String(error) });
      // Refused for the moment: it reads MODAL at the next look, too. Refused for good: somebody has to say something else.
      if (error.retryable) this.rows("UPDATE modals SET answer = ?, modalAt = NULL WHERE key = ?", modal.answer, key);
      else this.rows("DELETE FROM modals WHERE key = ?", key);
      this.set(key, error.retryable ? { status } : { status: "MODAL", error: String(error) });
    }
  }

  /** When the modal of a press was answered; null where the answer is still to be sent, undefined where there is none. */
  private modalAt(key: string): number | null | undefined {
    return this.rows<{ modalAt: number | null }>("SELECT modalAt FROM modals WHERE key = ?", key)[0]?.modalAt;
  }

  /** The tasks of a press: the key is the first one's, and the others are rows of their own. */
  private keep(key: string, taskIds: readonly string[], change: Pick<Wait, "status" | "error">): void {
    const [first = null, ...others] = taskIds;
    others.forEach((taskId, index) =>
      this.rows(
        `INSERT INTO waits (key, status, taskId, open, submittedAt) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING`,
        `${key}.${index + 2}`,
        change.status,
        taskId,
        Date.now(),
      ),
    );
    this.set(key, { ...change, taskId: first });
  }

  /** What became of a press; null where nothing was pressed under this key. */
  look(key: string): Wait | null {
    const found = this.rows<Wait>("SELECT key, status, taskId, progress, imageUrl, error FROM waits WHERE key = ?", key);
    return found[0] ?? null;
  }

  /** A page that waits. Its socket outlives the object's sleep. */
  override async fetch(request: Request): Promise<Response> {
    const keys = new Set(new URL(request.url).searchParams.getAll("key"));
    const { 0: page, 1: socket } = new WebSocketPair();
    this.ctx.acceptWebSocket(socket, [...keys]);
    for (const key of keys) {
      const wait = this.look(key);
      if (wait) socket.send(JSON.stringify(wait));
    }
    return new Response(null, { status: 101, webSocket: page });
  }

  /** A page leaves: with hibernation its close is not answered by itself. */
  override webSocketClose(socket: WebSocket): void {
    socket.close(1000);
  }

  /** The one alarm of all: asks once for each task that is waited for. */
  override async alarm(): Promise<void> {
    const { FASTEST_MS, SLOWEST_MS, GIVE_UP_MS } = this.env;
    const now = Date.now();
    const old = "FROM waits WHERE NOT open AND submittedAt < ?";
    this.rows(`DELETE FROM modals WHERE key IN (SELECT key ${old})`, now - KEPT_MS);
    this.rows(`DELETE ${old}`, now - KEPT_MS);
    this.rows("UPDATE waits SET open = 0 WHERE open AND status = 'UNCERTAIN' AND submittedAt < ?", now - GIVE_UP_MS);
    const overdue = this.rows<Open>("SELECT key FROM waits WHERE open AND submittedAt < ?", now - GIVE_UP_MS);
    for (const { key } of overdue) this.set(key, { status: "GIVEN_UP", error: "It took too long." });

    let delay: number | undefined;
    try {
      if (await this.askForAll(now)) delay = 0;
    } catch (error) {
      // Not thrown on: an alarm that throws is tried six times more and then dropped; an API can be away for longer.
      console.warn(error);
      const asked = error instanceof MidjourneyError ? (error.retryAfterMs ?? 0) : 0;
      delay = Math.max(SLOWEST_MS, Math.min(asked, GIVE_UP_MS));
    }
    const [youngest] = this.rows<Open>("SELECT * FROM waits WHERE open ORDER BY submittedAt DESC LIMIT 1");
    if (!youngest) return;
    // Ever more seldom as they grow old, as `pollUntilDone` does it.
    delay ??= Math.min(Math.max(FASTEST_MS, (now - youngest.submittedAt) / 2), SLOWEST_MS);
    await this.wakeAt(Date.now() + delay);
  }

  /** Says whether the budget did not reach for all. */
  private async askForAll(now: number): Promise<boolean> {
    const most = (BUDGET / 2) * CHUNK;
    const last = ({ key }: Open) => this.askedAt.get(key) ?? 0;
    const open = this.rows<Open>("SELECT * FROM waits WHERE open AND taskId IS NOT NULL AND status <> 'SUBMITTING'")
      .filter((wait) => last(wait) <= now - this.env.FASTEST_MS)
      .sort((a, b) => last(a) - last(b))
      .slice(0, most);
    const leftOut: Open[] = [];
    this.asking = [];
    let budget = BUDGET;
    for (let from = 0; from < open.length; from += CHUNK, budget -= 1) {
      leftOut.push(...(await this.askForSome(open.slice(from, from + CHUNK), now)));
    }
    for (const wait of leftOut.slice(0, budget)) await this.askFor(wait, now);
    budget -= leftOut.length;
    await Promise.all(this.asking.slice(0, Math.max(budget, 0)).map((key) => this.answer(key)));
    return this.asking.length > budget || open.length === most;
  }

  /** Asks for up to a hundred tasks with one request, and gives those that its answer left out. */
  private async askForSome(waits: readonly Open[], now: number): Promise<readonly Open[]> {
    let tasks: Task[];
    try {
      tasks = await this.midjourney.listTasks(waits.map(({ taskId }) => taskId), ONCE);
    } catch (error) {
      const isRefused = error instanceof MidjourneyError && !error.retryable && !(error instanceof AuthenticationError);
      if (!isRefused) throw error;
      console.warn(error);
      return waits;
    }
    // One task an id: of a modal's two rows the client gives the one that is further.
    const found = new Map(tasks.map((task) => [task.id, task]));
    return waits.filter((wait) => {
      const task = found.get(wait.taskId);
      if (task) this.see(wait, task, now);
      return !task;
    });
  }

  /** Asks for one task, with one request. */
  private async askFor(wait: Open, now: number): Promise<void> {
    const { key, taskId } = wait;
    // Before it is asked: one that is answered with nonsense must not stand at the head of the line for ever.
    this.askedAt.set(key, now);
    try {
      this.see(wait, await this.midjourney.fetchTask(taskId, ONCE), now);
    } catch (error) {
      // Its submit was accepted, so it is there: whoever says otherwise has trouble with its database.
      if (!(error instanceof TaskNotFoundError)) throw error;
      console.warn(error);
    }
  }

  private see({ key }: Open, { status, progress, imageUrl, failReason }: Task, now: number): void {
    this.askedAt.set(key, now);
    const modalAt = status === "MODAL" ? this.modalAt(key) : undefined;
    // Once it was answered that is an old row: the API can show it as long as the job runs.
    if (modalAt) return;
    if (modalAt === null) return void this.asking.push(key);
    this.set(key, { status, progress, imageUrl: imageUrl ?? null, error: failReason ?? null });
  }

  /** Writes what has changed, and tells the pages. */
  private set(key: string, change: Partial<Wait>): void {
    const before = this.look(key)!;
    const wait = { ...before, ...change };
    const open = isOpen(wait);
    // Not by the picture: the address of a preview changes at every look.
    if (wait.status === before.status && wait.progress === before.progress) return;
    this.rows(
      "UPDATE waits SET status = ?, taskId = ?, progress = ?, imageUrl = ?, error = ?, open = ? WHERE key = ?",
      wait.status,
      wait.taskId,
      wait.progress,
      wait.imageUrl,
      wait.error,
      open ? 1 : 0,
      key,
    );
    if (!open) this.askedAt.delete(key);
    for (const socket of this.ctx.getWebSockets(key)) socket.send(JSON.stringify(wait));
  }

  private rows<Row extends Record<string, SqlStorageValue>>(query: string, ...values: SqlStorageValue[]): Row[] {
    return this.ctx.storage.sql.exec<Row>(query, ...values).toArray();
  }

  /** Sees to it that the alarm is no later. */
  private async wakeAt(time: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > time) await this.ctx.storage.setAlarm(time);
  }
}
