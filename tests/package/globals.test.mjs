/** Globals that are replaced, or missing: no call's end rests on one, and none is needed that a realm may lack. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NAME, KEY, app, copyOfApp, turns } from "./app.mjs";

const HEADERS = new Headers();
/** No fetch of Node.js: its own promises may rest on what is replaced here. */
const answering = (body) => async () => ({ status: 200, headers: HEADERS, text: async () => JSON.stringify(body) });
const DONE = { id: "1773314942177684", status: "SUCCESS" };

/** A copy of the package in which nothing was called yet. */
async function fresh() {
  const { Midjourney, init } = await copyOfApp().load();
  const client = new Midjourney({ apiKey: KEY, baseURL: "https://api.test", fetch: answering(DONE), sleep: async () => {} });
  return { init, client, look: async () => (await client.fetchTask(DONE.id)).status };
}

/** What a call comes to, unless it hangs. */
const soon = (promise) => Promise.race([promise, turns(2_000).then(() => "it hangs")]);

/** While this runs, a global is another. */
async function replaced(name, other, run) {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value: other, configurable: true, writable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(globalThis, name, own);
  }
}

const NEVER = ["queueMicrotask", "setImmediate", "setInterval"];

for (const name of NEVER) {
  test(`a ${name} that never runs, during one call or at load: that call ends, and so does each later one`, async () => {
    const atLoad = await fresh();
    assert.equal(await replaced(name, function () {}, () => soon(atLoad.look())), "SUCCESS");
    assert.equal(await soon(atLoad.look()), "SUCCESS");
    const later = await fresh();
    await later.init();
    assert.equal(await soon(later.look()), "SUCCESS");
    const during = await replaced(name, function () {}, () => soon(Promise.all([later.look(), later.client.pollUntilDone(DONE.id)])));
    assert.equal(during[0], "SUCCESS");
    assert.deepEqual(await soon(Promise.all(Array.from({ length: 20 }, later.look))), Array(20).fill("SUCCESS"));
  });
}

test("a call that was begun under a queueMicrotask that never runs, and whose answer comes when it is back, ends", async () => {
  let answer;
  const fetch = () => new Promise((resolve) => (answer = resolve));
  const { Midjourney } = await copyOfApp().load();
  const slow = new Midjourney({ apiKey: KEY, baseURL: "https://api.test", fetch });
  const waits = await replaced("queueMicrotask", () => {}, async () => {
    const waits = [slow.fetchTask(DONE.id)];
    while (!answer) await turns(1);
    return waits;
  });
  answer(await answering(DONE)());
  assert.equal((await soon(waits[0])).status, "SUCCESS");
});

const TEXT = "a boat ä € 🚀 \\u0000 \\ud83d";

/** What jsdom does not have, and other realms of tests. */
const MISSING = ["TextEncoder", "TextDecoder", "MessageChannel", "MessagePort", "BroadcastChannel", "queueMicrotask", "structuredClone"];

for (const [how, load] of [["a module", `await import("${NAME}")`], ["CommonJS", `require("${NAME}")`]]) {
  test(`${how} in a realm without ${MISSING.join(", ")}: a submit and a poll, not in ASCII`, async () => {
    const file = how === "CommonJS" ? "missing.cjs" : "missing.mjs";
    const { stdout, stderr } = await app.run(file, `
      const log = console.log;
      const headers = new Headers();
      for (const name of ${JSON.stringify(MISSING)}) delete globalThis[name];
      (async () => {
        const { Midjourney } = ${load};
        const sent = [];
        const fetch = async (url, init) => {
          sent.push(init.body);
          const answer = init.body
            ? { code: 1, description: "提交成功 " + "${TEXT}", result: "77" }
            : { id: "77", status: "SUCCESS", prompt: "${TEXT}", description: "ä".repeat(5000) };
          return { status: 200, headers, text: async () => JSON.stringify(answer) };
        };
        const client = new Midjourney({ apiKey: "sk-of-a-test", baseURL: "https://api.test", fetch, sleep: async () => {} });
        const { taskId, description } = await client.submitImagine({ prompt: "${TEXT}" });
        const task = await client.pollUntilDone(taskId);
        const refused = await client.fetchTask("ä").catch(({ name }) => name);
        log(JSON.stringify({ prompt: JSON.parse(sent[0]).prompt, description, seen: task.prompt, long: task.description.length, refused }));
      })();`);
    assert.equal(stderr, "");
    const text = JSON.parse(`"${TEXT}"`);
    // Half of a character is none in UTF-8.
    const whole = text.toWellFormed?.() ?? text.replace("\ud83d", "\ufffd");
    assert.deepEqual(JSON.parse(stdout), { prompt: whole, description: `提交成功 ${whole}`, seen: whole, long: 5_000, refused: "InvalidArgumentError" });
  });
}
