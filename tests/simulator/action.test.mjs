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
  const w = world({ everyButton: true });
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

test("a favourite is no job: the answer is the task itself, and it costs nothing", async () => {
  const w = world({ everyButton: true });
  const { id } = w.simulator.addTask({ action: "UPSCALE" });
  const { json } = await w.press(id, button(w.simulator, id, "❤️"));
  assert.deepEqual([json.code, json.result, w.simulator.tasks.length, w.simulator.charges], [1, id, 1, 0]);
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
  assert.deepEqual([status, text], [400, '{"code":4,"description":"task_not_found ","type":"upstream_error"}']);
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
  w.pass(1_400); // The next step, at 8 000, is left out.
  assert.equal((await w.press(json.result, u1)).json.code, 1);
});

for (const [customId, why] of [
  ["", "custom_id_is_required"],
  ["MJ::", "unknown_action"],
  ["MJ::Nonsense::1", "unknown_action:MJ::Nonsense::1"],
  ["MJ::Picread::Retry", "unknown_action:MJ::Picread::Retry"],
  ["MJ::Job::PicReader::all", "unknown_action:MJ::Job::PicReader::all"],
  ["MJ::Job::PromptAnalyzer::1", "unknown_action:MJ::Job::PromptAnalyzer::1"],
  ["MJ::JOB::animate_low_extend::1::h::SOLO", "unknown_action:MJ::JOB::animate_low_extend::1::h::SOLO"],
  ["MJ::JOB::video_virtual_upscale::1::h", "unknown_action:MJ::JOB::video_virtual_upscale::1::h"],
  ["MJ::JOB::video::1::h::manual", "unknown_action:MJ::JOB::video::1::h::manual"],
  ["MJ::JOB::variation::one::h", "index_parse_failed"],
  ["MJ::JOB::upsample_v7_2x_subtle::SOLO::h", "index_parse_failed"],
]) {
  test(`gateway: ${customId || "no customId"} is 400 in the envelope: ${why}`, async () => {
    const w = world();
    const { id } = w.simulator.addTask();
    const { status, json } = await w.press(id, customId);
    assert.equal(status, 400);
    assert.equal(json.error.message.replace(/ \(request id: \w+\)$/, ""), `Invalid request: ${why}`);
    assert.deepEqual([json.error.code, json.error.type], ["", "new_api_error"]);
  });
}

test("gateway: a variation that it makes no model's name of is 503", async () => {
  const { status, json } = await world().press("1", "MJ::JOB::strong_variation::1::h");
  assert.deepEqual([status, json.error.code], [503, "model_not_found"]);
});

test("gateway: what it classifies by a part of the word is taken", async () => {
  const w = world();
  const customId = "MJ::JOB::expand::1::h::SOLO";
  const { id } = w.simulator.addTask({ buttons: [{ customId, emoji: "", label: "Expand", type: 2, style: 2 }] });
  const { json } = await w.press(id, customId);
  assert.deepEqual([json.code, (await done(w, json.result)).action], [1, "PAN"]);
});

test("everyButton lifts unknown_action alone", async () => {
  const w = world({ everyButton: true });
  const { id } = w.simulator.addTask();
  assert.match((await w.press(id, "MJ::Nonsense::1")).json.error.message, /unknown_action/);
  assert.match((await w.press(id, "MJ::JOB::upsample::x::h")).json.error.message, /index_parse_failed/);
  await assert.rejects(w.press(id, "MJ::JOB"), /^TypeError: simulated drop/);
});

test("docs and upstream know every button", async () => {
  for (const profile of ["docs", "upstream"]) {
    const w = world({ profile });
    const { id } = w.simulator.addTask({ action: "UPSCALE" });
    for (const name of ["Animate (High motion)", "❤️"]) assert.equal((await w.press(id, button(w.simulator, id, name))).json.code, 1);
  }
});

test("an empty taskId is 400", async () => {
  const { status, json } = await world().press("", "MJ::JOB::upsample::1::abc");
  assert.deepEqual([status, json.description], [400, "task_id_is_required "]);
});

test("a taskId that is a number is 400", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const { status, json } = await w.press(Number(id), button(w.simulator, id, "U1"));
  assert.equal(status, 400);
  assert.match(json.error.message, /^Invalid request: Invalid Midjourney request: json: cannot unmarshal number into Go struct field MidjourneyRequest.taskId of type string /);
});

for (const flag of ["enableRemix", "chooseSameChannel"]) {
  test(`${flag} must be a boolean, which the gateway leaves to its upstream`, async () => {
    for (const [profile, status] of [["gateway", 200], ["docs", 400], ["upstream", 200]]) {
      const w = world({ profile });
      const { id } = w.simulator.addTask();
      const answer = await w.press(id, button(w.simulator, id, "U1"), { [flag]: "true" });
      assert.deepEqual([answer.status, answer.json.code, w.simulator.tasks.length], [status, 4, 1]);
    }
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
