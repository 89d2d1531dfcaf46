/**
 * What the Rust core takes in, held member by member against the types: the options, parameters, states and tasks that it
 * is given tell which of their members are read. What it gives out is drift.test.mjs's.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY, buttonOf } from "./app.mjs";
import { declared } from "./declared.mjs";
import { library, virtualStage } from "./virtual-stage.mjs";

const types = declared("index.d.ts");
const CLIENT = types.named("Midjourney");
const METHODS = types.members(CLIENT);

const MARK = Symbol("whose members are looked at");
/** By what was marked: the names that were read of it. */
let reads = new Map();

/** The core reads by this, of what was given or of a copy, which has the mark, too. */
const { get } = Reflect;
Reflect.get = (target, name, ...rest) => {
  const what = target?.[MARK];
  if (what && typeof name === "string") note(what, name);
  return get(target, name, ...rest);
};

function note(what, name) {
  const names = reads.get(what) ?? new Set();
  reads.set(what, names);
  names.add(name);
}

/** An object whose members tell that they are read; a copy of all of them is no reading. */
function marked(what, object) {
  const copied = new Set();
  return new Proxy({ ...object, [MARK]: what }, {
    getOwnPropertyDescriptor(target, name) {
      copied.add(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    get(target, name) {
      // The last is asked of whatever a promise comes to.
      if (!copied.delete(name) && typeof name === "string" && name !== "then") note(what, name);
      return target[name];
    },
  });
}

const REQUEST = () => ({ signal: new AbortController().signal, timeoutMs: 9_000, maxRetries: 1, headers: { "x-test": "1" } });
const WAIT = () => ({
  ...{ signal: new AbortController().signal, timeoutMs: 900_000, maxPolls: 50, initialDelayMs: 1, minDelayMs: 1, maxDelayMs: 9 },
  ...{ maxConsecutiveErrors: 3, onProgress() {}, onModal: () => null },
});
const PRESS = { state: "s", enableRemix: true, chooseSameChannel: false };

/** What a submit takes, all of it. */
const PARAMS = {
  submitAction: ({ grid, label }) => ({ taskId: grid.id, customId: label("U1"), ...PRESS }),
  submitModal: ({ modal }) => ({ taskId: modal.id, prompt: "x --zoom 2", maskBase64: "iVBORw0KGgo=" }),
  submitImagine: () => ({
    ...{ prompt: "x", botType: "MID_JOURNEY", base64Array: ["data:image/png;base64,iVBORw0KGgo="], state: "s" },
    accountFilter: { modes: ["FAST"] },
  }),
};
const submit = (method) => (stage) => stage.client[method](marked("params", PARAMS[method](stage)), marked("options", REQUEST()));

/** A call of each method, with all that its types let it be given. */
const CALLS = {
  submitAction: submit("submitAction"),
  submitModal: submit("submitModal"),
  submitImagine: submit("submitImagine"),
  fetchTask: ({ client, grid }) => client.fetchTask(grid.id, marked("options", REQUEST())),
  listTasks: ({ client, grid }) => client.listTasks([grid.id], marked("options", REQUEST())),
  pollOnce: ({ client, grid }) => client.pollOnce(grid.id, marked("options", REQUEST())),
  pollUntilDone: ({ client, modal }) => client.pollUntilDone(modal.id, marked("options", WAIT())),
  async watch({ client, modal }) {
    for await (const task of client.watch(modal.id, marked("options", WAIT()))) assert.equal(task.status, "MODAL");
  },
  pollAllUntilDone: ({ client, grid, modal }) =>
    client.pollAllUntilDone([grid.id, modal.id], marked("options", { ...WAIT(), chunkSize: 1, onSettled() {} })),
  act: async ({ client, grid }) =>
    client.act(await client.fetchTask(grid.id), "U1", marked("options", { ...WAIT(), ...PRESS, refresh: true, onSubmitted() {} })),
};

/**
 * What is read beside the types: what other calls take is read of these, too, since one reader serves all calls. And the
 * button of `act` is among its options on its way in.
 */
const BESIDE = {
  act: ["button"],
  pollOnce: ["onProgress"],
  pollUntilDone: ["headers"],
  submitAction: ["onSubmitted"],
  submitImagine: ["onSubmitted"],
  submitModal: ["onSubmitted"],
};

/** What was read of something marked. */
const read = (what) => [...(reads.get(what) ?? [])].sort();

/** Tasks that take no time, a client, and two tasks. */
async function readingStage(t, options = {}) {
  const { simulator, client: other, base } = await virtualStage(t, { simulator: { profile: "upstream", queueMs: 1, workMs: 1 } });
  const seed = simulator.addTask({});
  const modal = simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  const grid = await other.fetchTask(seed.id);
  reads = new Map();
  const client = new library.Midjourney(marked("client", { ...base, ...options }));
  return { simulator, client, grid, modal, label: (name) => buttonOf(seed, name) };
}

for (const method of METHODS) {
  test(`what ${method} takes is what is read: no more, no less`, async (t) => {
    await CALLS[method](await readingStage(t));
    for (const what of ["params", "options"]) {
      const type = types.parameterOf(CLIENT, method, what);
      const expected = type ? types.members(type) : [];
      assert.deepEqual(read(what), [...expected, ...((what === "options" && BESIDE[method]) || [])].sort(), what);
    }
  });
}

test("what a client takes is what is read: no more, no less", async (t) => {
  const { client, grid, label } = await readingStage(t, {
    ...{ apiKey: () => KEY, mode: "fast", dangerouslyAllowBrowser: false, timeoutMs: 9_000, maxRetries: 1 },
    ...{ headers: { "x-test": "1" }, fetch: (...args) => fetch(...args), onEvent() {} },
  });
  await client.pollUntilDone(await client.submitAction({ taskId: grid.id, customId: label("U1") }));
  assert.deepEqual(read("client"), types.members(types.named("ClientOptions")));
});

test("of a state, a modal's answer and a kind of button each member is read, and no other", async (t) => {
  const { client, grid, modal } = await readingStage(t);
  const state = { v: 1, taskId: grid.id, submittedAt: 5, modalAt: 6, polls: 3, delayMs: 4_500 };
  await client.pollOnce(marked("state", state));
  assert.deepEqual(read("state"), types.members(types.named("PollState")));

  const answer = { taskId: modal.id, prompt: "x --zoom 2", maskBase64: "iVBORw0KGgo=" };
  await client.pollUntilDone(modal.id, { onModal: () => marked("answer", answer) });
  assert.deepEqual(read("answer"), types.members(types.named("SubmitModalParams")));

  library.findButton(grid, marked("selector", { kind: "upscale", index: 2 }));
  // Whether it is a Button is seen by its customId.
  assert.deepEqual(read("selector"), ["customId", "index", "kind"]);
});

test("of what comes out and goes in again nothing is read that is not declared", async (t) => {
  const { client, grid } = await readingStage(t);
  const tasks = [marked("task", grid), marked("task", { ...grid, buttons: grid.buttons.map((button) => marked("button", button)) })];
  for (const task of tasks) {
    await client.pollOnce(task);
    await client.act(task, marked("button", grid.buttons[0]));
    library.findButton(task, "V1");
  }
  await client.pollOnce(marked("submit", await client.submitImagine({ prompt: "x" })));
  const targets = types.members(types.named("PollTarget"));
  for (const [what, members] of [
    ["task", targets],
    ["submit", targets],
    ["button", types.members(types.named("ButtonSelector"))],
  ]) {
    assert.ok(read(what).length > 0, what);
    assert.deepEqual(read(what).filter((name) => !members.includes(name)), [], what);
  }
});

test("each word that an option's type has is taken, and goes out", async (t) => {
  const { simulator, base } = await virtualStage(t);
  for (const mode of types.words(types.named("ClientOptions"), "mode")) {
    await new library.Midjourney({ ...base, mode }).submitImagine({ prompt: "x" });
    assert.equal(simulator.requests.at(-1).path, `/mj-${mode}/mj/submit/imagine`);
  }
  for (const botType of types.words(types.named("SubmitImagineParams"), "botType")) {
    await new library.Midjourney(base).submitImagine({ prompt: "x", botType });
    assert.equal(simulator.requests.at(-1).body.botType, botType);
  }
});

for (const [method, params] of Object.entries(PARAMS)) {
  test(`each parameter of ${method} goes out under its own name`, async (t) => {
    const stage = await readingStage(t);
    const given = params(stage);
    assert.deepEqual(Object.keys(given).sort(), types.members(types.parameterOf(CLIENT, method, "params")));
    await stage.client[method](given);
    assert.deepEqual(stage.simulator.requests.at(-1).body, given);
  });
}
