/** The same faults in a page of Chromium and in workerd, whose `fetch` is another one: still one POST for each submit. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play, serveFaults } from "../support/fault-server.mjs";
import { NAME } from "./app.mjs";
import { ACCEPTED, DONE, PARENT, row } from "./fault-stage.mjs";
import { openPage } from "./page.mjs";
import { startWorker } from "./worker.mjs";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
const html = "<!doctype html><title>Bad gateway</title>";

/** The entry, and what the submit's error and its cause are. */
const FAULTS = {
  "dropped before the headers": [play.dropBeforeHeaders(), "ConnectionError"],
  "dropped after the headers": [play.dropAfterHeaders(CORS), "ConnectionError"],
  "dropped within a body with a length": [play.dropInBody(CORS), "ConnectionError"],
  "dropped within a chunked body": [play.dropInChunks(CORS), "ConnectionError"],
  "reset": [play.reset(), "ConnectionError"],
  "no answer in time": [play.silence(), "RequestTimeoutError"],
  "HTTP 408": [play.answer("", 408, CORS), "ServerError"],
  "HTTP 500": [play.answer("", 500, CORS), "ServerError"],
  "HTTP 502, a web page": [play.answer(html, 502, CORS), "ServerError"],
  "HTTP 524, a web page": [play.answer(html, 524, CORS), "ServerError"],
  "200 with a web page": [play.answer(html, 200, CORS), "UnexpectedResponseError"],
  "200 with half of the JSON": [play.answer('{"code": 1, "res', 200, CORS), "UnexpectedResponseError"],
};

/** Runs in each runtime: one submit after another, each of which says in its `state` which fault it is to meet. */
const SUBMITS = `
import { Midjourney } from "${NAME}";

export async function submits(baseURL, faults, warm) {
  const client = new Midjourney({ baseURL, maxRetries: 5 });
  const outcomes = {};
  for (const fault of faults) {
    if (warm) await client.fetchTask("${PARENT}");
    const params = { taskId: "${PARENT}", customId: "MJ::JOB::upsample::1::7c0a", state: fault };
    const timeoutMs = fault === "no answer in time" ? 2_000 : 30_000;
    const ended = client.submitAction(params, { timeoutMs });
    outcomes[fault] = await ended.then(({ kind }) => kind, (error) => [error.name, error.maybeAccepted, error.cause?.name].join(" "));
  }
  return outcomes;
}
`;

/** Plays the fault that a submit asks for. With `reuse`, reads and preflights leave their connection for it. */
async function faultyServer(t, { reuse = false } = {}) {
  const connection = reuse ? {} : { connection: "close" };
  const otherwise = ({ method, body }) => {
    if (method === "POST") return FAULTS[JSON.parse(body).state]?.[0] ?? play.answer(ACCEPTED, 200, CORS);
    if (method === "OPTIONS") return play.answer("", 204, { ...CORS, ...connection });
    return play.answer({ ...DONE, id: PARENT }, 200, { ...CORS, ...connection });
  };
  const server = await serveFaults([], { otherwise });
  t.after(server.close);
  const posts = (fault) => server.requests.filter(({ method, body }) => method === "POST" && JSON.parse(body).state === fault).length;
  return { server, posts };
}

async function inChromium(t, { server }, faults, warm = false) {
  const call = `submits("${server.url}", ${JSON.stringify(faults)}, ${warm})`;
  const app = `${SUBMITS}${call}.catch(String).then((outcomes) => (globalThis.result = outcomes));`;
  const { page, until } = await openPage(t, { scripts: { "app.js": app }, api: server.url });
  await until(() => globalThis.result !== undefined);
  return page.evaluate(() => globalThis.result);
}

async function inWorkerd(t, { server }, faults, warm = false) {
  const call = `submits("${server.url}", ${JSON.stringify(faults)}, ${warm})`;
  const worker = await startWorker(`${SUBMITS}export default { fetch: async () => Response.json(await ${call}) };`);
  t.after(() => worker.dispose());
  return (await worker.dispatchFetch("http://worker.test/")).json();
}

function check(outcomes, scene, where) {
  for (const [fault, [, cause]] of Object.entries(FAULTS)) {
    assert.equal(outcomes[fault], `SubmitUncertainError true ${cause}`, fault);
    assert.equal(scene.posts(fault), 1, `${scene.posts(fault)} POSTs: ${fault}`);
    row(`${fault}, in ${where}`, { count: (method) => (method === "POST" ? scene.posts(fault) : 0) }, `SubmitUncertainError ← ${cause}`);
  }
}

test("in Chromium each fault of a submit on a fresh connection: one POST, and a SubmitUncertainError", async (t) => {
  const scene = await faultyServer(t);
  check(await inChromium(t, scene, Object.keys(FAULTS)), scene, "Chromium");
});

test("in workerd each fault of a submit on a fresh connection: one POST, and a SubmitUncertainError", async (t) => {
  const scene = await faultyServer(t);
  check(await inWorkerd(t, scene, Object.keys(FAULTS)), scene, "workerd");
});

test("in workerd each fault of a submit on a connection that was used before: one POST, and a SubmitUncertainError", async (t) => {
  const scene = await faultyServer(t, { reuse: true });
  check(await inWorkerd(t, scene, Object.keys(FAULTS), true), scene, "workerd, the connection used before");
});

for (const fault of ["dropped before the headers", "reset", "HTTP 408"]) {
  // Its own doing, as Firefox's for the first two: no option of fetch keeps them from it. The README tells of it.
  test(`in Chromium a submit on a connection that was used before, ${fault}: the browser sends it twice, we once`, async (t) => {
    const scene = await faultyServer(t, { reuse: true });
    const outcomes = await inChromium(t, scene, [fault], true);
    assert.equal(outcomes[fault], `SubmitUncertainError true ${FAULTS[fault][1]}`);
    row(`${fault}, in Chromium, the connection used before`, scene.server, "SubmitUncertainError");
    assert.equal(scene.posts(fault), 2);
  });
}
