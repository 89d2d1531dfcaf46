/** No task is lost: whatever ended a wait, its state goes on from there, and nothing is submitted twice for it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { KEY, rejection } from "./app.mjs";
import { ACCEPTED, CHILD, DONE, PATIENCE, PENDING, PRESS, failure, faultStage, library, row } from "./fault-stage.mjs";

const accepted = play.answer(ACCEPTED);
const pending = play.answer(PENDING);
const done = play.answer(DONE);
const times = (count, entry) => Array.from({ length: count }, () => entry);

/** What ends a wait that is not over: the polls' answers, the wait's options, and the class of its error. */
const ENDINGS = {
  "its time was over": [times(2, pending), { timeoutMs: 10_000 }, "PollTimeoutError"],
  "its polls were used up": [times(3, pending), { maxPolls: 3 }, "PollBudgetError"],
  "the connection failed": [times(6, play.reset()), {}, "ConnectionError"],
  "the server was in trouble": [times(6, play.answer("", 502)), {}, "ServerError"],
  "it was refused": [[play.answer("", 401)], {}, "AuthenticationError"],
  "the task was not known": [[play.answer("", 404)], { maxConsecutiveErrors: 0 }, "TaskNotFoundError"],
};

/** Ways for a state to travel. */
const JOURNEYS = {
  "as it is": (state) => state,
  "through JSON": (state) => JSON.parse(JSON.stringify(state)),
  "through structuredClone": structuredClone,
};

for (const [why, [answers, options, name]] of Object.entries(ENDINGS)) {
  for (const [way, travel] of Object.entries(JOURNEYS)) {
    test(`a wait that ended since ${why} goes on, its state handed on ${way}`, async (t) => {
      const { server, client, clock } = await faultStage(t, [accepted, ...answers, pending, done]);
      const submitted = await client.submitAction(PRESS);
      const error = await failure(name, client.pollUntilDone(submitted, options));
      assert.equal(error.taskId, CHILD);
      assert.equal(error.state.polls, answers.length);
      const state = travel(error.state);
      assert.deepEqual(state, error.state);

      // Another client, as in another worker or after a reload.
      const other = new library.Midjourney({ apiKey: KEY, baseURL: server.url, now: () => clock.time, sleep: async () => {} });
      const found = await other.pollUntilDone(state);
      assert.deepEqual([found.id, found.status], [CHILD, "SUCCESS"]);
      assert.equal(server.count("POST"), 1);
      assert.equal(server.count("GET"), answers.length + 2);
      if (way === "through JSON") row(`goes on, since ${why}: ${name}`, server, found);
    });
  }

  test(`the state of a wait that ended since ${why} is plain and small: no key, address or header`, async (t) => {
    const headers = { "x-tenant": "canary-header" };
    const { server, client } = await faultStage(t, [accepted, ...answers], { headers });
    const submitted = await client.submitAction(PRESS);
    const { state } = await failure(name, client.pollUntilDone(submitted, { ...options, headers: { "x-call": "canary-call" } }));
    const text = JSON.stringify(state);
    assert.ok(text.length < 1_000);
    assert.doesNotMatch(text, /canary|http|127\.0\.0\.1|authorization|bearer/i);
    assert.equal(Object.getPrototypeOf(state), Object.prototype);
    assert.ok(server.requests.every(({ headers }) => headers["x-tenant"] === "canary-header"), "they were sent");
  });
}

test("maxPolls is counted from where a wait goes on; polls are counted on", async (t) => {
  const { server, client } = await faultStage(t, [accepted, ...times(9, pending), done]);
  let target = await client.submitAction(PRESS);
  for (const polls of [3, 6, 9]) {
    const error = await failure("PollBudgetError", client.pollUntilDone(target, { maxPolls: 3 }));
    assert.equal(error.state.polls, polls);
    assert.equal(server.count("GET"), polls);
    target = error.state;
  }
  const found = await client.pollUntilDone(target, { maxPolls: 3 });
  assert.equal(server.count("POST"), 1);
  row("maxPolls 3, four times over", server, found);
});

test("a wait that goes on keeps its pace", async (t) => {
  const { client, clock } = await faultStage(t, [...times(3, pending), done]);
  const error = await failure("PollBudgetError", client.pollUntilDone(CHILD, { maxPolls: 2, initialDelayMs: 4_000 }));
  await client.pollUntilDone(error.state);
  // Of one that is waited for without a break.
  const whole = await faultStage(t, [...times(3, pending), done]);
  await whole.client.pollUntilDone(CHILD, { initialDelayMs: 4_000 });
  assert.deepEqual(clock.slept.slice(0, 3), [...whole.clock.slept.slice(0, 2), 1_000]);
  assert.ok(clock.slept[3] >= 4_000 && clock.slept[3] <= 15_000, `${clock.slept}`);
});

test("a state remembers when the task was submitted: just now it may be unknown", async (t) => {
  const unknown = play.answer("null");
  const { server, client } = await faultStage(t, [accepted, pending, unknown, done]);
  const submitted = await client.submitAction(PRESS);
  const error = await failure("PollBudgetError", client.pollUntilDone(submitted, { maxPolls: 1 }));
  const found = await client.pollUntilDone(JSON.parse(JSON.stringify(error.state)));
  row("goes on, the new task unknown once", server, found);
});

/** After an abort there is no error of ours: the caller goes on with what it has. */
const AFTER_ABORT = { "the result of the submit": (submitted) => submitted, "the task's id": ({ taskId }) => taskId };

for (const [what, target] of Object.entries(AFTER_ABORT)) {
  test(`after an abort a wait goes on with ${what}`, PATIENCE, async (t) => {
    const { server, client } = await faultStage(t, [accepted, play.silence(), pending, done]);
    const submitted = await client.submitAction(PRESS);
    const controller = new AbortController();
    const ended = rejection(client.pollUntilDone(submitted, { signal: controller.signal }));
    await server.asked(2);
    controller.abort("enough");
    assert.equal(await ended, "enough");
    const found = await client.pollUntilDone(target(submitted));
    assert.deepEqual([found.status, server.count("POST")], ["SUCCESS", 1]);
    row(`aborted, then gone on with ${what}`, server, found);
  });
}

const GOOD = { v: 1, taskId: CHILD, submittedAt: 1_773_314_942_177, polls: 3, delayMs: 4_500 };
const without = (name) => Object.fromEntries(Object.entries(GOOD).filter(([other]) => other !== name));

/** What is no state of ours; some of it says things that must not be repeated. */
const FOREIGN = {
  "of another version": { ...GOOD, v: 2 },
  "with a version that is text": { ...GOOD, v: "1" },
  "without its task": without("taskId"),
  "without its polls": without("polls"),
  "without its pace": without("delayMs"),
  "cut to its version": { v: 1 },
  "with a task that is a path": { ...GOOD, taskId: "../canary-content" },
  "with a task that is a number": { ...GOOD, taskId: 1773315122000777 },
  "with polls that are text": { ...GOOD, polls: "canary-content" },
  "with polls below zero": { ...GOOD, polls: -1 },
  "with a pace that is null": { ...GOOD, delayMs: null },
  "with a pace that is NaN": { ...GOOD, delayMs: NaN },
  "with a time that is text": { ...GOOD, submittedAt: "canary-content" },
  "of another library": { v: 1, jobId: "canary-content", token: KEY },
};

for (const [what, state] of Object.entries(FOREIGN)) {
  test(`a state ${what} is a StateError that does not repeat it, and nothing is sent`, async (t) => {
    const { server, client } = await faultStage(t, [done]);
    const error = await failure("StateError", client.pollUntilDone(state));
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /canary-content/);
    assert.equal(server.count(), 0);
    row(`a state ${what}`, server, error);
  });
}

test("a saved state that was not parsed is an InvalidArgumentError that does not repeat it, whole or cut short", async (t) => {
  const { server, client } = await faultStage(t, [done]);
  const text = JSON.stringify(GOOD);
  for (const saved of [text, text.slice(0, 40), ""]) {
    const error = await failure("InvalidArgumentError", client.pollUntilDone(saved));
    assert.doesNotMatch(error.message, /delayMs/);
  }
  assert.equal(server.count(), 0);
});
