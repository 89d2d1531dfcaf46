/**
 * What crosses between JavaScript and the module: arguments that are no JSON, texts that look like marks of ours, and long
 * texts, which never enter the module's memory.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, NAME, app, copyOfApp, rejection } from "./app.mjs";

const library = await app.load();
const { createSimulator } = await app.load(`${NAME}/testing`);
const { Midjourney } = library;

const TASK = "1773314942177684";
const CUSTOM_ID = "MJ::JOB::upsample::1::7c0a";
const MASK = `iVBORw0KGgo${"A".repeat(1 << 20)}`;
const HEADERS = new Headers();

/** A client whose requests are kept, and each of which is answered with these bodies. */
function keeping(answers = [{ code: 1, description: "ok", result: "77", properties: {} }], options = {}) {
  const sent = [];
  const fetch = async (url, init) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)];
    sent.push({ url, headers: new Headers(init.headers), body: init.body });
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    return { status: 200, headers: HEADERS, text: async () => text };
  };
  // Each has an address of its own: what the package remembers of one is not another's.
  const baseURL = `https://api-${(keeping.count = (keeping.count ?? 0) + 1)}.test`;
  return { sent, client: new Midjourney({ apiKey: KEY, baseURL, fetch, sleep: async () => {}, ...options }) };
}

const cycle = { taskId: TASK };
cycle.self = cycle;

const VALUES = {
  "a function": () => {},
  "a class": class {},
  "a symbol": Symbol("x"),
  "a bigint": 5n,
  "a small number": 5,
  "a number of 16 digits": Number(TASK),
  "NaN": NaN,
  "infinity": Infinity,
  "a Buffer": Buffer.from("iVBORw0KGgo="),
  "a Uint8Array": new Uint8Array(8),
  "an ArrayBuffer": new ArrayBuffer(8),
  "a DataView": new DataView(new ArrayBuffer(8)),
  "a cycle": cycle,
  get "a getter that throws"() {
    return { get taskId() { throw new Error("mine"); } };
  },
  get "a toJSON that throws"() {
    return { toJSON() { throw new Error("mine"); } };
  },
  get "a revoked proxy"() {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  get "an object whose every member throws"() {
    return new Proxy({}, Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, () => { throw new Error("mine"); }])));
  },
};
const NUMBERS = ["a small number", "a number of 16 digits", "infinity"];

/** Where a value can stand, and which are right there. */
const PLACES = {
  "an id": [(client, value) => client.fetchTask(value)],
  "one of many ids": [(client, value) => client.listTasks([TASK, value])],
  "the task of a press": [(client, value) => client.submitAction({ taskId: value, customId: CUSTOM_ID })],
  "the button of a press": [(client, value) => client.submitAction({ taskId: TASK, customId: value })],
  "all of a press": [(client, value) => client.submitAction(value)],
  "a mask": [(client, value) => client.submitModal({ taskId: TASK, maskBase64: value })],
  "a prompt": [(client, value) => client.submitImagine({ prompt: value })],
  "one of several pictures": [(client, value) => client.submitImagine({ prompt: "x", base64Array: ["data:,", value] })],
  "what is waited for": [(client, value) => client.pollUntilDone(value)],
  "one of what is waited for": [(client, value) => client.pollAllUntilDone([TASK, value])],
  "what is looked at once": [(client, value) => client.pollOnce(value)],
  "what is watched": [(client, value) => client.watch(value).next()],
  "the task of act": [(client, value) => client.act(value, "U1")],
  "the button of act": [(client, value) => client.act({ id: TASK, buttons: [{ customId: CUSTOM_ID, label: "U1" }] }, value)],
  "a limit": [(client, value) => client.fetchTask(TASK, { timeoutMs: value }), ...NUMBERS],
  "a limit of a wait": [(client, value) => client.pollUntilDone(TASK, { timeoutMs: value }), ...NUMBERS],
  "a signal": [(client, value) => client.fetchTask(TASK, { signal: value })],
};

for (const [place, [call, ...right]] of Object.entries(PLACES)) {
  test(`as ${place} each of what is none is an InvalidArgumentError, and nothing is sent`, async () => {
    const { client, sent } = keeping();
    for (const what of Object.keys(VALUES).filter((what) => !right.includes(what))) {
      const error = await rejection((async () => call(client, VALUES[what]))());
      assert.ok(error instanceof library.InvalidArgumentError, `${what}: ${error?.stack ?? String(error)}`);
      assert.deepEqual(sent, [], what);
    }
  });
}

test("as an option of the client, too", async () => {
  for (const name of ["apiKey", "baseURL", "mode", "timeoutMs", "maxRetries"]) {
    for (const what of Object.keys(VALUES)) {
      const isRight = name === "apiKey" ? typeof VALUES[what] === "function" : /^(timeoutMs|maxRetries)$/.test(name) && NUMBERS.includes(what);
      if (isRight) continue;
      const { client, sent } = keeping([{ id: TASK, status: "SUCCESS" }], { [name]: VALUES[what] });
      const error = await rejection(client.fetchTask(TASK));
      assert.ok(error instanceof library.InvalidArgumentError, `${name}, ${what}: ${error?.stack ?? String(error)}`);
      assert.deepEqual(sent, [], `${name}, ${what}`);
    }
  }
});

test("what onModal gives is looked at like any argument", async () => {
  for (const what of Object.keys(VALUES)) {
    for (const give of [(value) => value, (value) => ({ taskId: TASK, prompt: "x", maskBase64: value })]) {
      const { client, sent } = keeping([{ id: TASK, status: "MODAL" }]);
      const error = await rejection(client.pollUntilDone(TASK, { initialDelayMs: 0, onModal: () => give(VALUES[what]) }));
      // What no promise can be made of throws as if the function itself had thrown.
      const isThrown = give(0) === 0 && /proxy|every member/.test(what);
      assert.equal(error instanceof library.InvalidArgumentError, !isThrown, `${what}: ${error?.stack ?? String(error)}`);
      assert.ok(!(error instanceof library.InternalError), what);
      assert.deepEqual(sent.filter(({ body }) => body), [], what);
    }
  }
});

const LOOK_ALIKES = ["\0function", "\0number:5", "\0other", "\0long:0:5:x", "\0text:x", "\0", "\0\0", "\x000\0", "a\0function"];

test("a text of the caller's is never taken for a mark of ours, and goes out as it is", async () => {
  const { client, sent } = keeping();
  for (const prompt of LOOK_ALIKES.map((text) => `${text} a boat`)) {
    await client.submitImagine({ prompt, base64Array: [prompt, MASK], state: prompt, accountFilter: { [prompt]: prompt } });
    const { body } = sent.at(-1);
    assert.deepEqual(JSON.parse(body), { prompt, base64Array: [prompt, MASK], state: prompt, accountFilter: { [prompt]: prompt } });
    // A String object is a text, too.
    await client.submitModal({ taskId: TASK, prompt: new String(prompt), maskBase64: MASK });
    assert.equal(JSON.parse(sent.at(-1).body).prompt, prompt);
  }
});

test("nor is a text of a server's, there and when it comes back", async () => {
  for (const text of LOOK_ALIKES) {
    const raw = { id: TASK, status: "SUCCESS", prompt: text, description: text, buttons: [{ customId: CUSTOM_ID, label: text }], properties: { [text]: text }, x: [text] };
    const { client, sent } = keeping([raw, raw, { code: 1, result: "77" }, { id: "77", status: "SUCCESS" }]);
    const task = await client.fetchTask(TASK);
    assert.deepEqual(task.raw, raw);
    assert.deepEqual([task.prompt, task.description, task.properties], [text, text, { [text]: text }]);
    for (const payload of [raw, JSON.stringify(raw)]) assert.deepEqual(library.parseTask(payload).raw, raw);
    assert.equal(library.findButton(task, text).customId, CUSTOM_ID);
    await client.act(task, text, { refresh: true });
    assert.equal(JSON.parse(sent[2].body).customId, CUSTOM_ID);
    assert.equal(library.parseCustomId(text).raw, text);
  }
});

test("what an answer echoes does not bring a long text into an error", async () => {
  for (const answer of ["\x000\0", "{\"error\":{\"message\":\"\\u00000\\u0000\"}}", "<html>\x000\0</html>"]) {
    const { client } = keeping([answer]);
    const error = await rejection(client.submitModal({ taskId: TASK, maskBase64: MASK }));
    assert.ok(error instanceof library.MidjourneyError);
    assert.ok(!JSON.stringify(error).includes("A".repeat(100)));
    assert.equal(error.body, answer);
  }
});

test("a key and headers of many kilobytes go out whole", async () => {
  const [apiKey, tenant] = ["k".repeat(6_000), "t".repeat(9_000)];
  const { client, sent } = keeping([{ id: TASK, status: "SUCCESS" }], { apiKey, headers: { "x-tenant": tenant } });
  await client.fetchTask(TASK, { headers: { "x-call": tenant } });
  const { headers } = sent[0];
  assert.deepEqual([headers.get("authorization"), headers.get("x-tenant"), headers.get("x-call")], [`Bearer ${apiKey}`, tenant, tenant]);
  const proxied = keeping([{ id: TASK, status: "SUCCESS" }], { apiKey: () => apiKey, headers: undefined });
  await proxied.client.fetchTask(TASK);
  assert.equal(proxied.sent[0].headers.get("authorization"), `Bearer ${apiKey}`);
});

test("what is too long to be an id is none, and is not cut to one", async () => {
  const { client, sent } = keeping();
  const id = "1".repeat(5_000);
  const customId = CUSTOM_ID + "a".repeat(5_000);
  const calls = [
    () => client.fetchTask(id),
    () => client.listTasks([id]),
    () => client.pollUntilDone({ kind: "submitted", taskId: id }),
    () => client.submitAction({ taskId: TASK, customId }),
    () => client.act({ id: TASK, buttons: [{ customId, label: "U1" }] }, "U1"),
  ];
  for (const call of calls) assert.equal((await rejection(call())).name, "InvalidArgumentError");
  assert.equal((await rejection(client.pollOnce({ v: 1, taskId: id, polls: 0, delayMs: 0 }))).name, "StateError");
  assert.deepEqual(sent, []);
});

test("a look at long texts sees all of them", () => {
  const prompt = `a boat ${"ä".repeat(10_000)}🚀`;
  const raw = { id: TASK, status: "SUCCESS", prompt, buttons: [{ customId: CUSTOM_ID, label: "U1" }] };
  for (const payload of [raw, JSON.stringify(raw), JSON.stringify({ ...raw, x: "y".repeat(100_000) })]) {
    const task = library.parseTask(payload);
    assert.deepEqual([task.id, task.prompt, task.raw.prompt], [TASK, prompt, prompt]);
    assert.equal(library.findButton(task, "U1").customId, CUSTOM_ID);
  }
  assert.equal(library.parseTask(`{"id":14001934816969359,"status":"SUCCESS","x":"${"y".repeat(9_000)}"}`).id, "14001934816969359");
  const long = `MJ::CustomZoom::${"a".repeat(9_000)}`;
  assert.deepEqual(library.parseCustomId(long), { kind: "custom_zoom", index: null, raw: long });
});

/** A copy of the package in which nothing was called yet, and how large the memory of its module is. */
async function measured(t) {
  const { Instance } = WebAssembly;
  t.after(() => (WebAssembly.Instance = Instance));
  let memory;
  WebAssembly.Instance = function (module, imports) {
    const instance = new Instance(module, imports);
    memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
    return instance;
  };
  const copy = await copyOfApp().load();
  await copy.init();
  return { Midjourney: copy.Midjourney, bytes: () => memory.buffer.byteLength };
}

test("pictures go out as they are, and leave the module's memory as it was", async (t) => {
  const { Midjourney, bytes } = await measured(t);
  let body;
  let status = "MODAL";
  const fetch = async (url, init) => {
    const task = { id: TASK, status };
    let answer = init.body ? [task] : task;
    if (url.includes("/submit/")) {
      body = init.body;
      status = "SUCCESS";
      answer = { code: 1, description: "ok", result: TASK };
    }
    return { status: 200, headers: HEADERS, text: async () => JSON.stringify(answer) };
  };
  const client = new Midjourney({ apiKey: KEY, baseURL: "https://pictures.test", fetch, sleep: async () => {} });
  await client.submitModal({ taskId: TASK, prompt: "a boat", maskBase64: "iVBORw0KGgo=" });
  const before = bytes();
  for (let at = 0; at < 8; at++) {
    await client.submitModal({ taskId: TASK, prompt: "a boat ä🚀\"", maskBase64: `${at}${MASK}` });
    assert.deepEqual(JSON.parse(body), { taskId: TASK, prompt: "a boat ä🚀\"", maskBase64: `${at}${MASK}` });
  }
  const base64Array = Array.from({ length: 8 }, (_, at) => `data:image/png;base64,${at}${MASK}`);
  await client.submitImagine({ prompt: "a boat", base64Array });
  assert.deepEqual(JSON.parse(body), { prompt: "a boat", base64Array });
  status = "MODAL";
  const other = new Midjourney({ apiKey: KEY, baseURL: "https://other.test", fetch, sleep: async () => {} });
  const onModal = () => ({ taskId: TASK, prompt: "a boat", maskBase64: MASK });
  assert.equal((await other.pollUntilDone(TASK, { onModal })).status, "SUCCESS");
  assert.deepEqual(JSON.parse(body), onModal());
  assert.equal(bytes(), before);
});

test("a simulator's task whose picture is long is pressed like any other", async () => {
  const simulator = createSimulator();
  const { id } = simulator.addTask({ fields: { imageUrl: `https://cdn.test/${"a".repeat(9_000)}.png` } });
  const client = new Midjourney({ apiKey: KEY, baseURL: "https://long.test", fetch: simulator.fetch, sleep: async () => {} });
  const task = await client.fetchTask(id);
  assert.equal(task.imageUrl.length, 9_021);
  assert.equal((await client.submitAction({ taskId: id, customId: library.findButton(task, "U1").customId })).kind, "submitted");
});
