import assert from "node:assert/strict";
import { test } from "node:test";
import { START, button, createSimulator, world } from "./world.mjs";

const PROFILES = ["gateway", "upstream", "docs"];

for (const [profile, type, result] of [
  ["gateway", /^text\/plain/, /"result":"\d{16}",/],
  ["upstream", /^application\/json/, /"result":\d{16},/],
  ["docs", /^application\/json/, /"result":"\d{16}",/],
]) {
  test(`${profile}: a submit's answer has its type and its kind of result`, async () => {
    const { headers, text } = await world({ profile }).submit("imagine", { prompt: "x" });
    assert.match(headers.get("content-type"), type);
    assert.match(text, result);
  });
}

test("gateway is the default, and has ticks", async () => {
  const simulator = createSimulator({ now: () => START });
  const { id } = simulator.addTask({ status: null });
  assert.equal(simulator.task(id).status, "");
});

for (const profile of ["upstream", "docs"]) {
  test(`${profile} has no ticks`, () => {
    const simulator = createSimulator({ profile, now: () => START });
    const { id } = simulator.addTask({ status: null });
    assert.equal(simulator.task(id).status, "NOT_START");
  });
}

for (const [profile, status, text] of [
  ["gateway", 400, '{"code":4,"description":"task_no_found ","type":"upstream_error"}'],
  ["upstream", 200, ""],
  ["docs", 400, '{"code":4,"description":"task_no_found ","type":"upstream_error"}'],
]) {
  test(`${profile}: an unknown task is ${status} ${text || "with nothing"}`, async () => {
    const answer = await world({ profile }).fetchTask("1");
    assert.deepEqual([answer.status, answer.text], [status, text]);
  });
}

for (const [shape, status, text] of [["400", 400, /task_no_found /], ["404", 404, /not found/], ["204", 204, /^$/], ["empty", 200, /^$/], ["null", 200, /^null$/]]) {
  test(`an unknown task can be answered as ${shape}`, async () => {
    const answer = await world({ unknownTask: shape }).fetchTask("1");
    assert.equal(answer.status, status);
    assert.match(answer.text, text);
  });
}

for (const [profile, status] of [["gateway", 200], ["upstream", 404], ["docs", 301]]) {
  test(`${profile}: a wrong path is ${status} with HTML`, async () => {
    const answer = await world({ profile }).get("/mj/nothing");
    assert.equal(answer.status, status);
    assert.match(answer.text, /^<!doctype html>/);
    assert.equal(answer.headers.get("location"), status === 301 ? "https://api.test/" : null);
  });
}

test("gateway: a finished task has the documented fields in their order", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const { json } = await w.fetchTask(id);
  assert.equal(Object.keys(json).join(), "id,action,customId,botType,prompt,promptEn,description,state,submitTime,startTime,finishTime,imageUrl,videoUrl,videoUrls,status,progress,failReason,buttons,maskBase64,properties");
  assert.deepEqual([json.customId, json.botType, json.failReason, json.maskBase64, json.videoUrl, json.videoUrls], ["", "", "", "", "", null]);
});

test("gateway: fetch and list have a type without a charset, errors have one", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ status: null });
  assert.equal((await w.fetchTask(id)).headers.get("content-type"), "application/json");
  assert.equal((await w.post("/mj/task/list-by-condition", { ids: [] })).headers.get("content-type"), "application/json");
  assert.equal((await w.fetchTask("1")).headers.get("content-type"), "application/json; charset=utf-8");
});

for (const path of ["/mj/image/1", "/mj/task/1/fetch", "/mj/nothing"]) {
  test(`gateway: HEAD ${path} is 200 with a page's type and nothing in it`, async () => {
    const response = await world().send("HEAD", path);
    assert.deepEqual([response.status, response.headers.get("content-type"), await response.text()], [200, "text/html; charset=utf-8", ""]);
  });
}

test("docs: videoUrl is there and empty from the start, and a list leaves four fields out", async () => {
  const w = world({ profile: "docs" });
  const { id } = w.simulator.addTask({ status: null });
  assert.equal((await w.fetchTask(id)).json.videoUrl, "");
  const [brief] = (await w.post("/mj/task/list-by-condition", { ids: [id] })).json;
  for (const name of ["customId", "botType", "videoUrl", "maskBase64"]) assert.ok(!(name in brief), name);
});

test("docs: a finished imagine has nine buttons", async () => {
  const w = world({ profile: "docs" });
  assert.equal((await w.fetchTask(w.simulator.addTask().id)).json.buttons.length, 9);
});

test("upstream: what is not known is null", async () => {
  const w = world({ profile: "upstream" });
  const { id } = w.simulator.addTask({ status: null });
  const { json } = await w.fetchTask(id);
  const names = ["failReason", "state", "startTime", "finishTime", "imageUrl", "videoUrl", "maskBase64"];
  assert.deepEqual(names.filter((name) => json[name] !== null), []);
});

test("upstream: buttons have null fields and a link among them", async () => {
  const w = world({ profile: "upstream" });
  const { buttons } = (await w.fetchTask(w.simulator.addTask().id)).json;
  assert.deepEqual([buttons[0].label, buttons[0].emoji, buttons[4].label], ["U1", null, null]);
  assert.deepEqual(buttons.at(-1), { customId: null, emoji: null, label: "Web", type: 2, style: 5 });
});

test("upstream: a failed task has no progress", async () => {
  const w = world({ profile: "upstream" });
  const { id } = w.simulator.addTask();
  w.simulator.failTask(id);
  assert.equal((await w.fetchTask(id)).json.progress, "");
});

for (const profile of PROFILES) {
  test(`${profile}: Vary (Region) and Custom Zoom are 21`, async () => {
    const w = world({ profile });
    const { id } = w.simulator.addTask({ action: "UPSCALE" });
    for (const name of ["Vary (Region)", "Custom Zoom"]) {
      assert.equal((await w.press(id, button(w.simulator, id, name))).json.code, 21);
    }
  });
}

test("upstream: refusals are Submissions with a code", async () => {
  const w = world({ profile: "upstream" });
  const { id } = w.simulator.addTask({ status: "IN_PROGRESS" });
  for (const [answer, code] of [
    [await w.press("1", "MJ::JOB::upsample::1::x"), 3],
    [await w.press(id, "MJ::JOB::upsample::1::x"), 4],
    [await w.press(id, "no colons"), 4],
    [await w.press(id, ""), 4],
    [await w.submit("imagine", { prompt: "" }), 4],
  ]) {
    assert.deepEqual([answer.status, answer.json.code, answer.json.result], [200, code, null]);
  }
});

test("the same twenty digits go all the way in upstream: submit, fetch, list, action", async () => {
  const w = world({ profile: "upstream", idDigits: 20, taskIdType: "integer", queueMs: 0, workMs: 0 });
  const { text } = await w.submit("imagine", { prompt: "x" });
  const id = /"result":(\d{20}),/.exec(text)[1];
  assert.match((await w.fetchTask(id)).text, new RegExp(`^\\{"id":${id},`));
  assert.match((await w.post("/mj/task/list-by-condition", { ids: [id] })).text, new RegExp(`^\\[\\{"id":${id},`));
  assert.equal((await w.press(id, button(w.simulator, id, "U1"))).json.code, 1);
});
