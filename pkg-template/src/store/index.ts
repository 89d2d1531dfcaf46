/**
 * `cometapi-midjourney/store`: what a page waits for outlives the page.
 *
 * ```ts
 * import { Midjourney } from "cometapi-midjourney";
 * import { createStore } from "cometapi-midjourney/store";
 *
 * const store = createStore(new Midjourney({ baseURL: "/api/mj" }));
 * store.resumeAll({ onProgress: draw, onSettled: show }); // what an earlier page, or a killed one, was waiting for
 *
 * const submitted = await store.submitAction({ taskId, customId }, { meta: { card: 3 } }); // saved when this returns
 * const task = await store.wait(submitted, { onProgress: draw });
 * ```
 *
 * It holds neither WebAssembly nor a client: it starts and ends the waits of the one that it is given.
 */

export { createStore } from "./store.js";
export { indexedDBStorage } from "./indexeddb.js";
export type {
  ResumeOptions,
  SavedTask,
  SettledTask,
  StoreClient,
  StoreEvent,
  StoreOptions,
  StoreProgress,
  StoreSubmitOptions,
  TaskStorage,
  TaskStore,
  WaitOptions,
} from "./types.js";
