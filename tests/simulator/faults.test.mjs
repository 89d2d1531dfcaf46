import assert from "node:assert/strict";
import { test } from "node:test";
import { createSimulator, faults, world } from "./world.mjs";

const FETCH = "GET /mj/task/{id}/fetch";
const LIST = "POST /mj/task/list-by-condition";
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
  ["unauthorized", faults.unauthorized(), 401, /^\{"error":\{"code":"","message":"Invalid token \(request id: \w+\)","type":"new_api_error"\}\}$/],
  ["forbidden", faults.forbidden(), 403, /"code":"","message":"This token has no access to model mj_imagine /],
  ["banned", faults.banned(), 403, /"message":"User has been banned /],
  ["ipNotAllowed", faults.ipNotAllowed(), 403, /"code":"access_denied"/],
  ["rateLimited", faults.rateLimited(), 429, /^$/],
  ["rateLimited with a body", faults.rateLimited({ body: true }), 429, /"code":"rate_limit_exceeded"/],
  ["modelNotFound", faults.modelNotFound(), 503, /"code":"model_not_found".*\(distributor\) \(request id: \w+\)"/],
  ["overloaded", faults.overloaded(), 503, /"param":"","code":"system_cpu_overloaded"/],
  ["databaseError", faults.databaseError(), 500, /"message":"Database error, /],
  ["invalidRequest", faults.invalidRequest(), 500, /"code":"invalid_request"/],
  ["panic", faults.panic(), 500, /"type":"new_api_panic"/],
  ["quotaNotEnough", faults.quotaNotEnough(), 400, /^\{"code":4,"description":"quota_not_enough ","type":"upstream_error"\}$/],
  ["channelDisabled", faults.channelDisabled(), 400, /"code":4.*禁用 "/],
  ["doRequestFailed", faults.doRequestFailed(), 400, /^\{"code":5,"description":"do_request_failed ","type":"upstream_error"\}$/],
  ["unmarshalFailed", faults.unmarshalFailed(), 400, /^\{"code":5,"description":"unmarshal_response_body_failed ",/],
  ["passedOn", faults.passedOn(502, {}), 502, /^\{\}$/],
  ["passedOn a status alone", faults.passedOn(404), 404, /^$/],
  ["taskStatusNotSuccess", faults.taskStatusNotSuccess(), 400, /"task_status_not_success "/],
  ["unknownAction", faults.unknownAction("MJ::X"), 400, /"message":"Invalid request: unknown_action:MJ::X \(request id: /],
  ["saturated", faults.saturated(), 429, /^\{"code":30,.*"type":"upstream_error"\}$/],
  ["noAccount", faults.noAccount(), 200, /^\{"code":3,.*"result":null/],
  ["parameterError", faults.parameterError("no"), 200, /^\{"code":4,"description":"no","result":null/],
  ["failure", faults.failure(), 200, /^\{"code":9,/],
  ["queueFull", faults.queueFull(), 200, /^\{"code":23,.*"result":null/],
  ["queueFull in another word", faults.queueFull(null, 9), 200, /^\{"code":9,"description":"提交失败，队列已满/],
  ["queueFull with an id", faults.queueFull("1773314942177684"), 200, /^\{"code":23,.*"result":"1773314942177684"/],
  ["bannedPrompt", faults.bannedPrompt("w", "a w"), 200, /^\{"code":24,"description":"[^"]+","properties":\{"promptEn":"a w","bannedWord":"w"\}\}$/],
  ["taskNotFound 400", faults.taskNotFound(), 400, /"task_no_found "/],
  ["taskNotFound 404", faults.taskNotFound("404"), 404, /not found/],
  ["taskNotFound 204", faults.taskNotFound("204"), 204, /^$/],
  ["taskNotFound empty", faults.taskNotFound("empty"), 200, /^$/],
  ["taskNotFound null", faults.taskNotFound("null"), 200, /^null$/],
  ["emptyList", faults.emptyList(), 200, /^\[\]$/],
  ["emptyResponseBody", faults.emptyResponseBody(), 200, /^\{"code":5,"description":"empty_response_body","properties":null,"result":""\}$/],
  ["imageBlocked", faults.imageBlocked(), 403, /^\{"error":"request blocked: port 18091 is not allowed"\}$/],
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
    assert.deepEqual([w.simulator.tasks.length, w.simulator.charges], [0, 0]);
  });
}

test("every named fault is tried here", () => {
  const elsewhere = ["drop", "delay", "hang", "truncate", "stall", "withHeaders", "insertFailed", "copyFailed", "closeFailed"];
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

for (const [name, fault, status, text] of [
  ["insertFailed", faults.insertFailed(), 400, '{"code":4,"description":"insert_midjourney_task_failed ","type":"upstream_error"}'],
  ["copyFailed", faults.copyFailed(), 400, '{"code":4,"description":"copy_response_body_failed ","type":"upstream_error"}'],
  ["closeFailed", faults.closeFailed(), 400, '{"code":4,"description":"close_response_body_failed ","type":"upstream_error"}'],
  ["doRequestFailed", faults.doRequestFailed(true), 400, '{"code":5,"description":"do_request_failed ","type":"upstream_error"}'],
  ["unmarshalFailed", faults.unmarshalFailed(true), 400, '{"code":5,"description":"unmarshal_response_body_failed ","type":"upstream_error"}'],
  ["passedOn", faults.passedOn(401, "", true), 401, ""],
  ["gatewayTimeout524", faults.gatewayTimeout524(true), 524, /^<!doctype html>/],
  ["gatewayTimeout", faults.gatewayTimeout(true), 504, /^<!doctype html>/],
]) {
  test(`${name} can be an error although a task was made, and charged`, async () => {
    const { w, answer } = await faulted(fault);
    assert.equal(answer.status, status);
    if (typeof text === "string") assert.equal(answer.text, text);
    else assert.match(answer.text, text);
    assert.deepEqual([w.simulator.tasks.length, w.simulator.charges], [1, 1]);
  });
}

test("a blip of the gateway's database: a known task is not found, and in no list", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  w.simulator.script([{ match: FETCH, fault: faults.taskNotFound() }, { match: LIST, fault: faults.emptyList() }]);
  assert.equal((await w.fetchTask(id)).status, 400);
  assert.equal((await w.post("/mj/task/list-by-condition", { ids: [id] })).text, "[]");
  assert.equal((await w.fetchTask(id)).json.status, "SUCCESS");
  assert.equal((await w.post("/mj/task/list-by-condition", { ids: [id] })).json.length, 1);
});

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
  const preflight = async () => (await w.send("OPTIONS", "/mj/submit/action", undefined, { origin: "https://page.test" })).status;
  w.simulator.fail("*", faults.badGateway());
  assert.equal(await preflight(), 204);
  w.simulator.fail("OPTIONS /mj/submit/action", faults.badGateway());
  assert.equal(await preflight(), 502);
});

test("errors have CORS headers unless they shall not", async () => {
  const w = world();
  w.simulator.fail("*", [faults.badGateway(), { ...faults.badGateway(), cors: false }]);
  const allowed = async () => (await w.get("/mj/task/1/fetch", { origin: "https://page.test" })).headers.get("access-control-allow-origin");
  assert.deepEqual([await allowed(), await allowed()], ["*", null]);
});

for (const [match, near] of [
  ["GET /mj/task/{id}/fech", "GET /mj/task/{id}/fetch"],
  ["/mj/submit/imagin", "/mj/submit/imagine"],
  ["GET /mj/submit/action", "POST /mj/submit/action"],
  ["post /mj/submit/action", "POST /mj/submit/action"],
  ["POST/mj/submit/modal", "/mj/submit/modal"],
  ["OPTIONS /mj/submit/modl", "OPTIONS /mj/submit/modal"],
  ["", "/mj/image/{id}"],
]) {
  test(`a fault for ${match || "nothing"} is a TypeError that names the near one`, () => {
    const { simulator } = world();
    const message = `the API has no route ${JSON.stringify(match)}: did you mean ${JSON.stringify(near)}?`;
    assert.throws(() => simulator.fail(match, faults.html()), { name: "TypeError", message });
    assert.throws(() => simulator.script([{ match, fault: faults.html() }]), { name: "TypeError", message });
  });
}

for (const match of ["POST *", "OPTIONS *", "/mj/image/1", "OPTIONS /mj/task/1/fetch", "POST /mj-fast/mj/submit/imagine", "POST /api/mj/submit/imagine"]) {
  test(`a fault for ${match} is taken`, () => {
    assert.equal(typeof world({ basePath: "/api" }).simulator.fail(match, faults.html()), "function");
  });
}

for (const [what, fault, message] of [
  ["an unknown field", { delay: 5 }, 'a fault has no "delay": did you mean "delayMs"?'],
  ["an unknown field in a list", [null, { Status: 500 }], 'a fault has no "Status": did you mean "status"?'],
  ["nothing", null, "a fault is an object, not null"],
  ["a function", faults.html, "a fault is an object, not (status"],
]) {
  test(`a fault that is ${what} is a TypeError`, () => {
    const takes = (error) => error instanceof TypeError && error.message.startsWith(message);
    assert.throws(() => world().simulator.fail("*", fault), takes);
  });
}

test("a rule with an unknown field, of no kind, or for no times is a TypeError, and none of its script is played", async () => {
  const w = world();
  const good = { match: "*", fault: faults.badGateway() };
  for (const bad of [{ ...good, count: 2 }, { fault: faults.html() }, { ...good, times: "2" }, { ...good, times: -1 }]) {
    assert.throws(() => w.simulator.script([good, bad]), TypeError);
  }
  assert.equal((await w.fetchTask("1")).status, 400);
});
