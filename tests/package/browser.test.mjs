/** The tarball in a page of Chromium, bundled by esbuild: the API is another origin, over real HTTP with real CORS. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { ACTION, FETCH, KEY, NAME, QUICK, buttonOf, stage } from "./app.mjs";
import { openPage } from "./page.mjs";

/** What a page's script has at hand; `tell` hands its result to the test. */
const PRELUDE = `
import { Midjourney } from "${NAME}";
const { baseURL, taskId, customId } = Object.fromEntries(new URLSearchParams(location.search));
const apiKey = ${JSON.stringify(KEY)};
const shown = ({ name, code, message, maybeAccepted, cause }) => ({ name, code, message, maybeAccepted, cause: cause?.name });
const outcome = async (call) => { try { return { value: await call() } } catch (error) { return { error: shown(error) } } };
const tell = (result) => (globalThis.result = result);
`;

/** Opens a page with this script and gives what it told. */
async function told(t, { url, press }, script, { worker, ...options } = {}) {
  const scripts = { "app.js": PRELUDE + script, ...(worker ? { "worker.js": worker } : {}) };
  const query = new URLSearchParams({ baseURL: url, ...press });
  const { page, wrong, origin, until } = await openPage(t, { scripts, api: url, query, ...options });
  await until(() => globalThis.result !== undefined);
  return { result: await page.evaluate(() => globalThis.result), wrong, origin };
}

const JOURNEY = `
const client = new Midjourney({ apiKey, baseURL, dangerouslyAllowBrowser: true });
const progress = [];
const submitted = await client.submitAction({ taskId, customId });
const task = await client.pollUntilDone(submitted, {
  ...${JSON.stringify(QUICK)},
  onProgress: ({ percent }) => progress.push(percent),
});
const picture = new Image();
picture.src = task.imageUrl;
await picture.decode();
tell({ submitted, task, progress, width: picture.naturalWidth });
`;

for (const cors of ["gateway", "strict"]) {
  test(`submit, poll with progress, show the picture, where the API's CORS is as the ${cors} one's`, async (t) => {
    const scene = await stage(t, { simulator: { cors } });
    const { simulator } = scene;
    const { result, wrong, origin } = await told(t, scene, JOURNEY);
    assert.equal(result.task.id, result.submitted.taskId);
    assert.equal(result.task.status, "SUCCESS");
    assert.equal(result.progress.at(-1), 100);
    assert.ok(result.width > 0);
    assert.deepEqual(wrong, []);

    assert.equal(simulator.counts[ACTION], 1);
    const asked = simulator.requests.filter(({ pattern }) => pattern !== "/mj/image/{id}");
    assert.ok(asked.every(({ headers }) => headers.origin === origin));
    const preflights = asked.filter(({ method }) => method === "OPTIONS").map(({ pattern }) => pattern);
    assert.ok(preflights.includes("/mj/submit/action") && preflights.includes("/mj/task/{id}/fetch"), `${preflights}`);
  });
}

test("without a key no poll needs a preflight", async (t) => {
  const scene = await stage(t, { simulator: { requireKey: false } });
  const { result } = await told(t, scene, `tell(await outcome(() => new Midjourney({ baseURL }).fetchTask(taskId)));`);
  assert.equal(result.value.status, "SUCCESS");
  assert.deepEqual(scene.simulator.requests.map(({ method }) => method), ["GET"]);
});

const REFUSED = /dangerouslyAllowBrowser/;

test("a key in a page is an InvalidArgumentError with the remedy, and nothing is sent", async (t) => {
  const scene = await stage(t);
  const { result } = await told(t, scene, `tell(await outcome(() => new Midjourney({ apiKey, baseURL }).fetchTask(taskId)));`);
  assert.equal(result.error.name, "InvalidArgumentError");
  assert.match(result.error.message, REFUSED);
  assert.ok(!result.error.message.includes(KEY));
  assert.equal(scene.simulator.counts.total, 0);
});

test("a function that gives a key is a key, too", async (t) => {
  const scene = await stage(t);
  const script = `tell(await outcome(() => new Midjourney({ apiKey: () => apiKey, baseURL }).fetchTask(taskId)));`;
  const { result } = await told(t, scene, script);
  assert.equal(result.error.name, "InvalidArgumentError");
  assert.equal(scene.simulator.counts.total, 0);
});

test("a key in a page's worker is refused, too; without one the worker works", async (t) => {
  const scene = await stage(t, { simulator: { requireKey: false } });
  const worker = `${PRELUDE}
    const refused = await outcome(() => new Midjourney({ apiKey, baseURL }).fetchTask(taskId));
    const looked = await outcome(() => new Midjourney({ baseURL }).fetchTask(taskId));
    postMessage({ refused, looked });`;
  const script = `
    const worker = new Worker("/worker.js" + location.search, { type: "module" });
    worker.onmessage = ({ data }) => tell(data);
    worker.onerror = ({ message }) => tell({ broken: message });`;
  const { result } = await told(t, scene, script, { worker });
  assert.equal(result.refused?.error?.name, "InvalidArgumentError", JSON.stringify(result));
  assert.match(result.refused.error.message, REFUSED);
  assert.equal(result.looked.value.status, "SUCCESS");
  assert.equal(scene.simulator.counts.total, 1);
});

test("a policy without 'wasm-unsafe-eval' is an InternalError that names it", async (t) => {
  const scene = await stage(t, { simulator: { requireKey: false } });
  const script = `tell(await outcome(() => new Midjourney({ baseURL }).fetchTask(taskId)));`;
  const { result } = await told(t, scene, script, { script: "'self'" });
  assert.equal(result.error.name, "InternalError");
  assert.match(result.error.message, /Add 'wasm-unsafe-eval' to its script-src/);
  assert.equal(scene.simulator.counts.total, 0);
});

test("an API without CORS: a read says so, a submit's POST is never sent", async (t) => {
  const scene = await stage(t, { simulator: { cors: "none" } });
  const script = `
    const client = new Midjourney({ apiKey, baseURL, dangerouslyAllowBrowser: true, maxRetries: 0 });
    const read = await outcome(() => client.fetchTask(taskId));
    tell({ read, submit: await outcome(() => client.submitAction({ taskId, customId })) });`;
  const { result } = await told(t, scene, script);
  assert.equal(result.read.error.name, "ConnectionError");
  assert.match(result.read.error.message, /CORS/);
  // A page can't tell a refused preflight from a connection that broke.
  assert.equal(result.submit.error.name, "SubmitUncertainError");
  assert.equal(scene.simulator.counts[ACTION], 0);
  assert.equal(scene.simulator.counts[FETCH], 0);
});

test("a redirect, which a page can't read, is an UnexpectedResponseError, and where it leads is not asked", async (t) => {
  const scene = await stage(t);
  let asked = 0;
  const other = await serveSimulator({ fetch: async () => (asked++, new Response("{}")) });
  t.after(other.close);
  scene.simulator.fail(FETCH, scene.faults.redirect(`${other.url}/`), Infinity);
  const script = `
    const client = new Midjourney({ apiKey, baseURL, dangerouslyAllowBrowser: true });
    tell(await outcome(() => client.fetchTask(taskId)));`;
  const { result } = await told(t, scene, script);
  assert.equal(result.error.name, "UnexpectedResponseError");
  assert.equal(asked, 0);
});

test("a submit whose answer a page may not read is uncertain, and one POST", async (t) => {
  const scene = await stage(t);
  scene.simulator.fail(ACTION, { status: 524, body: "<!doctype html>", cors: false }, Infinity);
  const script = `
    const client = new Midjourney({ apiKey, baseURL, dangerouslyAllowBrowser: true });
    tell(await outcome(() => client.submitAction({ taskId, customId })));`;
  const { result } = await told(t, scene, script);
  assert.equal(result.error.name, "SubmitUncertainError");
  assert.equal(result.error.maybeAccepted, true);
  assert.equal(scene.simulator.counts[ACTION], 1);
});

test("an abort within an answer's body ends the call with the signal's reason", async (t) => {
  const scene = await stage(t, { simulator: { requireKey: false } });
  scene.simulator.fail(FETCH, scene.faults.stall(10));
  const script = `
    const controller = new AbortController();
    const fetch = async (...args) => (setTimeout(() => controller.abort("enough")), globalThis.fetch(...args));
    const client = new Midjourney({ baseURL, fetch });
    tell(await client.fetchTask(taskId, { signal: controller.signal }).catch((reason) => ({ reason })));`;
  const { result } = await told(t, scene, script);
  assert.deepEqual(result, { reason: "enough" });
});

test("a worker of a page presses a button that the page found", async (t) => {
  const scene = await stage(t, { simulator: { requireKey: false } });
  const worker = `${PRELUDE}
    onmessage = async ({ data }) => {
      const client = new Midjourney({ baseURL });
      const submitted = await client.submitAction(data);
      postMessage(await outcome(() => client.pollUntilDone(submitted, ${JSON.stringify(QUICK)})));
    };`;
  const script = `
    const { buttons } = await new Midjourney({ baseURL }).fetchTask(taskId);
    const worker = new Worker("/worker.js" + location.search, { type: "module" });
    worker.onmessage = ({ data }) => tell(data);
    worker.onerror = ({ message }) => tell({ broken: message });
    worker.postMessage({ taskId, customId: buttons.find(({ label }) => label === "V3").customId });`;
  const { result } = await told(t, scene, script, { worker });
  assert.equal(result.value?.status, "SUCCESS", JSON.stringify(result));
  assert.equal(result.value.action, "VARIATION");
  assert.deepEqual(scene.simulator.requests.find(({ method }) => method === "POST").body, {
    taskId: scene.parent.id,
    customId: buttonOf(scene.parent, "V3"),
  });
});
