import assert from "node:assert/strict";
import { test } from "node:test";
import { createSimulator, faults, world } from "./world.mjs";

const FETCH = "GET /mj/task/{id}/fetch";
const IMAGINE = "POST /mj/submit/imagine";

/** A signal that is aborted in a moment. Not AbortSignal.timeout: that keeps no event loop alive. */
function soon() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("soon")), 5);
  return controller.signal;
}

/** One faulted imagine: its answer and the world after it. */
async function faulted(fault) {
  const w = world();
  w.simulator.fail(IMAGINE, fault);
  return { w, answer: await w.submit("imagine", { prompt: "x" }) };
}

const BODIES = [
  ["unauthorized", faults.unauthorized(), 401, /^\{"error":\{"message":"Invalid token \(request id: \w+\)","type":"comet_api_error","param":"","code":""\}\}$/],
  ["forbidden", faults.forbidden(), 403, /"code":"permission_denied"/],
  ["rateLimited", faults.rateLimited(), 429, /^$/],
  ["rateLimited with a body", faults.rateLimited({ body: true }), 429, /"code":"rate_limit_exceeded"/],
  ["modelNotFound", faults.modelNotFound(), 503, /\(distributor\) \(request id: \w+\)".*"code":"model_not_found"/],
  ["invalidRequest", faults.invalidRequest(), 500, /"code":"invalid_request"/],
  ["panic", faults.panic(), 500, /"type":"new_api_panic"/],
  ["quotaNotEnough", faults.quotaNotEnough(), 400, /^\{"description":"quota_not_enough ","type":"upstream_error","code":4\}$/],
  ["channelDisabled", faults.channelDisabled(), 400, /禁用.*"code":4/],
  ["doRequestFailed", faults.doRequestFailed(), 400, /^\{"description":"do_request_failed ","type":"upstream_error","code":5\}$/],
  ["taskStatusNotSuccess", faults.taskStatusNotSuccess(), 400, /"task_status_not_success "/],
  ["unknownAction", faults.unknownAction("MJ::X"), 400, /"unknown_action:MJ::X"/],
  ["saturated", faults.saturated(), 429, /"type":"upstream_error","code":30\}$/],
  ["noAccount", faults.noAccount(), 200, /^\{"code":3,.*"result":null/],
  ["parameterError", faults.parameterError("no"), 200, /^\{"code":4,"description":"no","result":null/],
  ["failure", faults.failure(), 200, /^\{"code":9,/],
  ["queueFull", faults.queueFull(), 200, /^\{"code":23,.*"result":null/],
  ["queueFull with an id", faults.queueFull("1773314942177684"), 200, /^\{"code":23,.*"result":"1773314942177684"/],
  ["bannedPrompt", faults.bannedPrompt("w", "a w"), 200, /^\{"code":24,.*"properties":\{"promptEn":"a w","bannedWord":"w"\}\}$/],
  ["taskNotFound 400", faults.taskNotFound(), 400, /"task_no_found "/],
  ["taskNotFound 404", faults.taskNotFound("404"), 404, /not found/],
  ["taskNotFound 204", faults.taskNotFound("204"), 204, /^$/],
  ["taskNotFound empty", faults.taskNotFound("empty"), 200, /^$/],
  ["taskNotFound null", faults.taskNotFound("null"), 200, /^null$/],
  ["imageNotFound", faults.imageNotFound(), 400, /^\{"error":"midjourney_task_not_found"\}$/],
  ["html", faults.html(), 200, /^<!doctype html>/],
  ["html 404", faults.html(404), 404, /^<!doctype html>/],
  ["redirect", faults.redirect("https://elsewhere.test/"), 301, /^$/],
  ["serverError", faults.serverError(), 500, /^<!doctype html>/],
  ["badGateway", faults.badGateway(), 502, /^<!doctype html>/],
  ["gatewayTimeout", faults.gatewayTimeout(), 504, /^<!doctype html>/],
  ["gatewayTimeout524", faults.gatewayTimeout524(), 524, /^<!doctype html>/],
  ["empty", faults.empty(), 200, /^$/],
  ["null", faults.null(), 200, /^null$/],
  ["badJson", faults.badJson(), 200, /^\{"code":1,"descr$/],
  ["a body that is an object", { status: 418, body: { a: 1 } }, 418, /^\{"a":1\}$/],
];

for (const [name, fault, status, text] of BODIES) {
  test(`${name} answers ${status}, and no task is made`, async () => {
    const { w, answer } = await faulted(fault);
    assert.equal(answer.status, status);
    assert.match(answer.text, text);
    assert.equal(w.simulator.tasks.length, 0);
  });
}

test("every named fault is tried here", () => {
  const elsewhere = ["drop", "delay", "hang", "truncate", "stall", "withHeaders"];
  const tried = new Set([...BODIES.map(([name]) => name.split(" ")[0]), ...elsewhere]);
  assert.deepEqual(Object.keys(faults).filter((name) => !tried.has(name)), []);
});

test("rateLimited takes what Retry-After shall say", async () => {
  const { answer } = await faulted(faults.rateLimited({ retryAfter: "nonsense", retryAfterMs: 70 }));
  assert.equal(answer.headers.get("retry-after"), "nonsense");
  assert.equal(answer.headers.get("retry-after-ms"), "70");
});

test("redirect has a location, and redirect: error rejects it as fetch does", async () => {
  const w = world();
  w.simulator.fail("*", faults.redirect("https://elsewhere.test/"), 2);
  assert.equal((await w.fetchTask("1")).headers.get("location"), "https://elsewhere.test/");
  await assert.rejects(w.get("/mj/task/1/fetch", {}, { redirect: "error" }), TypeError);
});

test("headers alone are added to the real answer", async () => {
  const { w, answer } = await faulted(faults.withHeaders({ "x-request-id": "abc" }));
  assert.equal(answer.headers.get("x-request-id"), "abc");
  assert.equal(answer.json.code, 1);
  assert.equal(w.simulator.tasks.length, 1);
});

test("a drop before: a TypeError, and no task", async () => {
  const w = world();
  w.simulator.fail(IMAGINE, faults.drop("before"));
  await assert.rejects(w.submit("imagine", { prompt: "x" }), (error) => error instanceof TypeError && /^simulated drop before/.test(error.message));
  assert.equal(w.simulator.tasks.length, 0);
});

test("a drop after: a TypeError, and a task all the same", async () => {
  const w = world();
  w.simulator.fail(IMAGINE, faults.drop("after"));
  await assert.rejects(w.submit("imagine", { prompt: "x" }), /^TypeError: simulated drop after/);
  assert.equal(w.simulator.tasks.length, 1);
});

test("a delay goes through the injected sleep", async () => {
  const { w, answer } = await faulted(faults.delay(70_000));
  assert.equal(answer.json.code, 1);
  assert.deepEqual(w.slept, [70_000]);
});

test("latencyMs and a delay add up", async () => {
  const w = world({ latencyMs: 50 });
  w.simulator.fail("*", { delayMs: 100, status: 503 });
  assert.equal((await w.fetchTask("1")).status, 503);
  await w.fetchTask("1");
  assert.deepEqual(w.slept, [150, 50]);
});

test("an abort ends a delay with the signal's reason, and nothing was carried out", async () => {
  const w = world({ sleep: undefined });
  w.simulator.fail(IMAGINE, faults.delay(60_000));
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 5);
  const headers = { authorization: "Bearer k", "content-type": "application/json" };
  const sent = w.simulator.fetch("https://api.test/mj/submit/imagine", { method: "POST", headers, body: '{"prompt":"x"}', signal: controller.signal });
  await assert.rejects(sent, (error) => error === reason);
  assert.equal(w.simulator.tasks.length, 0);
});

test("an abort ends the delay of a sleep that knows no signals", async () => {
  const simulator = createSimulator({ sleep: () => new Promise(() => {}), latencyMs: 1 });
  await assert.rejects(simulator.fetch("https://api.test/", { signal: soon() }), { message: "soon" });
});

test("accepted with a delay: the task is there before the answer", async () => {
  const w = world({ sleep: undefined });
  w.simulator.fail(IMAGINE, { delayMs: 60_000, accepted: true });
  const sent = w.post("/mj/submit/imagine", { prompt: "x" }, {}, { signal: soon() });
  await assert.rejects(sent, { message: "soon" });
  assert.equal(w.simulator.tasks.length, 1);
});

test("a signal that is aborted already: nothing came in", async () => {
  const w = world();
  await assert.rejects(w.get("/mj/task/1/fetch", {}, { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.equal(w.simulator.counts.total, 0);
});

test("the signal of a Request is honoured", async () => {
  const w = world();
  w.simulator.fail("*", faults.hang());
  const request = new Request("https://api.test/mj/task/1/fetch", { signal: soon() });
  await assert.rejects(w.simulator.fetch(request), { message: "soon" });
});

for (const accepted of [false, true]) {
  test(`a hang that ${accepted ? "was" : "was not"} accepted ends by abort alone`, async () => {
    const w = world();
    w.simulator.fail(IMAGINE, faults.hang(accepted));
    const sent = w.post("/mj/submit/imagine", { prompt: "x" }, {}, { signal: soon() });
    await assert.rejects(sent, { message: "soon" });
    assert.equal(w.simulator.tasks.length, accepted ? 1 : 0);
  });
}

for (const [name, fault] of [["doRequestFailed", faults.doRequestFailed(true)], ["gatewayTimeout524", faults.gatewayTimeout524(true)], ["gatewayTimeout", faults.gatewayTimeout(true)]]) {
  test(`${name} can be an error although a task was made`, async () => {
    const { w, answer } = await faulted(fault);
    assert.ok(answer.status >= 400);
    assert.equal(w.simulator.tasks.length, 1);
  });
}

test("a truncated body gives its bytes, then an error, and a task was made", async () => {
  const w = world();
  w.simulator.fail(IMAGINE, faults.truncate(10));
  const response = await w.send("POST", "/mj/submit/imagine", { prompt: "x" });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), '{"code":1,');
  await assert.rejects(reader.read(), /simulated truncation after 10 bytes/);
  assert.equal(w.simulator.tasks.length, 1);
});

test("a truncation longer than the body cuts a byte off all the same", async () => {
  const w = world();
  w.simulator.fail("*", faults.truncate(1e6));
  await assert.rejects(w.fetchTask("1"), TypeError);
});

test("a stalled body ends by abort alone, with the signal's reason", async () => {
  const w = world();
  w.simulator.fail("*", faults.stall(5));
  const reason = new Error("enough");
  const controller = new AbortController();
  const response = await w.send("GET", "/mj/task/1/fetch", undefined, {}, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 5);
  await assert.rejects(response.text(), (error) => error === reason);
});

test("a fault is for one request unless more are said", async () => {
  const w = world();
  w.simulator.fail(FETCH, faults.unauthorized());
  w.simulator.fail(FETCH, faults.badGateway(), 2);
  const statuses = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await w.fetchTask("1")).status);
  assert.deepEqual(statuses, [401, 502, 502, 400]);
});

test("a list is played one after the other, null lets one through, times repeats it", async () => {
  const w = world();
  w.simulator.fail(FETCH, [faults.badGateway(), null, faults.unauthorized()], 2);
  const statuses = [];
  for (let i = 0; i < 7; i += 1) statuses.push((await w.fetchTask("1")).status);
  assert.deepEqual(statuses, [502, 400, 401, 502, 400, 401, 400]);
});

test("Infinity goes on until it is taken back", async () => {
  const w = world();
  const takeBack = w.simulator.fail("*", faults.badGateway(), Infinity);
  for (let i = 0; i < 20; i += 1) assert.equal((await w.fetchTask("1")).status, 502);
  takeBack();
  assert.equal((await w.fetchTask("1")).status, 400);
});

test("an empty list and zero times change nothing", async () => {
  const w = world();
  w.simulator.fail("*", []);
  w.simulator.fail("*", faults.badGateway(), 0);
  assert.equal((await w.fetchTask("1")).status, 400);
});

test("script takes several rules at once", async () => {
  const w = world();
  w.simulator.script([{ match: IMAGINE, fault: faults.saturated() }, { match: FETCH, fault: faults.badGateway() }]);
  assert.equal((await w.fetchTask("1")).status, 502);
  assert.equal((await w.submit("imagine", { prompt: "x" })).status, 429);
});

for (const [name, match] of [
  ["METHOD /pattern", "GET /mj/task/{id}/fetch"],
  ["METHOD /path", "GET /mj/task/1/fetch"],
  ["METHOD *", "GET *"],
  ["a pattern", "/mj/task/{id}/fetch"],
  ["*", "*"],
  ["a regular expression", /^GET .*\/fetch$/],
  ["a global regular expression", /fetch/g],
  ["a predicate", ({ headers }) => headers["x-mine"] === "1"],
]) {
  test(`a fault can be for ${name}`, async () => {
    const w = world();
    w.simulator.fail(match, faults.badGateway(), 2);
    assert.equal((await w.get("/mj/task/1/fetch", { "x-mine": "1" })).status, 502);
    assert.equal((await w.get("/mj/task/1/fetch", { "x-mine": "1" })).status, 502);
    assert.equal((await w.submit("modal", { taskId: "1" })).status, 400);
  });
}

test("a preflight is met by OPTIONS alone", async () => {
  const w = world();
  w.simulator.fail("*", faults.badGateway());
  assert.equal((await w.send("OPTIONS", "/mj/submit/action")).status, 204);
  w.simulator.fail("OPTIONS /mj/submit/action", faults.badGateway());
  assert.equal((await w.send("OPTIONS", "/mj/submit/action")).status, 502);
});

test("errors have CORS headers unless they shall not", async () => {
  const w = world();
  w.simulator.fail("*", [faults.badGateway(), { ...faults.badGateway(), cors: false }]);
  assert.equal((await w.fetchTask("1")).headers.get("access-control-allow-origin"), "*");
  assert.equal((await w.fetchTask("1")).headers.get("access-control-allow-origin"), null);
});
