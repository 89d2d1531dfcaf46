import assert from "node:assert/strict";
import { test } from "node:test";
import { MASK, START, button, world } from "./world.mjs";

test("imagine answers 1 with an id of 16 digits that begins with the time", async () => {
  const w = world();
  const { status, json } = await w.submit("imagine", { prompt: "a lighthouse" });
  assert.equal(status, 200);
  assert.equal(json.code, 1);
  assert.match(json.result, /^\d{16}$/);
  assert.ok(json.result.startsWith(String(START)));
});

test("a thousand and more ids of one millisecond are all different", async () => {
  const w = world();
  for (let i = 0; i < 1_500; i += 1) w.simulator.addTask();
  assert.equal(new Set(w.simulator.tasks.map(({ id }) => id)).size, 1_500);
  assert.ok(w.simulator.tasks.every(({ id }) => /^\d{16}$/.test(id)));
});

test("a clock that begins at 0 gives ids of 16 digits too", () => {
  const w = world({ now: () => 0 });
  assert.match(w.simulator.addTask().id, /^[1-9]\d{15}$/);
});

for (const digits of [16, 17, 18, 19, 20]) {
  test(`ids have ${digits} digits where that is asked for`, () => {
    assert.match(world({ idDigits: digits }).simulator.addTask().id, new RegExp(`^\\d{${digits}}$`));
  });
}

test("an integer result is written unquoted, to the last of 20 digits", async () => {
  const w = world({ profile: "docs", resultType: "integer", idDigits: 20 });
  const { text } = await w.submit("imagine", { prompt: "x" });
  const [task] = w.simulator.tasks;
  assert.ok(text.includes(`"result":${task.id},`), text);
  assert.equal(task.id.length, 20);
});

test("gateway: an integer result can't be read: code 5, though a task was made", async () => {
  const w = world({ resultType: "integer" });
  const { status, json } = await w.submit("imagine", { prompt: "x" });
  assert.deepEqual([status, json.code, json.description, w.simulator.tasks.length], [400, 5, "unmarshal_response_body_failed ", 1]);
  assert.equal((await w.submit("imagine", { prompt: "bannedword" })).json.code, 24);
});

test("a task's id is written unquoted where that is asked for, and quoted with a leading zero", async () => {
  const w = world({ taskIdType: "integer" });
  w.simulator.addTask({ id: "14001929738841620123" });
  w.simulator.addTask({ id: "0741798445574458" });
  assert.ok((await w.fetchTask("14001929738841620123")).text.startsWith('{"id":14001929738841620123,'));
  assert.ok((await w.fetchTask("0741798445574458")).text.startsWith('{"id":"0741798445574458",'));
});

for (const prefix of ["fast", "turbo", "relax"]) {
  test(`a submit takes the prefix /mj-${prefix}`, async () => {
    const w = world();
    const { json } = await w.post(`/mj-${prefix}/mj/submit/imagine`, { prompt: "x" });
    assert.equal(json.code, 1);
    assert.equal(w.simulator.tasks[0].speed, prefix);
    assert.equal(w.simulator.counts["POST /mj/submit/imagine"], 1);
  });
}

test("an empty prompt is refused by the gateway", async () => {
  const { status, text } = await world().submit("imagine", { prompt: "" });
  assert.equal(status, 400);
  assert.equal(text, '{"code":4,"description":"prompt_is_required ","type":"upstream_error"}');
});

test("a prompt of blanks is refused with code 4", async () => {
  const { status, json } = await world().submit("imagine", { prompt: "  " });
  assert.deepEqual([status, json.code, json.result], [200, 4, null]);
});

test("a banned word is refused with code 24 and named", async () => {
  const { status, json } = await world().submit("imagine", { prompt: "a BannedWord here" });
  assert.deepEqual([status, json.code, json.properties.bannedWord], [200, 24, "bannedword"]);
});

for (const [what, body, why] of [
  ["a prompt of the wrong type", { prompt: 7 }, "json: cannot unmarshal number into Go struct field MidjourneyRequest.prompt of type string"],
  ["a state of the wrong type", { prompt: "x", state: {} }, "json: cannot unmarshal object into Go struct field MidjourneyRequest.state of type string"],
  ["a notifyHook of the wrong type", { prompt: "x", notifyHook: true }, "json: cannot unmarshal bool into Go struct field MidjourneyRequest.notifyHook of type string"],
  ["a base64Array of the wrong type", { prompt: "x", base64Array: "data:" }, "json: cannot unmarshal string into Go struct field MidjourneyRequest.base64Array of type []string"],
  ["a picture of the wrong type", { prompt: "x", base64Array: ["a", []] }, "json: cannot unmarshal array into Go struct field MidjourneyRequest.base64Array of type string"],
  ["an index that is not whole", { prompt: "x", index: 1.5 }, "json: cannot unmarshal number 1.5 into Go struct field MidjourneyRequest.index of type int"],
  ["a body that is cut off", '{"prompt":"x', "unexpected end of JSON input"],
  ["no body", "", "unexpected end of JSON input"],
  ["a body that is no JSON", "prompt=x", "invalid character 'p' looking for beginning of value"],
  ["a body that is no object", "[]", "json: cannot unmarshal array into Go value of type dto.MidjourneyRequest"],
]) {
  test(`imagine with ${what} is 400 in the envelope`, async () => {
    const w = world();
    const { status, json } = await w.post("/mj/submit/imagine", body);
    assert.equal(status, 400);
    assert.equal(json.error.message.replace(/ \(request id: \w+\)$/, ""), `Invalid request: Invalid Midjourney request: ${why}`);
    assert.equal(w.simulator.tasks.length, 0);
  });
}

test("an accountFilter of the wrong type is the upstream's to refuse", async () => {
  const { status, json } = await world().submit("imagine", { prompt: "x", accountFilter: [] });
  assert.deepEqual([status, json.code, json.result], [200, 4, null]);
});

test("a body of null is an empty one", async () => {
  const { status, json } = await world().post("/mj/submit/imagine", "null");
  assert.deepEqual([status, json.description], [400, "prompt_is_required "]);
});

test("a body that is not said to be JSON is not read", async () => {
  const { status, json } = await world().post("/mj/submit/imagine", { prompt: "x" }, { "content-type": "text/plain" });
  assert.deepEqual([status, json.description], [400, "prompt_is_required "]);
});

for (const [profile, why] of [["docs", /^Invalid request, the body is no JSON \(request id: \w+\)$/], ["upstream", /^the body is no JSON$/]]) {
  test(`${profile}: a body that is no JSON, or not said to be, is 400`, async () => {
    const { status, json } = await world({ profile }).post("/mj/submit/imagine", "{");
    assert.equal(status, 400);
    assert.match(json.message ?? json.error.message, why);
    assert.equal((await world({ profile }).post("/mj/submit/imagine", { prompt: "x" }, { "content-type": "text/plain" })).status, 400);
  });
}

test("fields that nobody knows pass", async () => {
  const { json } = await world().submit("imagine", { prompt: "x", later: true, accountFilter: { modes: ["FAST"] }, state: null });
  assert.equal(json.code, 1);
});

test("blend takes two to five images", async () => {
  const w = world();
  const image = "data:image/png;base64,iVBORw0KGgo=";
  assert.equal((await w.submit("blend", { base64Array: [image] })).json.code, 4);
  assert.equal((await w.submit("blend", { base64Array: Array(6).fill(image) })).json.code, 4);
  assert.equal((await w.submit("blend", { base64Array: [image, "no data URI"] })).json.code, 4);
  assert.equal((await w.submit("blend", { base64Array: [image, image] })).json.code, 1);
  assert.equal(w.simulator.tasks[0].action, "BLEND");
});

test("describe ends with four prompts and the picks, which open a modal under code 1", async () => {
  const w = world({ everyButton: true });
  const { json } = await w.submit("describe", { link: "https://x.test/a.png" });
  w.pass(8_000);
  const task = (await w.fetchTask(json.result)).json;
  assert.equal(task.action, "DESCRIBE");
  assert.match(task.promptEn, /^1️⃣ .+\n\n2️⃣ .+\n\n3️⃣ .+\n\n4️⃣ /);
  const pick = await w.press(json.result, "MJ::Job::PicReader::2");
  assert.equal(pick.json.code, 1);
  assert.equal((await w.fetchTask(pick.json.result)).json.status, "MODAL");
  await w.submit("modal", { taskId: pick.json.result });
  w.pass(8_000);
  assert.equal(w.simulator.charges, 3); // The gateway does not know that a pick, too, is only a beginning.
  const done = (await w.fetchTask(pick.json.result)).json;
  assert.deepEqual([done.status, done.action], ["SUCCESS", "IMAGINE"]);
});

test("describe's imagine-all gives four ids joined by commas", async () => {
  const w = world({ everyButton: true });
  const { id } = w.simulator.addTask({ action: "DESCRIBE" });
  const { json } = await w.press(id, "MJ::Job::PicReader::all");
  const ids = json.result.split(",");
  assert.equal(ids.length, 4);
  assert.ok(ids.every((one) => w.simulator.task(one)));
});

test("describe without a picture is refused", async () => {
  assert.equal((await world().submit("describe", {})).json.code, 4);
});

test("shorten, video and edits are taken too", async () => {
  const w = world();
  assert.equal((await w.submit("shorten", { prompt: "a very long prompt" })).json.code, 1);
  assert.equal((await w.submit("video", { prompt: "x", motion: "low", image: "https://x.test/a.png" })).json.code, 1);
  assert.equal((await w.submit("video", { prompt: "x", motion: "wild", image: "https://x.test/a.png" })).json.code, 4);
  assert.equal((await w.submit("edits", { prompt: "x", image: `data:image/png;base64,${MASK}` })).json.code, 1);
});

test("a full house queues with 22, which the gateway rewrites, and refuses with 23", async () => {
  for (const [profile, code] of [["upstream", 22], ["docs", 22], ["gateway", 1]]) {
    const w = world({ profile, concurrency: 1, queueSize: 1 });
    assert.equal((await w.submit("imagine", { prompt: "a" })).json.code, 1);
    const queued = (await w.submit("imagine", { prompt: "b" })).json;
    assert.deepEqual([queued.code, queued.properties.numberOfQueues], [code, 1]);
    const full = (await w.submit("imagine", { prompt: "c" })).json;
    assert.deepEqual([full.code, full.result], [23, null]);
    assert.equal(w.simulator.tasks.length, 2);
  }
});

test("a queued task begins when the one before it has ended", async () => {
  const w = world({ concurrency: 1 });
  await w.submit("imagine", { prompt: "a" });
  const { json } = await w.submit("imagine", { prompt: "b" });
  w.pass(7_500);
  assert.equal(w.simulator.task(json.result).status, "SUBMITTED");
  w.pass(7_500);
  assert.equal(w.simulator.task(json.result).status, "SUCCESS");
});

test("a button pressed twice is 21 with properties.status upstream", async () => {
  const w = world({ profile: "upstream", resultType: "string" });
  const { id } = w.simulator.addTask();
  const u1 = button(w.simulator, id, "U1");
  const first = (await w.press(id, u1)).json;
  w.pass(8_000);
  const second = (await w.press(id, u1)).json;
  assert.deepEqual([second.code, second.result, second.properties.status], [21, first.result, "SUCCESS"]);
  assert.match(second.properties.imageUrl, /\/mj\/image\//);
});
