import type { TaskStorage } from "./types.js";

const TASKS = "tasks";

/** The default: texts in a database of the page's origin. It is opened when it is first needed. */
export function indexedDBStorage(database = "cometapi-midjourney"): TaskStorage {
  let opened: Promise<IDBDatabase> | undefined;
  // A failure is not kept, and a connection that was ended is opened anew.
  const renew = (): void => void (opened = undefined);

  const open = (): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const { indexedDB } = globalThis as { indexedDB?: IDBFactory };
      if (!indexedDB) throw new Error("There is no IndexedDB here: give createStore a storage, such as a Map.");
      const request = indexedDB.open(database, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(TASKS);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const db = request.result;
        db.onclose = renew;
        // Whoever deletes the page's data must not wait for it.
        db.onversionchange = () => (renew(), db.close());
        resolve(db);
      };
    });

  async function run<T>(mode: IDBTransactionMode, work: (tasks: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    opened ??= open();
    const db = await opened.catch((error: unknown) => (renew(), Promise.reject(error)));
    return new Promise((resolve, reject) => {
      // On the disk, since it was paid for.
      const transaction = db.transaction(TASKS, mode, { durability: "strict" });
      const request = work(transaction.objectStore(TASKS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  return {
    get: (key) => run<string | undefined>("readonly", (tasks) => tasks.get(key)),
    set: (key, value) => run("readwrite", (tasks) => tasks.put(value, key)),
    delete: (key) => run("readwrite", (tasks) => tasks.delete(key)),
    keys: () => run("readonly", (tasks) => tasks.getAllKeys()) as Promise<string[]>,
  };
}
