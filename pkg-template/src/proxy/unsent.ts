/** Whether the runtime says that a request was never sent: `unsent` of src/core/unsent.rs, for a server without the core. */

import { UNSENT } from "../unsent.js";

/** How far into causes of causes. */
const DEPTH = 4;
/** As many addresses as a name may have. */
const MOST_ERRORS = 16;

/** The code by which a thrown error says so; empty where it does not. */
export function unsent(thrown: unknown): string {
  try {
    return unsentTo(thrown, DEPTH);
  } catch {
    // A getter's.
    return "";
  }
}

function unsentTo(thrown: unknown, depth: number): string {
  const { name, message, code, syscall, errors, cause } = (thrown ?? {}) as Partial<Record<string, unknown>>;
  if (depth > 0 && Array.isArray(errors) && errors.length > 0) {
    // One for each address that was tried: each of them has to say so.
    const codes = errors.slice(0, MOST_ERRORS).map((one) => unsentTo(one, 0));
    return errors.length > MOST_ERRORS || codes.includes("") ? "" : codes[0]!;
  }
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const line = `${text(code)}/${text(syscall)}/${text(name)}: ${text(message)}`;
  for (const [rule, word] of UNSENT) if (new RegExp(rule).test(line)) return word || text(code);
  return text(code) || depth === 0 ? "" : unsentTo(cause, depth - 1);
}
