/** A reader of PNG files that is no kin of the package's writer. */

import assert from "node:assert/strict";
import { crc32, inflateSync } from "node:zlib";

const PREFIX = "data:image/png;base64,";

/** The pixels of a mask's data URL: `levels` has one number a pixel, and each pixel is an opaque grey. */
export function readMask(text) {
  assert.ok(text.startsWith(PREFIX), text.slice(0, 40));
  return readPng(Buffer.from(text.slice(PREFIX.length), "base64"));
}

export function readPng(file) {
  assert.deepEqual([...file.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = readChunks(file);
  assert.deepEqual(chunks.map(({ name }) => name), ["IHDR", "IDAT", "IEND"]);
  const [header, { data }] = chunks;
  const [width, height] = [header.data.readUInt32BE(0), header.data.readUInt32BE(4)];
  assert.deepEqual([...header.data.subarray(8)], [8, 6, 0, 0, 0], "eight bits, RGBA, not interlaced");
  const rows = inflateSync(data);
  assert.equal(rows.length, height * (1 + width * 4));
  const levels = [];
  for (let at = 0; at < rows.length; ) {
    assert.equal(rows[at++], 0, "no filter");
    for (const end = at + width * 4; at < end; at += 4) {
      const [red, green, blue, alpha] = rows.subarray(at, at + 4);
      assert.deepEqual([green, blue, alpha], [red, red, 255]);
      levels.push(red);
    }
  }
  return { width, height, levels };
}

function readChunks(file) {
  const chunks = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    assert.equal(file.readUInt32BE(at + 8 + length), checksum(body));
    chunks.push({ name: body.toString("latin1", 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

/** Node.js has it since 20.15. */
function checksum(bytes) {
  if (crc32) return crc32(bytes);
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) rest = rest & 1n ? (rest >> 1n) ^ 0xedb88320n : rest >> 1n;
  }
  return Number(rest ^ 0xffffffffn);
}
