/** Whether the runtime says that a request was never sent: `unsent` of src/core/unsent.rs, for a server without the core. */

import { UNSENT } from "../unsent.js";

/** As many addresses as a name may have. */
const MOST_ERRORS = 16;
/** Of longer words no more is looked at. */
const MOST_CHARACTERS = 2000;

/**
 * The code by which a thrown error says so; empty where it does not.
 *
 * @param depth How far into causes of causes.
 */
export function unsent(thrown: unknown, depth = 4): string {
  const { name, message, code, syscall, errors, cause } = Object(thrown) as Record<string, unknown>;
  if (depth && Array.isArray(errors) && errors.length) {
    // One for each address that was tried: each of them has to say so.
    const codes = errors.map((one) => unsent(one, 0));
    return errors.length > MOST_ERRORS || codes.includes("") ? "" : codes[0]!;
  }
  const [own = "", call, title, words] = [code, syscall, name, message].map((value) => (typeof value === "string" ? value : ""));
  const line = `${own}/${call}/${title}: ${words}`.slice(0, MOST_CHARACTERS);
  for (const [rule, word] of UNSENT) if (begins(line, rule)) return word || own;
  return own || !depth ? "" : unsent(cause, depth - 1);
}

/** Whether a line begins as a rule of unsent.in says: `*` is any characters but blanks, `$` the end. */
function begins(line: string, rule: string): boolean {
  const pattern = rule.replace(/[.()[\]\\+?^{}|]/g, "\\$&").replaceAll("*", "\\S*");
  return new RegExp(`^${pattern}`).test(line);
}
