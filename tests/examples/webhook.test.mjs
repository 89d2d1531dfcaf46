/** examples/cloudflare/webhook: each key is pressed once; a webhook ends the wait early, the alarm where none comes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION, FETCH, LIST, MODAL, heldTime, openExample, watch } from "./press.mjs";
import { inLots, subrequests, typecheck, until } from "./stage.mjs";

const SECRET = "the-secret-of-the-hook";
/** The alarm does not come before the test is over: what ends the wait is the webhook. */
const NEVER = { FALLBACK_MS: 3_600_000 };
const QUICK = { FALLBACK_MS: 50 };

async function open(t, vars, { time = heldTime(), ...simulator } = {}) {
  const options = { vars: { HOOK_SECRET: SECRET, ...vars }, simulator: { ...time.options, ...simulator } };
  const scene = await openExample(t, "webhook", options);
  return Object.assign(scene, {
    time,
    /** The API's webhook: a task as text, its id a number, as some write it. */
    hook: ({ id, state }, { status = "SUCCESS", progress = "100%", secret = SECRET } = {}) =>
      scene.post(`/hook/${secret}`, `{"id":${id},"state":"${state}","status":"${status}","progress":"${progress}"}`),
    /** So many looks at a task, by webhooks that say that it has ended. */
    async poke(task, looks) {
      const { counts } = scene.simulator;
      for (const end = counts[FETCH] + counts[LIST] + looks; counts[FETCH] + counts[LIST] < end; ) {
        const before = counts[FETCH] + counts[LIST];
        await scene.hook(task);
        await until("it is asked for", () => counts[FETCH] + counts[LIST] > before);
      }
    },
    /** How many submits and how many polls there were. */
    sent: () => [scene.simulator.counts[ACTION], scene.simulator.counts[FETCH]],
  });
}

test("its types are right", () => typecheck("webhook"));

test("without the secrets nothing is pressed, and no webhook is heard", async (t) => {
  const scene = await open(t, NEVER);
  const key = "a-key-of-the-owner-only";
  for (const token of [null, "", "undefined", "another"]) assert.equal((await scene.submit({ token })).status, 401);
  await scene.submit({ key });
  scene.time.endTasks();
  const [task] = scene.pressed();
  for (const secret of ["", "undefined", "another"]) assert.equal((await scene.hook(task, { secret })).status, 404);
  assert.equal((await scene.hook(task)).status, 204);
  await scene.reads(key, "SUCCESS");
  assert.deepEqual(scene.sent(), [1, 1]);
});

test("where no secrets are set, nobody has them", async (t) => {
  const scene = await open(t, { ...NEVER, ACCESS_TOKEN: undefined, HOOK_SECRET: undefined });
  for (const token of [null, "", "undefined"]) assert.equal((await scene.submit({ token })).status, 401);
  for (const secret of ["", "undefined"]) assert.equal((await scene.hook(scene.press, { secret })).status, 404);
});

test("a webhook ends the wait early, with one poll; those of its progress cost none", async (t) => {
  const scene = await open(t, NEVER, { idDigits: 19 });
  const key = "a-key-with-a-webhook";
  const page = await watch(scene, key);
  const { body } = await scene.submit({ key });
  const [task] = scene.pressed();
  assert.deepEqual([body.status, body.taskId, task.state], ["NOT_START", task.id, key]);
  for (const progress of ["0%", "31%", "87%"]) {
    assert.equal((await scene.hook(task, { status: "IN_PROGRESS", progress })).status, 204);
  }
  assert.deepEqual(scene.sent(), [1, 0]);
  scene.time.endTasks();
  await scene.hook(task);
  await until("the page is told", () => page.heard.at(-1)?.status === "SUCCESS");
  const late = await watch(scene, key);
  await until("a late page, too", () => late.heard.length === 1);
  assert.match(late.heard[0].imageUrl, new RegExp(`/mj/image/${task.id}`));
  assert.deepEqual(late.heard[0], await scene.look(key));
  assert.equal(await late.leave(), 1000);
  assert.deepEqual(scene.sent(), [1, 1]);
});

test("a webhook that comes twenty times at once, again later, and an older one after it: one poll", async (t) => {
  const scene = await open(t, NEVER);
  const key = "a-key-with-many-webhooks";
  await scene.submit({ key });
  const [task] = scene.pressed();
  scene.time.endTasks();
  const answers = await Promise.all(Array.from({ length: 20 }, () => scene.hook(task)));
  assert.ok(answers.every(({ status }) => status === 204));
  const done = await scene.reads(key, "SUCCESS");
  await scene.hook(task);
  await scene.hook(task, { status: "IN_PROGRESS", progress: "46%" });
  await scene.hook(task, { status: "FAILURE" });
  // Whatever alarm these could have set would have gone off before that of a later press.
  await scene.submit({ key: "a-key-pressed-after-them" });
  scene.time.endTasks();
  await scene.hook(scene.pressed()[1]);
  await until("the other is asked for", () => scene.simulator.counts[FETCH] >= 2);
  assert.deepEqual(await scene.look(key), done);
  assert.deepEqual(scene.sent(), [2, 2]);
});

test("a webhook is not believed: a forged end costs a poll, and what it names must be this press's task", async (t) => {
  const scene = await open(t, NEVER);
  const key = "a-key-that-is-forged";
  await scene.submit({ key });
  const [task] = scene.pressed();
  await scene.hook({ ...task, state: "a-key-that-nobody-pressed" });
  await scene.hook({ ...task, id: "1234567890123456" });
  await scene.hook({ ...task, state: "" });
  assert.deepEqual(scene.sent(), [1, 0]);
  await scene.hook(task, { status: "FAILURE" });
  await until("it is asked for", () => scene.simulator.counts[FETCH] === 1);
  assert.equal((await scene.look(key)).status, "NOT_START");
  // It may have been true, and the gateway be behind: the next poll comes at the client's pace.
  scene.time.endTasks();
  await scene.reads(key, "SUCCESS");
  assert.deepEqual(scene.sent(), [1, 2]);
});

test("no webhook comes: the alarm ends the wait", async (t) => {
  const scene = await open(t, QUICK);
  const key = "a-key-without-a-webhook";
  const page = await watch(scene, key);
  await scene.submit({ key });
  await until("it is polled", () => scene.simulator.counts[FETCH] === 1);
  scene.time.endTasks();
  await until("the page is told", () => page.heard.at(-1)?.status === "SUCCESS");
  assert.deepEqual(scene.sent(), [1, 2]);
});

test("an API in trouble ends no wait", async (t) => {
  const scene = await open(t, QUICK);
  const { faults } = scene;
  const key = "polled-in-hard-times";
  scene.simulator.fail(FETCH, [faults.drop("before"), faults.unauthorized(), faults.taskNotFound()]);
  await scene.submit({ key });
  scene.time.endTasks();
  await scene.reads(key, "SUCCESS");
  assert.deepEqual(scene.sent(), [1, 4]);
});

test("an announced end that can't be asked for at once is asked for again soon", async (t) => {
  const scene = await open(t, NEVER);
  const key = "announced-in-hard-times";
  await scene.submit({ key });
  scene.time.endTasks();
  scene.simulator.fail(FETCH, scene.faults.serverError(503));
  await scene.hook(scene.pressed()[0]);
  await scene.reads(key, "SUCCESS");
  assert.deepEqual(scene.sent(), [1, 2]);
});

test("a task that never ends is given up, and the page is told", async (t) => {
  const scene = await open(t, { ...QUICK, GIVE_UP_MS: 1 });
  const key = "a-task-that-never-ends";
  const page = await watch(scene, key);
  await scene.submit({ key });
  await until("the page is told", () => page.heard.at(-1)?.status === "GIVEN_UP");
});

test("the same press delivered twenty times at once, and once more: one submit", async (t) => {
  const scene = await open(t, NEVER);
  const key = "delivered-more-than-once";
  scene.simulator.fail(ACTION, scene.faults.delay(1));
  const said = [];
  const answers = Array.from({ length: 20 }, async () => said.push((await scene.submit({ key })).body.status));
  await until("the others are told", () => said.length === 19);
  scene.time.answer();
  await Promise.all(answers);
  assert.deepEqual(said, [...Array(19).fill("SUBMITTING"), "NOT_START"]);
  assert.equal((await scene.submit({ key })).body.status, "NOT_START");
  assert.deepEqual(scene.sent(), [1, 0]);
});

test("an answer that is lost is uncertain, a plain refusal is told; neither key is pressed again", async (t) => {
  const scene = await open(t, NEVER);
  scene.simulator.fail(ACTION, [scene.faults.drop("after"), scene.faults.parameterError()]);
  const answers = [];
  for (const key of ["an-answer-that-is-lost", "a-press-that-is-refused"]) {
    const { body } = await scene.submit({ key });
    assert.deepEqual((await scene.submit({ key })).body, body);
    answers.push([body.status, body.taskId]);
  }
  assert.deepEqual(answers, [["UNCERTAIN", null], ["REFUSED", null]]);
  assert.deepEqual(scene.sent(), [2, 0]);
});

test("killed in the submit: it is uncertain and never sent again, until a webhook brings its task", async (t) => {
  const scene = await open(t, NEVER);
  const key = "killed-in-the-submit";
  scene.simulator.fail(ACTION, { ...scene.faults.delay(1), accepted: true });
  const submit = scene.submit({ key });
  await until("the submit is sent", () => scene.simulator.counts[ACTION] === 1);
  await Promise.all([assert.rejects(submit), scene.restart()]);
  assert.deepEqual([(await scene.look(key)).status, (await scene.submit({ key })).body.status], ["UNCERTAIN", "UNCERTAIN"]);

  const { id } = scene.simulator.addTask({ state: "the-state-of-another" });
  for (const [polls, forged] of [[1, id], [2, "1234567890123456"]]) {
    await scene.hook({ id: forged, state: key });
    await until("it is asked for", () => scene.simulator.counts[FETCH] === polls);
    assert.equal((await scene.look(key)).status, "UNCERTAIN");
  }
  const [task] = scene.pressed();
  scene.time.endTasks();
  await scene.hook(task);
  assert.equal((await scene.reads(key, "SUCCESS")).taskId, task.id);
  assert.deepEqual(scene.sent(), [1, 3]);
});

test("a modal is answered once, by what came with the press; an old MODAL ends nothing, from the API, by webhook, or after a restart", async (t) => {
  for (const lists of [true, false]) {
    const scene = await open(t, QUICK);
    if (!lists) scene.simulator.fail(LIST, scene.faults.html(404), Infinity);
    const key = "a-key-of-a-custom-zoom";
    const page = await watch(scene, key);
    await scene.submit({ key, ...scene.zoom("hills --zoom 1.5") });
    await until("it is answered", () => scene.answers() === 1);
    const [task] = scene.pressed();
    await scene.poke(task, 2);
    await scene.restart();
    await scene.hook(task, { status: "MODAL", progress: "0%" });
    await scene.poke(task, 2);
    assert.notEqual((await scene.look(key)).status, "MODAL");
    scene.time.endTasks();
    await scene.poke(task, 1);
    const { taskId, error } = await scene.reads(key, "SUCCESS");
    assert.deepEqual([taskId, error], [task.id, null]);
    assert.ok(page.heard.every(({ status }) => status !== "MODAL"));
    assert.deepEqual([scene.simulator.counts[ACTION], scene.answers(), scene.simulator.charges], [1, 1, 1]);
  }
});

test("without an answer the end is MODAL; the same key with one goes on, once, however often it comes", async (t) => {
  const scene = await open(t, QUICK);
  const key = "a-key-without-an-answer";
  const { modal, ...press } = scene.zoom("hills --zoom 1.5");
  await scene.submit({ key, ...press });
  assert.equal((await scene.reads(key, "MODAL")).error, null);
  // Refused: it can be said otherwise.
  await scene.submit({ key, ...press, modal: { prompt: "hills" } });
  assert.match((await scene.reads(key, "MODAL")).error, /--zoom|parameter/);
  scene.simulator.fail(MODAL, scene.faults.delay(1));
  const again = Array.from({ length: 10 }, () => scene.submit({ key, ...press, modal }));
  await until("it is answered", () => scene.answers() === 2);
  scene.time.answer();
  await Promise.all(again);
  scene.time.endTasks();
  assert.equal((await scene.reads(key, "SUCCESS")).taskId, scene.pressed()[0].id);
  await scene.submit({ key, ...press, modal });
  assert.deepEqual([scene.simulator.counts[ACTION], scene.answers(), scene.simulator.charges], [1, 2, 1]);
});

test("a modal whose answer was cut off or lost is uncertain and not answered again; that its task goes on tells", async (t) => {
  for (const lost of ["killed", "dropped"]) {
    const scene = await open(t, QUICK);
    const { faults, simulator } = scene;
    const key = "a-key-of-a-lost-answer";
    simulator.fail(MODAL, lost === "killed" ? faults.hang(true) : faults.drop("after"));
    // So it reads MODAL all the time.
    simulator.fail(LIST, faults.html(404), Infinity);
    const press = scene.zoom("hills --zoom 1.5");
    const page = await watch(scene, key);
    await scene.submit({ key, ...press });
    await until("it is answered", () => scene.answers() === 1);
    if (lost === "killed") await scene.restart();
    else await until("the page is told", () => page.heard.some(({ status }) => status === "UNCERTAIN"));
    await scene.poke(scene.pressed()[0], 2);
    assert.equal((await scene.look(key)).status, "UNCERTAIN");
    // Its task is known: a webhook names none in its place.
    await scene.hook({ id: simulator.addTask({}).id, state: key });
    await scene.submit({ key, ...press });
    scene.time.endTasks();
    await scene.reads(key, "SUCCESS");
    assert.deepEqual([simulator.counts[ACTION], scene.answers(), simulator.charges], [1, 1, 1]);
  }
});

test("a modal that is refused for the moment is answered by a later alarm", async (t) => {
  const scene = await open(t, QUICK);
  scene.simulator.fail(MODAL, [scene.faults.queueFull(), scene.faults.rateLimited()]);
  await scene.submit({ key: "a-key-of-a-full-queue", ...scene.zoom("hills --zoom 1.5") });
  await until("it is answered", () => scene.answers() === 3);
  scene.time.endTasks();
  await scene.reads("a-key-of-a-full-queue", "SUCCESS");
  assert.deepEqual([scene.simulator.counts[ACTION], scene.answers(), scene.simulator.charges], [1, 3, 1]);
});

test("one press, several tasks: all are waited for", async (t) => {
  const scene = await open(t, QUICK);
  const ids = Array.from({ length: 3 }, () => scene.simulator.addTask({}).id);
  scene.simulator.fail(ACTION, { status: 200, body: { code: 1, description: "", result: ids.join(), properties: {} } });
  const { body } = await scene.submit({ key: "a-key-of-three-tasks" });
  assert.deepEqual([body.taskId, ...body.others.map(({ taskId }) => taskId)], ids);
  const done = await scene.reads("a-key-of-three-tasks", "SUCCESS");
  assert.deepEqual([done.taskId, ...done.others.map(({ taskId }) => taskId)], ids);
  assert.ok(done.others.every(({ status, imageUrl }) => status === "SUCCESS" && imageUrl));
});

test("a submit that is told as failed after it was accepted is uncertain, and not sent again; a task that it names is waited for", async (t) => {
  const scene = await open(t, QUICK);
  const { id } = scene.simulator.addTask({});
  const named = { status: 503, body: { code: 1, description: "", result: id, properties: {} } };
  scene.simulator.fail(ACTION, [scene.faults.insertFailed(), named]);
  const { body } = await scene.submit({ key: "a-key-that-was-not-kept" });
  assert.deepEqual([body.status, body.taskId], ["UNCERTAIN", null]);
  await scene.submit({ key: "a-key-that-was-not-kept" });
  await scene.submit({ key: "a-key-of-a-named-task" });
  assert.equal((await scene.reads("a-key-of-a-named-task", "SUCCESS")).taskId, id);
  assert.deepEqual([scene.simulator.counts[ACTION], scene.simulator.charges], [2, 1]);
});

test("a database that is away ends no wait", async (t) => {
  const scene = await open(t, QUICK);
  scene.simulator.fail(FETCH, scene.faults.taskNotFound(), 8);
  await scene.submit({ key: "a-key-in-a-long-blip" });
  const [task] = scene.pressed();
  await scene.poke(task, 8);
  scene.time.endTasks();
  await scene.poke(task, 1);
  await scene.reads("a-key-in-a-long-blip", "SUCCESS");
  assert.equal(scene.simulator.counts[ACTION], 1);
});

test("killed in the wait: the webhook finds it, or the stored alarm ends it", async (t) => {
  for (const [vars, polls] of [[NEVER, 1], [{ FALLBACK_MS: 1_000 }, 1]]) {
    const scene = await open(t, vars);
    const key = "killed-in-the-wait";
    await scene.submit({ key });
    await scene.restart();
    scene.time.endTasks();
    if (vars === NEVER) await scene.hook(scene.pressed()[0]);
    // Nobody asks the worker for anything.
    else await until("it is polled", () => scene.simulator.counts[FETCH] === 1);
    await scene.reads(key, "SUCCESS");
    assert.deepEqual(scene.sent(), [1, polls]);
  }
});

test("500 tasks at once: 500 submits, and 500 polls though every webhook comes twice", async (t) => {
  const scene = await open(t, NEVER, { maxRequests: 100_000 });
  const keys = Array.from({ length: 500 }, (_, i) => `one-of-five-hundred-${i}`);
  await inLots(keys, (key) => scene.submit({ key }));
  assert.deepEqual(scene.sent(), [500, 0]);
  scene.time.endTasks();
  await inLots(scene.pressed(), (task) => Promise.all([scene.hook(task), scene.hook(task)]));
  const all = () => inLots(keys, scene.look);
  await until("all have ended", async () => (await all()).every(({ status }) => status === "SUCCESS"));
  assert.deepEqual((await all()).map(({ taskId }) => taskId).sort(), scene.pressed().map(({ id }) => id).sort());
  assert.deepEqual(scene.sent(), [500, 500]);
  await until("every alarm is told of", () => scene.invocations.filter(({ called }) => called === "alarm").length >= 500);
  assert.equal(Math.max(...scene.invocations.map(subrequests)), 1);
});

test("what can't be right is refused", async (t) => {
  const scene = await open(t, NEVER);
  assert.equal((await scene.submit({ key: "short" })).status, 400);
  for (const modal of ["a text", { prompt: 1 }, null]) assert.equal((await scene.submit({ modal })).status, 400);
  assert.equal((await scene.post(`/hook/${SECRET}`, "no task")).status, 400);
  assert.equal((await scene.post(`/hook/${SECRET}`, "")).status, 400);
  assert.equal((await scene.ask("GET", "/tasks/a-key-that-nobody-pressed")).status, 404);
  assert.equal((await scene.ask("GET", "/watch?key=a-key-that-nobody-pressed")).status, 426);
  await assert.rejects(watch(scene), /400/);
  assert.equal((await scene.ask("GET", "/")).status, 404);
  const { body } = await scene.submit({ key: "a-button-that-is-none", customId: "none" });
  assert.equal(body.status, "REFUSED");
  assert.equal(scene.simulator.counts.total, 0);
});
