// A trap in the module: what was in flight on the instance that died, and what comes after. The package is the one
// under test with a call option more, which traps.

import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { test } from "node:test";
import { KEY, NAME, app, copyOfApp, rejection } from "./app.mjs";

const { createSimulator } = await app.load(`${NAME}/testing`);
const ID = "1773314942177000";

/** The package with the trap, of which nothing is loaded yet. */
function trappingCopy() {
  if (!process.env.TRAPPING) throw new Error("TRAPPING is not set: run `cargo xtask test --only runtimes`.");
  const copy = copyOfApp();
  rmSync(copy.packaged(), { recursive: true });
  cpSync(process.env.TRAPPING, copy.packaged(), { recursive: true });
  return copy;
}

/** A client whose requests stay open until `release` is called, and a promise that so many have been sent. */
function holding(library, simulator, expected) {
  const held = [];
  let arrived;
  const sent = new Promise((resolve) => (arrived = resolve));
  const fetch = (url, init) =>
    new Promise((resolve) => {
      held.push({ signal: init.signal, go: () => resolve(simulator.fetch(url, init)) });
      if (held.length === expected) arrived();
    });
  return { client: new library.Midjourney({ apiKey: KEY, fetch }), sent, held };
}

for (const trap of ["panic", "stack", "memory"]) {
  test(`a trap (${trap}) rejects all that is in flight, and the next call runs on a fresh instance`, async (t) => {
    const instances = countInstances(t);
    const library = await trappingCopy().load();
    const simulator = createSimulator();
    const { id, buttons } = simulator.addTask({});
    const press = { taskId: id, customId: buttons[0].customId };
    const { client, sent, held } = holding(library, simulator, 3);
    const wait = rejection(client.pollUntilDone(id, { initialDelayMs: 0 }));
    const inFlight = [rejection(client.submitAction(press)), rejection(client.fetchTask(id)), wait];
    await sent;

    const trapped = await rejection(client.fetchTask(id, { trap }));
    const [submit, read, waited] = await Promise.all(inFlight);
    for (const error of [trapped, submit, read, waited]) {
      assert.ok(error instanceof library.InternalError);
      // A copy of what the engine threw, by its words.
      assert.ok(error.cause instanceof Error, String(error.cause));
      assert.match(error.cause.name, /^(RuntimeError|RangeError)$/);
      assert.ok(error.cause.message && error.cause.stack.includes("wasm"), error.cause.stack);
      assert.equal(error.taskId, id);
      assert.match(error.message, new RegExp(id));
    }
    assert.equal(submit.maybeAccepted, true);
    assert.match(submit.message, /may have been accepted/);
    assert.equal(read.maybeAccepted, undefined);

    // What comes late for the dead instance disturbs nobody; node:test would fail on anything uncaught.
    for (const { go } of held) go();
    const look = new library.Midjourney({ apiKey: KEY, fetch: simulator.fetch }).fetchTask(id);
    assert.equal((await look).status, "SUCCESS");
    assert.equal(instances.count, 2);
  });
}

test("a trap under a wait leaves a state to go on with", async () => {
  const library = await trappingCopy().load();
  const simulator = createSimulator();
  const { id } = simulator.addTask({});
  const targets = [id, { v: 1, taskId: id, submittedAt: 5, polls: 3, delayMs: 4500 }, { kind: "submitted", taskId: id }];
  const { client, sent } = holding(library, simulator, targets.length);
  const waits = targets.map((target) => rejection(client.pollUntilDone(target, { initialDelayMs: 0 })));
  await sent;
  await rejection(client.fetchTask(id, { trap: "panic" }));
  const errors = await Promise.all(waits);
  assert.deepEqual(errors[1].state, targets[1]);
  const other = new library.Midjourney({ apiKey: KEY, fetch: simulator.fetch });
  for (const { state } of errors) {
    assert.equal((await other.pollUntilDone(state, { initialDelayMs: 0 })).status, "SUCCESS");
  }
});

test("a trap after the submit was accepted: the press has its record", async () => {
  const library = await trappingCopy().load();
  const simulator = createSimulator();
  const { id, buttons } = simulator.addTask({});
  const client = new library.Midjourney({ apiKey: KEY, baseURL: "https://api.test", fetch: simulator.fetch, sleep: () => new Promise(() => {}) });
  let told;
  const accepted = new Promise((resolve) => (told = resolve));
  const ids = ["1773314942177001", "1773314942177002"];
  const pressed = [
    rejection(client.act(simulator.task(id), buttons[0].customId, { onSubmitted: told })),
    rejection(client.pollAllUntilDone(ids)),
  ];
  const { taskId } = await accepted;
  await new Promise(setImmediate);
  await rejection(client.fetchTask(id, { trap: "panic" }));
  const [error, all] = await Promise.all(pressed);
  assert.deepEqual([error.name, error.taskId, error.state.taskId, error.maybeAccepted], ["InternalError", taskId, taskId, undefined]);
  assert.match(error.message, /pollUntilDone\(error\.state\)/);
  assert.deepEqual(all.taskIds, ids);
});

test("a modal whose answer was out when the module failed is not answered again", async () => {
  const library = await trappingCopy().load();
  const simulator = createSimulator({ queueMs: 0, workMs: 0, tickMs: 0 });
  const { id } = simulator.addTask({ action: "CUSTOM_ZOOM", status: "MODAL" });
  let arrived;
  const out = new Promise((resolve) => (arrived = resolve));
  const silent = async (url, init) => {
    const answer = await simulator.fetch(url, init);
    if (!url.endsWith("/modal")) return answer;
    arrived();
    return new Promise(() => {});
  };
  const base = { apiKey: KEY, baseURL: "https://api.test" };
  const onModal = () => ({ taskId: id, prompt: "a boat --zoom 1.5" });
  const options = { initialDelayMs: 0, onModal };
  const ended = rejection(new library.Midjourney({ ...base, fetch: silent }).pollUntilDone(id, options));
  await out;
  await rejection(new library.Midjourney(base).fetchTask(id, { trap: "panic" }));
  const error = await ended;
  assert.equal(error.maybeAccepted, true);
  assert.ok(error.state.modalAt > 0);
  // By the state, and by what the process remembers: the new instance has it, too.
  for (const target of [error.state, id]) {
    const task = await new library.Midjourney({ ...base, fetch: simulator.fetch }).pollUntilDone(target, options);
    assert.equal(task.status, "SUCCESS");
  }
  assert.equal(simulator.counts["POST /mj/submit/modal"], 1);
});

test("a trap leaves no timer, and ends the requests in flight", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const { client, sent, held } = holding(await trappingCopy().load(), createSimulator(), 1);
  const ended = rejection(client.fetchTask(ID));
  await sent;
  assert.equal(held[0].signal.aborted, false);
  await rejection(client.fetchTask(ID, { trap: "panic" }));
  await ended;
  assert.equal(timers(), before);
  assert.equal(held[0].signal.aborted, true);
});

test("what is shipped does not trap on demand", async () => {
  const { Midjourney } = await app.load();
  const simulator = createSimulator();
  const { id } = simulator.addTask({});
  const client = new Midjourney({ apiKey: KEY, fetch: simulator.fetch });
  assert.equal((await client.fetchTask(id, { trap: "panic" })).id, id);
});

/** How many instances are made from here on. */
function countInstances(t) {
  const { Instance } = WebAssembly;
  t.after(() => (WebAssembly.Instance = Instance));
  const seen = { count: 0 };
  WebAssembly.Instance = function (module, imports) {
    seen.count++;
    return new Instance(module, imports);
  };
  return seen;
}
