/** What was thrown: a foreign object, which may be anything. Only its words are read, each with care, and handed on. */

/** The words of what was thrown. */
export interface Facts {
  /** What was thrown, where it was no object. */
  thrown?: string;
  name?: string;
  message?: string;
  stack?: string;
  code?: string;
  syscall?: string;
  cause?: Facts;
  /** Of an AggregateError. */
  errors?: Facts[];
}

/** How far into causes of causes. */
const DEPTH = 4;
/** As many addresses as a name may have. Of a longer list nothing is known. */
const MOST_ERRORS = 16;
/** Longer words are cut. */
const MOST_CHARACTERS = 2000;

const WORDS = ["name", "message", "stack", "code", "syscall"] as const;

/** What there is to be known of something that was thrown. */
export function factsOf(thrown: unknown, depth = DEPTH): Facts {
  if (thrown === undefined || thrown === null) return {};
  if (typeof thrown !== "object" && typeof thrown !== "function") {
    const text = String(thrown).slice(0, MOST_CHARACTERS);
    return { thrown: text, message: text };
  }
  const facts: Facts = {};
  for (const word of WORDS) {
    const text = member(thrown, word);
    if (typeof text === "string" && text) facts[word] = text.slice(0, MOST_CHARACTERS);
  }
  if (!depth) return facts;
  const cause = member(thrown, "cause");
  if (cause !== undefined && cause !== null) facts.cause = factsOf(cause, depth - 1);
  // Not asked whether it is an array: a proxy that was revoked throws there.
  const errors = member(thrown, "errors");
  const count = errors ? Number(member(errors as object, "length")) || 0 : 0;
  if (count >= 1) {
    facts.errors = Array.from({ length: Math.min(count, MOST_ERRORS + 1) }, (_, at) =>
      at < MOST_ERRORS ? factsOf(member(errors as object, at), 0) : {},
    );
  }
  return facts;
}

function member(of: object, name: string | number): unknown {
  try {
    return (of as Record<string | number, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** An error with these words; the text itself where that was thrown. */
export function toCause({ thrown, name, message = "", stack, cause, errors, ...rest }: Facts): unknown {
  if (thrown !== undefined) return thrown;
  const options = cause ? { cause: toCause(cause) } : {};
  // `fetch` throws the first; a class is found by its name where it is one of these.
  const Kind = [TypeError, RangeError, SyntaxError, ReferenceError].find((kind) => kind.name === name) ?? Error;
  const error = errors ? new AggregateError(errors.map(toCause), message, options) : new Kind(message, options);
  const hidden = { name, stack };
  for (const [key, value] of Object.entries(hidden)) {
    if (value) Object.defineProperty(error, key, { value, configurable: true, writable: true });
  }
  return Object.assign(error, rest);
}
