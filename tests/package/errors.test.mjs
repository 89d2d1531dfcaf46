/** What each kind of bad answer comes to, over real HTTP, and that no error tells the key. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { ACTION, FETCH, KEY, app, assertKeyless, rejection, stage } from "./app.mjs";

const errors = await app.load();

/** The rejection, of exactly this class and without the key. */
async function rejectsWith(name, promise) {
  const error = await rejection(promise);
  assert.equal(error.name, name, inspect(error));
  assert.ok(error instanceof errors[name]);
  assert.ok(error instanceof Error);
  assertKeyless(error);
  return error;
}

test("401 is an AuthenticationError", async (t) => {
  const { client, simulator, press } = await stage(t, { simulator: { apiKey: "another" } });
  const error = await rejectsWith("AuthenticationError", client.submitAction(press));
  assert.equal(error.status, 401);
  assert.equal(error.taskId, press.taskId);
  await rejectsWith("AuthenticationError", client.fetchTask(press.taskId));
  assert.equal(simulator.counts.total, 2, "neither is sent again");
});

test("403 is a PermissionDeniedError", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail("*", faults.forbidden(), Infinity);
  await rejectsWith("PermissionDeniedError", client.submitAction(press));
  await rejectsWith("PermissionDeniedError", client.fetchTask(press.taskId));
});

test("400 with code 4 is a SubmitRejectedError", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(ACTION, faults.taskStatusNotSuccess());
  const error = await rejectsWith("SubmitRejectedError", client.submitAction(press));
  assert.equal(error.submitCode, 4);
  assert.match(error.description, /task_status_not_success/);
  assert.match(error.requestId, /./);
  assert.equal(simulator.counts[ACTION], 1);
});

test("429 is a RateLimitError with retryAfterMs, after the retries that waited as asked", async (t) => {
  const { client, simulator, faults, press, slept } = await stage(t);
  simulator.fail(ACTION, faults.rateLimited({ retryAfter: 2 }), Infinity);
  const error = await rejectsWith("RateLimitError", client.submitAction(press));
  assert.equal(error.retryAfterMs, 2_000);
  assert.equal(error.retryable, true);
  assert.equal(simulator.counts[ACTION], 3);
  assert.equal(slept.length, 2);
  assert.ok(slept.every((ms) => ms >= 2_000), `waited ${slept}`);
});

test("a 429 that passes is no error, and the task is made once", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(ACTION, faults.rateLimited());
  assert.equal((await client.submitAction(press)).kind, "submitted");
  assert.equal(simulator.tasks.length, 2);
});

test("a web page for an answer: SubmitUncertainError for a submit, which is sent once", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(ACTION, faults.html(), Infinity);
  const error = await rejectsWith("SubmitUncertainError", client.submitAction(press));
  assert.equal(error.maybeAccepted, true);
  assert.equal(error.cause.name, "UnexpectedResponseError");
  assert.equal(simulator.counts[ACTION], 1);
});

for (const [what, body] of [["text", "busy"], ["JSON text", '"busy"'], ["a number", "5"], ["broken JSON", '{"id":'], ["an array", "[1]"]]) {
  test(`${what} for an answer: UnexpectedResponseError for fetchTask`, async (t) => {
    const { client, simulator, press } = await stage(t);
    simulator.fail(FETCH, { status: 200, body }, Infinity);
    await rejectsWith("UnexpectedResponseError", client.fetchTask(press.taskId));
  });
}

test("a web page for an answer: UnexpectedResponseError for fetchTask, after the retries", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(FETCH, faults.html(), Infinity);
  const error = await rejectsWith("UnexpectedResponseError", client.fetchTask(press.taskId));
  assert.match(error.body, /^<!doctype html>/);
  assert.equal(simulator.counts[FETCH], 3);
});

test("pollUntilDone: six web pages in a row end the wait, and its state goes on", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(FETCH, faults.html(), 6);
  const error = await rejectsWith("UnexpectedResponseError", client.pollUntilDone(press.taskId));
  assert.equal(error.taskId, press.taskId);
  assert.equal(simulator.counts[FETCH], 6);
  assert.equal((await client.pollUntilDone(error.state)).status, "SUCCESS");
});

test("pollUntilDone: web pages between pending looks are told to nobody", async (t) => {
  const { client, simulator, faults } = await stage(t);
  const { id } = simulator.addTask({ status: "IN_PROGRESS", progress: "46%" });
  simulator.fail(FETCH, [null, faults.html(), null]);
  const seen = [];
  const onProgress = ({ status, progress }) => seen.push(`${status} ${progress}`);
  await rejectsWith("PollBudgetError", client.pollUntilDone(id, { maxPolls: 3, onProgress }));
  assert.deepEqual(seen, ["IN_PROGRESS 46%"]);
});

for (const [what, fault] of [
  ["before it is carried out", (faults) => faults.drop("before")],
  ["after it was carried out", (faults) => faults.drop("after")],
  ["within the answer's body", (faults) => faults.truncate(10)],
]) {
  test(`a submit whose socket is dropped ${what} is a SubmitUncertainError, and one POST`, async (t) => {
    const { client, simulator, faults, press } = await stage(t);
    simulator.fail(ACTION, fault(faults), Infinity);
    const error = await rejectsWith("SubmitUncertainError", client.submitAction(press));
    assert.equal(error.maybeAccepted, true);
    assert.equal(error.taskId, press.taskId);
    assert.equal(error.cause.name, "ConnectionError");
    assert.equal(simulator.counts[ACTION], 1);
  });
}

test("a read whose socket is dropped is retried, then a ConnectionError with what fetch threw", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(FETCH, faults.drop("before"), Infinity);
  const error = await rejectsWith("ConnectionError", client.fetchTask(press.taskId));
  assert.ok(error.cause instanceof TypeError, inspect(error.cause));
  assert.ok(error.cause.cause instanceof Error, "undici's own reason is kept, too");
  assert.equal(simulator.counts[FETCH], 3);
});

test("an answer that does not come is a RequestTimeoutError for a read, uncertain for a submit", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail("*", faults.hang(), Infinity);
  await rejectsWith("RequestTimeoutError", client.fetchTask(press.taskId, { timeoutMs: 20, maxRetries: 0 }));
  const error = await rejectsWith("SubmitUncertainError", client.submitAction(press, { timeoutMs: 500 }));
  assert.equal(error.cause.name, "RequestTimeoutError");
  assert.equal(simulator.counts[ACTION], 1);
});

test("5xx: ServerError for a read, uncertain for a submit", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail("*", faults.badGateway(), Infinity);
  await rejectsWith("ServerError", client.fetchTask(press.taskId));
  await rejectsWith("SubmitUncertainError", client.submitAction(press));
  assert.equal(simulator.counts[ACTION], 1);
});

test("an unknown task is a TaskNotFoundError, a failed one a TaskFailedError", async (t) => {
  const { client, simulator } = await stage(t);
  const missing = await rejectsWith("TaskNotFoundError", client.fetchTask("1773314942177000"));
  assert.equal(missing.taskId, "1773314942177000");
  const { id } = simulator.addTask({ status: "FAILURE", failReason: "banned" });
  const failed = await rejectsWith("TaskFailedError", client.pollUntilDone(id));
  assert.equal(failed.failReason, "banned");
  assert.equal(failed.task.id, id);
});

for (const status of [301, 302, 307, 308]) {
  test(`a redirect (${status}) to another origin is an UnexpectedResponseError, and that origin is not asked`, async (t) => {
    const { client, simulator, faults, press } = await stage(t);
    let asked = 0;
    const other = await serveSimulator({ fetch: async () => (asked++, new Response("{}")) });
    t.after(other.close);
    simulator.fail("*", faults.redirect(`${other.url}/mj/task/1/fetch`, status), Infinity);
    await rejectsWith("UnexpectedResponseError", client.submitAction(press));
    await rejectsWith("UnexpectedResponseError", client.fetchTask(press.taskId));
    assert.equal(asked, 0);
    assert.equal(simulator.counts[ACTION], 1);
  });
}

test("a 303 to a submit says that it was carried out", async (t) => {
  const { client, simulator, faults, press } = await stage(t);
  simulator.fail(ACTION, faults.redirect("https://elsewhere.test/", 303), Infinity);
  const error = await rejectsWith("SubmitUncertainError", client.submitAction(press));
  assert.equal(error.maybeAccepted, true);
  assert.equal(simulator.counts[ACTION], 1);
});

const ID = "1773314942177001";
const BUTTON = "MJ::JOB::upsample::1::7c0a";
const BAD_CALLS = {
  "no task id": (client) => client.submitAction({ customId: BUTTON }),
  "an empty task id": (client) => client.fetchTask(""),
  "a task id that is a number": (client) => client.fetchTask(1773314942177001),
  "a task id with a slash": (client) => client.fetchTask("../x"),
  "several ids": (client) => client.fetchTask("1773314942177001,1773314942177002"),
  "the documentation's task id": (client) => client.fetchTask("<task_id>"),
  "no parameters": (client) => client.submitAction(),
  "no button": (client) => client.submitAction({ taskId: ID }),
  "a button that is none": (client) => client.submitAction({ taskId: ID, customId: "U1" }),
  "the documentation's button": (client) => client.submitAction({ taskId: ID, customId: "MJ::JOB::upsample::1::example" }),
  "a state that is no text": (client) => client.submitAction({ taskId: ID, customId: BUTTON, state: 1 }),
  "a time-out that is no number": (client) => client.fetchTask(ID, { timeoutMs: "1s" }),
  "a time-out below zero": (client) => client.pollUntilDone(ID, { timeoutMs: -1 }),
  "a header with a line break": (client) => client.fetchTask(ID, { headers: { x: "a\nb" } }),
  "nothing to wait for": (client) => client.pollUntilDone(undefined),
  "null to wait for": (client) => client.pollUntilDone(null),
};

for (const [what, call] of Object.entries(BAD_CALLS)) {
  test(`${what}: InvalidArgumentError, and nothing is sent`, async (t) => {
    const { client, simulator } = await stage(t);
    const error = await rejectsWith("InvalidArgumentError", call(client));
    assert.equal(error.retryable, false);
    assert.equal(simulator.counts.total, 0);
  });
}

test("a signal that is none: InvalidArgumentError, and nothing is sent", async (t) => {
  const { client, simulator } = await stage(t);
  for (const signal of [new AbortController(), {}]) {
    await rejectsWith("InvalidArgumentError", client.fetchTask(ID, { signal }));
  }
  assert.equal(simulator.counts.total, 0);
});

test("options that are null are none", async (t) => {
  const { client, press } = await stage(t);
  assert.equal((await client.fetchTask(press.taskId, null)).status, "SUCCESS");
});

const BAD_OPTIONS = {
  "http to another machine": { baseURL: "http://api.cometapi.com" },
  "a /v1": { baseURL: "https://api.cometapi.com/v1" },
  "a path alone, where there is no page": { baseURL: "/api/mj" },
  "a key with a line break": { apiKey: `${KEY}\n` },
  "a key that is empty": { apiKey: "", baseURL: undefined },
  "a function that gives no text": { apiKey: () => 5 },
  "no key and no proxy": { apiKey: undefined, baseURL: undefined },
};

for (const [what, options] of Object.entries(BAD_OPTIONS)) {
  test(`${what}: InvalidArgumentError at the first call, and nothing is sent`, async () => {
    let sent = 0;
    const fetch = async () => (sent++, new Response("{}"));
    const client = new errors.Midjourney({ apiKey: KEY, fetch, ...options });
    await rejectsWith("InvalidArgumentError", client.fetchTask(ID));
    assert.equal(sent, 0);
  });
}

test("a saved state that is none is a StateError", async (t) => {
  const { client, simulator } = await stage(t);
  await rejectsWith("StateError", client.pollUntilDone({ v: 2, taskId: ID }));
  assert.equal(simulator.counts.total, 0);
});

test("a key that the server's answer repeats is not in the error", async (t) => {
  const { client, simulator, press } = await stage(t);
  simulator.fail("*", { status: 401, body: { error: { message: `Invalid token ${KEY}` } } }, Infinity);
  const error = await rejectsWith("AuthenticationError", client.submitAction(press));
  assert.match(error.body, /Invalid token/);
});

test("a key that was given as a header is kept out of errors, too", async (t) => {
  const { url, Midjourney, simulator, press } = await stage(t);
  simulator.fail("*", { status: 403, body: { error: { message: `${KEY} may not` } } }, Infinity);
  const client = new Midjourney({ baseURL: url, headers: { authorization: `Bearer ${KEY}` } });
  await rejectsWith("PermissionDeniedError", client.submitAction(press));
});

test("a key that is repeated with JSON's escapes is not in the error", async (t) => {
  const { url, Midjourney, simulator, press } = await stage(t);
  const apiKey = `${KEY}/x`;
  // As PHP writes JSON.
  const body = JSON.stringify({ error: { message: `Invalid token ${apiKey}` } }).replaceAll("/", "\\/");
  simulator.fail("*", { status: 401, body }, Infinity);
  await rejectsWith("AuthenticationError", new Midjourney({ baseURL: url, apiKey }).submitAction(press));
});

test("a key that a header of the answer repeats is not in the error", async (t) => {
  const { client, simulator, press } = await stage(t);
  simulator.fail("*", { status: 401, body: { error: { message: "no" } }, headers: { "x-request-id": `of ${KEY}` } }, Infinity);
  await rejectsWith("AuthenticationError", client.submitAction(press));
});

test("a key in what fetch throws is not in the error", async () => {
  const fetch = async (url, init) => {
    throw new TypeError(`could not send ${init.headers.authorization}`);
  };
  const client = new errors.Midjourney({ apiKey: KEY, fetch, maxRetries: 0 });
  await rejectsWith("ConnectionError", client.fetchTask(ID));
});

test("a key in a property of what fetch throws is not in the error", async () => {
  const fetch = async (url, options) => {
    throw Object.assign(new Error("failed"), { options });
  };
  const client = new errors.Midjourney({ apiKey: KEY, fetch, maxRetries: 0 });
  await rejectsWith("ConnectionError", client.fetchTask(ID));
});

test("a client that is logged does not show its key", async (t) => {
  const { client } = await stage(t);
  assertKeyless(client);
  assert.doesNotMatch(JSON.stringify(client), /canary/);
});
