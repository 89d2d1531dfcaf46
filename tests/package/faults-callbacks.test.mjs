/**
 * The caller's own functions. What those throw that are told of a call ends it as it is; what those throw that the client
 * stands on is the cause of an error that says what is known of the task. And they may call the client that called them.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { rejection, turns } from "./app.mjs";
import { ACCEPTED, CHILD, DONE, PENDING, PICTURE, PRESS, failure, faultStage, row } from "./fault-stage.mjs";

const MINE = new Error("mine");
const thrower = () => {
  throw MINE;
};
const rejecter = () => Promise.reject(MINE);

/** Where the caller's own functions stand: in the options of a wait, or of the client. */
const CALLBACKS = {
  "onProgress throws": [{}, { onProgress: thrower }, 1],
  "onProgress rejects": [{}, { onProgress: rejecter }, 1],
  "apiKey throws": [{ apiKey: thrower }, {}, 0, "ConnectionError"],
  "apiKey rejects": [{ apiKey: rejecter }, {}, 0, "ConnectionError"],
  "sleep throws": [{ sleep: thrower }, {}, 0, "InternalError"],
  "sleep rejects": [{ sleep: rejecter }, {}, 0, "InternalError"],
  "now throws": [{ now: thrower }, {}, 0, "InternalError"],
  "random throws": [{ random: thrower }, {}, 0, "InternalError"],
};

for (const [what, [options, more, sent, name]] of Object.entries(CALLBACKS)) {
  test(`${what}: the wait ends with that error${name ? " behind one of ours" : ""}, and the next one is as ever`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(PENDING), play.answer(DONE)], options);
    const error = await rejection(client.pollUntilDone(CHILD, more));
    assert.equal(name ? error.cause.message : error, name ? MINE.message : MINE);
    assert.equal(error.name, name ?? "Error");
    // All but the first look at the clock: before it nothing is known.
    if (name && !what.startsWith("now")) assert.deepEqual([error.taskId, error.state.taskId], [CHILD, CHILD]);
    await turns();
    assert.equal(server.count(), sent);
    row(`${what}, in a wait`, server, "that error");
    const other = await faultStage(t, [play.answer(DONE)]);
    assert.equal((await other.client.pollUntilDone(CHILD)).status, "SUCCESS");
  });
}

for (const [what, apiKey] of [["throws", thrower], ["rejects", rejecter]]) {
  test(`apiKey ${what}: a submit ends with that error, and nothing is sent`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(ACCEPTED)], { apiKey });
    const error = await failure("ConnectionError", client.submitAction(PRESS));
    assert.deepEqual([error.cause.message, error.maybeAccepted], [MINE.message, undefined]);
    assert.equal(server.count(), 0);
    row(`apiKey ${what}, in a submit`, server, "that error");
  });
}

for (const [what, name, options] of [
  ["apiKey", "ConnectionError", { apiKey: "after" }],
  ["sleep", "InternalError", { sleep: "after" }],
  ["now", "InternalError", { now: "after" }],
]) {
  test(`${what} fails once a submit was accepted: the new task and its state are in the error`, async (t) => {
    let accepted = false;
    const own = { apiKey: () => "sk-test-0123456789", sleep: async () => {}, now: () => 1 };
    const failing = Object.fromEntries(
      Object.keys(options).map((key) => [key, () => (accepted ? thrower() : own[key]())]),
    );
    const { server, client } = await faultStage(t, [play.answer(ACCEPTED), play.answer(DONE)], failing);
    const error = await failure(name, client.act(PICTURE, "U1", { onSubmitted: () => void (accepted = true) }));
    assert.deepEqual([error.taskId, error.state.taskId, error.cause.message], [CHILD, CHILD, MINE.message]);
    assert.equal(error.maybeAccepted, undefined);
    row(`${what} fails after the submit, in act`, server, error);
    const other = await faultStage(t, [play.answer(DONE)]);
    assert.equal((await other.client.pollUntilDone(error.state)).status, "SUCCESS");
  });
}

test("callbacks may call the client that called them", async (t) => {
  const { server, client } = await faultStage(t, [], {
    otherwise: ({ method }) => play.answer(method === "POST" ? ACCEPTED : server.count("GET") % 2 ? PENDING : DONE),
  });
  const inner = [];
  const onProgress = async (task) => {
    inner.push(client.pollUntilDone(task.id));
    inner.push(client.fetchTask(task.id));
    inner.push(client.submitAction(PRESS));
    await Promise.all(inner);
  };
  const found = await client.pollUntilDone(CHILD, { onProgress });
  assert.equal(found.status, "SUCCESS");
  assert.ok((await Promise.all(inner)).length >= 3);
  row("onProgress polls, reads and submits itself", server, found);
});

test("apiKey, sleep, now and random may call the client that called them", async (t) => {
  const inner = [];
  let client;
  const once = (value) => {
    // Each function calls the client once: else it would not end.
    let called = false;
    return (...given) => {
      if (!called) {
        called = true;
        inner.push(client.fetchTask(CHILD));
      }
      return typeof value === "function" ? value(...given) : value;
    };
  };
  const scene = await faultStage(t, [play.answer(DONE)], {
    apiKey: once("sk-test-0123456789"),
    now: once(() => Date.now()),
    random: once(0.5),
    sleep: once(Promise.resolve()),
  });
  client = scene.client;
  const found = await client.pollUntilDone(CHILD);
  const others = await Promise.all(inner);
  assert.equal(others.length, 4);
  assert.ok([found, ...others].every(({ status }) => status === "SUCCESS"));
  row("apiKey, sleep, now and random read a task themselves", scene.server, found);
});

test("a fetch that throws at once is a dropped connection", async (t) => {
  const { server, client } = await faultStage(t, [], { fetch: thrower, maxRetries: 0 });
  const error = await rejection(client.submitAction(PRESS));
  assert.deepEqual([error.name, error.cause.name, error.cause.cause], ["SubmitUncertainError", "ConnectionError", MINE]);
  row("fetch throws, in a submit", server, error);
});
