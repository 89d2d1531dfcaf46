/** UTF-8 of the package's own, for realms that lack it, held against the platform's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { app } from "./app.mjs";

const { Utf8Decoder, Utf8Encoder } = await import(pathToFileURL(app.packaged("dist/utf8.js")));
const [own, theirs] = [new Utf8Encoder(), new TextEncoder()];

/** Numbers by chance, the same ones in each run. */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const EDGES = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfeff, 0xfffd, 0xffff];
const WHOLE = ["🚀", "👩‍👩‍👧", "🏳️‍🌈", "ä", "€", "提交", "\u{10ffff}", "\u{10000}", "\ufeff", "a"];

function textOf(random) {
  let text = "";
  for (let left = random(24); left; left--) {
    const kind = random(4);
    if (kind === 0) text += WHOLE[random(WHOLE.length)];
    else text += String.fromCharCode(kind === 1 ? EDGES[random(EDGES.length)] : kind === 2 ? random(0x80) : random(0x10000));
  }
  return text;
}

test("each text is written as TextEncoder writes it, into as much room as there is", () => {
  const random = chance(7);
  for (let round = 0; round < 20_000; round++) {
    const text = textOf(random);
    const room = random(2) ? 128 : random(24);
    const [one, other] = [new Uint8Array(room), new Uint8Array(room)];
    assert.deepEqual(own.encodeInto(text, one), theirs.encodeInto(text, other), JSON.stringify(text));
    assert.deepEqual(one, other, JSON.stringify(text));
  }
});

test("whatever is whole UTF-8 is read as TextDecoder reads it", () => {
  const random = chance(8);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  for (let round = 0; round < 20_000; round++) {
    const bytes = theirs.encode(textOf(random));
    assert.equal(new Utf8Decoder("utf-8", {}).decode(bytes), decoder.decode(bytes));
  }
  assert.equal(new Utf8Decoder().decode(), "");
  assert.equal(new Utf8Decoder().decode(theirs.encode("abc").subarray(1, 2)), "b");
});
