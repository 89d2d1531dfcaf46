/** A submit is never paid twice: whatever happens to it on the wire, the server counts the POSTs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { turns } from "./app.mjs";
import { ACCEPTED, CHILD, PARENT, PATIENCE, PICTURE, PRESS, chainOf, failure, faultStage, heldTimers, noAnswer, row } from "./fault-stage.mjs";

const HTML = "<!doctype html><title>Bad gateway</title>";
const relay = (code, more) => ({ code, description: "in the API's own words", type: "upstream_error", ...more });
const gateway = (code) => ({ error: { message: "in the gateway's own words", type: "new_api_error", param: "", code } });

/** What may have been accepted: the entry, and the class of the error's cause where it is one's alone. */
const UNCERTAIN = {
  ...noAnswer(ACCEPTED),
  "HTTP 408": [play.answer("", 408), "ServerError"],
  "HTTP 500": [play.answer(gateway("internal"), 500), "ServerError"],
  "500 with invalid_request": [play.answer(gateway("invalid_request"), 500), "ServerError"],
  "500 that says to try again at once": [play.answer("", 500, { "retry-after": "0" }), "ServerError"],
  "502, a web page": [play.answer(HTML, 502), "ServerError"],
  "HTTP 503": [play.answer("", 503), "ServerError"],
  "503 with another code": [play.answer(gateway("overloaded"), 503), "ServerError"],
  "504, a web page": [play.answer(HTML, 504), "ServerError"],
  "524, a web page": [play.answer(HTML, 524), "ServerError"],
  "500 with a submission's code 4": [play.answer(relay(4), 500), "ServerError"],
  "400 of the relay after its upstream accepted": [play.answer(relay(4, { description: "insert_midjourney_task_failed " }), 400)],
  "400 of the relay with unknown words": [play.answer(relay(4), 400)],
  "HTTP 401, empty": [play.answer("", 401), "AuthenticationError"],
  "HTTP 403, empty": [play.answer("", 403), "PermissionDeniedError"],
  "HTTP 404, empty": [play.answer("", 404)],
  "HTTP 303": [play.answer("", 303)],
  "401 with code 1 and an id": [play.answer(ACCEPTED, 401)],
  "429 with code 5": [play.answer(relay(5), 429)],
  "429 with an id": [play.answer({ ...relay(9), result: CHILD }, 429)],
  "200 with an envelope that is not understood": [play.answer({ code: 200, data: CHILD })],
  "200 with an id that is none": [play.answer({ ...ACCEPTED, result: "17733 15122" })],
  "200 with a web page": [play.answer(HTML), "UnexpectedResponseError"],
  "200 with half of the JSON": [play.answer('{"code": 1, "result": "17733'), "UnexpectedResponseError"],
  "200 with nothing": [play.answer(""), "UnexpectedResponseError"],
  "200 with null": [play.answer("null"), "UnexpectedResponseError"],
  "200 with code 1 and no id": [play.answer({ ...ACCEPTED, result: "" }), "UnexpectedResponseError"],
  "HTTP 204": [play.answer("", 204), "UnexpectedResponseError"],
  "400 with code 5": [play.answer(relay(5, { description: "do_request_failed" }), 400), "ServerError"],
  "200 with code 5": [play.answer(relay(5)), "ServerError"],
  "400 with code 1 and an id": [play.answer(ACCEPTED, 400)],
  "400 with code 21 and an id": [play.answer({ ...ACCEPTED, code: 21 }, 400)],
  "400 with code 22 and an id": [play.answer({ ...ACCEPTED, code: 22 }, 400)],
  "429 with code 1 and an id": [play.answer(ACCEPTED, 429)],
  "503 with code 1 and an id": [play.answer(ACCEPTED, 503)],
};

/** The ways to submit, and the task that an error of each is about. */
const SUBMITS = {
  submitAction: [(client, options) => client.submitAction(PRESS, options), PARENT],
  submitModal: [(client, options) => client.submitModal({ taskId: CHILD, prompt: "x" }, options), CHILD],
  submitImagine: [(client, options) => client.submitImagine({ prompt: "x" }, options), undefined],
  act: [(client) => client.act(PICTURE, "U1"), PARENT],
};
const SUBMITTED = Object.keys(SUBMITS).flatMap((name) => Object.keys(UNCERTAIN).map((fault) => [name, fault]));

for (const [name, fault] of SUBMITTED) {
  const [submit, about] = SUBMITS[name];
  const [entry, cause] = UNCERTAIN[fault];
  // An answer to a modal may leave out the id: it is the same task that goes on.
  if (name === "submitModal" && fault === "200 with code 1 and no id") continue;
  test(`${name} with ${fault}: one POST, and a SubmitUncertainError`, PATIENCE, async (t) => {
    const { ringAfter } = heldTimers(t);
    const script = [cause === "RequestTimeoutError" ? ringAfter(entry) : entry];
    const { server, client, clock } = await faultStage(t, script);
    const error = await failure("SubmitUncertainError", submit(client, { maxRetries: 5 }));
    await turns();
    assert.equal(server.count(), 1);
    assert.equal(server.count("POST"), 1);
    assert.deepEqual(clock.slept, []);
    assert.equal(error.maybeAccepted, true);
    assert.equal(error.retryable, false);
    assert.equal(error.taskId, about);
    assert.ok(error.cause instanceof Error, "its cause is kept");
    if (cause) assert.deepEqual(chainOf(error), ["SubmitUncertainError", cause]);
    row(name === "submitAction" ? fault : `${name}: ${fault}`, server, error);
  });
}

test("a submit on a kept-alive connection that the server closes under it: one POST, and a SubmitUncertainError", async (t) => {
  const { server, client } = await faultStage(t, [play.answer(relay(24)), play.dropBeforeHeaders()]);
  await failure("SubmitRejectedError", client.submitAction(PRESS));
  const error = await failure("SubmitUncertainError", client.submitAction(PRESS));
  await turns();
  assert.equal(server.count("POST"), 2, "one for each call");
  row("a second submit, its kept-alive connection closed", server, error);
});

test("a submit whose answer trickles in is accepted", async (t) => {
  const { server, client } = await faultStage(t, [play.trickle(ACCEPTED)]);
  const submitted = await client.submitAction(PRESS);
  assert.equal(submitted.taskId, CHILD);
  assert.equal(server.count("POST"), 1);
  row("the answer comes a byte at a time", server, submitted);
});

/** Plain refusals: the entry, and the error where it does not pass. */
const REFUSED = {
  "429, empty": [play.answer("", 429), "RateLimitError"],
  "429 of the gateway": [play.answer(gateway("rate_limit"), 429), "RateLimitError"],
  "429 with code 30": [play.answer(relay(30), 429), "RateLimitError"],
  "code 30": [play.answer(relay(30)), "SubmitRejectedError"],
  "code 23": [play.answer({ ...relay(23), result: CHILD }), "SubmitRejectedError"],
  "503 with model_not_found": [play.answer(gateway("model_not_found"), 503), "ServerError"],
};

for (const [fault, [entry, name]] of Object.entries(REFUSED)) {
  test(`a submit refused with ${fault} is sent again, maxRetries times`, async (t) => {
    for (const maxRetries of [0, 1, 4]) {
      const { server, client, clock } = await faultStage(t, [entry]);
      const error = await failure(name, client.submitAction(PRESS, { maxRetries }));
      assert.equal(server.count("POST"), maxRetries + 1);
      assert.equal(clock.slept.length, maxRetries);
      assert.equal(error.retryable, true);
      assert.equal(error.maybeAccepted, undefined);
      if (maxRetries === 1) row(`${fault}, maxRetries 1`, server, error);
    }
  });

  test(`a submit refused with ${fault} and then accepted gives its task`, async (t) => {
    const { server, client, clock } = await faultStage(t, [entry, entry, play.answer(ACCEPTED)]);
    const submitted = await client.submitAction(PRESS);
    assert.deepEqual([submitted.taskId, server.count("POST")], [CHILD, 3]);
    assert.deepEqual(clock.slept, [1_500, 2_500], "it backs off");
    assert.equal(new Set(server.requests.map(({ body }) => body)).size, 1, "the same is sent");
    row(`${fault} twice, then accepted`, server, submitted);
  });
}

test("a submit that would have to wait longer than timeoutMs is not sent again", async (t) => {
  const { server, client, clock } = await faultStage(t, [play.answer("", 429, { "retry-after": "76" })]);
  const error = await failure("RateLimitError", client.submitAction(PRESS));
  assert.equal(error.retryAfterMs, 76_000);
  assert.equal(server.count("POST"), 1);
  assert.deepEqual(clock.slept, []);
  row("429 with a Retry-After above timeoutMs", server, error);
});

test("a submit refused and then dropped: it was sent again after the refusal alone", async (t) => {
  const { server, client } = await faultStage(t, [play.answer("", 429), play.reset(), play.answer(ACCEPTED)]);
  const error = await failure("SubmitUncertainError", client.submitAction(PRESS, { maxRetries: 5 }));
  await turns();
  assert.equal(server.count("POST"), 2);
  row("429, then reset", server, error);
});

/** Plain refusals that do not pass. */
const REJECTED = {
  "code 3": play.answer(relay(3)),
  "code 4 of the upstream": play.answer({ code: 4, description: "in the API's own words", result: null, properties: {} }),
  "400 with code 4": play.answer(relay(4, { description: "task_status_not_success" }), 400),
  "404 with code 3": play.answer(relay(3), 404),
  "code 9": play.answer(relay(9)),
  "code 24": play.answer(relay(24, { properties: { bannedWord: "a word" } })),
  "a code that is unknown": play.answer(relay(77)),
  "a code above a byte": play.answer(relay(357)),
  "a code below zero": play.answer(relay(-1)),
};

for (const [fault, entry] of Object.entries(REJECTED)) {
  test(`a submit with ${fault}: one POST, and a SubmitRejectedError`, async (t) => {
    const { server, client, clock } = await faultStage(t, [entry]);
    const error = await failure("SubmitRejectedError", client.submitAction(PRESS, { maxRetries: 5 }));
    assert.equal(server.count("POST"), 1);
    assert.deepEqual(clock.slept, []);
    assert.equal(error.maybeAccepted, undefined);
    assert.equal(error.retryable, false);
    assert.equal(error.taskId, PARENT);
    assert.match(error.description, /./);
    assert.equal(typeof error.submitCode, "number");
    row(fault, server, error);
  });
}

for (const [status, name] of [[401, "AuthenticationError"], [403, "PermissionDeniedError"]]) {
  test(`a submit with HTTP ${status}: one POST, and a ${name}`, async (t) => {
    const { server, client } = await faultStage(t, [play.answer(gateway("denied"), status)]);
    const error = await failure(name, client.submitAction(PRESS, { maxRetries: 5 }));
    assert.equal(server.count("POST"), 1);
    row(`HTTP ${status}`, server, error);
  });
}
