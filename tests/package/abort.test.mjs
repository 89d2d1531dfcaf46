/** An abort ends a call with the signal's own reason, wherever it is, and nothing is sent after it. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { ACTION, FETCH, KEY, app, rejection, stage, turns } from "./app.mjs";

const { Midjourney } = await app.load();

/** A server that answers nothing; `asked` settles with the socket of the first request. */
async function silentServer(t) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  let count = 0;
  server.on("request", () => count++);
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked: once(server, "request").then(([request]) => request.socket),
    requests: () => count,
  };
}

/** A sleep that the test ends. `begun` settles with its signal. */
function heldSleep() {
  let begin, wake;
  const begun = new Promise((resolve) => (begin = resolve));
  const sleep = (ms, signal) => new Promise((resolve) => ((wake = resolve), begin(signal)));
  return { sleep, begun, wake: () => wake() };
}

const CALLS = {
  submitAction: (client, { press }, options) => client.submitAction(press, options),
  fetchTask: (client, { press }, options) => client.fetchTask(press.taskId, options),
  pollUntilDone: (client, { press }, options) => client.pollUntilDone(press.taskId, { initialDelayMs: 0, ...options }),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: aborted before, it sends nothing and rejects with the reason, a string as it is`, async (t) => {
    const scene = await stage(t);
    const error = await rejection(call(scene.client, scene, { signal: AbortSignal.abort("not now") }));
    assert.equal(error, "not now");
    await turns();
    assert.equal(scene.simulator.counts.total, 0);
  });

  test(`${name}: aborted during the request, the server sees the socket close`, async (t) => {
    const scene = await stage(t);
    const { url, asked, requests } = await silentServer(t);
    const client = new Midjourney({ apiKey: KEY, baseURL: url });
    const controller = new AbortController();
    const ended = rejection(call(client, scene, { signal: controller.signal }));
    const socket = await asked;
    const closed = once(socket, "close");
    const reason = new Error("mine");
    controller.abort(reason);
    assert.equal(await ended, reason);
    await closed;
    await turns();
    assert.equal(requests(), 1, "it is not sent again");
  });
}

test("aborted during the answer's body, it rejects with the reason", async (t) => {
  const { url, simulator, faults, press } = await stage(t);
  simulator.fail(FETCH, faults.stall(10));
  const controller = new AbortController();
  const fetch = async (...args) => {
    const response = await globalThis.fetch(...args);
    controller.abort("enough");
    return response;
  };
  const client = new Midjourney({ apiKey: KEY, baseURL: url, fetch });
  assert.equal(await rejection(client.fetchTask(press.taskId, { signal: controller.signal })), "enough");
  assert.equal(simulator.counts[FETCH], 1);
});

test("aborted during a wait of its own timer, it ends within 50 ms", async (t) => {
  const { url, simulator } = await stage(t);
  const { id } = simulator.addTask({ status: "IN_PROGRESS" });
  const client = new Midjourney({ apiKey: KEY, baseURL: url });
  const controller = new AbortController();
  const onProgress = () => setImmediate(() => controller.abort("enough"));
  let aborted;
  controller.signal.addEventListener("abort", () => (aborted = performance.now()));
  const options = { initialDelayMs: 0, minDelayMs: 60_000, maxDelayMs: 60_000, signal: controller.signal, onProgress };
  assert.equal(await rejection(client.pollUntilDone(id, options)), "enough");
  assert.ok(performance.now() - aborted < 50);
  await turns();
  assert.equal(simulator.counts[FETCH], 1);
});

test("aborted during a wait, the sleep is told, and what wakes later sends nothing", async (t) => {
  const held = heldSleep();
  const { client, simulator } = await stage(t, { client: { sleep: held.sleep } });
  const { id } = simulator.addTask({ status: "IN_PROGRESS" });
  const controller = new AbortController();
  const ended = rejection(client.pollUntilDone(id, { signal: controller.signal }));
  const signal = await held.begun;
  assert.equal(signal.aborted, false);
  controller.abort("enough");
  assert.equal(await ended, "enough");
  assert.equal(signal.aborted, true);
  held.wake();
  await turns();
  assert.equal(simulator.counts.total, 0);
});

test("aborted between a submit's retries, nothing is sent any more", async (t) => {
  const held = heldSleep();
  const { client, simulator, faults, press } = await stage(t, { client: { sleep: held.sleep } });
  simulator.fail(ACTION, faults.rateLimited(), Infinity);
  const controller = new AbortController();
  const ended = rejection(client.submitAction(press, { signal: controller.signal }));
  await held.begun;
  controller.abort("enough");
  assert.equal(await ended, "enough");
  held.wake();
  await turns();
  assert.equal(simulator.counts[ACTION], 1);
});

test("aborted without a reason, it rejects with the platform's AbortError", async (t) => {
  const { client, press } = await stage(t);
  const controller = new AbortController();
  controller.abort();
  const error = await rejection(client.fetchTask(press.taskId, { signal: controller.signal }));
  assert.equal(error, controller.signal.reason);
  assert.equal(error.name, "AbortError");
});

test("AbortSignal.timeout rejects with its TimeoutError", async (t) => {
  const scene = await stage(t);
  const { url, requests } = await silentServer(t);
  const client = new Midjourney({ apiKey: KEY, baseURL: url });
  const signal = AbortSignal.timeout(20);
  const error = await rejection(client.submitAction(scene.press, { signal }));
  assert.equal(error, signal.reason);
  assert.equal(error.name, "TimeoutError");
  await turns();
  assert.ok(requests() <= 1);
});

test("an abort of one call leaves the others alone", async (t) => {
  const { client, press } = await stage(t);
  const controller = new AbortController();
  const ended = rejection(client.fetchTask(press.taskId, { signal: controller.signal }));
  const other = client.fetchTask(press.taskId);
  controller.abort("enough");
  assert.equal(await ended, "enough");
  assert.equal((await other).status, "SUCCESS");
});

test("a callback that aborts and throws at once ends the wait with the reason, and leaves no rejection unhandled", async (t) => {
  const { client, press } = await stage(t);
  const abort = new AbortController();
  const onProgress = () => {
    abort.abort("enough");
    throw new Error("not this");
  };
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const options = { initialDelayMs: 0, signal: abort.signal, onProgress };
  assert.equal(await rejection(client.pollUntilDone(press.taskId, options)), "enough");
  await turns();
  assert.deepEqual(unhandled, []);
});

test("a call that has ended leaves no listener at the signal", async (t) => {
  const { client, press } = await stage(t);
  const { signal } = new AbortController();
  let listeners = 0;
  for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
    const original = signal[name];
    signal[name] = function (...args) {
      listeners += step;
      return original.apply(this, args);
    };
  }
  await client.fetchTask(press.taskId, { signal });
  assert.equal(listeners, 0);
});

test("the state of a wait whose time was over goes on in a second wait", async (t) => {
  let time = 1_773_314_942_177;
  const now = () => time;
  const sleep = async (ms) => void (time += ms);
  const { client, simulator, press } = await stage(t, {
    simulator: { now, queueMs: 10_000, workMs: 20_000, tickMs: 0 },
    client: { now, sleep },
  });
  const submitted = await client.submitAction(press);
  const error = await rejection(client.pollUntilDone(submitted, { timeoutMs: 8_000 }));
  assert.equal(error.name, "PollTimeoutError");
  assert.equal(error.taskId, submitted.taskId);
  assert.equal(error.state.taskId, submitted.taskId);
  const saved = JSON.stringify(error.state);
  assert.ok(saved.length < 1_000 && !saved.includes(KEY) && !saved.includes("http"), saved);
  assert.equal(error.state.polls, simulator.counts[FETCH]);

  const again = await rejection(client.pollUntilDone(JSON.parse(saved), { maxPolls: 1 }));
  assert.equal(again.name, "PollBudgetError");
  assert.equal(again.state.polls, error.state.polls + 1, "it counts on");

  const task = await client.pollUntilDone(JSON.parse(JSON.stringify(again.state)));
  assert.equal(task.id, submitted.taskId);
  assert.equal(task.status, "SUCCESS");
  assert.equal(simulator.counts[ACTION], 1);
});

for (const [what, args] of [
  ["without options", []],
  ["with empty options", [{}]],
  ["with timeoutMs undefined", [{ timeoutMs: undefined }]],
]) {
  test(`a wait ${what} ends after 15 minutes`, async (t) => {
    const start = 1_773_314_942_177;
    let time = start;
    const now = () => time;
    // A wait that goes on for ever would keep the test from ending.
    const sleep = async (ms) => assert.ok((time += ms) < start + 3_600_000, "it still waits after an hour");
    const { client, simulator } = await stage(t, { client: { now, sleep } });
    const { id } = simulator.addTask({ status: "IN_PROGRESS" });
    const error = await rejection(client.pollUntilDone(id, ...args));
    assert.equal(error.name, "PollTimeoutError", error.message);
    assert.ok(time - start <= 900_000, `it waited ${time - start} ms`);
  });
}

test("timeoutMs: null has no deadline", async (t) => {
  const start = 1_773_314_942_177;
  let time = start;
  const client = { now: () => time, sleep: async (ms) => void (time += ms) };
  const { client: waiting, simulator } = await stage(t, { client, simulator: { now: client.now, queueMs: 7_200_000 } });
  const { id } = simulator.addTask({ status: null });
  const task = await waiting.pollUntilDone(id, { timeoutMs: null, minDelayMs: 600_000, maxDelayMs: 600_000 });
  assert.equal(task.status, "SUCCESS");
  assert.ok(time - start > 7_200_000);
});
