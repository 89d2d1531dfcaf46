/** Cloudflare's workerd, which takes a module that was compiled beforehand and refuses bytes. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { ACTION, KEY, NAME, QUICK, app, buttonOf } from "./app.mjs";
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

let simulator, served, worker, parent;

before(async () => {
  const { createSimulator } = await app.load(`${NAME}/testing`);
  simulator = createSimulator({ queueMs: 10, workMs: 60, tickMs: 5, apiKey: KEY });
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
