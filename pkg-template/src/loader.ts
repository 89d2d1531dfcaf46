/**
 * Compiles the module once, and runs calls on an instance that can be replaced.
 *
 * A trap (a panic, the end of the stack or of memory) leaves an instance in a state that nothing may be asked of, and
 * would leave every promise under way pending for ever. So each instance is a generation with glue of its own: when
 * it dies, all that was in flight on it rejects, its timers and requests end, late callbacks into it are swallowed, and
 * the next call boots another.
 */
import { createGlue, type Glue } from "./glue.js";
import { toError, type ErrorRecord } from "./errors.js";
import { factsOf } from "./thrown.js";
import { Utf8Decoder, Utf8Encoder } from "./utf8.js";
import type { PollState, WasmModule, WasmSource } from "./types.js";

interface Generation {
  glue: Glue;
  /** How the calls under way on it are ended. */
  inFlight: Set<(trap: unknown) => void>;
}

/** What the error of a call says that died with its instance. */
export interface About {
  /** The same as JSON text, as the core has said it last. */
  noted?: string;
  taskId?: string;
  taskIds?: string[];
  state?: PollState;
  /** A submit is out. */
  maybeAccepted?: boolean;
}

let ownSource: (() => WebAssembly.Module) | undefined;
let compiled: Promise<WebAssembly.Module> | WebAssembly.Module | undefined;
let current: Generation | undefined;

/** An entry point's way to its own module. Nothing is done with it before the first call. */
export function provide(source: () => WebAssembly.Module): void {
  ownSource = source;
}

/**
 * Loads the WebAssembly module. Optional, but for `cometapi-midjourney/slim`: the first call does it by itself.
 * Done once, however often it is called; after a failure the next call tries anew.
 *
 * @param source Where the module is: needed with `cometapi-midjourney/slim`, else it comes with the package.
 * @throws {InternalError} where it can't be loaded, with the remedy.
 */
export async function init(source?: WasmSource): Promise<void> {
  await load(source ? () => compile(source) : own);
}

/**
 * Like `init`, at once: for a module that is at hand.
 *
 * @param module A compiled module, or its bytes (a page's main thread may refuse to compile many bytes at once).
 * @throws {InternalError} where it is none.
 */
export function initSync(module: WasmModule | ArrayBuffer | ArrayBufferView): void {
  loadNow(() => (module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module as BufferSource)));
}

/** Runs one call on the living instance. `about` goes into its error if the instance dies under it. */
export async function run(call: (glue: Glue) => Promise<string>, about: About): Promise<string> {
  const module = compiled instanceof WebAssembly.Module ? compiled : await load();
  const generation = (current ??= boot(module));
  return new Promise((resolve, reject) => {
    const die = (trap: unknown) => reject(failed(trap, about));
    generation.inFlight.add(die);
    const end = () => generation.inFlight.delete(die);
    call(generation.glue).then(
      (outcome) => {
        end();
        resolve(outcome);
      },
      (foreign: unknown) => {
        end();
        reject(foreign);
      },
    );
  });
}

/** Runs one call that needs no waiting. */
export function runNow(call: (glue: Glue) => string): string {
  const module = loadNow(own);
  const generation = (current ??= boot(module));
  let trap: unknown;
  const die = (thrown: unknown) => (trap = thrown ?? "");
  generation.inFlight.add(die);
  const outcome = call(generation.glue);
  generation.inFlight.delete(die);
  if (trap !== undefined) throw failed(trap, {});
  return outcome;
}

function failed(trap: unknown, { noted, ...before }: About) {
  const { maybeAccepted, ...known } = { ...before, ...(noted ? (JSON.parse(noted) as About) : {}) };
  const task = known.taskId ? ` under the call for task ${known.taskId}` : "";
  const next = maybeAccepted
    ? " The submit may have been accepted: look at your tasks before you submit it again."
    : known.state
      ? " Go on with pollUntilDone(error.state)."
      : "";
  const about = maybeAccepted ? { ...known, maybeAccepted } : known;
  return internal(`The WebAssembly module failed${task}; the next call runs on a fresh instance.${next}`, trap, about);
}

function internal(message: string, thrown: unknown, about?: object) {
  return toError({ ...about, code: "internal", message, retryable: false, thrown: factsOf(thrown) } as ErrorRecord);
}

async function load(bring: () => Promise<WebAssembly.Module> | WebAssembly.Module = own): Promise<WebAssembly.Module> {
  if (!compiled) {
    const loading = Promise.resolve()
      .then(bring)
      .then((module) => {
        // At once, since WebKit compiles what a page's policy forbids, and only refuses to instantiate it.
        current ??= boot(module);
        if (compiled === loading) compiled = module;
        return module;
      })
      .catch((thrown: unknown) => {
        // A failure is not kept: the network may be back, the page may bring another source.
        if (compiled === loading) compiled = undefined;
        throw explain(thrown);
      });
    compiled = loading;
  }
  return compiled;
}

/** One that is still on its way is not waited for. */
function loadNow(bring: () => WebAssembly.Module): WebAssembly.Module {
  if (compiled instanceof WebAssembly.Module) return compiled;
  try {
    const module = bring();
    current ??= boot(module);
    return (compiled = module);
  } catch (thrown) {
    throw explain(thrown);
  }
}

function own(): WebAssembly.Module {
  return (ownSource ?? notLoaded)();
}

function notLoaded(): never {
  throw internal(
    'cometapi-midjourney/slim needs init(source) first, such as the URL of "cometapi-midjourney/midjourney.wasm".',
    undefined,
  );
}

function explain(thrown: unknown): unknown {
  const { name, message } = (thrown ?? {}) as Partial<Error>;
  if (name === "InternalError") return thrown;
  // Not any error with such words: an address may have them, too.
  if (/^(Compile|Eval)Error$/.test(name ?? "") && /unsafe-eval|content security|csp/i.test(message ?? "")) {
    return internal(
      "The page's Content-Security-Policy forbids WebAssembly. Add 'wasm-unsafe-eval' to its script-src.",
      thrown,
    );
  }
  return internal(`The WebAssembly module can't be loaded: ${message}`, thrown);
}

async function compile(given: WasmSource): Promise<WebAssembly.Module> {
  let source = await given;
  if (typeof source === "string" || source instanceof URL) source = await fetch(source);
  if (typeof Response === "function" && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.url} answers with HTTP ${source.status}.`);
    source = await source.arrayBuffer();
  }
  // Not every engine takes a DataView.
  if (ArrayBuffer.isView(source)) source = new Uint8Array(source.buffer, source.byteOffset, source.byteLength) as Uint8Array;
  // Taken off first: Next.js (by webpack) builds nothing for the edge that calls WebAssembly.compile, even if never reached.
  const { Module, compile } = WebAssembly;
  return source instanceof Module ? source : compile(source as BufferSource);
}

function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (thrown) {
    throw explain(thrown);
  }
}

function boot(module: WebAssembly.Module): Generation {
  // What the instance has begun and not ended: should it die, nothing of it may go on.
  const timers = new Set<unknown>();
  const requests = new Set<AbortController>();
  const settled = Promise.resolve();
  const glue = createGlue(
    (callback, ms, argument) => {
      const timer = setTimeout(callback, ms, argument);
      timers.add(timer);
      return timer;
    },
    (timer) => {
      timers.delete(timer);
      clearTimeout(timer as number);
    },
    class extends AbortController {
      constructor() {
        super();
        requests.add(this);
      }
      /** What it was for is over. */
      done() {
        requests.delete(this);
      }
      override abort(reason?: unknown) {
        this.done();
        super.abort(reason);
      }
    },
    // Not the global: who replaces that for a test, and takes it away again, would keep a call in it for ever.
    (callback) => void settled.then(callback),
    typeof TextEncoder === "function" ? TextEncoder : Utf8Encoder,
    typeof TextDecoder === "function" ? TextDecoder : Utf8Decoder,
  );
  const generation: Generation = { glue, inFlight: new Set() };
  const { exports } = instantiate(module, { a: { ...generation.glue } });
  const guarded: Record<string, unknown> = {};
  let dead = false;
  for (const [name, value] of Object.entries(exports)) {
    guarded[name] =
      typeof value !== "function"
        ? value
        : (...args: unknown[]) => {
            // An empty array, since glue takes results apart; nobody looks at them any more.
            if (dead) return [];
            try {
              return (value as (...args: unknown[]) => unknown)(...args);
            } catch (trap) {
              // Not only traps: an exception of JavaScript's that passes through leaves borrows behind, too.
              dead = true;
              if (current === generation) current = undefined;
              for (const die of generation.inFlight) die(trap);
              for (const timer of timers) clearTimeout(timer as number);
              for (const request of requests) request.abort();
              return [];
            }
          };
  }
  generation.glue.__wbg_set_wasm(guarded);
  (guarded["__wbindgen_start"] as (() => void) | undefined)?.();
  return generation;
}
