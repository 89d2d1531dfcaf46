/** `watch`: each change of a task, and an end that leaves nothing behind. */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { rejection, turns } from "./app.mjs";
import { CHILD, DONE, PATIENCE, PENDING, countedSignal, failure, faultStage, heldTimers, task } from "./fault-stage.mjs";
import { virtualStage } from "./virtual-stage.mjs";

const at = (percent) => task("IN_PROGRESS", { progress: `${percent}%` });

async function all(tasks) {
  const seen = [];
  for await (const one of tasks) seen.push(one);
  return seen;
}

test("it gives each change, the last one too, and ends", async (t) => {
  const script = [at(10), at(10), at(60), at(40), DONE].map((body) => play.answer(body));
  const { client, server } = await faultStage(t, script);
  const seen = await all(client.watch(CHILD));
  assert.deepEqual(seen.map(({ percent }) => percent), [10, 60, 40, 100]);
  assert.equal(seen.at(-1).status, "SUCCESS");
  assert.equal(server.count(), 5);
});

test("it takes each form of target, and a task that has ended already is given once", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const grid = await client.submitImagine({ prompt: "x" });
  const [last] = (await all(client.watch(grid))).slice(-1);
  assert.equal(last.status, "SUCCESS");
  assert.deepEqual((await all(client.watch(last))).map(({ status }) => status), ["SUCCESS"]);
  assert.deepEqual((await all(client.watch(simulator.addTask({ status: "MODAL" }).id))).map(({ status }) => status), ["MODAL"]);
});

test("nothing is sent before somebody looks", async (t) => {
  const { client, server } = await faultStage(t, [play.answer(DONE)]);
  client.watch(CHILD);
  await turns();
  assert.equal(server.count(), 0);
});

test("an error comes after the last task that was seen", async (t) => {
  const { client } = await faultStage(t, [play.answer(at(10)), play.answer(task("FAILURE", { failReason: "mine" }))]);
  const tasks = client.watch(CHILD);
  assert.equal((await tasks.next()).value.percent, 10);
  assert.equal((await tasks.next()).value.status, "FAILURE");
  const error = await failure("TaskFailedError", tasks.next());
  assert.equal(error.failReason, "mine");
  assert.equal(error.state.taskId, CHILD);
  assert.deepEqual(await tasks.next(), { done: true, value: undefined });
});

test("bad input is told at the first look, and nothing is sent", async (t) => {
  const { client, server } = await faultStage(t, [play.answer(DONE)]);
  for (const target of ["", undefined, null, 7, {}, "a/b"]) await failure("InvalidArgumentError", client.watch(target).next());
  await failure("StateError", client.watch({ v: 2 }).next());
  await failure("InvalidArgumentError", client.watch(CHILD, { timeoutMs: 0 }).next());
  assert.equal(server.count(), 0);
});

test("a signal that is none is an InvalidArgumentError here, too", async (t) => {
  const { client } = await faultStage(t, [play.answer(DONE)]);
  for (const signal of [new AbortController(), {}, "abort"]) {
    await failure("InvalidArgumentError", client.watch(CHILD, { signal }).next());
  }
});

test("break ends the wait: no request, no timer and no listener is left", PATIENCE, async (t) => {
  const { longer, ring } = heldTimers(t);
  const { client, server } = await faultStage(t, [play.answer(at(10)), play.answer(DONE)], { sleep: undefined });
  const counted = countedSignal();
  const { signal } = counted;
  for await (const seen of client.watch(CHILD, { signal, initialDelayMs: 0, minDelayMs: 5e6, maxDelayMs: 5e6, timeoutMs: null })) {
    assert.equal(seen.percent, 10);
    await longer(1e6);
    break;
  }
  await turns();
  assert.equal(counted.listeners, 0);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  // Were there a timer, it would poll now.
  ring();
  await turns();
  assert.equal(server.count(), 1);
});

test("break while a request is under way closes its connection", PATIENCE, async (t) => {
  const { client, server } = await faultStage(t, [play.answer(at(10)), play.silence()]);
  for await (const seen of client.watch(CHILD)) {
    assert.equal(seen.percent, 10);
    await server.asked(2);
    break;
  }
  await server.requests[1].closed;
  await turns();
  assert.equal(server.count(), 2);
});

test("throwing out of the loop ends the wait as well", PATIENCE, async (t) => {
  const { client, server } = await faultStage(t, [play.answer(at(10)), play.silence()]);
  const mine = new Error("mine");
  const loop = async () => {
    for await (const _ of client.watch(CHILD)) {
      await server.asked(2);
      throw mine;
    }
  };
  assert.equal(await rejection(loop()), mine);
  await server.requests[1].closed;
});

test("nothing is left at the caller's signal after a normal end", async (t) => {
  const { client } = await faultStage(t, [play.answer(PENDING), play.answer(DONE)]);
  const counted = countedSignal();
  await all(client.watch(CHILD, { signal: counted.signal }));
  await turns();
  assert.equal(counted.listeners, 0);
});

test("an abort rejects with the signal's own reason, and nothing goes out after", PATIENCE, async (t) => {
  const { client, server } = await faultStage(t, [play.answer(at(10)), play.silence()]);
  const controller = new AbortController();
  const tasks = client.watch(CHILD, { signal: controller.signal });
  await tasks.next();
  const next = rejection(tasks.next());
  const request = await server.asked(2);
  const mine = new Error("mine");
  controller.abort(mine);
  assert.equal(await next, mine);
  await request.closed;
  await turns();
  assert.equal(server.count(), 2);
  const aborted = client.watch(CHILD, { signal: AbortSignal.abort(mine) });
  assert.equal(await rejection(aborted.next()), mine);
});

test("a slow reader misses no change", async (t) => {
  const script = [10, 20, 30, 40].map((percent) => play.answer(at(percent)));
  const { client } = await faultStage(t, [...script, play.answer(DONE)]);
  const seen = [];
  for await (const { percent } of client.watch(CHILD)) {
    seen.push(percent);
    await turns();
  }
  assert.deepEqual(seen, [10, 20, 30, 40, 100]);
});

test("a reader that stops reading leaves no unhandled rejection behind", async (t) => {
  const { client } = await faultStage(t, [play.answer(at(10)), play.answer("", 401)]);
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const tasks = client.watch(CHILD);
  await tasks.next();
  await turns();
  await tasks.return();
  await turns();
  assert.deepEqual(unhandled, []);
});

test("the caller's onProgress hears of each, too, and what it throws ends it", async (t) => {
  const { client } = await faultStage(t, [play.answer(at(10)), play.answer(DONE)]);
  const heard = [];
  const seen = await all(client.watch(CHILD, { onProgress: (one, info) => heard.push([one.percent, info.state.taskId]) }));
  assert.deepEqual(heard, seen.map(({ percent }) => [percent, CHILD]));
  const mine = new Error("mine");
  const tasks = client.watch(CHILD, { onProgress: () => { throw mine; } });
  await tasks.next();
  assert.equal(await rejection(tasks.next()), mine);
});

test("return() while a next() is pending ends the wait at once", { timeout: 10_000 }, async (t) => {
  const { client, server } = await faultStage(t, [play.answer(at(10)), play.silence()]);
  const tasks = client.watch(CHILD);
  await tasks.next();
  const pending = tasks.next();
  await server.asked(2);
  let ended = false;
  tasks.return().then(() => (ended = true));
  await turns();
  pending.catch(() => {});
  assert.ok(ended);
});
