import type { PollState, PollTarget, RequestOptions, SubmitModalParams, SubmitResult } from "../types.js";
import { indexedDBStorage } from "./indexeddb.js";
import { createRecords } from "./records.js";
import { isRefusal, joinTabs } from "./tabs.js";
import type { SavedTask, StoreClient, StoreEvent, StoreOptions, StoreSubmitOptions, TaskStore } from "./types.js";
import { createWaits, forgotten, marked, type Message } from "./waits.js";

/** What of yours may be saved with a task, characters of JSON. */
const LONGEST_META = 4_000;

/**
 * A store for the tasks of a client.
 *
 * @param client A `Midjourney`. Its key, address and headers are not saved: after a reload give one anew.
 */
export function createStore<Meta = unknown>(client: StoreClient, options: StoreOptions = {}): TaskStore<Meta> {
  const { name = "cometapi-midjourney", storage = indexedDBStorage(), pollWhenHidden = false } = options;
  const listeners = new Set<(event: StoreEvent<Meta>) => void>();
  let closed: DOMException | undefined;

  const onError = (error: unknown, taskId?: string): void => {
    try {
      options.onError?.(error, taskId);
    } catch {
      // Nobody is left to be told.
    }
  };
  const emit = (event: StoreEvent<Meta>): void => {
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (error) {
        onError(error, event.taskId);
      }
    }
  };
  const records = createRecords<Meta>(storage, `${encodeURIComponent(name)}:`, onError);
  const tabs = joinTabs<Message<Meta>>(name, (message) => closed || waits.hear(message), onError);
  const waits = createWaits<Meta>({ client, records, tabs, pollWhenHidden, emit, onError });

  /** How often each task was given up in this page. */
  const forgets = new Map<string, number>();
  /** Says whether a task was given up since. */
  const forgetting = (taskId: string): (() => boolean) => {
    const before = forgets.get(taskId);
    return () => forgets.get(taskId) !== before;
  };

  const giveUp = (taskId: string): void => {
    forgets.set(taskId, (forgets.get(taskId) ?? 0) + 1);
    waits.cancel(taskId, forgotten());
  };

  const alive = (): void => {
    if (closed) throw closed;
  };

  async function keep(target: PollTarget, meta?: Meta): Promise<void> {
    const { taskId } = stateOf(target);
    const before = await records.load(taskId);
    // An id or a task says nothing of the wait that was not saved already.
    const isBare = typeof target === "string" || !("v" in target || "kind" in target);
    const state = before && isBare ? before.state : stateOf(target);
    meta ??= before?.meta;
    const savedAt = before?.savedAt ?? Date.now();
    const saved: SavedTask<Meta> = { taskId, state, savedAt, ...(meta === undefined ? {} : { meta }) };
    await records.save(saved);
    tabs.post({ type: "saved", saved });
    emit({ type: "saved", taskId, saved, elsewhere: false });
  }

  const submit =
    <Params>(send: (params: Params, options: RequestOptions) => Promise<SubmitResult>) =>
    async (params: Params, options?: StoreSubmitOptions<Meta>): Promise<SubmitResult> => {
      alive();
      const { meta, ...request } = options ?? {};
      const own = copied(meta);
      const submitted = await send(params, request).catch((error: unknown) => rescue(error, params, own));
      // A favourite makes no task: the answer is the picture itself, and nothing is to be waited for.
      if (submitted.taskId !== (params as { taskId?: string }).taskId) await keep(submitted, own);
      return submitted;
    };

  /** What an error says of new tasks is saved before it is told. */
  async function rescue(error: unknown, params: unknown, meta?: Meta): Promise<never> {
    const { state } = (error ?? {}) as { state?: PollState };
    if (state?.taskId && state.taskId !== (params as { taskId?: string }).taskId) await keep(state, meta);
    throw error;
  }

  /** Saved before it is sent: whatever becomes of this page, the next one knows that the modal may have been answered. */
  async function submitModal(params: SubmitModalParams, options?: StoreSubmitOptions<Meta>): Promise<SubmitResult> {
    alive();
    const { meta, ...request } = options ?? {};
    const own = copied(meta);
    const taskId = params?.taskId;
    // What is no id is told by the client.
    if (typeof taskId !== "string" || !taskId) return client.submitModal(params, request);
    const before = await records.find(taskId);
    const answered = marked(before?.state ?? stateOf(taskId), taskId);
    await keep(answered, own);
    let submitted: SubmitResult;
    try {
      submitted = await client.submitModal(params, request);
    } catch (error) {
      if (isRefusal(error)) {
        if (before) await records.save(before);
        else await records.remove(answered.taskId);
      }
      return rescue(error, params, own);
    }
    // Under an id of its own it is another task, whose modal nobody has answered.
    await keep(submitted.taskId === taskId ? { ...answered, submittedAt: Date.now() } : submitted, own);
    return submitted;
  }

  const store: TaskStore<Meta> = {
    submitAction: submit((params, options) => client.submitAction(params, options)),
    submitModal,
    submitImagine: submit((params, options) => client.submitImagine(params, options)),

    async track(target, meta) {
      const given = await target;
      let own: Meta | undefined;
      try {
        own = copied(meta);
      } catch (error) {
        // The task may have been paid for: it is saved without.
        onError(error, idOf(given));
      }
      if (idOf(given)) await keep(given, own);
      return given;
    },

    async wait(target, options = {}) {
      alive();
      const taskId = idOf(target);
      // What is no target is told by the client, as it tells it.
      if (!taskId) return client.pollUntilDone(target);
      const isGivenUp = forgetting(taskId);
      const before = await records.load(taskId);
      // An id, a task or the result of a submit says nothing of the wait that was not saved already.
      if (!before || stateOf(target).polls > before.state.polls) await keep(target);
      alive();
      const saved = (await records.load(taskId)) ?? { taskId, state: stateOf(target), savedAt: Date.now() };
      if (isGivenUp()) {
        await records.remove(taskId);
        throw forgotten();
      }
      const settled = await waits.join(saved, target, options);
      if (settled.status === "fulfilled") return settled.value;
      // No id at all, or a wrong option: it was not worth saving.
      if (!before && typeof target === "string" && settled.reason?.code === "invalid_argument") await records.remove(taskId);
      throw settled.reason;
    },

    async resumeAll({ onSettled, ...options } = {}) {
      alive();
      const saved = await store.list();
      alive();
      return Promise.all(
        saved.map((task) =>
          waits
            .join(task, undefined, options, onSettled)
            .catch((reason: unknown) => ({ status: "rejected" as const, reason, saved: task, elsewhere: false, kept: true })),
        ),
      );
    },

    list: () => records.all(),

    async forget(given) {
      giveUp(given);
      const taskId = (await records.find(given))?.taskId ?? given;
      if (taskId !== given) giveUp(taskId);
      tabs.post({ type: "forgotten", taskId });
      await records.remove(taskId);
      emit({ type: "forgotten", taskId, elsewhere: false });
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    close() {
      closed ??= new DOMException("The store was closed.", "AbortError");
      waits.close(closed);
      tabs.close();
      listeners.clear();
    },
  };
  return store;
}

function idOf(target: PollTarget): string | undefined {
  if (typeof target !== "object") return typeof target === "string" ? target : undefined;
  return target && ("taskId" in target ? target.taskId : target.id);
}

function stateOf(target: PollTarget): PollState {
  if (typeof target === "object" && "v" in target) return target;
  const taskIds = typeof target === "object" && "taskIds" in target && target.taskIds.length > 1 ? target.taskIds : undefined;
  const state: PollState = { v: 1, taskId: idOf(target) as string, ...(taskIds && { taskIds }), polls: 0, delayMs: 0 };
  return typeof target === "object" && "kind" in target ? { ...state, submittedAt: Date.now() } : state;
}

/** As it will be after a reload. Before anything is sent: what can't be saved is no reason to lose a submit. */
function copied<Meta>(meta: Meta | undefined): Meta | undefined {
  const text = meta === undefined ? undefined : JSON.stringify(meta);
  if (text === undefined) return undefined;
  if (text.length > LONGEST_META) throw new TypeError(`meta has ${text.length} characters of JSON; at most ${LONGEST_META} are saved.`);
  return JSON.parse(text);
}
