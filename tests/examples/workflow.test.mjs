/** examples/cloudflare/workflow: an action from its submit to its picture, in a Workflow of workerd. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIST, MODAL, openExample } from "./press.mjs";
import { ACTION, BUDGET, FETCH, inLots, pollClock, subrequests, typecheck, until } from "./stage.mjs";

const KEY = "the-one-and-only-action";

/** The example; each task is done at its poll of that number, or all are when `finish` is called. */
async function act(t, { doneAtPoll } = {}) {
  const { options, attach, finish } = pollClock(doneAtPoll);
  const scene = await openExample(t, "workflow", { simulator: options });
  const { look, simulator } = scene;
  attach(simulator);
  const binding = async () => (await scene.miniflare.getBindings("workflow")).ACTIONS;
  return {
    ...scene,
    polls: () => simulator.counts[FETCH],
    /** The answers of modals so far, and what was charged for. */
    sent: () => [simulator.counts[ACTION], simulator.counts[MODAL], simulator.charges],
    submits: () => simulator.counts[ACTION],
    finish,
    /** What became of it, once it has an end. */
    end: (key) =>
      until(`the end of ${key}`, async () => {
        const now = await look(key);
        return (now.status === "complete" || now.status === "errored") && now;
      }),
    /** The instance, as the worker's binding gives it. It belongs to one life of workerd. */
    instance: async (id) => (await binding()).get(id),
    /** Before an instance is there: its waits will take no time. These are Cloudflare's own means for tests of Workflows. */
    async hurry(id) {
      const modifier = await (await binding()).unsafeGetInstanceModifier(id);
      await modifier.disableSleeps();
      await modifier.disableRetryDelays();
    },
  };
}

describe("the Workflow", { concurrency: 2 }, () => {
  test("has sound types", () => typecheck("workflow"));

  test("presses for nobody who has not the access token", async (t) => {
    const { submit, ask, submits } = await act(t);
    for (const token of [null, "", "undefined", "another"]) assert.equal((await submit({ key: KEY, token })).status, 401);
    assert.equal((await submit({ key: "too-short" })).status, 400);
    assert.equal((await submit({ key: KEY, modal: "a text" })).status, 400);
    assert.equal((await ask("GET", `/tasks/${KEY}`)).status, 404);
    assert.equal(submits(), 0);
  });

  test("takes an action to its picture, with the client's own waits", async (t) => {
    const { submit, end, polls, submits, finish, simulator } = await act(t);
    assert.equal((await submit({ key: KEY })).status, 202);
    await until("a poll", polls);
    finish();
    const { status, task } = await end(KEY);
    assert.equal(status, "complete");
    const { id } = simulator.tasks.at(-1);
    assert.deepEqual([task.taskId, task.status], [id, "SUCCESS"]);
    assert.match(task.imageUrl, new RegExp(`/mj/image/${id}$`));
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("goes on after workerd was killed in mid-wait", async (t) => {
    const { submit, end, polls, submits, finish, restart, instance } = await act(t);
    await submit({ key: KEY });
    await until("the submit's result", async () => {
      const { __LOCAL_DEV_STEP_OUTPUTS: results } = await (await instance(KEY)).status();
      return results.length === 1;
    });
    assert.equal(polls(), 0);
    await restart();
    finish();
    // Cloudflare wakes an instance by itself. The engine on a developer's machine does when it is asked for the instance.
    await submit({ key: KEY });
    assert.equal((await end(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 1]);
  });

  test("polls again what was being polled when workerd was killed", async (t) => {
    const { hurry, submit, end, polls, submits, restart, simulator, faults } = await act(t, { doneAtPoll: 2 });
    simulator.fail(FETCH, faults.hang());
    await hurry(KEY);
    await submit({ key: KEY });
    await until("the poll", polls);
    await restart();
    await submit({ key: KEY });
    assert.equal((await end(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("never sends a submit again whose answer was lost with workerd, though the step is run twice", async (t) => {
    const { submit, end, polls, submits, restart, simulator, faults } = await act(t);
    simulator.fail(ACTION, faults.hang(true));
    await submit({ key: KEY });
    await until("the submit", submits);
    await restart();
    await submit({ key: KEY });
    const { status, error } = await end(KEY);
    assert.equal(status, "errored");
    assert.match(error, /may have been accepted/);
    assert.deepEqual([submits(), polls()], [1, 0]);
  });

  test("keeps to the task of its submit when every step is run again", async (t) => {
    const { hurry, submit, end, polls, submits, instance } = await act(t, { doneAtPoll: 2 });
    await hurry(KEY);
    await submit({ key: KEY });
    const first = await end(KEY);
    await (await instance(KEY)).restart();
    assert.deepEqual(await end(KEY), first);
    assert.deepEqual([submits(), polls()], [1, 3]);
  });

  test("presses once, whoever asks for the same key and how often", async (t) => {
    const { hurry, submit, end, polls, submits } = await act(t, { doneAtPoll: 2 });
    await hurry(KEY);
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit({ key: KEY })));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    await end(KEY);
    await submit({ key: KEY });
    assert.equal((await end(KEY)).status, "complete");
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("tries a submit again that was plainly refused", async (t) => {
    const { hurry, submit, end, submits, polls, simulator, faults } = await act(t, { doneAtPoll: 1 });
    // Three tries of the client, then one of the step.
    simulator.fail(ACTION, faults.modelNotFound(), 3);
    await hurry(KEY);
    await submit({ key: KEY });
    assert.equal((await end(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [4, 1]);
  });

  test("answers a modal once, by what came with the press; an old MODAL ends nothing, nor does it when every step is run again", async (t) => {
    for (const lists of [true, false]) {
      const { hurry, submit, end, instance, zoom, sent, simulator, faults } = await act(t, { doneAtPoll: 5 });
      if (!lists) simulator.fail(LIST, faults.html(404), Infinity);
      await hurry(KEY);
      await submit({ key: KEY, ...zoom("hills --zoom 1.5") });
      const { task } = await end(KEY);
      assert.deepEqual([task.taskId, task.status], [simulator.tasks.at(-1).id, "SUCCESS"]);
      assert.ok(simulator.counts[lists ? LIST : FETCH] >= 4);
      await (await instance(KEY)).restart();
      assert.deepEqual((await end(KEY)).task, task);
      assert.deepEqual(sent(), [1, 1, 1]);
    }
  });

  test("keeps to the answer of a modal when every step is run again in the middle of its job", async (t) => {
    const { hurry, submit, end, finish, instance, zoom, sent, simulator, faults } = await act(t);
    simulator.fail(LIST, faults.html(404), Infinity);
    await submit({ key: KEY, ...zoom("hills --zoom 1.5") });
    await until("the answer", () => sent()[1] === 1);
    const asked = simulator.counts[FETCH];
    await (await instance(KEY)).restart();
    await until("it is asked for again", () => simulator.counts[FETCH] >= asked + 2);
    finish();
    assert.equal((await end(KEY)).task.status, "SUCCESS");
    assert.deepEqual(sent(), [1, 1, 1]);
  });

  test("never sends an answer to a modal again that was cut off or lost, and goes on with its task", async (t) => {
    for (const lost of ["killed", "dropped"]) {
      const { hurry, submit, end, restart, zoom, sent, simulator, faults } = await act(t, { doneAtPoll: 3 });
      simulator.fail(MODAL, lost === "killed" ? faults.hang(true) : faults.drop("after"));
      const press = zoom("hills --zoom 1.5");
      await hurry(KEY);
      await submit({ key: KEY, ...press });
      if (lost === "killed") {
        await until("the answer", () => sent()[1] === 1);
        await restart();
        await submit({ key: KEY, ...press });
      }
      assert.equal((await end(KEY)).task.status, "SUCCESS");
      assert.deepEqual(sent(), [1, 1, 1]);
    }
  });

  test("answers a modal later that was refused for the moment; what is refused for good, or not answered, ends with MODAL", async (t) => {
    const { hurry, submit, end, zoom, sent, simulator, faults } = await act(t, { doneAtPoll: 5 });
    const keys = ["the-answer-that-waits", "the-answer-that-is-wrong", "the-answer-that-is-none"];
    for (const key of keys) await hurry(key);
    simulator.fail(MODAL, faults.rateLimited({ retryAfter: 90 }));
    await submit({ key: keys[0], ...zoom("hills --zoom 1.5") });
    assert.equal((await end(keys[0])).task.status, "SUCCESS");
    assert.deepEqual(sent(), [1, 2, 1]);
    await submit({ key: keys[1], ...zoom("hills") });
    const { status, task } = await end(keys[1]);
    assert.deepEqual([status, task.status, task.taskId], ["complete", "MODAL", simulator.tasks.at(-1).id]);
    assert.match(task.error, /--zoom|parameter/);
    await submit({ key: keys[2], ...zoom() });
    assert.equal((await end(keys[2])).task.status, "MODAL");
    assert.deepEqual(sent(), [3, 3, 1]);
  });

  test("waits for all tasks of one press, and for a task that an uncertain answer names; what names none is told and not sent again", async (t) => {
    const { hurry, submit, end, simulator, faults, submits } = await act(t);
    const ids = Array.from({ length: 3 }, () => simulator.addTask({}).id);
    const body = (...ids) => ({ code: 1, description: "", result: ids.join(), properties: {} });
    simulator.fail(ACTION, [{ status: 200, body: body(...ids) }, { status: 503, body: body(ids[0]) }, faults.insertFailed()]);
    const keys = ["the-press-of-three-tasks", "the-press-of-a-named-task", "the-press-that-is-lost"];
    const ends = [];
    for (const key of keys) {
      await hurry(key);
      await submit({ key });
      ends.push(await end(key));
    }
    const [{ task }, named, lost] = ends;
    assert.deepEqual([task, ...task.others].map(({ taskId, status }) => [taskId, status]), ids.map((id) => [id, "SUCCESS"]));
    assert.equal(named.task.taskId, ids[0]);
    assert.match(lost.error, /may have been accepted/);
    assert.deepEqual([submits(), simulator.charges], [3, 1]);
  });

  test("says why a submit was refused, and sends nothing more", async (t) => {
    const { submit, end, submits, polls, simulator, faults } = await act(t);
    await submit({ key: "the-wrong-action", customId: "U1" });
    assert.match((await end("the-wrong-action")).error, /customId/);
    assert.deepEqual([submits(), polls()], [0, 0]);
    simulator.fail(ACTION, faults.bannedPrompt());
    await submit({ key: "the-banned-action" });
    assert.match((await end("the-banned-action")).error, /banned word/);
    assert.deepEqual([submits(), polls()], [1, 0]);
  });

  test("says why a task failed", async (t) => {
    const { submit, end, submits, simulator } = await act(t);
    await submit({ key: KEY });
    await until("the submit", submits);
    simulator.failTask(simulator.tasks.at(-1).id, "blocked by a filter");
    assert.match((await end(KEY)).error, /ended as FAILURE: blocked by a filter$/);
  });

  test("lives through faults of polls, each of which is one of its polls", async (t) => {
    const { hurry, submit, end, polls, submits, simulator, faults } = await act(t, { doneAtPoll: 7 });
    const { taskNotFound, badGateway, drop, rateLimited, badJson } = faults;
    simulator.fail(FETCH, [taskNotFound(), badGateway(), drop("before"), rateLimited(), badJson()]);
    await hurry(KEY);
    await submit({ key: KEY });
    assert.equal((await end(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 7]);
  });

  test("stays within the 50 subrequests of a free plan's instance to its last poll", async (t) => {
    const { hurry, submit, end, polls, submits, invocations } = await act(t, { doneAtPoll: 45 });
    await hurry(KEY);
    await submit({ key: KEY });
    assert.equal((await end(KEY)).task.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 45]);
    const run = await until("the instance's last poll", () => invocations.find(({ spans }) => spans.fetch === 45));
    assert.equal(run.called, "run");
    assert.ok(subrequests(run) + 3 <= BUDGET, `${subrequests(run)} subrequests, and up to three more tries of the submit`);
  });

  test("gives up after half an hour, names the task, and goes on with it when it is restarted", async (t) => {
    const { hurry, submit, end, polls, submits, instance, simulator } = await act(t, { doneAtPoll: 50 });
    await hurry(KEY);
    await submit({ key: KEY });
    const { status, error } = await end(KEY);
    assert.equal(status, "errored");
    const { id } = simulator.tasks.at(-1);
    assert.match(error, new RegExp(`^Task ${id} is still under way`));
    assert.deepEqual([submits(), polls()], [1, 45]);
    await (await instance(KEY)).restart();
    assert.equal((await end(KEY)).task.taskId, id);
    assert.deepEqual([submits(), polls()], [1, 50]);
  });

  test("takes 500 actions at once: 500 submits, each polled twice", async (t) => {
    const many = 500;
    const { submit, end, polls, submits } = await act(t, { doneAtPoll: 2 });
    const ids = Array.from({ length: many }, (_, index) => `one-of-500-actions-${index}`);
    await inLots(ids, (key) => submit({ key }));
    await until("the polls", () => polls() === 2 * many);
    const ends = await inLots(ids, end);
    assert.deepEqual(new Set(ends.map(({ task }) => task?.status)), new Set(["SUCCESS"]));
    assert.equal(new Set(ends.map(({ task }) => task.taskId)).size, many);
    assert.deepEqual([submits(), polls()], [many, 2 * many]);
  });
});
