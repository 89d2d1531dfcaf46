/** UTF-8 where a realm has no `TextEncoder` and `TextDecoder`: jsdom, some older workers. As much of them as the glue asks for. */

/** A `TextEncoder`. What is half of a character becomes U+FFFD. */
export class Utf8Encoder {
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const point = character.codePointAt(0)!;
      const code = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
      const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      if (written + more >= into.length) break;
      into[written++] = more ? ((0xff << (7 - more)) & 0xff) | (code >> (6 * more)) : code;
      for (let left = more - 1; left >= 0; left--) into[written++] = 0x80 | ((code >> (6 * left)) & 0x3f);
      read += character.length;
    }
    return { read, written };
  }
}

/** A `TextDecoder` for what Rust writes, which is whole. */
export class Utf8Decoder {
  decode(bytes: Uint8Array = new Uint8Array()): string {
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at++]!;
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      let code = more ? first & (0x3f >> more) : first;
      for (let left = more; left; left--) code = (code << 6) | (bytes[at++]! & 0x3f);
      text += String.fromCodePoint(code);
    }
    return text;
  }
}
