/** A thousand waits side by side on one client: in a page, in a worker, in Node.js. */

import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { NAME, QUICK } from "./app.mjs";
import { DONE, PENDING, faultStage, row } from "./fault-stage.mjs";
import { openPage } from "./page.mjs";
import { startWorker } from "./worker.mjs";

const WAITS = 1_000;
const REQUESTS = 128;
const FIRST = 1_773_315_000_000_000n;

/** A server whose every task is under way at the first look and done at the second; each answers for its own id. */
function manyTasks(t) {
  const seen = new Set();
  const otherwise = ({ path }) => {
    const id = path.split("/")[3];
    const answer = { ...(seen.has(id) ? DONE : PENDING), id };
    seen.add(id);
    return play.answer(answer, 200, { "access-control-allow-origin": "*" });
  };
  return faultStage(t, [], { otherwise });
}

/** Runs in each runtime: so many waits at once on one client. Gives how many found their own task done. */
const CROWD = `
import { Midjourney } from "${NAME}";

export async function crowd(baseURL, first, count) {
  const client = new Midjourney({ baseURL });
  const ids = Array.from({ length: count }, (_, nth) => String(BigInt(first) + BigInt(nth)));
  const tasks = await Promise.all(ids.map((id) => client.pollUntilDone(id, ${JSON.stringify(QUICK)})));
  return tasks.filter(({ id, status }, nth) => id === ids[nth] && status === "SUCCESS").length;
}
`;

test(`${WAITS} waits at once on one client in Chromium`, async (t) => {
  const { server } = await manyTasks(t);
  const app = `${CROWD}
    crowd("${server.url}", "${FIRST}", ${WAITS}).then(String, String).then((text) => (globalThis.result = text));`;
  const { page, wrong, until } = await openPage(t, { scripts: { "app.js": app }, api: server.url });
  await until(() => globalThis.result !== undefined);
  assert.equal(await page.evaluate(() => globalThis.result), String(WAITS));
  assert.deepEqual(wrong, []);
  assert.equal(server.count("GET"), 2 * WAITS);
  row(`${WAITS} waits at once in Chromium`, server, `${WAITS} × SUCCESS`);
});

const WORKER = `${CROWD}
export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    try {
      return new Response(await crowd(env.BASE_URL, searchParams.get("first"), Number(searchParams.get("count"))));
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
`;

test(`${WAITS} waits at once on one client in workerd, then ${REQUESTS} requests at once to that worker`, async (t) => {
  const { server } = await manyTasks(t);
  const worker = await startWorker(WORKER, { bindings: { BASE_URL: server.url } });
  t.after(() => worker.dispose());
  const ask = async (first, count) => {
    const response = await worker.dispatchFetch(`http://worker.test/?first=${first}&count=${count}`);
    return response.text();
  };
  assert.equal(await ask(FIRST, WAITS), String(WAITS));
  assert.equal(server.count("GET"), 2 * WAITS);
  row(`${WAITS} waits at once in workerd`, server, `${WAITS} × SUCCESS`);

  const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, nth) => ask(2n * FIRST + BigInt(nth), 1)));
  assert.deepEqual(new Set(answers), new Set(["1"]));
  assert.equal(server.count("GET"), 2 * (WAITS + REQUESTS));
  row(`… and ${REQUESTS} requests at once to one worker`, server, `${REQUESTS} × SUCCESS`);
});

test(`${WAITS} waits at once on one client in Node.js, one in three aborted, one in three failing`, async (t) => {
  const failing = { error: { message: "no", code: "invalid_request" } };
  const kindOf = (id) => Number(BigInt(id) % 3n);
  const otherwise = ({ path }) => {
    const id = path.split("/")[3];
    return [play.answer({ ...DONE, id }), play.answer(failing, 500), play.silence()][kindOf(id)];
  };
  // No time goes by: one wait's sleep would be another's deadline.
  const { server, client } = await faultStage(t, [], { otherwise, sleep: async () => {}, timeoutMs: 600_000 });
  const ids = Array.from({ length: WAITS }, (_, nth) => String(FIRST + BigInt(nth)));
  const controller = new AbortController();
  // Node.js warns of more than ten.
  setMaxListeners(WAITS, controller.signal);
  const waits = ids.map((id) => client.pollUntilDone(id, { signal: kindOf(id) === 2 ? controller.signal : undefined }));
  const silent = waits.filter((_, nth) => kindOf(ids[nth]) === 2);
  await Promise.allSettled(waits.filter((wait) => !silent.includes(wait)));
  controller.abort("enough");
  const results = await Promise.allSettled(waits);
  const wrong = results.filter(({ value, reason }, nth) => {
    const id = ids[nth];
    return ![value?.id === id, reason?.name === "ServerError" && reason.taskId === id, reason === "enough"][kindOf(id)];
  });
  assert.deepEqual(wrong, []);
  row(`${WAITS} waits at once in Node.js, a third each done, failing, aborted`, server, "each its own");
});
