/** The key: taken at each request, and let out nowhere but to the API. */

import { environmentKey } from "../environment.js";
import { Refusal, unavailable } from "./envelope.js";
import type { Settings } from "./options.js";

/** As it may stand in a header. A runtime's own error would quote it. */
const KEY = /^[!#-[\]-~]+$/;
/** Shorter ones are no real keys, and may stand in a text by chance. */
const SHORTEST_KEY = 8;

/** The key of this moment. It may have been changed since the last one. */
export async function keyOf({ apiKey, tell }: Settings): Promise<string> {
  let key: unknown;
  try {
    key = (typeof apiKey === "function" ? await apiKey() : apiKey) ?? environmentKey();
  } catch (error) {
    tell(error);
    throw unavailable("apiKey()");
  }
  if (typeof key === "string" && KEY.test(key)) return key;
  const message = "The proxy has no API key that can be used. Give it apiKey, or set COMETAPI_KEY.";
  tell(new TypeError(message));
  throw new Refusal(401, "missing_key", message);
}

/** Text of the API without the key in it, also where JSON spells a letter as `\u0073` or `\/`. */
export function withoutKey(text: string, key: string): string {
  if (key.length < SHORTEST_KEY) return text;
  const letters = Array.from(key, (letter) => {
    const hex = letter.charCodeAt(0).toString(16).replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`);
    const plain = letter === "/" ? "\\\\?/" : letter.replace(/\W/, "\\$&");
    return `(?:${plain}|\\\\u00${hex})`;
  });
  return text.replace(new RegExp(letters.join(""), "g"), "[key]");
}
