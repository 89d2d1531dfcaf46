import assert from "node:assert/strict";
import { test } from "node:test";
import { MASK, button, world } from "./world.mjs";

async function open(options, name, more = {}, action = "UPSCALE") {
  const w = world(options);
  const { id } = w.simulator.addTask({ action });
  const answer = await w.press(id, button(w.simulator, id, name), more);
  return { w, parent: id, answer: answer.json, id: String(w.simulator.tasks.at(-1).id) };
}

for (const [name, action] of [["Vary (Region)", "INPAINT"], ["Custom Zoom", "CUSTOM_ZOOM"]]) {
  test(`${name} opens a modal: code 21, and the new task waits in MODAL`, async () => {
    const { w, answer, id, parent } = await open({}, name);
    assert.deepEqual([answer.code, answer.result], [21, id]);
    assert.notEqual(id, parent);
    w.pass(3_600_000);
    const { json } = await w.fetchTask(id);
    assert.deepEqual([json.status, json.action, json.buttons], ["MODAL", action, []]);
  });
}

test("a modal's task has no status before the gateway's first look", async () => {
  const { w, id } = await open({ tickMs: 750 }, "Custom Zoom");
  assert.equal((await w.fetchTask(id)).json.status, "");
  w.pass(750);
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
});

for (const mask of [MASK, `data:image/png;base64,${MASK}`]) {
  test(`Vary (Region) goes on with a mask ${mask.slice(0, 5)}… and a prompt, under the same id`, async () => {
    const { w, id } = await open({}, "Vary (Region)");
    const { json } = await w.submit("modal", { taskId: id, prompt: "a red door", maskBase64: mask });
    assert.deepEqual([json.code, json.result], [1, id]);
    w.pass(7_500);
    const task = (await w.fetchTask(id)).json;
    assert.deepEqual([task.status, task.promptEn, task.buttons.length], ["SUCCESS", "a red door", 9]);
    assert.equal(w.simulator.task(id).maskBase64, mask);
  });
}

for (const [what, body] of [
  ["no mask", { prompt: "a red door" }],
  ["no prompt", { maskBase64: MASK }],
  ["a mask that is no PNG", { prompt: "a red door", maskBase64: "/9j/4AAQSkZJRg==" }],
  ["a mask in another data URI", { prompt: "a red door", maskBase64: `data:image/webp;base64,${MASK}` }],
]) {
  test(`Vary (Region) with ${what} is refused with code 4, and can be tried again`, async () => {
    const { w, id } = await open({}, "Vary (Region)");
    assert.equal((await w.submit("modal", { taskId: id, ...body })).json.code, 4);
    assert.equal((await w.submit("modal", { taskId: id, prompt: "a red door", maskBase64: MASK })).json.code, 1);
  });
}

for (const prompt of ["a lighthouse --zoom 2", "a lighthouse --zoom 1.8 --v 7", "a lighthouse --zoom 1"]) {
  test(`Custom Zoom goes on with "${prompt}"`, async () => {
    const { w, id } = await open({}, "Custom Zoom");
    assert.equal((await w.submit("modal", { taskId: id, prompt })).json.code, 1);
    w.pass(7_500);
    assert.equal((await w.fetchTask(id)).json.status, "SUCCESS");
  });
}

for (const prompt of ["", "a lighthouse", "a lighthouse --zoom", "a lighthouse --zoom 3", "a lighthouse --zoom 0.5", "a --zoom 2x"]) {
  test(`Custom Zoom refuses "${prompt}" with code 4`, async () => {
    const { w, id } = await open({}, "Custom Zoom");
    assert.equal((await w.submit("modal", { taskId: id, prompt })).json.code, 4);
  });
}

test("a modal's banned word is code 24", async () => {
  const { w, id } = await open({}, "Custom Zoom");
  assert.equal((await w.submit("modal", { taskId: id, prompt: "bannedword --zoom 2" })).json.code, 24);
});

test("after its modal the task reads MODAL for modalLagMs more", async () => {
  const { w, id } = await open({ modalLagMs: 2_000 }, "Custom Zoom");
  w.pass(60_000);
  await w.submit("modal", { taskId: id, prompt: "x --zoom 2" });
  w.pass(1_999);
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
  w.pass(1);
  assert.equal((await w.fetchTask(id)).json.status, "IN_PROGRESS");
});

test("the modal's task is worked on from the modal on, not from the action", async () => {
  const { w, id } = await open({}, "Custom Zoom");
  w.pass(60_000);
  await w.submit("modal", { taskId: id, prompt: "x --zoom 2" });
  assert.equal((await w.fetchTask(id)).json.status, "NOT_START");
});

test("modalId new goes on under a new id", async () => {
  const { w, id } = await open({ modalId: "new" }, "Custom Zoom");
  const { json } = await w.submit("modal", { taskId: id, prompt: "x --zoom 2" });
  assert.notEqual(json.result, id);
  w.pass(7_500);
  assert.equal((await w.fetchTask(json.result)).json.status, "SUCCESS");
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
});

test("the same modal cannot be submitted twice", async () => {
  const { w, id } = await open({}, "Custom Zoom");
  await w.submit("modal", { taskId: id, prompt: "x --zoom 2" });
  assert.equal((await w.submit("modal", { taskId: id, prompt: "x --zoom 2" })).json.code, 4);
});

test("the id of the parent task is refused", async () => {
  const { w, parent } = await open({}, "Custom Zoom");
  assert.equal((await w.submit("modal", { taskId: parent, prompt: "x --zoom 2" })).json.code, 4);
});

test("a modal for an unknown task is 400 task_not_found", async () => {
  const { status, json } = await world().submit("modal", { taskId: "1773314942177684" });
  assert.deepEqual([status, json.description], [400, "task_not_found "]);
});

for (const [profile, code] of [["gateway", 1], ["upstream", 21], ["docs", 21]]) {
  test(`remix opens a modal under code ${code} in ${profile}`, async () => {
    for (const [name, action] of [["V1", "IMAGINE"], ["🔄", "IMAGINE"], ["➡️", "UPSCALE"]]) {
      const { w, answer, id } = await open({ profile, resultType: "string" }, name, { enableRemix: true }, action);
      assert.deepEqual([answer.code, answer.result, answer.properties.remix], [code, id, true]);
      assert.equal((await w.fetchTask(id)).json.status, "MODAL");
      assert.equal((await w.submit("modal", { taskId: id, prompt: "another" })).json.code, 1);
    }
  });
}

test("remix on an upscale changes nothing", async () => {
  const { w, answer, id } = await open({}, "U1", { enableRemix: true }, "IMAGINE");
  assert.equal(answer.code, 1);
  assert.equal((await w.fetchTask(id)).json.status, "NOT_START");
});

test("a task seeded in MODAL takes its modal", async () => {
  const w = world({ tickMs: 750 });
  const { id, status } = w.simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  assert.equal(status, "MODAL");
  assert.equal((await w.submit("modal", { taskId: id, prompt: "x --zoom 2" })).json.code, 1);
});
