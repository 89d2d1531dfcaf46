import type { Counts, SimulatedRequest } from "./log.js";
import type { FaultMatch, FaultRule, FaultScript } from "./faults.js";
import type { SeedTask, SimulatedTask } from "./task.js";
import type { SimulatorOptions } from "./options.js";

/** A standard fetch handler, which can also be passed where a `fetch` is wanted. */
export type SimulatorFetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;

/** The whole API. Every function is bound. */
export interface Simulator {
  /**
   * A request in, its answer out. Takes a Request, or an address (a path alone will do) and its options. An abort rejects with the
   * signal's reason, a scripted drop with a TypeError. A redirect is handed out as it is, save for `redirect: "error"`, which rejects.
   */
  readonly fetch: SimulatorFetch;
  /** The latest requests, oldest first. */
  readonly requests: readonly SimulatedRequest[];
  /** How many requests came in, by `"METHOD /pattern"` and in `total`, whatever became of them. */
  readonly counts: Counts;
  /** Every task, oldest first, as they stand now. */
  readonly tasks: readonly SimulatedTask[];
  /** One task as it stands now; undefined where there is none of that id. */
  task(id: string): SimulatedTask | undefined;
  /** Puts a task there without a request. */
  addTask(seed?: SeedTask): SimulatedTask;
  /** Ends a task as FAILURE, now. */
  failTask(id: string, reason?: string): void;
  /** Ends a task as CANCEL, now. */
  cancelTask(id: string): void;
  /** Upstream lost it: the task stays as it is and never ends. */
  loseTask(id: string): void;
  /** Removes a task: from now on nobody knows it. */
  removeTask(id: string): void;
  /** Plays a fault on matching requests, `times` times (default 1). Rules are tried in the order they came. Gives a function that takes the rule back. */
  fail(match: FaultMatch, fault: FaultScript, times?: number): () => void;
  /** Several rules at once. Gives a function that takes them back. */
  script(rules: readonly FaultRule[]): () => void;
  /** Forgets tasks, requests, counts and rules. */
  reset(): void;
}

/** Makes a simulator of its own: nothing is shared between two. */
export declare function createSimulator(options?: SimulatorOptions): Simulator;
