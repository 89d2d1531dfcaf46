/** The caller's own functions: what they throw ends the call, and they may call the client that called them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { rejection, turns } from "./app.mjs";
import { ACCEPTED, CHILD, DONE, PENDING, PRESS, faultStage, row } from "./fault-stage.mjs";

const MINE = new Error("mine");
const thrower = () => {
  throw MINE;
};
const rejecter = () => Promise.reject(MINE);

/** Where the caller's own functions stand: in the options of a wait, or of the client. */
const CALLBACKS = {
  "onProgress throws": [{}, { onProgress: thrower }, 1],
  "onProgress rejects": [{}, { onProgress: rejecter }, 1],
  "apiKey throws": [{ apiKey: thrower }, {}, 0],
  "apiKey rejects": [{ apiKey: rejecter }, {}, 0],
  "sleep throws": [{ sleep: thrower }, {}, 0],
  "sleep rejects": [{ sleep: rejecter }, {}, 0],
  "now throws": [{ now: thrower }, {}, 0],
  "random throws": [{ random: thrower }, {}, 0],
};

for (const [what, [options, more, sent]] of Object.entries(CALLBACKS)) {
  test(`${what}: the wait ends with that error, and the next one is as ever`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(PENDING), play.answer(DONE)], options);
    assert.equal(await rejection(client.pollUntilDone(CHILD, more)), MINE);
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
    assert.equal(await rejection(client.submitAction(PRESS)), MINE);
    assert.equal(server.count(), 0);
    row(`apiKey ${what}, in a submit`, server, "that error");
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
