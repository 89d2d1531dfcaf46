/** The store in real tabs, with IndexedDB, Web Locks and BroadcastChannel: reloaded, killed, two at a time, hidden. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { BROWSERS, startBrowser } from "../support/webdriver.mjs";
import { ACTION, NAME, stage } from "./app.mjs";
import { publish } from "./page.mjs";

/** What a user's page does: it goes on with what is saved, and submits when told to. */
const PAGE = `
import { Midjourney, init } from "${NAME}";
import { createStore } from "${NAME}/store";

const { api, tab, pace } = Object.fromEntries(new URLSearchParams(location.search));
// Whoever could poll does so at once.
await init();
const problems = [], progress = [], settled = [];
const midjourney = new Midjourney({ baseURL: api, headers: { "x-tab": tab } });
const store = createStore(midjourney, { onError: (error) => problems.push(String(error)) });
const options = {
  initialDelayMs: 1, minDelayMs: Number(pace), maxDelayMs: Number(pace), timeoutMs: null,
  onProgress: ({ id, percent }, { saved, elsewhere }) => progress.push({ id, percent, meta: saved.meta, elsewhere }),
};
const onSettled = ({ status, value, saved, elsewhere }) => settled.push({ status, id: value?.id, meta: saved.meta, elsewhere });
store.resumeAll({ ...options, onSettled });
// After the store's own listener: it knows, too.
document.addEventListener("visibilitychange", () => fetch(api + "/" + document.visibilityState).catch(() => {}));
// By then it has joined: who comes later does not hear of a change that was before.
await store.list();
window.page = {
  problems, progress, settled,
  list: () => store.list(),
  async submit(params, meta) {
    const submitted = await store.submitAction(params, { meta });
    store.wait(submitted, options).then(({ id }) => settled.push({ status: "fulfilled", id, meta, elsewhere: false }));
    return submitted.taskId;
  },
};
`;

for (const [name, browser] of Object.entries(BROWSERS)) {
  const skip = browser.driver ? false : browser.missing;
  let started;
  after(async () => (await started)?.close());

  /** Tabs of one origin, and a simulator whose tasks stay under way until `finish()`. */
  async function scene(t) {
    const clock = { now: Date.now() };
    const staged = await stage(t, { simulator: { requireKey: false, now: () => clock.now } });
    const { simulator, url, press } = staged;
    const origin = await publish(t, { scripts: { "app.js": PAGE }, api: url });
    const tabs = await (started ??= startBrowser(browser));
    /** Who has polled, request by request. */
    const polls = () => simulator.requests.filter(({ method, pattern }) => method === "GET" && pattern === "/mj/task/{id}/fetch").map(({ headers }) => headers["x-tab"]);
    /** Changes whether a page is seen, and waits until the page says that it knows: Firefox tells it a while later. */
    async function noticed(change, state) {
      const told = () => simulator.requests.filter(({ path }) => path === `/${state}`).length;
      const before = told();
      await change();
      for (const end = Date.now() + 20_000; told() === before; await new Promise((resolve) => setTimeout(resolve, 5))) {
        if (Date.now() > end) assert.fail(`the page has not become ${state}`);
      }
    }
    return {
      simulator,
      polls,
      async open(tab, pace = 30) {
        const opened = await tabs.open();
        t.after(() => opened.close().catch(() => {}));
        await opened.goto(`${origin}/?${new URLSearchParams({ api: url, tab, pace })}`);
        await opened.until("window.page");
        return { ...opened, hide: () => noticed(opened.hide, "hidden"), show: () => noticed(opened.show, "visible") };
      },
      submit: (tab, meta) => tab.run(`window.page.submit(${JSON.stringify(press)}, ${JSON.stringify(meta)})`),
      begin: () => void (clock.now += 45),
      finish: () => void (clock.now += 60_000),
      async polledBy(tab, times = 1) {
        const before = polls().length;
        for (const end = Date.now() + 20_000; polls().slice(before).filter((by) => by === tab).length < times; ) {
          if (Date.now() > end) assert.fail(`${tab} does not poll: ${polls()}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
      async isOver(tab, ...expected) {
        await tab.until("window.page.settled.length");
        assert.deepEqual(await tab.run("window.page.settled"), expected);
        await tab.until("window.page.list().then((tasks) => tasks.length === 0)");
        assert.deepEqual(await tab.run("window.page.problems"), []);
      },
    };
  }

  test(`${name}: a reload in mid-task`, { skip }, async (t) => {
    const { open, submit, begin, finish, polledBy, isOver, simulator } = await scene(t);
    const tab = await open("a");
    const id = await submit(tab, { card: 3 });
    begin();
    await tab.until("window.page.progress.length");
    const [before] = await tab.until("window.page.list().then((tasks) => tasks[0].state.polls > 0 && tasks)");
    assert.doesNotMatch(JSON.stringify(before), /http|x-tab/);

    await tab.reload();
    await tab.until("window.page?.progress.length");
    const [progress] = await tab.run("window.page.progress");
    assert.deepEqual([progress.id, progress.meta, progress.elsewhere], [id, { card: 3 }, false]);
    const [after] = await tab.run("window.page.list()");
    assert.ok(after.state.polls > before.state.polls);
    assert.equal(after.savedAt, before.savedAt);
    await polledBy("a");
    finish();
    await isOver(tab, { status: "fulfilled", id, meta: { card: 3 }, elsewhere: false });
    assert.equal(simulator.counts[ACTION], 1);
  });

  test(`${name}: a tab killed in mid-task, and another opened later`, { skip }, async (t) => {
    const { open, submit, begin, finish, polls, polledBy, isOver, simulator } = await scene(t);
    const first = await open("a");
    const id = await submit(first, 1);
    begin();
    await first.until("window.page.progress.length");
    await first.kill();
    const second = await open("b");
    await second.until("window.page.progress.length");
    const before = polls().length;
    await polledBy("b", 2);
    assert.deepEqual(new Set(polls().slice(before)), new Set(["b"]));
    finish();
    await isOver(second, { status: "fulfilled", id, meta: 1, elsewhere: false });
    assert.equal(simulator.counts[ACTION], 1);
  });

  test(`${name}: of two tabs one polls, the other hears of progress and of the result`, { skip }, async (t) => {
    const { open, submit, begin, finish, polls, polledBy, isOver } = await scene(t);
    const first = await open("a");
    const id = await submit(first, "x");
    await polledBy("a");
    const second = await open("b");
    begin();
    await second.until("window.page.progress.length");
    await polledBy("a", 10);
    finish();
    await isOver(second, { status: "fulfilled", id, meta: "x", elsewhere: true });
    await isOver(first, { status: "fulfilled", id, meta: "x", elsewhere: false });
    assert.deepEqual(new Set(polls()), new Set(["a"]));
    const heard = await second.run("window.page.progress");
    assert.ok(heard.every(({ elsewhere, meta }) => elsewhere && meta === "x"));
    assert.equal(heard.at(-1).percent, 100);
  });

  test(`${name}: where the tab that polls is killed, the other goes on`, { skip }, async (t) => {
    const { open, submit, begin, finish, polls, polledBy, isOver } = await scene(t);
    const first = await open("a");
    const id = await submit(first, 2);
    const second = await open("b");
    begin();
    await second.until("window.page.progress.length");
    assert.ok(!polls().includes("b"));
    await first.kill();
    await polledBy("b", 2);
    finish();
    await isOver(second, { status: "fulfilled", id, meta: 2, elsewhere: false });
  });

  test(`${name}: where the tab that polls is hidden, one that is seen goes on, and tells it`, { skip }, async (t) => {
    const { open, submit, begin, finish, polls, polledBy, isOver } = await scene(t);
    const first = await open("a");
    const id = await submit(first, 4);
    await polledBy("a");
    const second = await open("b");
    await first.hide();
    await polledBy("b");
    const before = polls().length;
    begin();
    await polledBy("b", 5);
    finish();
    await isOver(second, { status: "fulfilled", id, meta: 4, elsewhere: false });
    assert.deepEqual(new Set(polls().slice(before)), new Set(["b"]));
    await first.show();
    await isOver(first, { status: "fulfilled", id, meta: 4, elsewhere: false });
    assert.ok((await first.run("window.page.progress")).some(({ elsewhere }) => elsewhere));
    assert.ok(!polls().slice(before).includes("a"));
  });

  test(`${name}: a hidden page polls once, at once, when it is shown`, { skip }, async (t) => {
    const { open, submit, finish, polls, polledBy, isOver } = await scene(t);
    // After the first look it would wait for an hour.
    const tab = await open("a", 3_600_000);
    const seen = polledBy("a");
    const id = await submit(tab, 5);
    await seen;
    for (const count of [2, 3]) {
      await tab.hide();
      assert.equal(polls().length, count - 1);
      const again = polledBy("a");
      await tab.show();
      await again;
      assert.equal(polls().length, count);
    }
    await tab.hide();
    finish();
    await tab.show();
    await isOver(tab, { status: "fulfilled", id, meta: 5, elsewhere: false });
    assert.equal(polls().length, 4);
  });
}
