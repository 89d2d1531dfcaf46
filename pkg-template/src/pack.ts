/**
 * Arguments as JSON text for the module. What is no JSON stays in JavaScript, and a text that begins with U+0000 says what it
 * is: the core reads these as they are written here (`Json::parse_arguments`).
 */

/** Longer texts, such as pictures, never enter the module's memory, which only grows. */
const LONG = 4096;
/** Of these the core is told so many characters, by which it knows their kind. */
const HEAD = 256;
/** From here on a number is not the digits that somebody wrote. */
const INEXACT = 1e15;

/**
 * A value as JSON text.
 *
 * @param longTexts Takes the texts that are too long, each as JSON; without it they stay in their places.
 * @throws what a getter throws, and for a cycle.
 */
export function pack(value: unknown, longTexts?: string[]): string {
  return (
    JSON.stringify(value, function (this: Record<string, unknown>, key: string, member: unknown) {
      if (member instanceof String) member = `${member}`;
      switch (typeof member) {
        case "string":
          if (longTexts && member.length > LONG) {
            const index = longTexts.push(JSON.stringify(member)) - 1;
            return `\0long:${index}:${member.length}:${member.slice(0, HEAD)}`;
          }
          // Nobody's own text is taken for one of these.
          return member.startsWith("\0") ? `\0text:${member}` : member;
        case "number":
          return Math.abs(member) < INEXACT ? member : `\0number:${member}`;
        case "function":
          return "\0function";
        case "bigint":
        case "symbol":
          return "\0other";
        case "object": {
          // Not `member`: some of them are JSON by then, each byte by itself.
          const given = this[key];
          if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return "\0other";
          // A signal's members are not its own.
          const aborted = key === "signal" ? (given as AbortSignal | null)?.aborted : undefined;
          return aborted === undefined ? member : { aborted };
        }
        default:
          return member;
      }
    }) ?? "null"
  );
}

/** JSON text of the core's with the long texts in their places. */
export function unpack(text: string, longTexts: readonly string[]): string {
  if (!longTexts.length) return text;
  return text
    .split("\0")
    .map((part, at) => (at % 2 ? longTexts[Number(part)] : part))
    .join("");
}
