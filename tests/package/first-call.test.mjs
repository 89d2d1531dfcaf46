/** The default entry's first call unpacks the module, whichever call it is, and wherever the language is all there is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, NAME, app } from "./app.mjs";

const TASK = { id: "1773314942177001", status: "SUCCESS", progress: "100%", buttons: [{ customId: "MJ::JOB::upsample::1::a", label: "U1" }] };

/** Each is the first call of a process of its own. */
const FIRST = {
  "parseTask": [`library.parseTask(${JSON.stringify(TASK)}).status`, "SUCCESS"],
  "findButton": [`library.findButton(library.parseTask(${JSON.stringify(TASK)}), "U1").label`, "U1"],
  "parseCustomId": [`library.parseCustomId("MJ::JOB::upsample::1::a").kind`, "upscale"],
  "init": ["typeof (await library.init())", "undefined"],
  "fetchTask": ["(await client.fetchTask(TASK.id)).status", "SUCCESS"],
};

/** What browsers and Node.js have, and not every page that a test plays. */
const MISSING = ["MessageChannel", "atob", "btoa", "Buffer", "DecompressionStream", "structuredClone", "setImmediate", "queueMicrotask"];

const script = (expression, before = "") => `
${before}
const TASK = ${JSON.stringify(TASK)};
const answer = { ok: true, status: 200, headers: new Headers(), text: async () => JSON.stringify(TASK) };
const library = await import("${NAME}");
const client = new library.Midjourney({ apiKey: "${KEY}", fetch: async () => answer });
console.log(${expression});
`;

for (const [call, [expression, expected]] of Object.entries(FIRST)) {
  test(`${call} as the first call`, async () => {
    const { stdout } = await app.run("first.mjs", script(expression));
    assert.equal(stdout, `${expected}\n`);
  });

  test(`${call} as the first call, where other globals than the language's are missing`, async () => {
    // Node.js makes Headers out of what goes, at the first read.
    const before = `void Headers; for (const name of ${JSON.stringify(MISSING)}) delete globalThis[name];`;
    const { stdout } = await app.run("bare.mjs", script(expression, before));
    assert.equal(stdout, `${expected}\n`);
  });
}

test("the module is unpacked without TextEncoder, too", async () => {
  const { stdout } = await app.run(
    "unpacks.mjs",
    `import { readFileSync } from "node:fs";
    import { decode } from ${JSON.stringify(app.packaged("dist/decode.js"))};
    const first = decode();
    for (const name of ["TextEncoder", "TextDecoder", ...${JSON.stringify(MISSING)}]) delete globalThis[name];
    const second = decode();
    const wasm = readFileSync(${JSON.stringify(app.packaged("dist/midjourney.wasm"))});
    console.log(wasm.equals(first), wasm.equals(second));`,
  );
  assert.equal(stdout, "true true\n");
});
