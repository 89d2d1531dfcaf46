/** The whole workflow over HTTP: from a prompt to pictures, by the names of buttons, with and without modals. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION, FETCH, IMAGINE, KEY, MODAL, NAME, app, rejection } from "./app.mjs";
import { library, virtualStage } from "./virtual-stage.mjs";
import { readMask } from "./png.mjs";

const { toMaskBase64 } = await app.load(`${NAME}/mask`);
const PROFILES = ["gateway", "upstream", "docs"];

/** A mask whose left half is white. */
function leftHalf(width, height) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < data.length; at += 4) {
    if ((at / 4) % width >= width / 2) data.fill(0, at, at + 3);
  }
  return toMaskBase64({ data, width, height }, { width, height });
}

for (const profile of PROFILES) {
  test(`${profile}: imagine, wait, U1, Vary (Region) with a mask, Custom Zoom, to pictures that can be fetched`, async (t) => {
    const { client, simulator } = await virtualStage(t, { simulator: { profile } });
    const submitted = await client.submitImagine({ prompt: "a lighthouse --v 6.1", state: "job-42" });
    assert.equal(submitted.kind, "submitted");
    const grid = await client.pollUntilDone(submitted);
    assert.equal(grid.state, "job-42");

    const single = await client.act(grid, "U1", { state: "job-43" });
    assert.equal(single.status, "SUCCESS");
    assert.equal(simulator.task(single.id).parentId, grid.id);
    assert.equal(simulator.task(single.id).state, "job-43");

    const maskBase64 = await leftHalf(8, 8);
    const asked = [];
    const varied = await client.act(single, "vary region", {
      onModal: async (task) => {
        asked.push(task.status);
        return { taskId: task.id, prompt: "a boat", maskBase64 };
      },
    });
    assert.deepEqual(asked, ["MODAL"]);
    assert.equal(varied.status, "SUCCESS");
    assert.deepEqual(readMask(simulator.task(varied.id).maskBase64).levels.slice(0, 8), [255, 255, 255, 255, 0, 0, 0, 0]);
    assert.equal(simulator.task(varied.id).prompt, "a boat");

    const zoomed = await client.act(single, "custom zoom", {
      onModal: ({ id }) => ({ taskId: id, prompt: "a lighthouse --zoom 2" }),
    });
    assert.equal(zoomed.status, "SUCCESS");
    for (const { imageUrl } of [grid, single, varied, zoomed]) {
      const picture = await fetch(imageUrl);
      assert.match(picture.headers.get("content-type"), /^image\/svg/);
    }
    assert.equal(simulator.counts[ACTION], 3);
    assert.equal(simulator.counts[MODAL], 2);
    assert.equal(simulator.counts[IMAGINE], 1);
  });

  for (const modalId of ["same", "new"]) {
    test(`${profile}: without onModal a modal is the result, and submitModal goes on under the ${modalId} id`, async (t) => {
      const { client, simulator } = await virtualStage(t, { simulator: { profile, modalId, modalLagMs: 30_000 } });
      const parent = await client.fetchTask(simulator.addTask({ action: "UPSCALE" }).id);
      const asking = await client.act(parent, "Custom Zoom");
      assert.equal(asking.status, "MODAL");
      const submitted = await client.submitModal({ taskId: asking.id, prompt: "x --zoom 1.5" });
      assert.equal(submitted.taskId === asking.id, modalId === "same");
      // The same id still reads MODAL for half a minute; by its bare id it is pending all the same.
      const done = await client.pollUntilDone(submitted.taskId);
      assert.equal(done.status, "SUCCESS");
      assert.equal(done.id, submitted.taskId);
    });
  }

  test(`${profile}: every button of a picture can be pressed by its label or its emoji`, async (t) => {
    const { client, simulator } = await virtualStage(t, { simulator: { profile, queueMs: 0, workMs: 1_000, everyButton: true } });
    for (const action of ["IMAGINE", "UPSCALE"]) {
      const parent = await client.fetchTask(simulator.addTask({ action, prompt: "x --v 6 --ar 3:2" }).id);
      for (const button of parent.buttons.filter(({ customId }) => customId)) {
        const name = button.label || button.emoji;
        assert.deepEqual(library.findButton(parent, name), button, name);
        const { status } = await client.act(parent, name);
        assert.equal(status, /Region|Custom/.test(name) ? "MODAL" : "SUCCESS", name);
      }
    }
  });
}

test("a button of another task never goes out", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const [one, other] = [await client.fetchTask(simulator.addTask({}).id), await client.fetchTask(simulator.addTask({}).id)];
  for (const selector of [other.buttons[0], other.buttons[0].customId, "U5", "zoom 2x", undefined, null, {}]) {
    const error = await rejection(client.act(one, selector));
    assert.equal(error.name, "InvalidArgumentError");
    assert.equal(error.taskId, one.id);
    assert.match(error.message, /U1, U2, U3, U4, 🔄, V1, V2, V3, V4/);
  }
  assert.equal(simulator.counts[ACTION], 0);
});

test("with refresh the button is that of now", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const parent = simulator.addTask({});
  const stale = { ...(await client.fetchTask(parent.id)), buttons: [] };
  assert.equal((await rejection(client.act(stale, "U2"))).name, "InvalidArgumentError");
  assert.equal((await client.act(stale, "U2", { refresh: true })).status, "SUCCESS");
  assert.equal(simulator.counts[FETCH] > 2, true);
});

test("onSubmitted is awaited before the first poll, and what it throws ends it", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const parent = await client.fetchTask(simulator.addTask({}).id);
  const before = simulator.counts[FETCH];
  const seen = [];
  const done = await client.act(parent, "V1", {
    onSubmitted: async ({ taskId, kind }) => {
      await new Promise((go) => setTimeout(go, 5));
      seen.push([taskId, kind, simulator.counts[FETCH] - before]);
    },
  });
  assert.deepEqual(seen, [[done.id, "submitted", 0]]);
  const mine = new Error("mine");
  const polls = simulator.counts[FETCH];
  const onSubmitted = () => Promise.reject(mine);
  assert.equal(await rejection(client.act(parent, "V2", { onSubmitted })), mine);
  assert.equal(simulator.counts[FETCH], polls);
});

test("a button that is pressed too early is pressed once more after 15 s", async (t) => {
  const { client, simulator, clock } = await virtualStage(t);
  const { faults } = await app.load(`${NAME}/testing`);
  const parent = await client.fetchTask(simulator.addTask({}).id);
  simulator.fail(ACTION, faults.taskStatusNotSuccess());
  assert.equal((await client.act(parent, "U1")).status, "SUCCESS");
  assert.equal(clock.slept[0], 15_000);
  simulator.fail(ACTION, faults.taskStatusNotSuccess(), Infinity);
  const error = await rejection(client.act(parent, "U1"));
  assert.equal(error.name, "SubmitRejectedError");
  assert.equal(simulator.counts[ACTION], 5, "again after 15 and after 30 s");
});

test("what onModal throws, or gives that is none, ends it", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const waiting = simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  const mine = new Error("mine");
  for (const onModal of [() => Promise.reject(mine), () => { throw mine; }]) {
    assert.equal(await rejection(client.pollUntilDone(waiting.id, { onModal })), mine);
  }
  const error = await rejection(client.pollUntilDone(waiting.id, { onModal: () => ({ prompt: "x" }) }));
  assert.equal(error.name, "InvalidArgumentError");
  assert.equal(error.state.taskId, waiting.id);
  for (const nothing of [null, undefined]) {
    assert.equal((await client.pollUntilDone(waiting.id, { onModal: async () => nothing })).status, "MODAL");
  }
  assert.equal(simulator.counts[MODAL], 0);
});

test("a modal that the API refuses is a SubmitRejectedError with the task and a state", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const waiting = simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  const onModal = ({ id }) => ({ taskId: id, prompt: "no zoom" });
  const error = await rejection(client.pollUntilDone(waiting.id, { onModal }));
  assert.equal(error.name, "SubmitRejectedError");
  assert.equal(error.task.status, "MODAL");
  assert.equal(error.state.taskId, waiting.id);
});

test("a banned word, and a prompt that is none", async (t) => {
  const { client, simulator } = await virtualStage(t);
  const banned = await rejection(client.submitImagine({ prompt: "a bannedword" }));
  assert.equal(banned.name, "SubmitRejectedError");
  assert.equal(banned.submitCode, 24);
  for (const params of [{ prompt: " " }, {}, undefined, null, "a lighthouse", { prompt: "x", botType: "NIJI" }]) {
    assert.equal((await rejection(client.submitImagine(params))).name, "InvalidArgumentError");
  }
  assert.equal(simulator.counts[IMAGINE], 1);
});

for (const mode of ["fast", "relax", "turbo"]) {
  test(`mode ${mode}: every submit has its prefix, and no read`, async (t) => {
    const { client, simulator } = await virtualStage(t, { client: { mode } });
    const grid = await client.pollUntilDone(await client.submitImagine({ prompt: "x" }));
    const single = await client.act(grid, "U1");
    await client.act(single, "custom zoom", { onModal: ({ id }) => ({ taskId: id, prompt: "x --zoom 2" }) });
    await client.listTasks([grid.id]);
    const paths = new Set(simulator.requests.map(({ path }) => path.replace(/\d{16}/, "ID")));
    assert.deepEqual([...paths].sort(), [
      `/mj-${mode}/mj/submit/action`,
      `/mj-${mode}/mj/submit/imagine`,
      `/mj-${mode}/mj/submit/modal`,
      "/mj/task/ID/fetch",
      "/mj/task/list-by-condition",
    ].sort());
    assert.equal(simulator.task(single.id).speed, mode);
  });
}

test("the key is in no event, whichever call tells it", async (t) => {
  const events = [];
  const onEvent = (event) => events.push(event);
  const { client, simulator, url } = await virtualStage(t, { client: { onEvent } });
  const { faults } = await app.load(`${NAME}/testing`);
  simulator.fail(IMAGINE, faults.rateLimited());
  simulator.fail(FETCH, faults.drop("before"));
  const submitted = await client.submitImagine({ prompt: "x" });
  await client.pollUntilDone(submitted);
  const imagine = `${url}/mj/submit/imagine`;
  const fetched = `${url}/mj/task/${submitted.taskId}/fetch`;
  const brief = events.map(({ type, method, url, status, error }) => [type, method, url, status ?? (error && "error")].filter(Boolean));
  const submit = (status) => [["request", "POST", imagine], ["response", "POST", imagine, status]];
  const look = (status) => [["request", "GET", fetched], ["response", "GET", fetched, status]];
  assert.deepEqual(brief.slice(0, 11), [...submit(429), ["retry"], ...submit(200), ["wait"], ...look("error"), ["retry"], ...look(200)]);
  assert.ok(!JSON.stringify(events).includes(KEY));
  assert.ok(events.filter(({ type }) => type === "response").every(({ elapsedMs }) => elapsedMs >= 0));
});

test("what onEvent throws changes nothing", async (t) => {
  const onEvent = () => { throw new Error("of the log"); };
  const { client } = await virtualStage(t, { client: { onEvent } });
  assert.equal((await client.pollUntilDone(await client.submitImagine({ prompt: "x" }))).status, "SUCCESS");
});
