/** Types of `glue.js`, which `cargo xtask build` makes from wasm-bindgen's output: what src/web exports. */
import type { ErrorRecord } from "./errors.js";
import type { About } from "./loader.js";

/** What a call comes to. A promise of one rejects only with what is the caller's own. */
export type Outcome = { value: unknown; error?: never } | { error: ErrorRecord; value?: never };

/** `core::Method`, with what its two arguments are. */
export type Method =
  | "submitAction"
  | "submitModal"
  | "submitImagine"
  | "fetchTask"
  | "listTasks"
  | "pollAllUntilDone"
  | "pollOnce"
  | "act"
  | "pollUntilDone";

/** What needs no waiting. */
export type Look = "parseTask" | "findButton" | "parseCustomId";

export interface Glue {
  call(method: Method, client: unknown, subject: unknown, options: unknown, about: About): Promise<Outcome>;
  look(method: Look, subject: unknown, selector: unknown): Outcome;
  __wbg_set_wasm(exports: Record<string, unknown>): void;
  [imported: `__wb${string}`]: (...args: never[]) => unknown;
}

/** New glue, for a new instance. It begins nothing that goes on but through these three globals. */
export function createGlue(
  setTimeout: (callback: () => void, ms: number, argument: unknown) => unknown,
  clearTimeout: (timer: unknown) => void,
  abortController: new () => AbortController,
): Glue;
