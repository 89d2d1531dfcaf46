/** examples/cloudflare/workflow: an action from its submit to its picture, in a Workflow of workerd. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACTION, BUDGET, FETCH, inLots, stage, subrequests, typecheck, until } from "./stage.mjs";

/** How long a task's work is, ms, by a clock that stands still unless a test sets it on. */
const WORK = 60_000;

/** The example; each task is done at its poll of that number, or all are when `finish` is called. */
async function act(t, { doneAtPoll = Infinity } = {}) {
  let begun = Date.now();
  let now = begun;
  const staged = await stage(t, "workflow", { simulator: { queueMs: 0, workMs: WORK, now: () => now } });
  const { ask, press, simulator } = staged;
  const polled = new Map();
  // A rule that never holds: it is shown each request right before that is carried out.
  simulator.fail(({ path }) => {
    polled.set(path, (polled.get(path) ?? 0) + 1);
    now = begun + (/fetch$/.test(path) && polled.get(path) >= doneAtPoll ? WORK : 0);
    return false;
  }, {});
  const binding = async () => (await staged.miniflare.getBindings("workflow")).ACTIONS;
  return {
    ...staged,
    polls: () => simulator.counts[FETCH],
    submits: () => simulator.counts[ACTION],
    finish: () => (begun += WORK),
    put: (id, params = press) => ask("PUT", `/${id}`, params),
    /** What became of it, once it has an end. */
    end: (id) =>
      until(`the end of ${id}`, async () => {
        const { body } = await ask("GET", `/${id}`);
        return body.status === "complete" || body.status === "errored" ? body : undefined;
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

  test("takes an action to its picture, with the client's own waits", async (t) => {
    const { put, end, polls, submits, finish, simulator } = await act(t);
    assert.equal((await put("one")).status, 202);
    await until("a poll", polls);
    finish();
    const { status, output } = await end("one");
    assert.equal(status, "complete");
    const task = simulator.tasks.at(-1);
    assert.deepEqual([output.taskId, output.status], [task.id, "SUCCESS"]);
    assert.match(output.imageUrl, new RegExp(`/mj/image/${task.id}$`));
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("goes on after workerd was killed in mid-wait", async (t) => {
    const { put, end, polls, submits, finish, restart, instance } = await act(t);
    await put("one");
    await until("the submit's result", async () => {
      const { __LOCAL_DEV_STEP_OUTPUTS: results } = await (await instance("one")).status();
      return results.length === 1;
    });
    assert.equal(polls(), 0);
    await restart();
    finish();
    // Cloudflare wakes an instance by itself. The engine on a developer's machine does when it is asked for the instance.
    await put("one");
    assert.equal((await end("one")).output.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 1]);
  });

  test("polls again what was being polled when workerd was killed", async (t) => {
    const { hurry, put, end, polls, submits, restart, simulator, faults } = await act(t, { doneAtPoll: 2 });
    simulator.fail(FETCH, faults.hang());
    await hurry("one");
    await put("one");
    await until("the poll", polls);
    await restart();
    await put("one");
    assert.equal((await end("one")).output.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("never sends a submit again whose answer was lost with workerd, though the step is run twice", async (t) => {
    const { put, end, polls, submits, restart, simulator, faults } = await act(t);
    simulator.fail(ACTION, faults.hang(true));
    await put("one");
    await until("the submit", submits);
    await restart();
    await put("one");
    const { status, error } = await end("one");
    assert.equal(status, "errored");
    assert.match(error.message, /may have been accepted/);
    assert.deepEqual([submits(), polls()], [1, 0]);
  });

  test("keeps to the task of its submit when every step is run again", async (t) => {
    const { hurry, put, end, polls, submits, instance } = await act(t, { doneAtPoll: 2 });
    await hurry("one");
    await put("one");
    const first = await end("one");
    await (await instance("one")).restart();
    assert.deepEqual(await end("one"), first);
    assert.deepEqual([submits(), polls()], [1, 3]);
  });

  test("presses once, whoever asks for the same ID and how often", async (t) => {
    const { hurry, put, end, polls, submits } = await act(t, { doneAtPoll: 2 });
    await hurry("one");
    const answers = await Promise.all(Array.from({ length: 20 }, () => put("one")));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    await end("one");
    await put("one");
    assert.equal((await end("one")).status, "complete");
    assert.deepEqual([submits(), polls()], [1, 2]);
  });

  test("tries a submit again that was plainly refused", async (t) => {
    const { hurry, put, end, submits, polls, simulator, faults } = await act(t, { doneAtPoll: 1 });
    // Three tries of the client, then one of the step.
    simulator.fail(ACTION, faults.modelNotFound(), 3);
    await hurry("one");
    await put("one");
    assert.equal((await end("one")).output.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [4, 1]);
  });

  test("says why a submit was refused, and sends nothing more", async (t) => {
    const { put, end, submits, polls, press, simulator, faults } = await act(t);
    await put("wrong", { ...press, customId: "U1" });
    assert.match((await end("wrong")).error.message, /customId/);
    assert.deepEqual([submits(), polls()], [0, 0]);
    simulator.fail(ACTION, faults.bannedPrompt());
    await put("banned");
    assert.match((await end("banned")).error.message, /banned word/);
    assert.deepEqual([submits(), polls()], [1, 0]);
  });

  test("says why a task failed", async (t) => {
    const { put, end, submits, simulator } = await act(t);
    await put("one");
    await until("the submit", submits);
    simulator.failTask(simulator.tasks.at(-1).id, "blocked by a filter");
    assert.match((await end("one")).error.message, /ended as FAILURE: blocked by a filter$/);
  });

  test("lives through faults of polls, each of which is one of its polls", async (t) => {
    const { hurry, put, end, polls, submits, simulator, faults } = await act(t, { doneAtPoll: 7 });
    simulator.fail(FETCH, [faults.taskNotFound(), faults.badGateway(), faults.drop("before"), faults.rateLimited(), faults.badJson()]);
    await hurry("one");
    await put("one");
    assert.equal((await end("one")).output.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 7]);
  });

  test("stays within the 50 subrequests of a free plan's instance to its last poll", async (t) => {
    const { hurry, put, end, polls, submits, invocations } = await act(t, { doneAtPoll: 45 });
    await hurry("one");
    await put("one");
    assert.equal((await end("one")).output.status, "SUCCESS");
    assert.deepEqual([submits(), polls()], [1, 45]);
    const run = await until("the instance's last poll", () => invocations.find(({ spans }) => spans.fetch === 45));
    assert.equal(run.called, "run");
    assert.ok(subrequests(run) + 3 <= BUDGET, `${subrequests(run)} subrequests, and up to three more tries of the submit`);
  });

  test("gives up a task that never ends, and names it", async (t) => {
    const { hurry, put, end, polls, submits, simulator } = await act(t);
    await hurry("one");
    await put("one");
    const { status, error } = await end("one");
    assert.equal(status, "errored");
    assert.match(error.message, new RegExp(`^Task ${simulator.tasks.at(-1).id} is still under way`));
    assert.deepEqual([submits(), polls()], [1, 45]);
  });

  test("takes 500 actions at once: 500 submits, each polled twice", async (t) => {
    const many = 500;
    const { put, end, polls, submits } = await act(t, { doneAtPoll: 2 });
    const ids = Array.from({ length: many }, (_, index) => `many-${index}`);
    await inLots(ids, put);
    await until("the polls", () => polls() === 2 * many);
    const ends = await inLots(ids, end);
    assert.deepEqual(new Set(ends.map(({ output }) => output?.status)), new Set(["SUCCESS"]));
    assert.equal(new Set(ends.map(({ output }) => output.taskId)).size, many);
    assert.deepEqual([submits(), polls()], [many, 2 * many]);
  });
});
