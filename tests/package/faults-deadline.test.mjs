/** A deadline is wall clock: it ends what is in flight, and what comes after it is not taken. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { rejection, turns } from "./app.mjs";
import { CHILD, DONE, PATIENCE, PENDING, PRESS, failure, faultStage, heldTimers, row } from "./fault-stage.mjs";

const pending = play.answer(PENDING);
const done = play.answer(DONE);
const MINUTE = { timeoutMs: 60_000 };

for (const [what, entry] of Object.entries({ "no answer": play.silence(), "half an answer": play.stall() })) {
  test(`the deadline ends a poll in flight that has ${what}`, PATIENCE, async (t) => {
    const { ringAfter } = heldTimers(t);
    const late = async (...given) => {
      await entry(...given);
      clock.time += 60_000;
    };
    const { server, client, clock } = await faultStage(t, [ringAfter(late), done]);
    const error = await failure("PollTimeoutError", client.pollUntilDone(CHILD, MINUTE));
    await server.requests[0].closed;
    await turns();
    assert.equal(server.count(), 1);
    assert.equal(error.state.taskId, CHILD);
    row(`${what} until the deadline`, server, error);
  });

  test(`timeoutMs ends a read that has ${what}`, PATIENCE, async (t) => {
    const { server, client } = await faultStage(t, [heldTimers(t).ringAfter(entry)]);
    const error = await failure("RequestTimeoutError", client.fetchTask(CHILD, { maxRetries: 0 }));
    await server.requests[0].closed;
    await turns();
    assert.equal(server.count(), 1);
    row(`${what} within a read's timeoutMs`, server, error);
  });

  test(`timeoutMs ends a submit that has ${what}`, PATIENCE, async (t) => {
    const { server, client } = await faultStage(t, [heldTimers(t).ringAfter(entry)]);
    const error = await failure("SubmitUncertainError", client.submitAction(PRESS));
    await server.requests[0].closed;
    await turns();
    assert.equal(server.count(), 1);
    row(`${what} within a submit's timeoutMs`, server, error);
  });
}

test("timeoutMs is what the timers are set to, 30 s for a read and 75 s for a submit if nothing is said", PATIENCE, async (t) => {
  const calls = [
    [30_000, (client) => client.fetchTask(CHILD, { maxRetries: 0 })],
    [75_000, (client) => client.submitAction(PRESS)],
    [1_234, (client) => client.submitAction(PRESS, { timeoutMs: 1_234 })],
    // Longer timers would ring at once.
    [2 ** 31 - 1, (client) => client.fetchTask(CHILD, { timeoutMs: 1e15, maxRetries: 0 })],
    [20_000, (client) => client.pollUntilDone(CHILD, { timeoutMs: 20_000, initialDelayMs: 0 })],
  ];
  const { longer, ring } = heldTimers(t);
  for (const [expected, call] of calls) {
    const { client, clock } = await faultStage(t, [play.silence()]);
    const ended = rejection(call(client));
    assert.equal(await longer(0), expected);
    clock.time += expected;
    ring();
    await ended;
  }
});

/** A `fetch` that does not listen to its signal, and during which time goes by. */
const deafFetch = (passes) => async (url, { signal, ...init }) => {
  const response = await fetch(url, init);
  passes();
  return response;
};

test("an answer that comes after the deadline is not taken", async (t) => {
  let clock;
  const scene = await faultStage(t, [done], { fetch: deafFetch(() => (clock.time += 60_000)) });
  clock = scene.clock;
  const error = await failure("PollTimeoutError", scene.client.pollUntilDone(CHILD, { timeoutMs: 30_000 }));
  assert.equal(scene.server.count(), 1);
  row("SUCCESS that comes after the deadline", scene.server, error);
});

test("a deaf fetch does not hold up the deadline", PATIENCE, async (t) => {
  const late = () => void (clock.time += 60_000);
  const script = [heldTimers(t).ringAfter(late)];
  const { server, client, clock } = await faultStage(t, script, { fetch: deafFetch(() => {}) });
  const error = await failure("PollTimeoutError", client.pollUntilDone(CHILD, MINUTE));
  row("no answer until the deadline, of a fetch that ignores its signal", server, error);
});

test("an onProgress that never ends does not hold up the deadline", PATIENCE, async (t) => {
  const { ring } = heldTimers(t);
  const { server, client, clock } = await faultStage(t, [pending]);
  const onProgress = () => {
    clock.time += 60_000;
    setImmediate(ring);
    return new Promise(() => {});
  };
  const error = await failure("PollTimeoutError", client.pollUntilDone(CHILD, { ...MINUTE, onProgress }));
  assert.equal(error.task.status, "IN_PROGRESS");
  row("under way, of an onProgress that never ends", server, error);
});

for (const timeoutMs of [5_000, 60_000, 900_000]) {
  test(`the last poll of ${timeoutMs} ms is just before their end`, async (t) => {
    const polls = [];
    let clock;
    const otherwise = () => (polls.push(clock.time), pending);
    const scene = await faultStage(t, [], { otherwise });
    clock = scene.clock;
    const deadline = clock.time + timeoutMs;
    const error = await failure("PollTimeoutError", scene.client.pollUntilDone(CHILD, { timeoutMs }));
    const left = deadline - polls.at(-1);
    assert.ok(left > 0 && left <= 1_000, `${left} ms before it`);
    assert.ok(clock.time <= deadline);
    assert.equal(error.task.percent, 10);
    row(`under way for all of ${timeoutMs} ms`, scene.server, error);
  });
}

test("a task that is done at the last poll is found", async (t) => {
  let clock, deadline;
  const otherwise = () => (deadline - clock.time <= 1_000 ? done : pending);
  const scene = await faultStage(t, [], { otherwise });
  clock = scene.clock;
  deadline = clock.time + 60_000;
  const found = await scene.client.pollUntilDone(CHILD, { timeoutMs: 60_000 });
  row("done in the last second", scene.server, found);
});

test("faults until the deadline: the error has the last one for a cause", async (t) => {
  const { server, client } = await faultStage(t, [play.answer("", 502)]);
  const options = { timeoutMs: 10_000, maxConsecutiveErrors: 1_000 };
  const error = await failure("PollTimeoutError", client.pollUntilDone(CHILD, options));
  assert.equal(error.cause.status, 502);
  row("HTTP 502 until the deadline", server, error);
});

test("timeoutMs: null has no deadline", async (t) => {
  let clock, begin;
  const otherwise = () => (clock.time - begin > 7 * 86_400_000 ? done : pending);
  const scene = await faultStage(t, [], { otherwise });
  clock = scene.clock;
  begin = clock.time;
  const options = { timeoutMs: null, minDelayMs: 3_600_000, maxDelayMs: 3_600_000 };
  const found = await scene.client.pollUntilDone(CHILD, options);
  assert.equal(found.status, "SUCCESS");
  row("a week under way, timeoutMs: null", scene.server, found);
});

/** A machine that slept: the first wait takes an hour. */
const slept = (scene) => async (ms) => void (scene.clock.time += scene.clock.slept.push(ms) === 1 ? 3_600_000 : ms);

test("a machine that slept past the deadline polls once more: done, and the task is found", async (t) => {
  const scene = {};
  Object.assign(scene, await faultStage(t, [done], { sleep: (ms) => slept(scene)(ms) }));
  const found = await scene.client.pollUntilDone(CHILD, { timeoutMs: 60_000 });
  assert.deepEqual([found.status, scene.server.count()], ["SUCCESS", 1]);
  row("the machine sleeps past the deadline, then done", scene.server, found);
});

test("a machine that slept past the deadline polls once more: under way, and the time is over", async (t) => {
  const scene = {};
  Object.assign(scene, await faultStage(t, [pending], { sleep: (ms) => slept(scene)(ms) }));
  const error = await failure("PollTimeoutError", scene.client.pollUntilDone(CHILD, { timeoutMs: 60_000 }));
  assert.deepEqual([scene.server.count(), error.task.status], [1, "IN_PROGRESS"]);
  row("the machine sleeps past the deadline, then under way", scene.server, error);
});

test("a machine that slept past the deadline polls once more: a fault, and the time is over", async (t) => {
  const scene = {};
  Object.assign(scene, await faultStage(t, [play.reset()], { sleep: (ms) => slept(scene)(ms) }));
  const error = await failure("PollTimeoutError", scene.client.pollUntilDone(CHILD, { timeoutMs: 60_000 }));
  assert.equal(scene.server.count(), 1);
  row("the machine sleeps past the deadline, then reset", scene.server, error);
});

test("a clock that is set back does not end a wait, nor make it poll at once", async (t) => {
  let clock;
  const back = (response, request) => {
    clock.time -= 3_600_000;
    return pending(response, request);
  };
  const scene = await faultStage(t, [back, done]);
  clock = scene.clock;
  const found = await scene.client.pollUntilDone(CHILD);
  const [first, second, ...more] = clock.slept;
  assert.ok(first === 6_000 && second >= 4_000 && second <= 15_000 && more.length === 0, `${clock.slept}`);
  row("the clock is set back by an hour", scene.server, found);
});
