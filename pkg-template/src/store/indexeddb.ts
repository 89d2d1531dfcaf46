import type { TaskStorage } from "./types.js";

const TASKS = "tasks";

/** The default: texts in a database of the page's origin. It is opened when it is first needed. */
export function indexedDBStorage(database = "cometapi-midjourney"): TaskStorage {
  let opened: Promise<IDBDatabase> | undefined;

  function open(): Promise<IDBDatabase> {
    const opening = new Promise<IDBDatabase>((resolve, reject) => {
      const { indexedDB } = globalThis as { indexedDB?: IDBFactory };
      if (!indexedDB) throw new Error("There is no IndexedDB here: give createStore a storage, such as a Map.");
      const request = indexedDB.open(database, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(TASKS);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const db = request.result;
        db.onclose = () => drop(opening);
        // Whoever deletes the page's data must not wait for it.
        db.onversionchange = () => (drop(opening), db.close());
        resolve(db);
      };
    });
    return opening;
  }

  /** A connection that was ended, or could not be had, is not kept. */
  function drop(ended: Promise<IDBDatabase>): void {
    if (opened === ended) opened = undefined;
  }

  async function once<T>(mode: IDBTransactionMode, work: (tasks: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const opening = (opened ??= open());
    try {
      const db = await opening;
      return await new Promise((resolve, reject) => {
        // On the disk, since it was paid for.
        const transaction = db.transaction(TASKS, mode, { durability: "strict" });
        const request = work(transaction.objectStore(TASKS));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error ?? new DOMException("IndexedDB has ended the transaction.", "AbortError"));
      });
    } catch (error) {
      drop(opening);
      opening.then((db) => db.close()).catch(() => {});
      throw error;
    }
  }

  /** Once more by a new connection: Safari ends one without a word. What is done twice is the same as done once. */
  const run: typeof once = (mode, work) => once(mode, work).catch(() => once(mode, work));

  return {
    get: (key) => run<string | undefined>("readonly", (tasks) => tasks.get(key)),
    set: (key, value) => run("readwrite", (tasks) => tasks.put(value, key)),
    delete: (key) => run("readwrite", (tasks) => tasks.delete(key)),
    keys: () => run("readonly", (tasks) => tasks.getAllKeys()) as Promise<string[]>,
  };
}
