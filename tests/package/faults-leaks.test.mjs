/** A thousand waits leave nothing behind: no listener at the signal, no timer, no memory of the module's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { rejection, turns } from "./app.mjs";
import { CHILD, DONE, PENDING, countedSignal, faultStage, row, task } from "./fault-stage.mjs";

const WAITS = 1_000;
const AT_ONCE = 50;

/** The memory of the instance that the first call makes. */
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...args) {
  const instance = new Instance(...args);
  // wasm-opt has shortened its name.
  memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
  return instance;
};

/** The timers that the package has set and not cleared, counted from outside it; node's own are of another make. */
const timers = new Set();
const { setTimeout, clearTimeout } = globalThis;
globalThis.setTimeout = (callback, ms, ...args) => {
  const timer = setTimeout((...given) => (timers.delete(timer), callback(...given)), ms, ...args);
  // With what it rejects: a timer of the package's.
  if (args[0] instanceof AbortController) timers.add(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  timers.delete(timer);
  clearTimeout(timer);
};

const failed = task("FAILURE", { progress: "100%", failReason: "banned" });

/** How waits end: what the server answers, and what becomes of the wait. */
const ENDINGS = {
  success: [() => play.answer(DONE), (wait) => wait().then(({ status }) => assert.equal(status, "SUCCESS"))],
  failure: [() => play.answer(failed), (wait) => rejection(wait()).then(({ name }) => assert.equal(name, "TaskFailedError"))],
  abort: [
    () => play.answer(PENDING),
    async (wait, controller) => {
      const ended = rejection(wait({ onProgress: () => setImmediate(() => controller.abort("enough")) }));
      assert.equal(await ended, "enough");
    },
  ],
};

for (const [how, [answer, end]] of Object.entries(ENDINGS)) {
  test(`after ${WAITS} waits that end in ${how}, listeners, timers and memory are as they were`, async (t) => {
    // Its own timers: hours between polls, so that each wait ends while one is set.
    const { server, client } = await faultStage(t, [answer()], { sleep: undefined });
    const pace = { initialDelayMs: 1, minDelayMs: 3_600_000, maxDelayMs: 3_600_000, timeoutMs: null };
    // Those left behind would keep this process for hours.
    t.after(() => timers.forEach(clearTimeout));
    let listeners = 0;
    const one = async () => {
      const counted = countedSignal();
      await end((more) => client.pollUntilDone(CHILD, { ...pace, signal: counted.signal, ...more }), counted.controller);
      listeners += counted.listeners;
    };
    const round = async () => {
      for (let i = 0; i < WAITS / AT_ONCE; i++) await Promise.all(Array.from({ length: AT_ONCE }, one));
      await turns();
    };

    await round();
    const before = memory.buffer.byteLength;
    await round();
    assert.equal(memory.buffer.byteLength, before);
    assert.equal(listeners, 0);
    assert.equal(timers.size, 0);
    assert.equal(server.count(), 2 * WAITS);
    row(`${2 * WAITS} waits that end in ${how}`, server, "no listener, no timer, the same memory");
  });
}

test("a wait of many polls has one listener at its signal at a time", async (t) => {
  const steps = Array.from({ length: 30 }, (_, step) => play.answer(task("IN_PROGRESS", { progress: `${step}%` })));
  const { client } = await faultStage(t, [...steps, play.answer(DONE)]);
  const counted = countedSignal();
  const seen = [];
  const onProgress = () => seen.push(counted.listeners);
  await client.pollUntilDone(CHILD, { signal: counted.signal, onProgress });
  assert.equal(seen.length, 31);
  assert.ok(Math.max(...seen) <= 1, `${seen}`);
  assert.equal(counted.listeners, 0);
});
