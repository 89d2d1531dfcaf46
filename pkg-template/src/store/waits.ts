/**
 * The waits of one page, one for each task, however many callers it has.
 *
 * ```text
 *          ┌── hidden ◄──────────────┐  the poll under way is ended, the lock given back
 *          ▼                         │
 *  join ─► shown ─► the task's lock ─► client.pollUntilDone ─► settled: callers told, others told, forgotten
 *                        │
 *                        └─► another tab has it: its progress is heard, and its end is this one's
 * ```
 *
 * When to ask, and what an answer means, is decided by the client.
 */

import type { ModalTask, PollInfo, PollOptions, PollState, PollTarget, SubmitModalParams, Task } from "../types.js";
import type { Records } from "./records.js";
import { packed, unpacked, type Tabs } from "./tabs.js";
import type { SavedTask, SettledTask, StoreClient, StoreEvent, StoreProgress, WaitOptions } from "./types.js";

/** An id that the API does not know, and nobody else either, is kept for so long: it may be the wrong key that asks. */
const UNKNOWN_KEPT_MS = 86_400_000;

/** A tab that had the lock has told the end of its task; the message may come a little later than the lock. */
const MESSAGE_MS = 500;

/** What tabs tell each other. */
export type Message<Meta> =
  | { type: "saved"; saved: SavedTask<Meta> }
  | { type: "progress"; saved: SavedTask<Meta>; task: Task; info: PollInfo }
  | { type: "settled"; saved: SavedTask<Meta>; result: Result; kept: boolean }
  | { type: "forgotten"; taskId: string };

type Result = Pick<SettledTask & { status: "fulfilled" }, "status" | "value"> | { status: "rejected"; reason: unknown };

/** Who waits for a task. */
interface Caller<Meta> {
  progress(task: Task, info: StoreProgress<Meta>): void;
  settle(settled: SettledTask<Meta>): Promise<void>;
  /** Ends this caller's wait, not the others'. */
  cancel(reason: unknown): void;
}

interface Wait<Meta> {
  saved: SavedTask<Meta>;
  options: PollOptions;
  /** As the caller gave it. */
  target: PollTarget | undefined;
  callers: Set<Caller<Meta>>;
  over: boolean;
  /** Ends what is under way: the poll, or the wait for the lock. */
  interrupt?: () => void;
  /** Ends the pause. */
  wake?: () => void;
}

interface Surroundings<Meta> {
  client: StoreClient;
  records: Records<Meta>;
  tabs: Tabs<Message<Meta>>;
  pollWhenHidden: boolean;
  emit(event: StoreEvent<Meta>): void;
  onError(error: unknown, taskId?: string): void;
}

export function createWaits<Meta>({ client, records, tabs, pollWhenHidden, emit, onError }: Surroundings<Meta>) {
  const waits = new Map<string, Wait<Meta>>();
  const page = pollWhenHidden ? undefined : (globalThis as { document?: Document }).document;

  const hidden = (): boolean => page?.visibilityState === "hidden";
  const look = (): void => {
    for (const wait of [...waits.values()]) hidden() ? wait.interrupt?.() : wait.wake?.();
  };
  page?.addEventListener("visibilitychange", look);

  /** Waits for a saved task. `told` has the end first; the record is removed after. */
  function join(
    saved: SavedTask<Meta>,
    target: PollTarget | undefined,
    { signal, onProgress, ...options }: WaitOptions<Meta>,
    told?: (settled: SettledTask<Meta>) => unknown,
  ): Promise<SettledTask<Meta>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let wait = waits.get(saved.taskId);
      const isNew = !wait;
      wait ??= { saved, options: options as PollOptions, target, callers: new Set(), over: false };
      const leave = (): void => {
        signal?.removeEventListener("abort", abort);
        wait.callers.delete(caller);
      };
      const caller: Caller<Meta> = {
        progress: (task, info) => onProgress?.(task, info),
        async settle(settled) {
          leave();
          try {
            await told?.(settled);
          } finally {
            resolve(settled);
          }
        },
        cancel(reason) {
          leave();
          reject(reason);
          if (!wait.callers.size) end(wait);
        },
      };
      const abort = (): void => caller.cancel(signal?.reason);
      signal?.addEventListener("abort", abort);
      wait.callers.add(caller);
      if (isNew) {
        waits.set(saved.taskId, wait);
        run(wait).catch((error: unknown) => cancel(saved.taskId, error));
      }
    });
  }

  /** Ends the wait in this page; what is saved stays. */
  function end(wait: Wait<Meta>): void {
    wait.over = true;
    if (waits.get(wait.saved.taskId) === wait) waits.delete(wait.saved.taskId);
    wait.interrupt?.();
    wait.wake?.();
  }

  function cancel(taskId: string, reason: unknown): void {
    for (const caller of waits.get(taskId)?.callers ?? []) caller.cancel(reason);
  }

  async function run(wait: Wait<Meta>): Promise<void> {
    let paused = false;
    while (!wait.over) {
      if (hidden()) {
        paused = true;
        await new Promise<void>((wake) => (wait.wake = wake));
        continue;
      }
      const round = new AbortController();
      wait.interrupt = () => round.abort();
      try {
        return await tabs.alone(wait.saved.taskId, round.signal, () => poll(wait, round.signal, paused));
      } catch (error) {
        if (!round.signal.aborted) throw error;
        paused = true;
      }
    }
  }

  /** Under the lock. Rejects only where it is interrupted. */
  async function poll(wait: Wait<Meta>, signal: AbortSignal, paused: boolean): Promise<void> {
    const { taskId } = wait.saved;
    const record = await records.load(taskId);
    if (record === null && tabs.connected) await aborted(signal, MESSAGE_MS);
    // Another tab may have polled, or answered a modal, while this one waited for the lock.
    if (record && record.state.polls >= wait.saved.state.polls) wait.saved = { ...wait.saved, state: record.state };
    signal.throwIfAborted();
    const { onModal } = wait.options;

    const options: PollOptions = {
      ...wait.options,
      signal,
      onProgress: (task, info) => {
        // An answer that was on its way when the wait was ended.
        if (wait.over) return;
        wait.saved = { ...wait.saved, state: info.state };
        // A result is told, not saved.
        if (task.status !== "SUCCESS") void records.save(wait.saved);
        tabs.post({ type: "progress", saved: wait.saved, task, info });
        heard(wait.saved, task, info, false);
      },
      ...(onModal && { onModal: (task) => answer(wait, task, onModal) }),
      ...(paused ? { initialDelayMs: 0 } : {}),
    };
    const ask = async (target: PollTarget): Promise<Result> => {
      try {
        return { status: "fulfilled", value: await client.pollUntilDone(target, options) };
      } catch (reason) {
        if (signal.aborted) throw reason;
        return { status: "rejected", reason };
      }
    };
    let result = await ask(begins(wait) ?? wait.saved.state);
    // Saved by a version whose states this one does not know: the id is the same in all.
    if (codeOf(result) === "state") result = await ask(taskId);
    await settle(wait, result);
  }

  /** Saved before it is sent: whatever becomes of this page, the next one knows that the modal may have been answered. */
  async function answer(
    wait: Wait<Meta>,
    task: ModalTask,
    onModal: NonNullable<PollOptions["onModal"]>,
  ): Promise<SubmitModalParams | null> {
    const said = await onModal(task);
    if (!said) return said;
    const { taskId } = wait.saved;
    const elsewhere = (await records.load(taskId))?.state;
    if (elsewhere && isAnswered(elsewhere, task.id)) {
      // Another tab has answered it meanwhile: this wait goes on from that.
      wait.saved = { ...wait.saved, state: elsewhere };
      wait.interrupt?.();
      return new Promise(() => {});
    }
    wait.saved = { ...wait.saved, state: marked(wait.saved.state, task.id) };
    await records.save(wait.saved);
    tabs.post({ type: "saved", saved: wait.saved });
    return said;
  }

  function heard(saved: SavedTask<Meta>, task: Task, info: PollInfo, elsewhere: boolean): void {
    const told = { ...info, saved, elsewhere };
    emit({ type: "progress", taskId: saved.taskId, elsewhere, task, info: told });
    for (const caller of [...(waits.get(saved.taskId)?.callers ?? [])]) {
      try {
        caller.progress(task, told);
      } catch (error) {
        caller.cancel(error);
      }
    }
  }

  /** The end of a wait that has polled. */
  async function settle(wait: Wait<Meta>, result: Result): Promise<void> {
    const { taskId } = wait.saved;
    if (wait.over) return;
    const hasEnded = isOver(result, wait.saved);
    const reason = result.status === "rejected" ? (result.reason as { state?: PollState }) : undefined;
    if (reason?.state) wait.saved = { ...wait.saved, state: reason.state };
    if (!hasEnded) await records.save(wait.saved);
    if (hasEnded || result.status === "fulfilled") {
      tabs.post({ type: "settled", saved: wait.saved, result: sent(result), kept: !hasEnded });
    }
    const told = await tell(wait.saved, result, !hasEnded, false);
    if (hasEnded && told) await records.remove(taskId);
  }

  /** Gives whether every caller took it. */
  async function tell(saved: SavedTask<Meta>, result: Result, kept: boolean, elsewhere: boolean): Promise<boolean> {
    const { taskId } = saved;
    const settled = { ...result, saved, elsewhere, kept } as SettledTask<Meta>;
    const wait = waits.get(taskId);
    const callers = [...(wait?.callers ?? [])];
    if (wait) end(wait);
    emit({ type: "settled", taskId, elsewhere, settled });
    const all = await Promise.allSettled(callers.map((caller) => caller.settle(settled)));
    const failed = all.filter((each) => each.status === "rejected");
    for (const { reason } of failed) onError(reason, taskId);
    return failed.length === 0;
  }

  return {
    join,
    cancel,
    /** What another tab has told. */
    hear(message: Message<Meta>): void {
      if (message.type === "forgotten") {
        const { taskId } = message;
        if (waits.has(taskId)) {
          cancel(taskId, forgotten());
          // Its last progress may have been saved after the other tab had deleted it.
          void records.remove(taskId);
        }
        emit({ type: "forgotten", taskId, elsewhere: true });
        return;
      }
      const { saved } = message;
      const { taskId } = saved;
      const wait = waits.get(taskId);
      const isNews = wait && saved.state.modalAt !== undefined && wait.saved.state.modalAt === undefined;
      if (wait) wait.saved = saved;
      // A modal was answered there: a poll under way here does not know it.
      if (isNews && message.type === "saved") wait.interrupt?.();
      if (message.type === "progress") heard(saved, message.task, message.info, true);
      else if (message.type === "settled") void tell(saved, received(message.result), message.kept, true);
      else emit({ type: "saved", taskId, saved, elsewhere: true });
    },
    close(reason: unknown): void {
      page?.removeEventListener("visibilitychange", look);
      for (const taskId of [...waits.keys()]) cancel(taskId, reason);
    },
  };
}

/** What the caller gave, where the saved state knows no more: of its own submits the client knows when they were. */
function begins({ target, saved: { state } }: Wait<unknown>): PollTarget | undefined {
  const knowsMore = state.polls > 0 || state.modalAt !== undefined || (typeof target === "string" && state.submittedAt !== undefined);
  return knowsMore ? undefined : target;
}

/** With the modal of a task answered, or being answered. */
export function marked(state: PollState, taskId: string): PollState {
  const modalOf = state.taskIds && { modalOf: [...new Set([...(state.modalOf ?? []), taskId])] };
  return { ...state, modalAt: Date.now(), ...modalOf };
}

const isAnswered = ({ modalAt, modalOf }: PollState, taskId: string): boolean =>
  modalAt !== undefined && (modalOf === undefined || modalOf.includes(taskId));

/** What a wait for a forgotten task rejects with. */
export const forgotten = (): DOMException => new DOMException("The task was forgotten.", "AbortError");

const codeOf = (result: Result): unknown =>
  result.status === "rejected" ? (result.reason as { code?: unknown } | undefined)?.code : undefined;

/** Whether there is nothing more to come. `MODAL` wants input; a refused key, a dead network, a deadline say nothing of the task. */
function isOver(result: Result, { savedAt, state }: SavedTask): boolean {
  if (result.status === "fulfilled") return result.value.status === "SUCCESS";
  const code = codeOf(result);
  // A gateway whose database is away says of every task that there is none.
  const isKnown = state.submittedAt !== undefined || state.seen || state.modalAt !== undefined;
  return code === "task_failed" || (code === "task_not_found" && !isKnown && Date.now() - savedAt > UNKNOWN_KEPT_MS);
}

const sent = (result: Result): Result =>
  result.status === "rejected" ? { ...result, reason: packed(result.reason as Error) } : result;

const received = (result: Result): Result =>
  result.status === "rejected" ? { ...result, reason: unpacked(result.reason as Record<string, unknown>) } : result;

/** Until the signal is aborted, at most so long. */
function aborted(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
