/** What goes into a store and comes out of it. */

import type {
  ModalTask,
  PollInfo,
  PollOptions,
  PollState,
  PollTarget,
  RequestOptions,
  SubmitActionParams,
  SubmitImagineParams,
  SubmitModalParams,
  SubmitResult,
  SucceededTask,
  Task,
} from "../types.js";

/** What a store needs of a client: a `Midjourney`, of any entry, or what you put around one. */
export interface StoreClient {
  submitAction(params: SubmitActionParams, options?: RequestOptions): Promise<SubmitResult>;
  submitModal(params: SubmitModalParams, options?: RequestOptions): Promise<SubmitResult>;
  submitImagine(params: SubmitImagineParams, options?: RequestOptions): Promise<SubmitResult>;
  pollUntilDone(target: PollTarget, options?: PollOptions): Promise<SucceededTask | ModalTask>;
}

/** Where a store saves: a `Map`, an adapter of `localStorage`, anything with these four. Each may give a promise. */
export interface TaskStorage {
  /** The text; `undefined` or null where there is none. */
  get(key: string): Awaitable<string | null | undefined>;
  set(key: string, value: string): unknown;
  delete(key: string): unknown;
  /** All keys; those of others are left alone. */
  keys(): Awaitable<Iterable<string>>;
}

type Awaitable<T> = T | Promise<T>;

/** What `createStore` takes. Everything is optional. */
export interface StoreOptions {
  /** Where to save. Default: IndexedDB. */
  storage?: TaskStorage;
  /**
   * Stores of one name, in all tabs and workers of an origin, are one store. Give users who share a browser one each.
   * Default `cometapi-midjourney`.
   */
  name?: string;
  /** Go on polling while the page is hidden. Default false: it pauses, and polls at once when it is shown. */
  pollWhenHidden?: boolean;
  /**
   * Told of what is wrong in the storage, or in a callback of yours. No task is given up for it: one that can't be
   * saved is kept in memory.
   */
  onError?: (error: unknown, taskId?: string) => void;
}

/** What is saved of a task. No key, no address, no header, no picture. */
export interface SavedTask<Meta = unknown> {
  taskId: string;
  /** What `pollUntilDone` goes on with, in this page or elsewhere. */
  state: PollState;
  /** When it was first saved, Unix ms. */
  savedAt: number;
  /** Your own, as given. */
  meta?: Meta;
}

/** Beside the task in a store's `onProgress`. */
export interface StoreProgress<Meta = unknown> extends PollInfo {
  saved: SavedTask<Meta>;
  /** True where another tab has polled. */
  elsewhere: boolean;
}

/** How a wait ended, told apart by `status` as in `Promise.allSettled`. */
export type SettledTask<Meta = unknown> = PromiseSettledResult<SucceededTask | ModalTask> & {
  saved: SavedTask<Meta>;
  /** True where another tab has polled. A `reason` is then a copy: tell it by `code`, or `isInstance`. */
  elsewhere: boolean;
  /** True where it stays saved, for the next `resumeAll`: all but a result and the end of a task. */
  kept: boolean;
};

/** What a submit takes beside its parameters. */
export interface StoreSubmitOptions<Meta = unknown> extends RequestOptions {
  /** Saved with the task: which card it belongs to, say. At most 4 000 characters of JSON. Never a secret. */
  meta?: Meta;
}

/** As `PollOptions`. Where two wait for the same task in one page, it is polled as the first of them said. */
export interface WaitOptions<Meta = unknown> extends Omit<PollOptions, "maxPolls" | "onProgress" | "timeoutMs"> {
  /** The longest that this page polls without a pause, wall clock, ms. Default 900 000; `null` has none. The task stays saved. */
  timeoutMs?: number | null;
  /** Called when the task has changed, whichever tab has seen it. What it throws ends the wait. */
  onProgress?: (task: Task, info: StoreProgress<Meta>) => void;
}

/** What `resumeAll` takes. */
export interface ResumeOptions<Meta = unknown> extends WaitOptions<Meta> {
  /**
   * Called as each task's wait ends. A task that has ended is forgotten when this has returned, or what it promised
   * is done; where it throws, the task stays saved and is told again after the next reload.
   */
  onSettled?: (settled: SettledTask<Meta>) => unknown;
}

/** What `subscribe` tells of: every task of the store, whichever tab it is in. */
export type StoreEvent<Meta = unknown> = { taskId: string; elsewhere: boolean } & (
  | { type: "saved"; saved: SavedTask<Meta> }
  | { type: "progress"; task: Task; info: StoreProgress<Meta> }
  | { type: "settled"; settled: SettledTask<Meta> }
  | { type: "forgotten" }
);

/** The tasks that are waited for, saved. */
export interface TaskStore<Meta = unknown> {
  /**
   * As the client's, and the new task is saved before this resolves: one record for one submit, under the first id where
   * it made several. Where it rejects and the error names new tasks (`SubmitUncertainError` with `taskIds`), those are saved
   * before. A storage that fails is told to `onError`.
   */
  submitAction(params: SubmitActionParams, options?: StoreSubmitOptions<Meta>): Promise<SubmitResult>;
  /**
   * Likewise; and that the modal may have been answered is saved before the request goes out. A plain refusal takes that
   * back. Without a `meta` the task keeps the one it has.
   */
  submitModal(params: SubmitModalParams, options?: StoreSubmitOptions<Meta>): Promise<SubmitResult>;
  /** Likewise. */
  submitImagine(params: SubmitImagineParams, options?: StoreSubmitOptions<Meta>): Promise<SubmitResult>;
  /** Saves a task that was submitted elsewhere, or is being submitted: `await store.track(server.press(button))`. Gives it back. */
  track<T extends PollTarget>(target: T | Promise<T>, meta?: Meta): Promise<T>;
  /**
   * `pollUntilDone`, saved at every progress. Where another tab polls for this task, this one hears of it, and takes
   * over should that tab go. Once told, a task with a result, or that has failed, is no longer saved; one that wants input (`MODAL`) is.
   */
  wait(target: PollTarget, options?: WaitOptions<Meta>): Promise<SucceededTask | ModalTask>;
  /** Goes on with all that is saved. Resolves when each has ended; never rejects for a task. */
  resumeAll(options?: ResumeOptions<Meta>): Promise<SettledTask<Meta>[]>;
  /** What is saved, the oldest first. */
  list(): Promise<SavedTask<Meta>[]>;
  /** Gives a task up, and the others of its submit, in all tabs: it is no longer saved, and whoever waits for it gets an AbortError. */
  forget(taskId: string): Promise<void>;
  /** Hears of every task. Gives the function that ends it. */
  subscribe(listener: (event: StoreEvent<Meta>) => void): () => void;
  /** Ends all waits in this page with an AbortError; what is saved stays. The store can't be used after. */
  close(): void;
}
