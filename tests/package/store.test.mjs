/** The store, in Node.js: what it saves, what it goes on with, what becomes of it. Real tabs are in store-tabs.test.mjs. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { ACTION, FETCH, KEY, LIST, NAME, QUICK, app, copyOfApp, rejection, stage } from "./app.mjs";

const { createStore } = await app.load(`${NAME}/store`);
const { TaskFailedError, AuthenticationError } = await app.load();

/** Until something holds. Nothing waits as long as this but a test that fails. */
async function until(condition, what = condition) {
  for (const end = Date.now() + 10_000; !(await condition()); ) {
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Puts something in place of a global for a test. */
function replace(t, name, value) {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
}

let stores = 0;

/**
 * A simulator whose tasks stay under way until `finish()`, a Map to save in, and what opens stores over both, as one
 * page after the other would.
 */
async function scene(t, { client = {}, ...simulator } = {}) {
  const clock = { now: 1_800_000_000_000 };
  const staged = await stage(t, { simulator: { now: () => clock.now, ...simulator }, client: { sleep: undefined, ...client } });
  const { Midjourney, url, press } = staged;
  const storage = new Map();
  const name = `test-${++stores}`;
  const problems = [];
  const open = (clientOptions = {}, options = {}, Client = Midjourney) => {
    const midjourney = new Client({ apiKey: KEY, baseURL: url, ...clientOptions });
    const store = createStore(midjourney, { storage, name, onError: (error, taskId) => problems.push({ error, taskId }), ...options });
    t.after(() => store.close());
    return store;
  };
  return {
    ...staged,
    clock,
    storage,
    name,
    problems,
    open,
    submitted: (store, meta) => store.submitAction(press, meta === undefined ? {} : { meta }),
    /** Every task is half done; with `finish`, done. */
    begin: () => void (clock.now += 45),
    finish: () => void (clock.now += 60_000),
    saved: () => [...storage.values()].map((text) => JSON.parse(text)),
  };
}

test("a submit is saved before it resolves: its state and what is the caller's, nothing of the client", async (t) => {
  const { open, submitted, storage, saved, url, name } = await scene(t);
  const store = open({ headers: { "x-secret": "of the client" } });
  const { taskId } = await submitted(store, { card: 3 });
  assert.deepEqual([...storage.keys()], [`${name}:${taskId}`]);
  const [{ v, state, savedAt, meta, ...others }] = saved();
  assert.deepEqual(others, {});
  assert.equal(v, 1);
  assert.equal(state.taskId, taskId);
  assert.ok(state.submittedAt <= Date.now() && savedAt <= Date.now());
  assert.deepEqual(meta, { card: 3 });
  const text = [...storage.values()].join();
  for (const secret of [KEY, url, "http", "of the client"]) assert.ok(!text.includes(secret), secret);
  assert.deepEqual(await store.list(), [{ taskId, state, savedAt, meta }]);
});

test("a favourite, which makes no task, is not saved", async (t) => {
  const { open, storage, parent } = await scene(t);
  const answer = { kind: "submitted", taskId: parent.id, code: 1, description: "", properties: {} };
  const store = open({}, {}, class {
    submitAction = async () => answer;
  });
  assert.equal(await store.submitAction({ taskId: parent.id, customId: "MJ::BOOKMARK::7af9c0de" }), answer);
  assert.equal(storage.size, 0);
});

test("a wait is saved at its progress, told, and then no longer saved", async (t) => {
  const { open, submitted, saved, begin, finish, storage } = await scene(t);
  const store = open();
  const seen = [];
  const task = await submitted(store, "mine");
  const waiting = store.wait(task, { ...QUICK, onProgress: (task, info) => seen.push([task.status, info]) });
  begin();
  await until(() => saved()[0].state.polls > 0);
  finish();
  assert.equal((await waiting).status, "SUCCESS");
  assert.deepEqual(await store.list(), []);
  await until(() => storage.size === 0);
  const [status, info] = seen.at(-1);
  assert.equal(status, "SUCCESS");
  assert.equal(info.saved.meta, "mine");
  assert.equal(info.elsewhere, false);
  assert.ok(info.polls > 0);
});

test("after a reload resumeAll goes on with every task, and submits none", async (t) => {
  const { open, submitted, begin, finish, saved, simulator, storage } = await scene(t);
  const first = open();
  const ids = [];
  for (const meta of ["a", "b"]) ids.push((await submitted(first, meta)).taskId);
  first.wait(ids[0], QUICK).catch(() => {});
  begin();
  await until(() => saved().some(({ state }) => state.polls > 0));
  first.close();

  const progress = new Set();
  const told = [];
  const store = open();
  const all = store.resumeAll({
    ...QUICK,
    onProgress: (task, { saved }) => progress.add(`${saved.meta} ${task.id}`),
    onSettled: ({ saved, status, value, kept }) => told.push([saved.meta, status, value.id, kept]),
  });
  await until(() => progress.size === 2);
  finish();
  const outcomes = await all;
  assert.deepEqual(outcomes.map(({ saved, value }) => [saved.meta, value.status]), [["a", "SUCCESS"], ["b", "SUCCESS"]]);
  assert.deepEqual(told.sort(), [["a", "fulfilled", ids[0], false], ["b", "fulfilled", ids[1], false]]);
  assert.equal(simulator.counts[ACTION], 2);
  await until(() => storage.size === 0);
});

test("what one page had polled is not forgotten by the next: the count of polls goes on", async (t) => {
  const { open, submitted, begin, saved } = await scene(t);
  const first = open();
  const { taskId } = await submitted(first);
  first.wait(taskId, QUICK).catch(() => {});
  begin();
  await until(() => saved()[0].state.polls > 0);
  first.close();
  const { polls } = saved()[0].state;
  const info = await new Promise((resolve) => void open().resumeAll({ ...QUICK, onProgress: (_, info) => resolve(info) }));
  assert.ok(info.saved.state.polls > polls);
  assert.equal(info.polls, 1);
});

test("a task that failed is told as the client tells it, and is no longer saved", async (t) => {
  const { open, submitted, simulator, storage } = await scene(t);
  const store = open();
  const { taskId } = await submitted(store);
  simulator.failTask(taskId, "banned");
  const [{ status, reason, kept }] = await store.resumeAll(QUICK);
  assert.equal(status, "rejected");
  assert.ok(reason instanceof TaskFailedError);
  assert.equal(reason.failReason, "banned");
  assert.equal(kept, false);
  await until(() => storage.size === 0);
});

test("a refused key keeps every task for the next one", async (t) => {
  const { open, submitted, finish, storage } = await scene(t);
  const store = open();
  await submitted(store);
  await submitted(store);
  finish();
  const refused = await open({ apiKey: "wrong" }).resumeAll(QUICK);
  for (const { reason, kept } of refused) assert.ok(reason instanceof AuthenticationError && kept);
  assert.equal(storage.size, 2);
  const outcomes = await store.resumeAll(QUICK);
  assert.deepEqual(outcomes.map(({ value }) => value.status), ["SUCCESS", "SUCCESS"]);
});

test("a deadline, and an abort with the signal's own reason, keep the task", async (t) => {
  const { open, submitted, storage } = await scene(t);
  const store = open();
  const { taskId } = await submitted(store);
  const late = await rejection(store.wait(taskId, { ...QUICK, timeoutMs: 30 }));
  assert.equal(late.name, "PollTimeoutError");
  assert.equal(storage.size, 1);
  const controller = new AbortController();
  const waiting = store.wait(taskId, { ...QUICK, signal: controller.signal, onProgress: () => controller.abort("enough") });
  assert.equal(await rejection(waiting), "enough");
  assert.equal(await rejection(store.wait(taskId, { signal: controller.signal })), "enough");
  assert.equal(storage.size, 1);
});

test("a task is removed after onSettled is through with it; one that it throws for stays", async (t) => {
  const { open, submitted, finish, storage, problems } = await scene(t);
  const store = open();
  const { taskId } = await submitted(store);
  finish();
  const thrown = new Error("the page could not show it");
  await store.resumeAll({ ...QUICK, onSettled: () => Promise.reject(thrown) });
  await until(() => problems.length > 0);
  assert.deepEqual(problems, [{ error: thrown, taskId }]);
  assert.equal((await store.list()).length, 1);

  let release;
  const shown = new Promise((resolve) => (release = resolve));
  let settled;
  const all = store.resumeAll({ ...QUICK, onSettled: (outcome) => ((settled = outcome), shown) });
  await until(() => settled);
  assert.equal(storage.size, 1);
  release();
  await all;
  await until(() => storage.size === 0);
});

test("what onProgress throws ends that caller's wait, and no other", async (t) => {
  const { open, submitted, begin, finish } = await scene(t);
  const store = open();
  const { taskId } = await submitted(store);
  const thrown = new Error("of the page");
  const waiting = store.wait(taskId, QUICK);
  const wrong = store.wait(taskId, { onProgress: () => { throw thrown; } });
  begin();
  assert.equal(await rejection(wrong), thrown);
  finish();
  assert.equal((await waiting).status, "SUCCESS");
});

test("two who wait for a task in one page share its polls", async (t) => {
  const { open, submitted, finish, simulator, client } = await scene(t);
  const store = open();
  const task = await submitted(store);
  finish();
  const both = await Promise.all([store.wait(task, QUICK), store.wait(task.taskId, QUICK), store.resumeAll(QUICK)]);
  assert.equal(both[0].id, both[1].id);
  assert.equal(simulator.counts[FETCH], 1);
  assert.equal((await client.fetchTask(task.taskId)).status, "SUCCESS");
});

test("a task that wants input stays saved", async (t) => {
  const { open, simulator, storage } = await scene(t);
  const store = open();
  const { id } = simulator.addTask({ action: "INPAINT", status: "MODAL" });
  assert.equal((await store.wait(id, QUICK)).status, "MODAL");
  const [{ value, kept }] = await store.resumeAll(QUICK);
  assert.equal(value.status, "MODAL");
  assert.equal(kept, true);
  assert.equal(storage.size, 1);
});

for (const [what, listed] of [["and a list has what comes of it", true], ["and there is no list", false]]) {
  test(`a modal that was answered is not asked for again after a reload, while a fetch still reads MODAL, ${what}`, async (t) => {
    const { open, simulator, faults, saved, finish, clock } = await scene(t, { modalLagMs: 30_000 });
    if (!listed) simulator.fail(LIST, faults.html(404), Infinity);
    const { id } = simulator.addTask({ action: "CUSTOM_ZOOM", status: "MODAL" });
    const first = open();
    await first.track(id, "mine");
    const { taskId } = await first.submitModal({ taskId: id, prompt: "a boat --zoom 1.5" });
    assert.equal(taskId, id);
    first.close();
    assert.ok(saved()[0].state.modalAt <= Date.now());

    const seen = [];
    const onProgress = ({ status }, { saved }) => seen.push(`${status} ${saved.meta}`);
    // A client that remembers nothing, as a new page's.
    const store = open({}, {}, (await copyOfApp().load()).Midjourney);
    const wait = store.wait(id, { ...QUICK, onProgress });
    await until(() => simulator.counts[listed ? LIST : FETCH] > 3);
    assert.equal(simulator.task(id).status, "MODAL");
    const both = [wait, store.resumeAll()];
    clock.now += 30_000;
    finish();
    const [task, [{ value }]] = await Promise.all(both);
    assert.equal(task.status, "SUCCESS");
    assert.equal(value.status, "SUCCESS");
    assert.ok(seen.length > 0 && !seen.includes("MODAL mine"), seen.join());
    assert.equal(simulator.charges, 1);
  });
}

test("an imagine is saved, too", async (t) => {
  const { open, saved } = await scene(t);
  const { taskId } = await open().submitImagine({ prompt: "a lighthouse" }, { meta: 1 });
  assert.deepEqual(saved().map(({ state, meta }) => [state.taskId, meta]), [[taskId, 1]]);
});

test("a task that nobody knows is kept for a day: it may be the wrong key that asks", async (t) => {
  const { open, storage, name } = await scene(t);
  const taskId = "1773314942177684";
  const save = (savedAt) => storage.set(`${name}:${taskId}`, JSON.stringify({ v: 1, state: { v: 1, taskId, polls: 3, delayMs: 0 }, savedAt }));
  save(Date.now() - 3_600_000);
  const [young] = await open().resumeAll(QUICK);
  assert.equal(young.reason.name, "TaskNotFoundError");
  assert.equal(young.kept, true);
  save(Date.now() - 90_000_000);
  const [old] = await open().resumeAll(QUICK);
  assert.equal(old.kept, false);
  await until(() => storage.size === 0);
});

test("a storage that fails loses no submit, and the task is waited for all the same", async (t) => {
  const { open, submitted, finish, problems } = await scene(t);
  const full = new DOMException("full", "QuotaExceededError");
  const fail = () => { throw full; };
  const storage = { get: fail, set: fail, delete: async () => fail(), keys: () => Promise.reject(full) };
  const store = open({}, { storage });
  const { taskId } = await submitted(store, 7);
  assert.ok(problems.every(({ error }) => error === full) && problems.some((problem) => problem.taskId === taskId));
  assert.deepEqual((await store.list()).map(({ taskId, meta }) => [taskId, meta]), [[taskId, 7]]);
  finish();
  const [{ value }] = await store.resumeAll(QUICK);
  assert.equal(value.status, "SUCCESS");
  assert.deepEqual(await store.list(), []);
});

test("a storage that never answers holds up a submit once, for 3 s", async (t) => {
  const { open, submitted, simulator, problems } = await scene(t);
  const never = () => new Promise(() => {});
  let asked = false;
  const store = open({}, { storage: { get: () => ((asked = true), never()), set: never, delete: never, keys: never } });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const submit = submitted(store);
  while (!asked) await new Promise(setImmediate);
  t.mock.timers.tick(3_000);
  const { taskId } = await submit;
  assert.equal(simulator.counts[ACTION], 1);
  assert.match(problems[0].error.message, /not answered within 3000 ms/);
  assert.deepEqual((await store.list()).map((saved) => saved.taskId), [taskId]);
  t.mock.timers.reset();
});

test("where there is no IndexedDB, and no storage is given, that is told and nothing is lost", async (t) => {
  const { open, submitted, finish, problems } = await scene(t);
  const store = open({}, { storage: undefined });
  const submit = await submitted(store);
  assert.match(problems[0].error.message, /give createStore a storage/);
  finish();
  assert.equal((await store.wait(submit, QUICK)).status, "SUCCESS");
});

test("what others have in the storage is left alone; what is broken is told, and stays", async (t) => {
  const { open, submitted, finish, storage, name, problems } = await scene(t);
  storage.set("theirs", "x").set(`${name}:1`, "no JSON").set(`${name}:2`, '{"v":2}').set(`${name}-2:3`, "y");
  const store = open();
  await submitted(store);
  finish();
  const outcomes = await store.resumeAll(QUICK);
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled"]);
  assert.deepEqual(problems.map(({ taskId }) => taskId), ["1", "2"]);
  await until(() => storage.size === 4);
});

test("a state of another version is gone on with by its task's id", async (t) => {
  const { open, simulator, storage, name } = await scene(t);
  const { id } = simulator.addTask({});
  storage.set(`${name}:${id}`, JSON.stringify({ v: 1, state: { v: 9, taskId: id, news: true }, savedAt: 1 }));
  const [{ value }] = await open().resumeAll(QUICK);
  assert.equal(value.status, "SUCCESS");
});

test("a wrong call is told as the client tells it, and is not saved", async (t) => {
  const { open, client, press, simulator, storage } = await scene(t);
  const store = open();
  for (const wrong of ["<task_id>", "", undefined, 17, {}]) {
    const [theirs, ours] = await Promise.all([rejection(client.pollUntilDone(wrong)), rejection(store.wait(wrong))]);
    assert.equal(ours.message, theirs.message);
  }
  const big = await rejection(store.submitAction(press, { meta: "x".repeat(5_000) }));
  assert.ok(big instanceof TypeError);
  assert.match(big.message, /at most 4000/);
  assert.equal((await rejection(store.submitAction({ ...press, customId: "no" }))).name, "InvalidArgumentError");
  assert.equal(simulator.counts.total, 0);
  await until(() => storage.size === 0);
});

test("a task that another has submitted, or is submitting, is tracked", async (t) => {
  const { open, client, press, saved, problems } = await scene(t);
  const store = open();
  const events = [];
  store.subscribe((event) => events.push(event));
  const submitted = await store.track(client.submitAction(press), { card: 1 });
  assert.equal(submitted.kind, "submitted");
  assert.deepEqual(saved().map(({ meta, state }) => [meta, state.taskId]), [[{ card: 1 }, submitted.taskId]]);
  assert.equal(await store.track("1773314942177684"), "1773314942177684");
  // Its submit was paid for.
  await store.track("1773314942177685", "x".repeat(5_000));
  assert.deepEqual(problems.map(({ taskId }) => taskId), ["1773314942177685"]);
  assert.equal(saved().length, 3);
  assert.deepEqual(events.map(({ type }) => type), ["saved", "saved", "saved"]);
  const drop = new Error("dropped");
  assert.equal(await rejection(store.track(Promise.reject(drop))), drop);
});

test("close ends the waits with an AbortError and keeps what is saved; after it nothing is sent", async (t) => {
  const { open, submitted, simulator, storage } = await scene(t);
  const store = open();
  const task = await submitted(store);
  const waiting = rejection(store.wait(task, QUICK));
  await until(() => simulator.counts[FETCH] > 0);
  store.close();
  assert.equal((await waiting).name, "AbortError");
  assert.equal((await rejection(submitted(store))).name, "AbortError");
  assert.equal((await rejection(store.wait(task))).name, "AbortError");
  assert.equal((await rejection(store.resumeAll())).name, "AbortError");
  assert.equal(simulator.counts[ACTION], 1);
  assert.equal(storage.size, 1);
});

// Tabs, by a lock manager as browsers have it and Node.js's own BroadcastChannel.

/** Locks as in the standard, as far as the store asks for them. */
function lockManager() {
  const tails = new Map();
  return {
    granted: 0,
    async request(name, { signal }, work) {
      const before = tails.get(name) ?? Promise.resolve();
      let release;
      tails.set(name, before.then(() => new Promise((resolve) => (release = resolve))));
      const aborted = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      try {
        await Promise.race([before, aborted]);
        this.granted += 1;
        return await work();
      } finally {
        before.then(() => setImmediate(() => release()));
      }
    },
  };
}

const byTab = (simulator) => simulator.requests.filter(({ method }) => method === "GET").map(({ headers }) => headers["x-tab"]);

async function twoTabs(t) {
  const locks = lockManager();
  replace(t, "navigator", { locks });
  const scened = await scene(t);
  const [a, b] = ["a", "b"].map((tab) => scened.open({ headers: { "x-tab": tab } }));
  return { ...scened, locks, a, b };
}

test("of two tabs one polls; the other hears of progress and of the result", async (t) => {
  const { a, b, submitted, begin, finish, simulator, storage } = await twoTabs(t);
  const task = await submitted(a, "mine");
  const first = a.wait(task, QUICK);
  await until(() => byTab(simulator).length > 0);
  const heard = [];
  const events = [];
  b.subscribe(({ type, elsewhere }) => events.push(`${type} ${elsewhere}`));
  const second = b.resumeAll({ ...QUICK, onProgress: (task, { saved, elsewhere }) => heard.push([task.percent, saved.meta, elsewhere]) });
  begin();
  await until(() => heard.length > 0);
  finish();
  const [{ value, elsewhere }] = await second;
  assert.equal(value.imageUrl.split("?")[0], (await first).imageUrl.split("?")[0]);
  assert.equal(elsewhere, true);
  assert.ok(heard.every(([, meta, elsewhere]) => meta === "mine" && elsewhere));
  assert.equal(heard.at(-1)[0], 100);
  assert.deepEqual(new Set(byTab(simulator)), new Set(["a"]));
  assert.deepEqual(new Set(events), new Set(["progress true", "settled true"]));
  await until(() => storage.size === 0);
});

test("a failure that another tab has seen is known by isInstance and by its code", async (t) => {
  const { a, b, submitted, simulator } = await twoTabs(t);
  const task = await submitted(a);
  a.wait(task, QUICK).catch(() => {});
  await until(() => byTab(simulator).length > 0);
  const failed = rejection(b.wait(task.taskId, QUICK));
  await until(async () => (await b.list()).length === 1);
  simulator.failTask(task.taskId, "banned");
  const error = await failed;
  assert.ok(TaskFailedError.isInstance(error) && error instanceof Error);
  assert.deepEqual([error.code, error.failReason, error.taskId], ["task_failed", "banned", task.taskId]);
  assert.ok(!byTab(simulator).includes("b"));
});

test("where the tab that polls goes, the other goes on from its state", async (t) => {
  const { a, b, submitted, begin, finish, saved, simulator } = await twoTabs(t);
  const task = await submitted(a);
  const first = rejection(a.wait(task, QUICK));
  const second = b.resumeAll(QUICK);
  begin();
  await until(() => saved()[0]?.state.polls > 0);
  assert.ok(!byTab(simulator).includes("b"));
  a.close();
  await first;
  await until(() => byTab(simulator).includes("b"));
  finish();
  assert.equal((await second)[0].value.status, "SUCCESS");
});

test("a message that comes later than the lock is waited for", async (t) => {
  const late = [];
  replace(t, "BroadcastChannel", class extends BroadcastChannel {
    postMessage(message) {
      if (message.type === "settled") late.push(() => super.postMessage(message));
      else super.postMessage(message);
    }
  });
  const { a, b, locks, submitted, finish, simulator, storage } = await twoTabs(t);
  const task = await submitted(a);
  const first = a.wait(task, QUICK);
  await until(() => byTab(simulator).length > 0);
  const second = b.resumeAll(QUICK);
  finish();
  await first;
  await until(() => storage.size === 0 && locks.granted === 2);
  for (const send of late) send();
  const [{ value, elsewhere }] = await second;
  assert.equal(value.status, "SUCCESS");
  assert.equal(elsewhere, true);
  assert.ok(!byTab(simulator).includes("b"));
});

test("without channels the tab that takes over goes on from what the other has saved, and asks for the result itself", async (t) => {
  replace(t, "BroadcastChannel", undefined);
  const { a, b, submitted, begin, finish, saved, simulator } = await twoTabs(t);
  const task = await submitted(a);
  const first = a.wait(task, QUICK);
  first.catch(() => {});
  const states = [];
  const second = b.resumeAll({ ...QUICK, onProgress: (_, { state }) => states.push(state.polls) });
  begin();
  await until(() => saved()[0].state.polls > 0);
  const { polls } = saved()[0].state;
  a.close();
  await until(() => states.length > 0);
  assert.ok(states[0] > polls);
  finish();
  assert.equal((await second)[0].elsewhere, false);
});

test("a task that is forgotten is forgotten in both tabs", async (t) => {
  const { a, b, submitted, simulator, storage } = await twoTabs(t);
  const task = await submitted(a);
  const [first, second] = [a, b].map((store) => rejection(store.wait(task.taskId, QUICK)));
  await until(() => byTab(simulator).length > 0);
  await b.forget(task.taskId);
  assert.equal((await first).name, "AbortError");
  assert.equal((await second).name, "AbortError");
  await until(() => storage.size === 0);
});

test("without locks and channels each polls, and both have the result", async (t) => {
  replace(t, "navigator", undefined);
  replace(t, "BroadcastChannel", undefined);
  const { open, submitted, finish, simulator } = await scene(t);
  const [a, b] = ["a", "b"].map((tab) => open({ headers: { "x-tab": tab } }));
  const task = await submitted(a);
  const both = [a.wait(task, QUICK), b.resumeAll(QUICK)];
  await until(() => new Set(byTab(simulator)).size === 2);
  finish();
  const [first, [second]] = await Promise.all(both);
  assert.equal(first.id, second.value.id);
});

test("locks that are refused, as in a page without an origin, are done without", async (t) => {
  replace(t, "navigator", { locks: { request: () => Promise.reject(new DOMException("no", "SecurityError")) } });
  const { open, submitted, finish } = await scene(t);
  const store = open();
  const task = await submitted(store);
  finish();
  assert.equal((await store.wait(task, QUICK)).status, "SUCCESS");
});

// Pages that are hidden, by a document that says so and waits that the test ends.

async function page(t, { visibility = "visible", ...options } = {}) {
  const document = Object.assign(new EventTarget(), { visibilityState: visibility });
  replace(t, "document", document);
  const sleeping = new Set();
  const sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      const sleeper = { ms, wake: () => (sleeping.delete(sleeper), resolve()) };
      sleeping.add(sleeper);
      signal?.addEventListener("abort", () => (sleeping.delete(sleeper), reject(signal.reason)));
    });
  const scened = await scene(t);
  const store = scened.open({ sleep }, options);
  const turn = (state) => {
    document.visibilityState = state;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const wake = async () => {
    await until(() => sleeping.size > 0, "a wait");
    for (const sleeper of sleeping) sleeper.wake();
  };
  return { ...scened, store, sleeping, turn, wake };
}

test("a page that is hidden pauses, and polls once, at once, when it is shown", async (t) => {
  const { store, submitted, simulator, sleeping, turn, wake, finish, problems } = await page(t);
  const task = await submitted(store);
  const waiting = store.wait(task);
  await wake();
  await until(() => simulator.counts[FETCH] === 1 && sleeping.size === 1);
  turn("hidden");
  await until(() => sleeping.size === 0);
  for (const count of [2, 3]) {
    turn("visible");
    await until(() => sleeping.size === 1);
    assert.equal(simulator.counts[FETCH], count);
    turn("hidden");
    await until(() => sleeping.size === 0);
  }
  finish();
  turn("visible");
  assert.equal((await waiting).status, "SUCCESS");
  assert.equal(simulator.counts[FETCH], 4);
  assert.deepEqual(problems, []);
});

test("a page that is hidden from the start sends nothing before it is shown", async (t) => {
  const { store, submitted, simulator, turn, finish } = await page(t, { visibility: "hidden" });
  const task = await submitted(store);
  const waiting = store.wait(task);
  await store.list();
  assert.equal(simulator.counts[FETCH], 0);
  finish();
  turn("visible");
  assert.equal((await waiting).status, "SUCCESS");
  assert.equal(simulator.counts[FETCH], 1);
});

test("a hidden page's wait can be ended", async (t) => {
  const { store, submitted, simulator } = await page(t, { visibility: "hidden" });
  const task = await submitted(store);
  const controller = new AbortController();
  const waiting = rejection(store.wait(task, { signal: controller.signal }));
  await store.list();
  controller.abort("enough");
  assert.equal(await waiting, "enough");
  assert.equal(simulator.counts[FETCH], 0);
});

test("a hidden page gives the lock to one that is seen", async (t) => {
  replace(t, "navigator", { locks: lockManager() });
  const { store, open, submitted, simulator, sleeping, turn, wake, finish } = await page(t);
  replace(t, "document", undefined);
  const other = open({ headers: { "x-tab": "seen" } });
  const task = await submitted(store);
  const first = store.wait(task);
  await wake();
  await until(() => simulator.counts[FETCH] === 1 && sleeping.size === 1);
  const second = other.resumeAll(QUICK);
  turn("hidden");
  await until(() => byTab(simulator).includes("seen"));
  finish();
  assert.equal((await second)[0].value.id, (await first).id);
});

test("with pollWhenHidden it goes on", async (t) => {
  const { store, submitted, finish, wake } = await page(t, { visibility: "hidden", pollWhenHidden: true });
  const task = await submitted(store);
  finish();
  const waiting = store.wait(task);
  await wake();
  assert.equal((await waiting).status, "SUCCESS");
});

// The module.

test("the store brings neither the client nor the WebAssembly", () => {
  const folder = app.packaged("dist/store");
  for (const file of readdirSync(folder)) {
    const sources = readFileSync(`${folder}/${file}`, "utf8").matchAll(/\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/g);
    for (const [, from, bare] of sources) assert.match(from ?? bare, /^\.\/[a-z]+\.js$/, file);
  }
});

test("required or imported it is the same, and keeps no process alive", async () => {
  const use = `const store = createStore({}, { storage: new Map() }); store.list().then((tasks) => console.log(tasks.length));`;
  const imported = await app.run("store.mjs", `import { createStore } from "${NAME}/store";\n${use}`);
  const required = await app.run("store.cjs", `const { createStore } = require("${NAME}/store");\n${use}`);
  assert.equal(imported.stdout, "0\n");
  assert.equal(required.stdout, "0\n");
});
