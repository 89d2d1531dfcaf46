/** A wait forgives what passes, ends at what does not, and takes no answer but its own task's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { ACCEPTED, CHILD, DONE, PATIENCE, PENDING, PRESS, chainOf, failure, faultStage, heldTimers, noAnswer, row, task } from "./fault-stage.mjs";

const HTML = "<!doctype html><title>Bad gateway</title>";
const pending = play.answer(PENDING);
const done = play.answer(DONE);
const gateway = (code) => ({ error: { message: "in the gateway's own words", type: "new_api_error", param: "", code } });
const times = (count, entry) => Array.from({ length: count }, () => entry);

/** Faults that may pass, and what each is in a chain of causes. */
const PASSING = {
  ...noAnswer(DONE),
  "HTTP 400 with code 5": [play.answer({ code: 5, description: "do_request_failed", type: "upstream_error" }, 400), "ServerError"],
  "HTTP 408": [play.answer("", 408), "ServerError"],
  "HTTP 429": [play.answer("", 429), "RateLimitError"],
  "HTTP 500": [play.answer(gateway("internal"), 500), "ServerError"],
  "HTTP 502": [play.answer(HTML, 502), "ServerError"],
  "HTTP 503": [play.answer("", 503), "ServerError"],
  "HTTP 504": [play.answer(HTML, 504), "ServerError"],
  "HTTP 524": [play.answer(HTML, 524), "ServerError"],
  "a web page": [play.answer(HTML), "UnexpectedResponseError"],
  "half of the JSON": [play.answer('{"status": "SUCC'), "UnexpectedResponseError"],
  "an answer of another shape": [play.answer({ ok: true }), "UnexpectedResponseError"],
  "an answer for another task": [play.answer({ ...DONE, id: "1773315122000778" }), "UnexpectedResponseError"],
};

for (const [fault, [entry, name]] of Object.entries(PASSING)) {
  const timely = (t) => {
    const { ringAfter } = heldTimers(t);
    return name === "RequestTimeoutError" ? ringAfter(entry) : entry;
  };

  test(`a wait lives through five times ${fault}`, PATIENCE, async (t) => {
    const { server, client } = await faultStage(t, [...times(5, timely(t)), done]);
    const found = await client.pollUntilDone(CHILD);
    assert.equal(found.status, "SUCCESS");
    assert.equal(server.count("GET"), 6);
    row(`${fault}, five times`, server, found);
  });

  test(`a wait ends at the sixth time ${fault}, with all of them behind it`, PATIENCE, async (t) => {
    const { server, client } = await faultStage(t, [...times(6, timely(t)), done]);
    const error = await failure(name, client.pollUntilDone(CHILD));
    assert.equal(server.count("GET"), 6);
    assert.deepEqual(chainOf(error), times(6, name));
    assert.match(error.message, /6 times in a row/);
    assert.deepEqual([error.taskId, error.state.taskId, error.state.polls], [CHILD, CHILD, 6]);
    row(`${fault}, six times`, server, error);
  });
}

test("a chain of causes tells the faults apart, the last one first", async (t) => {
  const script = [play.reset(), play.answer(HTML), play.answer("", 429), play.answer("", 500)];
  const { server, client } = await faultStage(t, script);
  const error = await failure("ServerError", client.pollUntilDone(CHILD, { maxConsecutiveErrors: 3 }));
  assert.deepEqual(chainOf(error), ["ServerError", "RateLimitError", "UnexpectedResponseError", "ConnectionError"]);
  row("four faults, maxConsecutiveErrors 3", server, error);
});

test("an answer that is a task makes the faults before it forgotten", async (t) => {
  const five = times(5, play.reset());
  const { server, client } = await faultStage(t, [...five, pending, ...five, pending, ...five, done]);
  const found = await client.pollUntilDone(CHILD);
  assert.equal(server.count("GET"), 18);
  row("reset five times, three times over, a task between", server, found);
});

/** What ends a wait at once. */
const FATAL = {
  "HTTP 401": [play.answer(gateway("invalid_key"), 401), "AuthenticationError"],
  "HTTP 403": [play.answer(gateway("denied"), 403), "PermissionDeniedError"],
  "HTTP 500 with invalid_request": [play.answer(gateway("invalid_request"), 500), "ServerError"],
  "a redirect": [play.redirect("/elsewhere"), "UnexpectedResponseError"],
  "HTTP 404 with a web page": [play.answer(HTML, 404), "UnexpectedResponseError"],
};

/** The shapes in which a task is not known. */
const UNKNOWN = {
  "code 4, task_no_found": play.answer({ code: 4, description: "task_no_found ", type: "upstream_error" }, 400),
  "HTTP 404": play.answer({ error: { message: "not found" } }, 404),
  "HTTP 204": play.answer("", 204),
  "nothing": play.answer(""),
  "null": play.answer("null"),
  "an empty object": play.answer({}),
};

for (const [fault, [entry, name]] of Object.entries(FATAL)) {
  test(`a wait ends at once with ${fault}`, async (t) => {
    const { server, client } = await faultStage(t, [pending, entry, done]);
    const error = await failure(name, client.pollUntilDone(CHILD));
    assert.equal(server.count("GET"), 2);
    assert.equal(error.retryable, false);
    assert.deepEqual([error.taskId, error.state.polls, error.task.status], [CHILD, 2, "IN_PROGRESS"]);
    row(fault, server, error);
  });
}

for (const [shape, entry] of Object.entries(UNKNOWN)) {
  test(`a task just submitted may be unknown for a moment: ${shape}`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(ACCEPTED), entry, entry, entry, pending, done]);
    const submitted = await client.submitAction(PRESS);
    const found = await client.pollUntilDone(submitted);
    assert.deepEqual([found.status, server.count("POST"), server.count("GET")], ["SUCCESS", 1, 5]);
    row(`a new task unknown three times, ${shape}`, server, found);
  });

  test(`an id that nothing is known of ends a wait at once: ${shape}`, async (t) => {
    const { server, client } = await faultStage(t, [entry, done]);
    const error = await failure("TaskNotFoundError", client.pollUntilDone(CHILD));
    assert.deepEqual([server.count("GET"), error.retryable, error.taskId], [1, false, CHILD]);
    row(`an id that nothing is known of, ${shape}`, server, error);
  });

  test(`a task that was seen may be unknown five times in a row: ${shape}`, async (t) => {
    const blips = Array.from({ length: 5 }, () => entry);
    const { server, client } = await faultStage(t, [pending, ...blips, done]);
    assert.equal((await client.pollUntilDone(CHILD)).status, "SUCCESS");
    row(`a seen task unknown five times, ${shape}`, server, "SUCCESS");
    const worse = await faultStage(t, [pending, ...blips, entry, done]);
    const error = await failure("TaskNotFoundError", worse.client.pollUntilDone(CHILD));
    assert.deepEqual([worse.server.count("GET"), error.retryable, error.task.status], [7, true, "IN_PROGRESS"]);
    row(`a seen task unknown six times, ${shape}`, worse.server, error);
  });
}

test("a task that failed at 100 % has failed", async (t) => {
  const { server, client } = await faultStage(t, [play.answer(task("FAILURE", { progress: "100%", failReason: "banned" }))]);
  const error = await failure("TaskFailedError", client.pollUntilDone(CHILD));
  assert.deepEqual([error.failReason, error.task.percent, server.count()], ["banned", 100, 1]);
  row("FAILURE at 100 %", server, error);
});

/** Answers of a task that is under way, odd as they are. */
const ODD = {
  "progress that goes backwards": [task("IN_PROGRESS", { progress: "58%" }), task("IN_PROGRESS", { progress: "12%" })],
  "an empty status": [task("")],
  "a status that is null": [task(null)],
  "a status that is unknown": [task("PAUSED")],
  "buttons that are null": [task("IN_PROGRESS", { buttons: null })],
  "progress that is null": [task("IN_PROGRESS", { progress: null })],
  "an id that is a number": ['{"id": 1773315122000777, "status": "IN_PROGRESS"}'],
  "no id": [task("IN_PROGRESS", { id: undefined })],
  "SUBMITTED at 100 %": [task("SUBMITTED", { progress: "100%" })],
  "a description with task_not_found": [task("IN_PROGRESS", { description: "task_not_found, at first" })],
};

for (const [what, tasks] of Object.entries(ODD)) {
  test(`a wait goes on, at its normal pace, over ${what}`, async (t) => {
    const { server, client, clock } = await faultStage(t, [...tasks.map((one) => play.answer(one)), done]);
    const found = await client.pollUntilDone(CHILD, { maxConsecutiveErrors: 0 });
    assert.equal(found.status, "SUCCESS");
    assert.deepEqual(clock.slept, [6_000, 4_000, 5_000].slice(0, tasks.length + 1));
    row(what, server, found);
  });
}

test("an unknown status is given out with its raw word", async (t) => {
  const { client } = await faultStage(t, [play.answer(task("PAUSED")), done]);
  const seen = [];
  await client.pollUntilDone(CHILD, { onProgress: ({ status, rawStatus }) => seen.push([status, rawStatus]) });
  assert.deepEqual(seen[0], ["UNKNOWN", "PAUSED"]);
});

test("a poll whose answer trickles in is taken", async (t) => {
  const { server, client } = await faultStage(t, [play.trickle(DONE)]);
  const found = await client.pollUntilDone(CHILD);
  assert.equal(server.count(), 1);
  row("the answer comes a byte at a time", server, found);
});

test("an unsteady network: every other answer is a fault, and the task is found", async (t) => {
  const faults = Object.values(PASSING).filter(([, name]) => name !== "RequestTimeoutError");
  const { server, client } = await faultStage(t, [...faults.flatMap(([entry]) => [entry, pending]), done]);
  const found = await client.pollUntilDone(CHILD);
  assert.equal(server.count("GET"), faults.length * 2 + 1);
  row("each of these faults in turn, a task between", server, found);
});
