/** examples/cloudflare/queue: actions from their submit to their picture, each a message that is retried until then. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MODAL, openExample } from "./press.mjs";
import { ACTION, BUDGET, FETCH, inLots, pollClock, subrequests, typecheck, until } from "./stage.mjs";

const QUEUE = "midjourney";
const KEY = "the-one-and-only-action";

/**
 * The example, and a queue in the test's hands beside miniflare's own: that one is gone when workerd ends, where
 * Cloudflare's delivers again. Each task is done at its poll of that number.
 */
async function act(t, { doneAtPoll } = {}) {
  const { options, attach } = pollClock(doneAtPoll);
  const scene = await openExample(t, "queue", { simulator: options });
  const { look, press, simulator } = scene;
  const { counts } = simulator;
  attach(simulator);
  return {
    ...scene,
    polls: () => counts[FETCH],
    submits: () => counts[ACTION],
    progress: look,
    message: (key, { modal, ...button } = {}) => ({
      id: `message of ${key}`,
      timestamp: new Date(),
      attempts: 1,
      body: { key, button: { ...press, ...button }, modal },
    }),
    /** Delivers messages as one batch. Gives for each how long it is put off, s, or that it is done with. */
    async deliver(...messages) {
      const worker = await scene.miniflare.getWorker("queue");
      const { outcome, explicitAcks, retryMessages } = await worker.queue(QUEUE, messages);
      assert.equal(outcome, "ok");
      return messages.map(({ id }) =>
        explicitAcks.includes(id) ? "done" : retryMessages.find(({ msgId }) => msgId === id)?.delaySeconds,
      );
    },
  };
}

describe("the Queue's consumer", { concurrency: 2 }, () => {
  test("has sound types", () => typecheck("queue"));

  test("presses for nobody who has not the access token", async (t) => {
    const { submit, progress, submits } = await act(t);
    for (const token of [null, "", "undefined", "another"]) assert.equal((await submit({ key: KEY, token })).status, 401);
    assert.equal((await submit({ key: "too-short" })).status, 400);
    assert.equal((await submit({ key: KEY, modal: "a text" })).status, 400);
    assert.equal((await submit({ key: KEY, modal: { maskBase64: "m".repeat(120_000) } })).status, 413);
    assert.deepEqual(await progress(KEY), { key: KEY });
    assert.equal(submits(), 0);
  });

  test("takes an action to its picture, by the queue's own clock", async (t) => {
    const { submit, progress, polls, submits, simulator } = await act(t, { doneAtPoll: 2 });
    assert.equal((await submit({ key: KEY })).status, 202);
    const { task } = await until("the picture", async () => {
      const now = await progress(KEY);
      return now.task && now;
    });
    const { id } = simulator.tasks.at(-1);
    assert.deepEqual([task.taskId, task.status], [id, "SUCCESS"]);
    assert.match(task.imageUrl, new RegExp(`/mj/image/${id}$`));
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("puts a message off for as long as the client says, and is done with it at the end", async (t) => {
    const { deliver, message, progress, polls, submits, simulator } = await act(t);
    const one = message(KEY);
    assert.deepEqual(await deliver(one), [2]);
    const waits = [];
    for (let poll = 1; poll <= 6; poll++) waits.push(...(await deliver(one)));
    // The deliveries come at once, so the task is young each time, and its progress is what the looks show.
    for (const seconds of waits) assert.ok(seconds >= 4 && seconds <= 15, `${waits}`);
    const { state } = await progress(KEY);
    assert.equal(state.polls, 6);
    simulator.failTask(state.taskId, "blocked by a filter");
    assert.deepEqual(await deliver(one), ["done"]);
    assert.match((await progress(KEY)).error, /ended as FAILURE: blocked by a filter$/);
    assert.deepEqual(await deliver(one), ["done"]);
    assert.deepEqual([submits(), polls()], [1, 7]);
  });

  test("goes on after workerd was killed in mid-task", async (t) => {
    const { deliver, message, progress, polls, submits, restart } = await act(t, { doneAtPoll: 1 });
    assert.deepEqual(await deliver(message(KEY)), [2]);
    await restart();
    assert.deepEqual(await deliver(message(KEY)), ["done"]);
    assert.equal((await progress(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 1]);
  });

  test("never sends a submit again whose answer was lost with workerd", async (t) => {
    const { deliver, message, progress, polls, submits, restart, simulator, faults } = await act(t, { doneAtPoll: 1 });
    simulator.fail(ACTION, faults.hang(true));
    const lost = assert.rejects(deliver(message(KEY)));
    await until("the submit", submits);
    await restart();
    await lost;
    assert.deepEqual(await deliver(message(KEY)), ["done"]);
    assert.match((await progress(KEY)).error, /may have been accepted/);
    assert.deepEqual([submits(), polls()], [1, 0]);
  });

  test("submits once what is delivered twice: in one batch, while the first is at it, and after it", async (t) => {
    const { deliver, message, polls, submits, simulator, faults } = await act(t);
    simulator.fail(ACTION, faults.delay(200));
    const one = message(KEY);
    const again = { ...one, id: "the same again" };
    const [first, second] = await Promise.all([deliver(one, again), deliver(one)]);
    assert.deepEqual([...first, ...second], [2, 2, 2]);
    assert.deepEqual([submits(), polls()], [1, 0]);
    await deliver(one);
    assert.deepEqual([submits(), polls()], [1, 1]);
  });

  test("presses nothing where the same key is pressed again", async (t) => {
    const { submit, progress, deliver, message, polls, submits } = await act(t, { doneAtPoll: 1 });
    await Promise.all([submit({ key: KEY }), submit({ key: KEY }), submit({ key: KEY })]);
    await until("the picture", async () => (await progress(KEY)).task);
    await submit({ key: KEY });
    assert.deepEqual(await deliver(message(KEY)), ["done"]);
    assert.deepEqual([submits(), polls()], [1, 1]);
  });

  test("delivers again what was plainly refused, and lives through faults of polls", async (t) => {
    const { deliver, message, progress, polls, submits, simulator, faults } = await act(t, { doneAtPoll: 6 });
    const one = message(KEY);
    simulator.fail(ACTION, faults.rateLimited({ retryAfter: 90 }));
    assert.deepEqual(await deliver(one), [90]);
    assert.deepEqual(await progress(KEY), { key: KEY, nextDelayMs: 90_000 });
    assert.deepEqual(await deliver(one), [2]);
    const { taskNotFound, badGateway, drop, rateLimited } = faults;
    simulator.fail(FETCH, [taskNotFound(), badGateway(), drop("before"), rateLimited({ retryAfter: 40 }), rateLimited({ retryAfter: 1e9 })]);
    for (const wait of [15, 15, 15, 40, 900]) assert.deepEqual(await deliver(one), [wait]);
    assert.deepEqual(await deliver(one), ["done"]);
    assert.equal((await progress(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [2, 6]);
  });

  test("answers a modal once, by what is in the message; an old MODAL ends nothing, listed or fetched, or after workerd was killed", async (t) => {
    for (const lists of [true, false]) {
      const { deliver, message, progress, restart, answers, zoom, simulator, faults } = await act(t, { doneAtPoll: 5 });
      if (!lists) simulator.fail("POST /mj/task/list-by-condition", faults.html(404), Infinity);
      const one = message(KEY, zoom("hills --zoom 1.5"));
      assert.deepEqual(await deliver(one), [2]);
      // It asks; it is answered; then it reads MODAL where it is fetched.
      assert.deepEqual(await deliver(one), [0]);
      assert.deepEqual(await deliver(one), [2]);
      assert.equal(answers(), 1);
      const [wait] = await deliver(one);
      assert.equal(typeof wait, "number");
      await restart();
      const [again] = await deliver(one);
      assert.equal(typeof again, "number");
      const end = async () => (await deliver(one))[0] === "done";
      await until("the end", end);
      const { task } = await progress(KEY);
      assert.deepEqual([task.taskId, task.status], [simulator.tasks.at(-1).id, "SUCCESS"]);
      assert.deepEqual([simulator.counts[ACTION], answers(), simulator.charges], [1, 1, 1]);
    }
  });

  test("ends with MODAL where there is no answer, or it was refused; the same key with another goes on", async (t) => {
    const { deliver, message, progress, answers, zoom, simulator } = await act(t, { doneAtPoll: 3 });
    const { modal, ...button } = zoom("hills --zoom 1.5");
    assert.deepEqual([await deliver(message(KEY, button)), await deliver(message(KEY, button))], [[2], ["done"]]);
    const { task } = await progress(KEY);
    assert.deepEqual([task.status, task.error], ["MODAL", undefined]);
    assert.deepEqual(await deliver(message(KEY, { ...button, modal: { prompt: "hills" } })), ["done"]);
    assert.match((await progress(KEY)).task.error, /--zoom|parameter/);
    await until("the picture", async () => {
      await deliver(message(KEY, { ...button, modal }));
      return (await progress(KEY)).task?.status === "SUCCESS";
    });
    assert.deepEqual([simulator.counts[ACTION], answers(), simulator.charges], [1, 2, 1]);
  });

  test("never sends an answer to a modal again that was cut off or lost, and goes on with its task", async (t) => {
    for (const lost of ["killed", "dropped"]) {
      const { deliver, message, progress, restart, answers, zoom, simulator, faults } = await act(t, { doneAtPoll: 3 });
      const one = message(KEY, zoom("hills --zoom 1.5"));
      await deliver(one);
      await deliver(one);
      simulator.fail(MODAL, lost === "killed" ? faults.hang(true) : faults.drop("after"));
      if (lost === "killed") {
        const cut = assert.rejects(deliver(one));
        await until("the answer", answers);
        await restart();
        await cut;
      }
      await until("the end", async () => (await deliver(one))[0] === "done");
      assert.equal((await progress(KEY)).task.status, "SUCCESS");
      assert.deepEqual([simulator.counts[ACTION], answers(), simulator.charges], [1, 1, 1]);
    }
  });

  test("answers a modal later that was refused for the moment", async (t) => {
    const { deliver, message, progress, answers, zoom, simulator, faults } = await act(t, { doneAtPoll: 5 });
    const one = message(KEY, zoom("hills --zoom 1.5"));
    await deliver(one);
    await deliver(one);
    simulator.fail(MODAL, faults.rateLimited({ retryAfter: 90 }));
    assert.deepEqual(await deliver(one), [90]);
    assert.deepEqual(await deliver(one), [0]);
    assert.deepEqual(await deliver(one), [2]);
    await until("the end", async () => (await deliver(one))[0] === "done");
    assert.equal((await progress(KEY)).task.status, "SUCCESS");
    assert.deepEqual([simulator.counts[ACTION], answers(), simulator.charges], [1, 2, 1]);
  });

  test("waits for all tasks of one press, and for a task that an uncertain answer names; what names none is told and not sent again", async (t) => {
    const { deliver, message, progress, simulator, faults } = await act(t);
    const ids = Array.from({ length: 3 }, () => simulator.addTask({}).id);
    const body = (...ids) => ({ code: 1, description: "", result: ids.join(), properties: {} });
    simulator.fail(ACTION, [{ status: 200, body: body(...ids) }, { status: 503, body: body(ids[0]) }, faults.insertFailed()]);
    for (const key of ["the-press-of-three-tasks", "the-press-of-a-named-task"]) {
      await deliver(message(key));
      assert.deepEqual(await deliver(message(key)), ["done"]);
    }
    const { task } = await progress("the-press-of-three-tasks");
    assert.deepEqual([task, ...task.others].map(({ taskId, status }) => [taskId, status]), ids.map((id) => [id, "SUCCESS"]));
    assert.equal((await progress("the-press-of-a-named-task")).task.taskId, ids[0]);
    for (let i = 0; i < 2; i += 1) assert.deepEqual(await deliver(message("the-press-that-is-lost")), ["done"]);
    assert.match((await progress("the-press-that-is-lost")).error, /may have been accepted/);
    assert.deepEqual([simulator.counts[ACTION], simulator.charges], [3, 1]);
  });

  test("says why a submit was refused, and sends nothing more", async (t) => {
    const { deliver, message, progress, polls, submits, simulator, faults } = await act(t, { doneAtPoll: 1 });
    assert.deepEqual(await deliver(message("the-wrong-action", { customId: "U1" })), ["done"]);
    assert.match((await progress("the-wrong-action")).error, /customId/);
    simulator.fail(ACTION, faults.bannedPrompt());
    assert.deepEqual(await deliver(message("the-banned-action")), ["done"]);
    assert.match((await progress("the-banned-action")).error, /banned word/);
    assert.deepEqual([submits(), polls()], [1, 0]);
  });

  test("takes 500 actions at once, each invocation within the 50 subrequests of the free plan", async (t) => {
    const many = 500;
    const { submit, progress, polls, submits, invocations } = await act(t, { doneAtPoll: 1 });
    const ids = Array.from({ length: many }, (_, index) => `one-of-500-actions-${index}`);
    await inLots(ids, (key) => submit({ key }));
    await until("the polls", () => polls() === many);
    const ends = await inLots(ids, (id) => until(`the end of ${id}`, async () => (await progress(id)).task));
    assert.deepEqual(new Set(ends.map(({ status }) => status)), new Set(["SUCCESS"]));
    assert.equal(new Set(ends.map(({ taskId }) => taskId)).size, many);
    assert.deepEqual([submits(), polls()], [many, many]);
    const of = (called) => invocations.filter((one) => one.called === called).map(subrequests);
    // A message is one subrequest of its batch: one for its submit, one for its poll.
    await until("the sight of each delivery", () => of("queue").reduce((sum, count) => sum + count, 0) === 2 * many);
    assert.ok(Math.max(...of("queue")) <= BUDGET);
    assert.equal(Math.max(...of("advance")), 1);
  });
});
