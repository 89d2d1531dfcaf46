/** examples/cloudflare/durable-object, what takes its time: workerd puts an object to sleep that was idle for 10 s. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION, LIST, heldTime, openExample, watch } from "./press.mjs";
import { install, until } from "./stage.mjs";

/** Longer than workerd leaves an idle object in memory. */
const DELAY_MS = 13_000;

/** The example itself, which also says how often its object was made. */
const COUNTING = `
import example, { Tasks as Example } from "./index.js";

let made = 0;
export class Tasks extends Example {
  constructor(...all) {
    super(...all);
    made += 1;
  }
}
export default {
  fetch: (request, ...all) => (request.url.endsWith("/made") ? Response.json(made) : example.fetch(request, ...all)),
};
`;

test("a page is told by an object that had been put to sleep, and its pings do not wake it", async (t) => {
  const time = heldTime();
  const { options } = await install("durable-object");
  const scene = await openExample(t, "durable-object", {
    vars: { FASTEST_MS: DELAY_MS, SLOWEST_MS: DELAY_MS },
    worker: { modules: [{ type: "ESModule", path: "counting.mjs", contents: COUNTING }, ...options.modules] },
    simulator: time.options,
  });
  const made = async () => (await scene.ask("GET", "/made")).body;
  const key = "a-key-of-a-long-wait";
  const page = await watch(scene, key);
  await scene.submit({ key });
  assert.equal(await made(), 1);
  time.endTasks();

  const pinging = setInterval(() => page.socket.send("ping"), 1_000);
  t.after(() => clearInterval(pinging));
  await until("the page is told", () => page.heard.some(({ status }) => status === "SUCCESS"));
  assert.equal(await made(), 2, "the object was made anew");
  assert.ok(page.heard.filter((word) => word === "pong").length >= 5, "while it slept its page had answers");
  assert.deepEqual([scene.simulator.counts[ACTION], scene.simulator.counts[LIST]], [1, 1]);
});
