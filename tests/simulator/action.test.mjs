import assert from "node:assert/strict";
import { test } from "node:test";
import { button, world } from "./world.mjs";

const LABELS_OF_V7 = [
  "Upscale (Subtle)", "Upscale (Creative)", "Vary (Subtle)", "Vary (Strong)", "Vary (Region)",
  "Zoom Out 2x", "Zoom Out 1.5x", "Custom Zoom", "⬅️", "➡️", "⬆️", "⬇️",
  "Animate (High motion)", "Animate (Low motion)", "❤️",
];
const GRID = ["U1", "U2", "U3", "U4", "🔄", "V1", "V2", "V3", "V4"];
const names = (task) => task.buttons.map(({ label, emoji }) => label || emoji);

async function done(w, id) {
  w.pass(7_500);
  const { json } = await w.fetchTask(id);
  assert.equal(json.status, "SUCCESS");
  return json;
}

test("an imagine offers U1 to U4, reroll and V1 to V4", async () => {
  const w = world();
  const { json } = await w.submit("imagine", { prompt: "x" });
  assert.deepEqual(names(await done(w, json.result)), GRID);
});

test("an upscale offers the buttons of version 7, of a new job", async () => {
  const w = world();
  const { id, hash } = w.simulator.addTask();
  const { json } = await w.press(id, button(w.simulator, id, "U2"), { state: "mine" });
  assert.equal(json.code, 1);
  const task = await done(w, json.result);
  assert.deepEqual(names(task), LABELS_OF_V7);
  assert.deepEqual([task.action, task.state], ["UPSCALE", "mine"]);
  assert.ok(task.buttons.every(({ customId }) => !customId.includes(hash)));
  assert.equal(task.buttons[0].customId, `MJ::JOB::upsample_v7_2x_subtle::1::${w.simulator.task(json.result).hash}::SOLO`);
  assert.equal(task.buttons[0].emoji, "upscale_1");
});

for (const [version, first, last] of [
  ["5.2", "upsample_v5_2x", "❤️"],
  ["6", "upsample_v6_2x_subtle", "❤️"],
  ["6.1", "upsample_v6r1_2x_subtle", "❤️"],
  ["7", "upsample_v7_2x_subtle", "❤️"],
]) {
  test(`an upscale of version ${version} offers ${first}`, () => {
    const { buttons } = world().simulator.addTask({ action: "UPSCALE", prompt: `x --v ${version}` });
    assert.equal(buttons[0].customId.split("::")[2], first);
    assert.equal(buttons.at(-1).emoji, last);
  });
}

test("an oblong picture of an older version can be made square", () => {
  const { buttons } = world().simulator.addTask({ action: "UPSCALE", prompt: "x --ar 16:9 --v 6" });
  assert.ok(buttons.some(({ label, customId }) => label === "Make Square" && customId.startsWith("MJ::Outpaint::100::1::")));
});

for (const [name, action] of [
  ["🔄", "REROLL"], ["V3", "VARIATION"],
]) {
  test(`${name} on a grid gives a grid of action ${action}`, async () => {
    const w = world();
    const { id } = w.simulator.addTask();
    const { json } = await w.press(id, button(w.simulator, id, name));
    const task = await done(w, json.result);
    assert.equal(task.action, action);
    assert.deepEqual(names(task), GRID);
  });
}

for (const [name, action] of [
  ["Vary (Subtle)", "LOW_VARIATION"], ["Vary (Strong)", "HIGH_VARIATION"],
  ["Zoom Out 2x", "ZOOM"], ["Zoom Out 1.5x", "ZOOM"], ["⬅️", "PAN"], ["⬇️", "PAN"],
]) {
  test(`${name} on a single picture gives a grid of action ${action}`, async () => {
    const w = world();
    const { id } = w.simulator.addTask({ action: "UPSCALE" });
    const { json } = await w.press(id, button(w.simulator, id, name));
    const task = await done(w, json.result);
    assert.equal(task.action, action);
    assert.deepEqual(names(task), GRID);
  });
}

test("Upscale (Creative) gives a single picture that can be upscaled again", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ action: "UPSCALE" });
  const { json } = await w.press(id, button(w.simulator, id, "Upscale (Creative)"));
  assert.ok(names(await done(w, json.result)).includes("Redo Upscale (Subtle)"));
});

test("Animate gives a video with its own buttons, and its U1 can be extended", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ action: "UPSCALE" });
  const { json } = await w.press(id, button(w.simulator, id, "Animate (High motion)"));
  const video = await done(w, json.result);
  assert.equal(video.action, "VIDEO");
  assert.ok(video.videoUrl.startsWith("https://api.test/mj/image/"));
  assert.deepEqual(video.videoUrls, [{ url: video.videoUrl }]);
  assert.ok(video.buttons[0].customId.startsWith("MJ::JOB::video_virtual_upscale::1::"));
  const clip = await w.press(json.result, video.buttons[0].customId);
  assert.ok(names(await done(w, clip.json.result)).includes("Extend (High motion)"));
});

test("a favourite is no job: the answer is the task itself", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ action: "UPSCALE" });
  const { json } = await w.press(id, button(w.simulator, id, "❤️"));
  assert.deepEqual([json.code, json.result, w.simulator.tasks.length], [1, id, 1]);
});

test("a button that was pressed is blue", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  await w.press(id, button(w.simulator, id, "U1"));
  const { json } = await w.fetchTask(id);
  assert.deepEqual(json.buttons.slice(0, 2).map(({ style }) => style), [1, 2]);
});

test("an unknown task is 400 task_not_found", async () => {
  const { status, text } = await world().press("1773314942177684", "MJ::JOB::upsample::1::abc");
  assert.deepEqual([status, text], [400, '{"description":"task_not_found ","type":"upstream_error","code":4}']);
});

test("a task that has not succeeded is 400 task_status_not_success", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ status: null });
  const { status, json } = await w.press(id, "MJ::JOB::upsample::1::abc");
  assert.deepEqual([status, json.description, json.code], [400, "task_status_not_success ", 4]);
});

test("until the gateway's next look an action on a finished task is refused once", async () => {
  const w = world({ tickMs: 1_000 });
  const { json } = await w.submit("imagine", { prompt: "x" });
  w.pass(7_600); // It ended at 7 500; the look before was at 7 000.
  const { hash } = w.simulator.task(json.result);
  const u1 = `MJ::JOB::upsample::1::${hash}`;
  assert.equal((await w.press(json.result, u1)).json.description, "task_status_not_success ");
  w.pass(400);
  assert.equal((await w.press(json.result, u1)).json.code, 1);
});

test("a customId without :: crashes the gateway", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const { status, json } = await w.press(id, "upsample1");
  assert.deepEqual([status, json.error.type], [500, "new_api_panic"]);
});

test("an unknown kind is 400 unknown_action with the customId", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const { status, json } = await w.press(id, "MJ::Nonsense::1");
  assert.deepEqual([status, json.description, json.code], [400, "unknown_action:MJ::Nonsense::1", 4]);
});

test("an upscale whose index is no number is 400 index_parse_failed", async () => {
  const { status, json } = await world().press("1", "MJ::JOB::upsample::one::abc");
  assert.deepEqual([status, json.description], [400, "index_parse_failed "]);
});

test("an empty customId is 400 with the envelope", async () => {
  const { status, json } = await world().press("1", "");
  assert.equal(status, 400);
  assert.match(json.error.message, /custom_id_is_required/);
});

test("an empty taskId is 400", async () => {
  const { status, json } = await world().press("", "MJ::JOB::upsample::1::abc");
  assert.deepEqual([status, json.description], [400, "task_id_is_required "]);
});

test("a taskId that is a number is 400", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const { status, json } = await w.press(Number(id), button(w.simulator, id, "U1"));
  assert.deepEqual([status, json.description], [400, "bind_request_body_failed "]);
});

for (const flag of ["enableRemix", "chooseSameChannel"]) {
  test(`${flag} must be a boolean`, async () => {
    const w = world();
    const { id } = w.simulator.addTask();
    assert.equal((await w.press(id, button(w.simulator, id, "U1"), { [flag]: "true" })).status, 400);
  });
}

test("a button of another task is refused with code 4", async () => {
  const w = world();
  const one = w.simulator.addTask();
  const two = w.simulator.addTask();
  const { status, json } = await w.press(one.id, button(w.simulator, two.id, "U1"));
  assert.deepEqual([status, json.code, json.result], [200, 4, null]);
});

for (const customId of ["MJ::JOB::variation::3::example", "MJ::JOB::upsample::1::<custom_id_hash>", "MJ::Inpaint::1::<custom_id_hash>::SOLO"]) {
  test(`the documentation's placeholder ${customId} is refused`, async () => {
    const w = world();
    const { id } = w.simulator.addTask();
    assert.equal((await w.press(id, customId)).json.code, 4);
    assert.equal(w.simulator.tasks.length, 1);
  });
}

test("the documentation's placeholder <task_id> is an unknown task", async () => {
  assert.equal((await world().press("<task_id>", "MJ::JOB::upsample::1::abc")).json.description, "task_not_found ");
});
