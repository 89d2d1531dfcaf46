/** Types of `glue.js`, which `cargo xtask build` makes from wasm-bindgen's output: what src/web exports. */
import type { ErrorRecord } from "./errors.js";
import type { Host } from "./host.js";

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
  /** `args` are JSON text, `[client, subject, options]`; resolves with an `Outcome` as JSON text. */
  call(method: Method, args: string, host: Host): Promise<string>;
  /** `args` are JSON text, `[subject, selector]`; gives an `Outcome` as JSON text. */
  look(method: Look, args: string): string;
  __wbg_set_wasm(exports: Record<string, unknown>): void;
  [imported: `__wb${string}`]: (...args: never[]) => unknown;
}

/** New glue, for a new instance. It begins nothing that goes on but through the first three. */
export function createGlue(
  setTimeout: (callback: () => void, ms: number, argument: unknown) => unknown,
  clearTimeout: (timer: unknown) => void,
  abortController: new () => AbortController & { done(): void },
  queueMicrotask: (callback: () => void) => void,
  textEncoder: new () => Pick<TextEncoder, "encodeInto">,
  textDecoder: new (label: string, options: TextDecoderOptions) => Pick<TextDecoder, "decode">,
): Glue;
