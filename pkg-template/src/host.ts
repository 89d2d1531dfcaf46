import { pack, unpack } from "./pack.js";
import { factsOf } from "./thrown.js";
import type { About } from "./loader.js";

type Options = Record<string, unknown>;
type Callable = (...args: never[]) => unknown;

/**
 * What of a call stays in JavaScript: its functions, its signal, its long texts. The module (`src/web/host.rs`) calls these
 * methods. None of them throws, since what is thrown through the module ends it.
 */
export class Host {
  readonly #client: Options;
  readonly #call: Options;
  readonly #longTexts: string[];
  readonly #about: About;

  constructor(client: object, call: object | null | undefined, longTexts: string[], about: About) {
    this.#client = client as Options;
    this.#call = (call ?? {}) as Options;
    this.#longTexts = longTexts;
    this.#about = about;
  }

  get signal(): unknown {
    return member(this.#call, "signal") ?? undefined;
  }

  clientFunction(name: string): Callable | undefined {
    return functionOf(this.#client, name);
  }

  callFunction(name: string): Callable | undefined {
    return functionOf(this.#call, name);
  }

  pack(value: unknown): string {
    try {
      return pack(value, this.#longTexts);
    } catch {
      // A value that can't be read is none that can be sent.
      return '"\\u0000other"';
    }
  }

  unpack(body: string): string {
    return unpack(body, this.#longTexts);
  }

  note(known: string): void {
    this.#about.noted = known;
  }

  /** What `onEvent` throws is its own: a log must not lose a task. */
  tell(event: unknown): void {
    try {
      (this.clientFunction("onEvent") as ((event: unknown) => void) | undefined)?.(event);
    } catch {
      // See above.
    }
  }

  describe(thrown: unknown): string {
    return JSON.stringify(factsOf(thrown));
  }
}

function functionOf(options: Options, name: string): Callable | undefined {
  const value = member(options, name);
  return typeof value === "function" ? (value as Callable) : undefined;
}

function member(options: Options, name: string): unknown {
  try {
    return options[name];
  } catch {
    return undefined;
  }
}
