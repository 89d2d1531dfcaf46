/** An abort ends a call wherever it is, the server sees its socket close, and nothing goes out after it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { play } from "../support/fault-server.mjs";
import { rejection, turns } from "./app.mjs";
import { ACCEPTED, CHILD, DONE, PARENT, PATIENCE, PENDING, PICTURE, PRESS, countedSignal, failure, faultStage, heldTimers, row } from "./fault-stage.mjs";

const HOURS = 5 * 3_600_000;
const REASON = new Error("mine");

const CALLS = {
  submitAction: (client, options) => client.submitAction(PRESS, options),
  fetchTask: (client, options) => client.fetchTask(CHILD, options),
  pollUntilDone: (client, options) => client.pollUntilDone(CHILD, { initialDelayMs: 0, ...options }),
  submitModal: (client, options) => client.submitModal({ taskId: CHILD }, options),
  submitImagine: (client, options) => client.submitImagine({ prompt: "x" }, options),
  listTasks: (client, options) => client.listTasks([CHILD], options),
  pollOnce: (client, options) => client.pollOnce(CHILD, options),
  pollAllUntilDone: (client, options) => client.pollAllUntilDone([CHILD, PARENT], { initialDelayMs: 0, ...options }),
  act: (client, options) => client.act(PICTURE, "U1", options),
  "act with refresh": (client, options) => client.act(PICTURE, "U1", { refresh: true, ...options }),
  watch: (client, options) => client.watch(CHILD, { initialDelayMs: 0, ...options }).next(),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: with a signal that is aborted already no connection is made`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(DONE)]);
    assert.equal(await rejection(call(client, { signal: AbortSignal.abort(REASON) })), REASON);
    await turns();
    assert.equal(server.count(), 0);
    row(`${name}: aborted already`, server, "the signal's reason");
  });

  for (const [where, entry] of Object.entries({ "before its headers": play.silence(), "within its body": play.stall() })) {
    test(`${name}: aborted during an answer, ${where}, the socket is closed and nothing goes out after`, PATIENCE, async (t) => {
      const { server, client } = await faultStage(t, [entry, play.answer(DONE)]);
      const controller = new AbortController();
      const ended = rejection(call(client, { signal: controller.signal }));
      const request = await server.asked();
      await turns();
      controller.abort(REASON);
      assert.equal(await ended, REASON);
      await request.closed;
      await turns();
      assert.equal(server.count(), 1);
      row(`${name}: aborted during an answer, ${where}`, server, "the signal's reason");
    });
  }

  test(`${name}: AbortSignal.timeout is an abort, and no fault to try again after`, PATIENCE, async (t) => {
    const { server, client } = await faultStage(t, [play.silence(), play.answer(DONE)]);
    const signal = AbortSignal.timeout(30);
    const error = await rejection(call(client, { signal }));
    assert.equal(error, signal.reason);
    assert.equal(error.name, "TimeoutError");
    await turns();
    // None, where this machine was slower to connect than the signal.
    assert.ok(server.count() <= 1);
    if (server.count() === 1) await server.requests[0].closed;
    row(`${name}: AbortSignal.timeout`, server, "its TimeoutError");
  });
}

/** How many turns of the event loop a rejection takes. */
async function turnsUntil(promise) {
  let settled = false;
  promise.finally(() => (settled = true));
  for (let count = 0; ; count++) {
    await turn();
    if (settled) return count;
  }
}

const WAITS = {
  "before the first poll": [[], (client, options) => client.pollUntilDone(CHILD, { initialDelayMs: HOURS, ...options })],
  "between two polls": [
    [play.answer(PENDING)],
    (client, options) => client.pollUntilDone(CHILD, { initialDelayMs: 0, minDelayMs: HOURS, maxDelayMs: HOURS, ...options }),
  ],
  "between two tries of a read": [
    [play.answer("", 429, { "retry-after": "3600" })],
    (client, options) => client.fetchTask(CHILD, { timeoutMs: HOURS, ...options }),
  ],
  "between two tries of a submit": [
    [play.answer("", 429, { "retry-after": "3600" })],
    (client, options) => client.submitAction(PRESS, { timeoutMs: HOURS, ...options }),
  ],
};

for (const [where, [script, call]] of Object.entries(WAITS)) {
  test(`aborted in a wait of hours ${where}: it rejects within a few turns, and nothing goes out after`, PATIENCE, async (t) => {
    const { longer } = heldTimers(t);
    // Without a sleep of the test's own, the package waits by its own timer.
    const { server, client } = await faultStage(t, script, { sleep: undefined });
    const { controller, signal } = countedSignal();
    const ended = rejection(call(client, { signal, timeoutMs: HOURS * 2 }));
    if (script.length > 0) await server.asked();
    await longer(3_600_000);
    await turns();
    controller.abort(REASON);
    const took = await turnsUntil(ended);
    assert.ok(took <= 3, `${took} turns`);
    assert.equal(await ended, REASON);
    await turns();
    assert.equal(server.count(), script.length);
    row(`aborted in a wait of hours ${where}`, server, "the signal's reason");
  });
}

test("an abort during onProgress ends the wait, however long the function takes", PATIENCE, async (t) => {
  const { server, client } = await faultStage(t, [play.answer(PENDING), play.answer(DONE)]);
  const controller = new AbortController();
  const onProgress = () => {
    setImmediate(() => controller.abort(REASON));
    return new Promise(() => {});
  };
  assert.equal(await rejection(client.pollUntilDone(CHILD, { onProgress, signal: controller.signal })), REASON);
  await turns();
  assert.equal(server.count(), 1);
  row("aborted during an onProgress that never ends", server, "the signal's reason");
});

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name}: aborted while the key is asked for, nothing is sent, though the key comes later`, PATIENCE, async (t) => {
    let give;
    const key = new Promise((resolve) => (give = resolve));
    let ask;
    const asked = new Promise((resolve) => (ask = resolve));
    const { server, client } = await faultStage(t, [play.answer(DONE)], { apiKey: () => (ask(), key) });
    const controller = new AbortController();
    const ended = rejection(call(client, { signal: controller.signal }));
    await asked;
    controller.abort(REASON);
    assert.equal(await ended, REASON);
    give("sk-test-0123456789");
    await turns();
    assert.equal(server.count(), 0);
    row(`${name}: aborted while the key is asked for`, server, "the signal's reason");
  });
}

test("an abort after the end changes nothing", async (t) => {
  const { client } = await faultStage(t, [play.answer(DONE)]);
  const controller = new AbortController();
  const found = await client.pollUntilDone(CHILD, { signal: controller.signal });
  controller.abort(REASON);
  await turns();
  assert.equal(found.status, "SUCCESS");
});

/** A signal that is none. */
for (const [what, signal] of Object.entries({ "an AbortController": new AbortController(), "an object": {}, "a text": "abort" })) {
  test(`${what} for a signal is an InvalidArgumentError, and nothing is sent`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(ACCEPTED)]);
    const error = await failure("InvalidArgumentError", client.submitAction(PRESS, { signal }));
    assert.equal(server.count(), 0);
    row(`${what} for a signal`, server, error);
  });
}
