/** A mask as a PNG file, in every runtime that has CompressionStream. */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * Encodes a mask of one byte a pixel. The file is one as canvases make them (eight bits, RGBA, all opaque): what works
 * with the API today is that, and a mask is small in any of PNG's ways.
 */
export async function encodePng(mask: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const header = new Uint8Array([...number(width), ...number(height), 8, 6, 0, 0, 0]);
  const data = await deflated(mask, width, height);
  return joined([SIGNATURE, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", new Uint8Array(0))]);
}

/** The rows one by one, each with a byte in front that says it is not filtered. */
async function deflated(mask: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  let row = 0;
  const rows = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const line = new Uint8Array(1 + width * 4);
      let at = 1;
      for (let pixel = row * width; pixel < (row + 1) * width; pixel += 1) {
        line[at] = line[at + 1] = line[at + 2] = mask[pixel]!;
        line[at + 3] = 255;
        at += 4;
      }
      controller.enqueue(line);
      if (++row === height) controller.close();
    },
  });
  const stream = rows.pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Its length, its name, its data, and the checksum of the latter two. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = joined([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), data]);
  return joined([number(data.length), body, number(crc32(body))]);
}

/** Four bytes, the highest first. */
function number(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function crc32(bytes: Uint8Array): number {
  let rest = ~0;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (0xedb88320 & -(rest & 1));
  }
  return ~rest >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
