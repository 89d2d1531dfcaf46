import type { PollState, PollTarget, RequestOptions, SubmitResult } from "../types.js";
import { indexedDBStorage } from "./indexeddb.js";
import { createRecords } from "./records.js";
import { joinTabs } from "./tabs.js";
import type { SavedTask, StoreClient, StoreEvent, StoreOptions, StoreSubmitOptions, TaskStore } from "./types.js";
import { createWaits, forgotten, type Message } from "./waits.js";

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

  const alive = (): void => {
    if (closed) throw closed;
  };

  async function keep(target: PollTarget, meta?: Meta, news?: Partial<PollState>): Promise<void> {
    const state = { ...stateOf(target), ...news };
    const { taskId } = state;
    const before = await records.load(taskId);
    meta ??= before?.meta;
    const savedAt = before?.savedAt ?? Date.now();
    const saved: SavedTask<Meta> = { taskId, state, savedAt, ...(meta === undefined ? {} : { meta }) };
    await records.save(saved);
    tabs.post({ type: "saved", saved });
    emit({ type: "saved", taskId, saved, elsewhere: false });
  }

  const submit =
    <Params>(send: (params: Params, options: RequestOptions) => Promise<SubmitResult>, news?: () => Partial<PollState>) =>
    async (params: Params, options?: StoreSubmitOptions<Meta>): Promise<SubmitResult> => {
      alive();
      const { meta, ...request } = options ?? {};
      const own = copied(meta);
      const submitted = await send(params, request);
      // A favourite makes no task: the answer is the picture itself, and nothing is to be waited for.
      if (news || submitted.taskId !== (params as { taskId?: string }).taskId) await keep(submitted, own, news?.());
      return submitted;
    };

  const store: TaskStore<Meta> = {
    submitAction: submit((params, options) => client.submitAction(params, options)),
    // A task may read MODAL for a while after: the next page has to know.
    submitModal: submit((params, options) => client.submitModal(params, options), () => ({ modalAt: Date.now() })),
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
      const before = await records.load(taskId);
      // An id, a task or the result of a submit says nothing of the wait that was not saved already.
      if (!before || stateOf(target).polls > before.state.polls) await keep(target);
      alive();
      const saved = (await records.load(taskId)) ?? { taskId, state: stateOf(target), savedAt: Date.now() };
      const settled = await waits.join(saved, target, options);
      if (settled.status === "fulfilled") return settled.value;
      // No id at all, or a wrong option: it was not worth saving.
      if (!before && settled.reason?.code === "invalid_argument") await records.remove(taskId);
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

    async forget(taskId) {
      waits.cancel(taskId, forgotten());
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
  const state: PollState = { v: 1, taskId: idOf(target) as string, polls: 0, delayMs: 0 };
  return typeof target === "object" && "kind" in target ? { ...state, submittedAt: Date.now() } : state;
}

/** As it will be after a reload. Before anything is sent: what can't be saved is no reason to lose a submit. */
function copied<Meta>(meta: Meta | undefined): Meta | undefined {
  const text = meta === undefined ? undefined : JSON.stringify(meta);
  if (text === undefined) return undefined;
  if (text.length > LONGEST_META) throw new TypeError(`meta has ${text.length} characters of JSON; at most ${LONGEST_META} are saved.`);
  return JSON.parse(text);
}
