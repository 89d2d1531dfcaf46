/** Saved tasks as texts in a storage, which may fail, be slow or never answer. */

import type { SavedTask, TaskStorage } from "./types.js";

/** A storage that answers later than this is as good as broken: a submit must not hang by it. */
const PATIENCE_MS = 3_000;

export interface Records<Meta> {
  /** Null where it is not saved, undefined where the storage can't say. */
  load(taskId: string): Promise<SavedTask<Meta> | null | undefined>;
  save(saved: SavedTask<Meta>): Promise<void>;
  remove(taskId: string): Promise<void>;
  all(): Promise<SavedTask<Meta>[]>;
  /** The record of a task, which can be one of several that came of one submit. */
  find(taskId: string): Promise<SavedTask<Meta> | null | undefined>;
}

/** Nothing of it rejects: what is wrong is told to `onError`. */
export function createRecords<Meta>(
  storage: TaskStorage,
  prefix: string,
  onError: (error: unknown, taskId?: string) => void,
): Records<Meta> {
  /** What the storage did not take, or could not be asked to delete: valid in this page. */
  const astray = new Map<string, SavedTask<Meta> | null>();
  let queue: Promise<unknown> = Promise.resolve();
  /** An operation that has not come back: as long as it is out, nobody waits for another. */
  let stuck: Error | undefined;

  function inTime<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (stuck) throw stuck;
      const late = () => reject((stuck = new Error(`The storage has not answered within ${PATIENCE_MS} ms.`)));
      const timer = setTimeout(late, PATIENCE_MS);
      const done = (async () => work())().finally(() => (clearTimeout(timer), (stuck = undefined)));
      done.then(resolve, reject);
    });
  }

  /** One after the other: a slow `set` must not overtake a `delete`. */
  function attempt<T>(work: () => T | Promise<T>, taskId?: string): Promise<{ value: T } | undefined> {
    const attempted = queue.then(() => inTime(work)).then(
      (value) => ({ value }),
      (error: unknown) => onError(error, taskId),
    );
    queue = attempted;
    return attempted as Promise<{ value: T } | undefined>;
  }

  async function load(taskId: string): Promise<SavedTask<Meta> | null | undefined> {
    const read = await attempt(async () => parse<Meta>(await storage.get(prefix + taskId), taskId), taskId);
    return astray.has(taskId) ? astray.get(taskId) : read?.value;
  }

  async function all(): Promise<SavedTask<Meta>[]> {
    const keys = await attempt(async () => [...(await storage.keys())] as unknown[]);
    const saved = new Set<string>();
    for (const key of keys?.value ?? []) {
      if (typeof key !== "string") onError(new Error(`The storage has a key that is no text (${typeof key}). It is passed over.`));
      else if (key.startsWith(prefix)) saved.add(key.slice(prefix.length));
    }
    const tasks = await Promise.all([...new Set([...saved, ...astray.keys()])].map(load));
    return tasks.filter((task) => !!task).sort((a, b) => a.savedAt - b.savedAt);
  }

  return {
    load,
    all,
    async find(taskId) {
      return (await load(taskId)) ?? (await all()).find(({ state }) => state.taskIds?.includes(taskId));
    },
    async save(saved) {
      const { state, savedAt, meta, taskId } = saved;
      const text = JSON.stringify({ v: 1, state, savedAt, meta });
      const done = await attempt(() => storage.set(prefix + taskId, text), taskId);
      if (done) astray.delete(taskId);
      else astray.set(taskId, saved);
    },
    async remove(taskId) {
      const done = await attempt(() => storage.delete(prefix + taskId), taskId);
      if (done) astray.delete(taskId);
      else astray.set(taskId, null);
    },
  };
}

function parse<Meta>(text: unknown, taskId: string): SavedTask<Meta> | null {
  if (text == null) return null;
  const { v, state, savedAt, meta } = JSON.parse(String(text)) ?? {};
  // The state can be of another id than the key: of what came of a modal, or the first of several that 0.1.0 saved as one.
  // What is of another version is left as it is: that may know it.
  if (v !== 1 || typeof state?.taskId !== "string" || !state.taskId) throw new Error(`What is saved of task ${taskId} is not of this version.`);
  return { taskId, state, savedAt, ...(meta === undefined ? {} : { meta }) };
}
