/** Cloudflare's workerd, which takes a module that was compiled beforehand and refuses bytes. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { ACTION, FETCH, KEY, NAME, QUICK, app, buttonOf } from "./app.mjs";
import { startWorker } from "./worker.mjs";

const WORKER = `
import { Midjourney } from "${NAME}";

export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const client = new Midjourney({ apiKey: env.COMETAPI_KEY, baseURL: env.BASE_URL });
    const taskId = searchParams.get("taskId");
    try {
      if (searchParams.has("look")) return Response.json(await client.fetchTask(taskId));
      const submitted = await client.submitAction({ taskId, customId: searchParams.get("customId") });
      const progress = [];
      const onProgress = (task) => progress.push(task.percent);
      const task = await client.pollUntilDone(submitted, { ...${JSON.stringify(QUICK)}, onProgress });
      const picture = await fetch(task.imageUrl);
      return Response.json({ submitted, task, progress, type: picture.headers.get("content-type") });
    } catch (error) {
      return Response.json({ name: error.name, message: error.message, stack: error.stack }, { status: 500 });
    }
  },
};
`;

let simulator, faults, served, worker, parent;

before(async () => {
  const testing = await app.load(`${NAME}/testing`);
  faults = testing.faults;
  simulator = testing.createSimulator({ queueMs: 10, workMs: 60, tickMs: 5, apiKey: KEY });
  parent = simulator.addTask({});
  served = await serveSimulator(simulator);
  worker = await startWorker(WORKER, { bindings: { COMETAPI_KEY: KEY, BASE_URL: served.url } });
});

after(async () => {
  await worker?.dispose();
  await served?.close();
});

async function ask(query) {
  const response = await worker.dispatchFetch(`http://worker.test/?${new URLSearchParams(query)}`);
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

const press = () => ask({ taskId: parent.id, customId: buttonOf(parent, "U1") });

test("the bundle has the module as a file and no bytes of it", () => {
  assert.match(worker.code, /from "\.\/midjourney\.wasm"/);
  assert.doesNotMatch(worker.code, /DecompressionStream/);
});

test("submit, poll with progress, fetch the picture", async () => {
  const { submitted, task, progress, type } = await press();
  assert.equal(task.id, submitted.taskId);
  assert.equal(task.status, "SUCCESS");
  assert.equal(progress.at(-1), 100);
  assert.match(type, /^image\/svg\+xml/);
});

test("32 requests at the same time, each with a task of its own", async () => {
  const before = simulator.counts[ACTION];
  const answers = await Promise.all(Array.from({ length: 32 }, press));
  assert.equal(new Set(answers.map(({ task }) => task.id)).size, 32);
  assert.ok(answers.every(({ task }) => task.status === "SUCCESS"));
  assert.equal(simulator.counts[ACTION] - before, 32);
});

test("32 first requests at the same time, of a worker that has just begun", async () => {
  const fresh = await startWorker(WORKER, { bindings: { COMETAPI_KEY: KEY, BASE_URL: served.url } });
  try {
    const looks = Array.from({ length: 32 }, () => fresh.dispatchFetch(`http://worker.test/?look&taskId=${parent.id}`));
    const tasks = await Promise.all(looks.map(async (look) => (await look).json()));
    assert.deepEqual(new Set(tasks.map(({ status, message }) => status ?? message)), new Set(["SUCCESS"]));
  } finally {
    await fresh.dispose();
  }
});

const SHARED = `
import { Midjourney, AuthenticationError } from "${NAME}";

// At module scope: a worker may do no I/O, start no timer and draw no random number here.
const options = ${JSON.stringify({ apiKey: KEY })};
const client = (baseURL, more) => new Midjourney({ ...options, baseURL, ...more });
const early = new Midjourney(options);
let shared;

export default {
  async fetch(request, env) {
    shared ??= client(env.BASE_URL);
    const { searchParams } = new URL(request.url);
    const taskId = searchParams.get("taskId");
    try {
      const one = searchParams.has("stranger") ? client(env.BASE_URL, { apiKey: "another" }) : shared;
      const task = searchParams.has("wait") ? await one.pollUntilDone(taskId, ${JSON.stringify(QUICK)}) : await one.fetchTask(taskId);
      return Response.json({ status: task.status, early: early instanceof Midjourney });
    } catch (error) {
      return Response.json({ name: error.name, is: error instanceof AuthenticationError, message: error.message });
    }
  },
};
`;

test("a client of the module's scope serves request after request", async (t) => {
  const { look } = await sharing(t);
  for (let i = 0; i < 3; i++) assert.deepEqual(await look(), { status: "SUCCESS", early: true });
});

test("an error is of its class", async (t) => {
  const { look } = await sharing(t);
  const { name, is, message } = await look({ stranger: "" });
  assert.deepEqual([name, is], ["AuthenticationError", true]);
  assert.ok(!message.includes("another"));
});

test("requests that are given up, in a fetch or in a wait, leave the others alone", async (t) => {
  const { look, address } = await sharing(t);
  const { id } = simulator.addTask({ status: "IN_PROGRESS" });
  for (const wait of [false, true]) {
    const until = simulator.counts[FETCH] + 8;
    if (!wait) simulator.fail(FETCH, faults.hang(), 8);
    const controller = new AbortController();
    const query = new URLSearchParams({ taskId: id, ...(wait ? { wait: "" } : {}) });
    const gone = Array.from({ length: 8 }, () =>
      fetch(`${address}?${query}`, { signal: controller.signal }).catch(({ name }) => name),
    );
    while (simulator.counts[FETCH] < until) await turn();
    controller.abort();
    assert.deepEqual(new Set(await Promise.all(gone)), new Set(["AbortError"]));
    const looks = await Promise.all(Array.from({ length: 16 }, () => look()));
    assert.ok(looks.every(({ status }) => status === "SUCCESS"), JSON.stringify(looks));
  }
});

async function sharing(t) {
  const one = await startWorker(SHARED, { bindings: { BASE_URL: served.url } });
  t.after(() => one.dispose());
  const look = async (query) => {
    const response = await one.dispatchFetch(`http://worker.test/?${new URLSearchParams({ taskId: parent.id, ...query })}`);
    return response.json();
  };
  return { look, address: await one.ready };
}
