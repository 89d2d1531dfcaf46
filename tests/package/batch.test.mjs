/** `pollAllUntilDone`, `listTasks` and `pollOnce` over HTTP: what many tasks cost is counted by the server. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FETCH, KEY, LIST, NAME, app, rejection } from "./app.mjs";
import { library, virtualStage } from "./virtual-stage.mjs";

const { faults } = await app.load(`${NAME}/testing`);
const MINUTE = 60_000;

/** So many tasks that are under way. */
const many = (simulator, count) => Array.from({ length: count }, () => simulator.addTask({ status: null }).id);

/** The most requests in any minute of the simulator's clock. */
function mostAMinute({ requests }) {
  const times = requests.map(({ at }) => at);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length));
}

test("a hundred tasks cost no more requests a minute than one", async (t) => {
  const options = { simulator: { workMs: 5 * MINUTE } };
  const alone = await virtualStage(t, options);
  await alone.client.pollAllUntilDone(many(alone.simulator, 1));
  const { client, simulator } = await virtualStage(t, options);
  const results = await client.pollAllUntilDone(many(simulator, 100));
  assert.ok(results.every(({ status, value }) => status === "fulfilled" && value.status === "SUCCESS"));
  assert.equal(simulator.counts.total, alone.simulator.counts.total);
  assert.equal(mostAMinute(simulator), mostAMinute(alone.simulator));
  assert.equal(simulator.counts[LIST], simulator.counts.total);
});

test("each settles by itself, in the order of the targets, as in Promise.allSettled", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const [one, two, three, four] = many(simulator, 4);
  simulator.failTask(two, "mine");
  simulator.cancelTask(three);
  const settled = [];
  const onSettled = (result, index) => settled.push([index, result]);
  const results = await client.pollAllUntilDone([one, two, three, "1773314942000000", four], { onSettled });
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "rejected", "rejected", "fulfilled"]);
  const reasons = results.map(({ reason }) => reason?.name);
  assert.deepEqual(reasons, [undefined, "TaskFailedError", "TaskFailedError", "TaskNotFoundError", undefined]);
  assert.ok(results[1].reason instanceof library.TaskFailedError);
  assert.ok(results[1].reason instanceof Error);
  assert.equal(results[1].reason.failReason, "mine");
  assert.equal(results[1].reason.state.taskId, two);
  assert.deepEqual(Object.keys(results[0]), ["status", "value"]);
  assert.deepEqual(Object.keys(results[1]), ["status", "reason"]);
  // Told once each, and those that had ended before the others.
  assert.deepEqual(settled.map(([index]) => index).sort(), [0, 1, 2, 3, 4]);
  for (const [index, { status }] of settled) assert.equal(status, results[index].status);
  assert.ok(settled.find(([index]) => index === 1)[1].reason instanceof library.TaskFailedError);
});

test("targets of every form, onProgress and chunks", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const [id] = many(simulator, 1);
  const submitted = await client.submitImagine({ prompt: "x" });
  const task = await client.fetchTask(many(simulator, 1)[0]);
  const { state } = await client.pollOnce(many(simulator, 1)[0]);
  const seen = new Set();
  const results = await client.pollAllUntilDone([id, submitted, task, state], {
    chunkSize: 2,
    onProgress: (one, info) => seen.add(one.id) && assert.equal(info.state.taskId, one.id),
  });
  assert.deepEqual(results.map(({ value }) => value.id), [id, submitted.taskId, task.id, state.taskId]);
  assert.equal(seen.size, 4);
  const sizes = simulator.requests.filter(({ pattern }) => pattern === LIST.slice(5)).map(({ body }) => body.ids.length);
  assert.ok(sizes.every((size) => size <= 2));
});

test("an empty list is an empty result; a bad target sends nothing", async (t) => {
  const { client, simulator } = await virtualStage(t);
  assert.deepEqual(await client.pollAllUntilDone([]), []);
  assert.equal((await rejection(client.pollAllUntilDone(["1", ""]))).name, "InvalidArgumentError");
  assert.equal((await rejection(client.pollAllUntilDone([{ v: 2 }]))).name, "StateError");
  assert.equal((await rejection(client.pollAllUntilDone(["1"], { chunkSize: 0 }))).name, "InvalidArgumentError");
  assert.equal(simulator.counts.total, 0);
});

for (const [what, fault] of Object.entries({ 404: faults.html(404), "a web page": faults.html(), 403: faults.forbidden() })) {
  test(`a list that is answered with ${what}: singles from then on, one at a time, and an event that says so`, async (t) => {
    const events = [];
    const onEvent = (event) => events.push(event);
    const { client, simulator } = await virtualStage(t, { client: { onEvent } });
    simulator.fail(LIST, fault, Infinity);
    const results = await client.pollAllUntilDone(many(simulator, 5));
    assert.ok(results.every(({ status }) => status === "fulfilled"));
    assert.equal(simulator.counts[LIST], 1);
    const told = events.filter(({ type }) => type === "fallback");
    assert.equal(told.length, 1);
    assert.equal(typeof told[0].reason, "string");
    assert.ok(!JSON.stringify(events).includes(KEY));
    // A request is answered before the next one goes out.
    const order = events.filter(({ type }) => /^re(quest|sponse)$/.test(type)).map(({ type }) => type);
    order.forEach((type, at) => assert.equal(type, at % 2 ? "response" : "request"));
  });
}

test("a key that is refused ends all, each with a class and a state", async (t) => {
  const { client, simulator } = await virtualStage(t, { simulator: { apiKey: "another" } });
  const ids = many(simulator, 3);
  const results = await client.pollAllUntilDone(ids);
  assert.equal(simulator.counts.total, 1);
  results.forEach(({ reason }, at) => {
    assert.ok(reason instanceof library.AuthenticationError);
    assert.equal(reason.state.taskId, ids[at]);
    assert.ok(!JSON.stringify(reason).includes(KEY));
  });
});

test("an abort rejects the whole with the signal's own reason", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const controller = new AbortController();
  const mine = new Error("mine");
  const onProgress = () => controller.abort(mine);
  const ended = client.pollAllUntilDone(many(simulator, 3), { signal: controller.signal, onProgress });
  assert.equal(await rejection(ended), mine);
  assert.equal(simulator.counts.total, 1);
});

test("what onSettled or onProgress throws ends all with that error", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const mine = new Error("mine");
  const thrower = () => { throw mine; };
  assert.equal(await rejection(client.pollAllUntilDone([simulator.addTask({}).id], { onSettled: thrower })), mine);
  assert.equal(await rejection(client.pollAllUntilDone(many(simulator, 2), { onProgress: thrower })), mine);
});

test("a sleep that takes no time does not spin", { timeout: 20_000 }, async (t) => {
  const { simulator, base } = await virtualStage(t, { simulator: { queueMs: 0, workMs: 0 } });
  let slept = 0;
  const sleep = async () => {
    // A clock that stands still, as in an engine that replays.
    if (++slept > 100) throw new Error("it spins");
  };
  const client = new library.Midjourney({ ...base, sleep });
  const results = await client.pollAllUntilDone(many(simulator, 2));
  assert.ok(results.every(({ status }) => status === "fulfilled"));
});

test("listTasks: those that are known, exact and whole, with one request", async (t) => {
  const { client, simulator } = await virtualStage(t, { simulator: { idDigits: 20, taskIdType: "integer" } });
  const ids = [simulator.addTask({}).id, simulator.addTask({ status: "MODAL" }).id];
  assert.equal(ids[0].length, 20);
  const tasks = await client.listTasks([...ids, "17733149420000000000"]);
  assert.deepEqual(new Set(tasks.map(({ id }) => id)), new Set(ids));
  assert.deepEqual(tasks.map(({ status }) => status).sort(), ["MODAL", "SUCCESS"]);
  assert.equal(tasks.find(({ status }) => status === "SUCCESS").buttons.length, 9);
  assert.equal(simulator.counts.total, 1);
  for (const bad of [[], undefined, ids[0], [7], [""]]) {
    assert.equal((await rejection(client.listTasks(bad))).name, "InvalidArgumentError");
  }
  simulator.fail(LIST, faults.html(), 1);
  assert.equal((await rejection(client.listTasks(ids))).name, "UnexpectedResponseError");
});

test("pollOnce in a loop of a durable engine comes to the picture, each step one request and no timer", async (t) => {
  const { client, simulator, clock } = await virtualStage(t);
  let target = await client.submitImagine({ prompt: "x" });
  let steps = 0;
  for (;;) {
    const before = simulator.counts.total;
    const step = await client.pollOnce(target);
    steps += 1;
    assert.equal(simulator.counts.total, before + 1);
    assert.deepEqual(clock.slept, []);
    if (step.done) {
      assert.equal(step.task.status, "SUCCESS");
      assert.deepEqual(Object.keys(step).sort(), ["done", "state", "task"]);
      break;
    }
    // As it comes back from storage, in another worker.
    target = JSON.parse(JSON.stringify(step.state));
    assert.equal(target.polls, steps);
    clock.time += step.nextDelayMs;
  }
  assert.ok(steps > 3 && steps < 12, `${steps}`);
});

test("pollOnce: what has ended is done, errors have a state", async (t) => {
  const { client, simulator } = await virtualStage(t);
  for (const status of ["SUCCESS", "MODAL", "FAILURE", "CANCEL"]) {
    const { done, task } = await client.pollOnce(simulator.addTask({ status }).id);
    assert.deepEqual([done, task.status], [true, status]);
  }
  for (const fault of [faults.drop("before"), faults.rateLimited(), faults.badGateway(), faults.unauthorized(), faults.html()]) {
    simulator.fail(FETCH, fault);
    const error = await rejection(client.pollOnce("1773314942177684"));
    assert.ok(error instanceof library.MidjourneyError);
    assert.equal(error.state.taskId, "1773314942177684");
    assert.equal(error.state.polls, 1);
  }
});
