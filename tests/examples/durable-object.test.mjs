/** examples/cloudflare/durable-object: each key is pressed once, one alarm asks for all, the pages that wait are told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION, FETCH, LIST, MODAL, bearer, heldTime, openExample, watch } from "./press.mjs";
import { BUDGET, inLots, subrequests, typecheck, until } from "./stage.mjs";

const QUICK = { FASTEST_MS: 50, SLOWEST_MS: 50, GIVE_UP_MS: 600_000 };

const open = (t, { vars, ...options } = {}) =>
  openExample(t, "durable-object", { vars: { ...QUICK, ...vars }, ...options });

const idsOf = (request) => request.body.ids;

test("its types are right", () => typecheck("durable-object"));

test("without the access token nothing is pressed", async (t) => {
  const scene = await open(t);
  for (const token of [null, "", "undefined", "another"]) {
    const { status, body } = await scene.submit({ token });
    assert.deepEqual([status, body], [401, { error: "the access token is missing or wrong" }]);
  }
  assert.equal(scene.simulator.counts.total, 0);
});

test("where no access token is set, nobody has it", async (t) => {
  const scene = await open(t, { vars: { ACCESS_TOKEN: undefined } });
  for (const token of [null, "", "undefined"]) assert.equal((await scene.submit({ token })).status, 401);
  assert.equal(scene.simulator.counts.total, 0);
});

test("a press: one submit, and the page is told of each change until the picture is there", async (t) => {
  const time = heldTime();
  const scene = await open(t, { simulator: time.options });
  const early = await watch(scene, "a-key-of-this-press");
  const { body } = await scene.submit({ key: "a-key-of-this-press" });
  assert.equal(body.status, "NOT_START");
  assert.equal(body.taskId, scene.pressed()[0].id);

  await until("the list is asked", () => scene.simulator.counts[LIST] >= 3);
  const late = await watch(scene, "a-key-of-this-press");
  await until("a late page is told", () => late.heard.length === 1);
  time.endTasks();
  const done = await until("the picture", () => early.heard.find(({ status }) => status === "SUCCESS"));
  assert.match(done.imageUrl, new RegExp(`/mj/image/${body.taskId}`));
  assert.deepEqual(await scene.look("a-key-of-this-press"), done);
  await until("the late page, too", () => late.heard.at(-1).status === "SUCCESS");
  assert.deepEqual(early.heard.map(({ status }) => status), ["NOT_START", "NOT_START", "SUCCESS"]);
  assert.deepEqual(late.heard.map(({ status }) => status), ["NOT_START", "SUCCESS"]);
  assert.deepEqual([scene.simulator.counts[ACTION], scene.simulator.counts[FETCH]], [1, 0]);
});

test("what has ended is not asked for again", async (t) => {
  const scene = await open(t);
  await scene.submit({ key: "the-first-of-two-presses" });
  const first = await scene.reads("the-first-of-two-presses", "SUCCESS");
  const before = scene.simulator.requests.length;
  await scene.submit({ key: "the-second-of-two-presses" });
  const second = await scene.reads("the-second-of-two-presses", "SUCCESS");
  const lists = scene.simulator.requests.slice(before).filter(({ pattern }) => pattern.endsWith("list-by-condition"));
  assert.ok(lists.length > 0);
  for (const list of lists) assert.deepEqual(idsOf(list), [second.taskId]);
  assert.notEqual(first.taskId, second.taskId);
});

test("the same press delivered twenty times at once, and once more: one submit", async (t) => {
  const time = heldTime();
  const scene = await open(t, { simulator: time.options });
  const key = "delivered-more-than-once";
  scene.simulator.fail(ACTION, scene.faults.delay(1));
  const said = [];
  const answers = Array.from({ length: 20 }, async () => said.push((await scene.submit({ key })).body.status));
  await until("the others are told", () => said.length === 19);
  time.answer();
  await Promise.all(answers);
  assert.deepEqual(said, [...Array(19).fill("SUBMITTING"), "NOT_START"]);
  time.endTasks();
  const done = await scene.reads(key, "SUCCESS");
  assert.deepEqual((await scene.submit({ key })).body, done);
  assert.equal(scene.simulator.counts[ACTION], 1);
});

test("a caller that goes away in the submit loses no task", async (t) => {
  const time = heldTime();
  const scene = await open(t, { simulator: time.options });
  const key = "of-a-caller-that-is-gone";
  scene.simulator.fail(ACTION, scene.faults.delay(1));
  const gone = new AbortController();
  const submit = fetch(new URL("/submit", await scene.miniflare.ready), {
    method: "POST",
    headers: bearer(),
    body: JSON.stringify({ key, ...scene.press }),
    signal: gone.signal,
  });
  await until("the submit is sent", () => scene.simulator.counts[ACTION] === 1);
  gone.abort();
  await assert.rejects(submit, { name: "AbortError" });
  time.answer();
  await until("the task is made", () => scene.pressed().length === 1);
  time.endTasks();
  const { taskId } = await scene.reads(key, "SUCCESS");
  assert.deepEqual(scene.pressed().map(({ id }) => id), [taskId]);
});

test("killed in the submit: it is uncertain, and never sent again", async (t) => {
  const time = heldTime();
  const scene = await open(t, { simulator: time.options });
  const key = "killed-in-the-submit";
  scene.simulator.fail(ACTION, { ...scene.faults.delay(1), accepted: true });
  const submit = scene.submit({ key });
  await until("the submit is sent", () => scene.simulator.counts[ACTION] === 1);
  await Promise.all([assert.rejects(submit), scene.restart()]);
  const { status, taskId, error } = await scene.look(key);
  assert.deepEqual([status, taskId], ["UNCERTAIN", null]);
  assert.match(error, /may have been accepted/);
  assert.equal((await scene.submit({ key })).body.status, "UNCERTAIN");
  assert.equal(scene.simulator.counts[ACTION], 1);
});

test("killed in the wait: it goes on by itself, and nothing is pressed again", async (t) => {
  const time = heldTime();
  const scene = await open(t, { simulator: time.options });
  const keys = ["killed-in-the-wait-1", "killed-in-the-wait-2", "killed-in-the-wait-3"];
  await inLots(keys, (key) => scene.submit({ key }));
  await until("the list is asked", () => scene.simulator.counts[LIST] >= 2);
  await scene.restart();
  const before = scene.simulator.counts[LIST];
  // Nobody asks the worker for anything: its alarm was stored.
  await until("the list is asked again", () => scene.simulator.counts[LIST] >= before + 2);
  time.endTasks();
  const done = await Promise.all(keys.map((key) => scene.reads(key, "SUCCESS")));
  assert.deepEqual(done.map(({ taskId }) => taskId).sort(), scene.pressed().map(({ id }) => id).sort());
  assert.deepEqual([scene.simulator.counts[ACTION], scene.simulator.counts[FETCH]], [3, 0]);
});

test("an answer that is lost is uncertain, a plain refusal is told; neither key is pressed again", async (t) => {
  const scene = await open(t);
  scene.simulator.fail(ACTION, [scene.faults.drop("after"), scene.faults.parameterError()]);
  const answers = [];
  for (const key of ["an-answer-that-is-lost", "a-press-that-is-refused"]) {
    const { body } = await scene.submit({ key });
    assert.deepEqual((await scene.submit({ key })).body, body);
    answers.push([body.status, body.taskId]);
  }
  assert.deepEqual(answers, [["UNCERTAIN", null], ["REFUSED", null]]);
  assert.equal(scene.simulator.counts[ACTION], 2);
});

test("a modal is answered once, by what came with the press; an old MODAL ends nothing, listed or fetched, or after a restart", async (t) => {
  for (const lists of [true, false]) {
    const time = heldTime();
    const scene = await open(t, { simulator: time.options });
    if (!lists) scene.simulator.fail(LIST, scene.faults.html(404), Infinity);
    const key = "a-key-of-a-custom-zoom";
    const page = await watch(scene, key);
    await scene.submit({ key, ...scene.zoom("hills --zoom 1.5") });
    await until("it is answered", () => scene.answers() === 1);
    const looks = () => scene.simulator.counts[lists ? LIST : FETCH];
    const asked = looks();
    await until("it is asked for again", () => looks() >= asked + 3);
    await scene.restart();
    await until("and again", () => looks() >= asked + 6);
    assert.notEqual((await scene.look(key)).status, "MODAL");
    time.endTasks();
    const { taskId, error } = await scene.reads(key, "SUCCESS");
    assert.deepEqual([taskId, error], [scene.pressed()[0].id, null]);
    assert.ok(page.heard.every(({ status }) => status !== "MODAL"));
    assert.deepEqual([scene.simulator.counts[ACTION], scene.answers(), scene.simulator.charges], [1, 1, 1]);
  }
});

test("without an answer the end is MODAL; the same key with one goes on, once, however often it comes", async (t) => {
  const time = heldTime();
  const scene = await open(t, { simulator: time.options });
  const key = "a-key-without-an-answer";
  const { modal, ...press } = scene.zoom("hills --zoom 1.5");
  await scene.submit({ key, ...press });
  assert.equal((await scene.reads(key, "MODAL")).error, null);
  // Refused: it can be said otherwise.
  await scene.submit({ key, ...press, modal: { prompt: "hills" } });
  const { error } = await scene.reads(key, "MODAL");
  assert.match(error, /--zoom|parameter/);
  scene.simulator.fail(MODAL, scene.faults.delay(1));
  const again = Array.from({ length: 10 }, () => scene.submit({ key, ...press, modal }));
  await until("the others are told", () => scene.answers() === 2);
  time.answer();
  await Promise.all(again);
  time.endTasks();
  assert.equal((await scene.reads(key, "SUCCESS")).taskId, scene.pressed()[0].id);
  await scene.submit({ key, ...press, modal });
  assert.deepEqual([scene.simulator.counts[ACTION], scene.answers(), scene.simulator.charges], [1, 2, 1]);
});

test("a modal whose answer was cut off or lost is uncertain and not answered again; that its task goes on tells", async (t) => {
  for (const lost of ["killed", "dropped"]) {
    const time = heldTime();
    const scene = await open(t, { simulator: time.options });
    const { faults, simulator } = scene;
    const key = "a-key-of-a-lost-answer";
    simulator.fail(MODAL, lost === "killed" ? faults.hang(true) : faults.drop("after"));
    const press = scene.zoom("hills --zoom 1.5");
    await scene.submit({ key, ...press });
    await until("it is answered", () => scene.answers() === 1);
    if (lost === "killed") await scene.restart();
    const asked = simulator.counts[LIST];
    await until("it is asked for again", () => simulator.counts[LIST] >= asked + 2);
    await scene.submit({ key, ...press });
    time.endTasks();
    await scene.reads(key, "SUCCESS");
    assert.deepEqual([simulator.counts[ACTION], scene.answers(), simulator.charges], [1, 1, 1]);
  }
});

test("a modal that is refused for the moment is answered by a later alarm", async (t) => {
  const scene = await open(t);
  scene.simulator.fail(MODAL, [scene.faults.queueFull(), scene.faults.rateLimited()]);
  await scene.submit({ key: "a-key-of-a-full-queue", ...scene.zoom("hills --zoom 1.5") });
  await scene.reads("a-key-of-a-full-queue", "SUCCESS");
  assert.deepEqual([scene.simulator.counts[ACTION], scene.answers(), scene.simulator.charges], [1, 3, 1]);
});

test("one press, several tasks: each is waited for", async (t) => {
  const scene = await open(t);
  const ids = Array.from({ length: 3 }, () => scene.simulator.addTask({}).id);
  scene.simulator.fail(ACTION, { status: 200, body: { code: 1, description: "", result: ids.join(), properties: {} } });
  const key = "a-key-of-three-tasks";
  await scene.submit({ key });
  const done = await Promise.all([key, `${key}.2`, `${key}.3`].map((one) => scene.reads(one, "SUCCESS")));
  assert.deepEqual(done.map(({ taskId }) => taskId), ids);
});

test("a submit that is told as failed after it was accepted is uncertain, and not sent again; a task that it names is waited for", async (t) => {
  const scene = await open(t);
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

/** So many presses at once, each with a page that waits, ten to a socket. Their tasks are under way when this returns. */
async function crowd(t, many, script) {
  const time = heldTime();
  const scene = await open(t, { simulator: { ...time.options, maxRequests: 100_000 } });
  script?.(scene);
  const keys = Array.from({ length: many }, (_, i) => `one-of-a-great-many-${i}`);
  const pages = [];
  for (let i = 0; i < many; i += 10) pages.push(await watch(scene, ...keys.slice(i, i + 10)));
  const answers = await inLots(keys, (key) => scene.submit({ key }));
  const ids = answers.map(({ body }) => body.taskId);
  assert.equal(new Set(ids).size, many);
  const told = () => pages.flatMap(({ heard }) => heard).filter(({ status }) => status === "SUCCESS");
  const after = (mark, asked) => scene.simulator.requests.slice(mark).filter(({ pattern }) => pattern.endsWith(asked));
  return {
    scene,
    ids,
    after,
    /** Lets the tasks end, waits for the pages, and gives the requests from then on. */
    async end() {
      const mark = scene.simulator.requests.length;
      time.endTasks();
      await until("every page is told", () => told().length >= many);
      assert.deepEqual(told().map(({ taskId }) => taskId).sort(), ids.toSorted());
      return mark;
    },
    /**
     * What each alarm after the submits has spent. (workerd puts what an object sends to the invocation that began last: so
     * nothing else may be asked of it meanwhile, and the first of them has some of the submits.)
     */
    async spent() {
      const alarms = () => {
        const last = scene.invocations.findLastIndex(({ entrypoint, called }) => entrypoint === "Tasks" && called !== "alarm");
        return scene.invocations.slice(last + 1).filter(({ entrypoint }) => entrypoint === "Tasks").slice(1);
      };
      return (await until("alarms are told of", () => alarms().length >= 2 && alarms())).map(subrequests);
    },
  };
}

test("500 tasks at once: 500 submits, and five requests an alarm for all of them", async (t) => {
  const { scene, ids, after, end, spent } = await crowd(t, 500);
  const all = scene.simulator.requests.length;
  await until("all are asked for twice", () => after(all, "list-by-condition").length >= 10);
  const ended = await end();
  // From the moment that they had ended on, each was asked for once.
  assert.deepEqual(after(ended, "list-by-condition").flatMap(idsOf).sort(), ids.toSorted());
  assert.deepEqual(after(ended, "list-by-condition").map((list) => idsOf(list).length), Array(5).fill(100));
  assert.deepEqual([scene.simulator.counts[ACTION], scene.simulator.counts[FETCH]], [500, 0]);
  assert.equal(Math.max(...(await spent())), 5);
});

test("where lists are refused, 120 tasks are asked for one by one, within each alarm's budget", async (t) => {
  const { scene, ids, after, end, spent } = await crowd(t, 120, ({ simulator, faults }) =>
    simulator.fail(LIST, faults.html(404), Infinity),
  );
  const all = scene.simulator.requests.length;
  await until("all are asked for twice", () => after(all, "/fetch").length >= 240);
  const ended = await end();
  assert.deepEqual(after(ended, "/fetch").map(({ path }) => path.split("/")[3]).sort(), ids.toSorted());
  assert.equal(scene.simulator.counts[ACTION], 120);
  const most = Math.max(...(await spent()));
  assert.ok(most > BUDGET / 2 && most <= BUDGET, `an alarm sent ${most} requests`);
});

test("a task that a list leaves out is asked for by itself", async (t) => {
  const scene = await open(t);
  scene.simulator.fail(LIST, { status: 200, body: [] }, Infinity);
  await scene.submit({ key: "left-out-of-every-list" });
  await scene.reads("left-out-of-every-list", "SUCCESS");
  assert.ok(scene.simulator.counts[FETCH] >= 1);
});

test("an API in trouble ends no wait, and is left alone as long as it asks", async (t) => {
  const scene = await open(t);
  const { faults } = scene;
  scene.simulator.fail(LIST, [faults.drop("before"), faults.serverError(503), faults.unauthorized()]);
  scene.simulator.fail(LIST, faults.rateLimited({ retryAfter: 1 }));
  await scene.submit({ key: "asked-for-in-hard-times" });
  await scene.reads("asked-for-in-hard-times", "SUCCESS");
  assert.equal(scene.simulator.counts[LIST], 5);
  assert.equal(scene.simulator.counts[FETCH], 0);
  const [refused, last] = scene.simulator.requests.slice(-2);
  assert.ok(last.at - refused.at >= 1_000, `after ${last.at - refused.at} ms`);
});

test("a task that never ends is given up, and the page is told", async (t) => {
  const scene = await open(t, { vars: { GIVE_UP_MS: 300 }, simulator: heldTime().options });
  const page = await watch(scene, "a-task-that-never-ends");
  await scene.submit({ key: "a-task-that-never-ends" });
  await until("the page is told", () => page.heard.at(-1)?.status === "GIVEN_UP");
  assert.equal(page.heard.at(-1).taskId, scene.pressed()[0].id);
});

test("a page hears of several keys over one socket, whatever it says itself, and can leave", async (t) => {
  const scene = await open(t);
  const page = await watch(scene, "the-first-key-of-two", "the-second-key-of-two");
  page.socket.send("ping");
  page.socket.send("a word that means nothing");
  await until("the pong", () => page.heard.includes("pong"));
  await scene.submit({ key: "the-first-key-of-two" });
  await scene.submit({ key: "the-second-key-of-two" });
  const ended = () => page.heard.filter(({ status }) => status === "SUCCESS").map(({ key }) => key);
  await until("both have ended", () => ended().length === 2);
  assert.deepEqual(ended().sort(), ["the-first-key-of-two", "the-second-key-of-two"]);
  assert.equal(await page.leave(), 1000);
});

test("a database that is away ends no wait", async (t) => {
  const time = heldTime();
  // Nor does it slow down the others: in trouble the alarm would take its time.
  const scene = await open(t, { vars: { SLOWEST_MS: 600_000 }, simulator: time.options });
  const { faults, simulator } = scene;
  simulator.fail(LIST, faults.emptyList(), 8);
  simulator.fail(FETCH, faults.taskNotFound(), 8);
  await scene.submit({ key: "a-key-in-a-long-blip" });
  await until("it was not found", () => simulator.counts[FETCH] >= 8);
  time.endTasks();
  await scene.reads("a-key-in-a-long-blip", "SUCCESS");
  assert.equal(simulator.counts[ACTION], 1);
});

test("a task that never comes back is given up", async (t) => {
  const scene = await open(t, { vars: { GIVE_UP_MS: 500 }, simulator: heldTime().options });
  await scene.submit({ key: "a-key-of-a-lost-task" });
  scene.simulator.removeTask(scene.pressed()[0].id);
  await scene.reads("a-key-of-a-lost-task", "GIVEN_UP");
  assert.ok(scene.simulator.counts[FETCH] >= 1);
});

test("what can't be right is refused", async (t) => {
  const scene = await open(t);
  for (const modal of ["a text", { prompt: 1 }, null]) assert.equal((await scene.submit({ modal })).status, 400);
  assert.equal((await scene.submit({ key: "short" })).status, 400);
  assert.equal((await scene.ask("POST", "/submit", null, bearer())).status, 400);
  assert.equal((await scene.ask("GET", "/tasks/a-key-that-nobody-pressed")).status, 404);
  assert.equal((await scene.ask("GET", "/watch?key=a-key-that-nobody-pressed")).status, 426);
  await assert.rejects(watch(scene), /400/);
  await assert.rejects(watch(scene, ...Array.from({ length: 11 }, (_, i) => `a-key-of-too-many-${i}`)), /400/);
  assert.equal((await scene.ask("GET", "/")).status, 404);
  const { body } = await scene.submit({ key: "a-button-that-is-none", customId: "none" });
  assert.equal(body.status, "REFUSED");
  assert.match(body.error, /customId/);
  assert.equal(scene.simulator.counts.total, 0);
});
