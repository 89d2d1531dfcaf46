/** The module's bytes, out of the text that xtask/src/build/text.rs wrote. */
import text, { frequent, length } from "./bytes.js";

/** Each is a digit: its place in this text. */
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export function decode(): Uint8Array<ArrayBuffer> {
  // All 256 values, the frequent ones first.
  const values = Uint8Array.from(new Set([...frequent, ...Array(256).keys()]));
  const digits = new Uint8Array(128);
  for (let digit = 0; digit < SIGNS.length; digit++) digits[SIGNS.charCodeAt(digit)] = digit;

  // The second way is slower, and works in tests that play a page without TextEncoder.
  const signs =
    typeof TextEncoder === "function" ? new TextEncoder().encode(text) : Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  const bytes = new Uint8Array(length);
  const count = frequent.length;
  for (let i = 0, at = 0; at < length; at++) {
    let place = digits[signs[i++]!]!;
    // Too large a digit for a place: it says how many values to skip, and the next one where to look behind them.
    if (place >= count) place = (place - count + 1) * count + digits[signs[i++]!]!;
    bytes[at] = values[place]!;
  }
  return bytes;
}
