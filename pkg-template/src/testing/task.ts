import type { WireButton } from "./buttons.js";

/** A task to begin with, for `simulator.addTask`. */
export interface SeedTask {
  /** Default: the next id. Any text, of any number of digits. */
  id?: string;
  /** The status it has and keeps, any word. Default `SUCCESS`. `null`: it lives by the clock, as a task that was submitted now. */
  status?: string | null;
  /** `IMAGINE` (default), `UPSCALE`, `VIDEO`, `DESCRIBE`, …: decides its picture and its buttons. */
  action?: string;
  /** Default `a lighthouse --v 7`. */
  prompt?: string;
  /** Default `""`. */
  state?: string;
  /** Default: what belongs to the status. */
  progress?: string;
  /** Default: those of the action, once it is `SUCCESS`. `null` is written as null. */
  buttons?: readonly WireButton[] | null;
  /** Why it failed. */
  failReason?: string;
  /** Default: now. */
  submitTime?: number;
  /** Fields of the answer to a fetch, in place of what they would be: whatever should be tried. */
  fields?: Record<string, unknown>;
}

/** A task as it stands at this moment, by the simulator's clock. Looking at it is no request. */
export interface SimulatedTask {
  readonly id: string;
  /** The task whose button was pressed. */
  readonly parentId: string | null;
  /** The button that was pressed. */
  readonly customId: string | null;
  readonly action: string;
  readonly prompt: string;
  readonly state: string;
  /** As a fetch would say now. */
  readonly status: string;
  /** As a fetch would say now. */
  readonly progress: string;
  /** The job's id in its buttons' customIds. */
  readonly hash: string;
  /** What can be pressed now. */
  readonly buttons: readonly WireButton[];
  /** The mask that its modal came with. */
  readonly maskBase64: string | null;
  /** By the path's prefix: `fast`, `turbo`, `relax`, or null. */
  readonly speed: string | null;
  readonly submitTime: number;
  readonly failReason: string | null;
}
