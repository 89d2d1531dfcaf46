/** `Retry-After` as it comes over the wire: heeded, in every form, within what time is left. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "../support/fault-server.mjs";
import { ACCEPTED, CHILD, DONE, PATIENCE, PENDING, PRESS, failure, faultStage, heldTimers, row } from "./fault-stage.mjs";
import { rejection, turns } from "./app.mjs";

/** An hour for the wait, of which the last second is for its last poll. */
const HOUR = 3_600_000;
const LEFT = HOUR - 1_000 - 6_000;
/** What a wait sleeps between its first two polls by itself. */
const NORMAL = 4_000;

const date = (time) => new Date(time).toUTCString();

/** The headers, given the time, and what the wait sleeps for them. A date's second is cut off: within one below. */
const ASKED = {
  "seconds": [() => ({ "retry-after": "7" }), 7_000],
  "seconds with a fraction": [() => ({ "retry-after": "7.5" }), 7_500],
  "milliseconds": [() => ({ "retry-after-ms": "7123" }), 7_123],
  "milliseconds beside seconds": [() => ({ "retry-after-ms": "7123", "retry-after": "60" }), 7_123],
  "milliseconds that are nonsense beside seconds": [() => ({ "retry-after-ms": "soon", "retry-after": "7" }), 7_000],
  "a date": [(now) => ({ "retry-after": date(now + 60_000) }), 60_000],
  "a date of the past": [(now) => ({ "retry-after": date(now - 60_000) }), NORMAL],
  "a date of year 1": [() => ({ "retry-after": "Mon, 01 Jan 0001 00:00:00 GMT" }), NORMAL],
  "a date of year 9999": [() => ({ "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" }), LEFT],
  "less than the wait's own pace": [() => ({ "retry-after": "1" }), NORMAL],
  "zero": [() => ({ "retry-after": "0" }), NORMAL],
  "a negative number": [() => ({ "retry-after": "-5" }), NORMAL],
  "nonsense": [() => ({ "retry-after": "soon" }), NORMAL],
  "nothing": [() => ({ "retry-after": "" }), NORMAL],
  "a number with a unit": [() => ({ "retry-after": "7s" }), NORMAL],
  "NaN": [() => ({ "retry-after": "NaN" }), NORMAL],
  "10⁹ seconds": [() => ({ "retry-after": "1000000000" }), LEFT],
  "a number with 300 digits": [() => ({ "retry-after": "9".repeat(300) }), LEFT],
  "a number that no double holds": [() => ({ "retry-after": "9".repeat(400) }), NORMAL],
  "a number with an exponent": [() => ({ "retry-after": "1e9" }), NORMAL],
  "Infinity": [() => ({ "retry-after": "Infinity" }), NORMAL],
};

for (const [what, [headers, expected]] of Object.entries(ASKED)) {
  test(`a wait heeds ${what}`, async (t) => {
    let clock;
    const limited = (response, request) => play.answer("", 429, headers(clock.time))(response, request);
    const scene = await faultStage(t, [limited, play.answer(DONE)]);
    clock = scene.clock;
    const found = await scene.client.pollUntilDone(CHILD, { timeoutMs: HOUR });
    const [first, second, ...more] = clock.slept;
    assert.deepEqual([first, more], [6_000, []]);
    const cut = what === "a date" ? 1_000 : 0;
    assert.ok(second <= expected && second >= expected - cut, `slept ${second}, not ${expected}`);
    row(`429 with ${what}`, scene.server, `${found.status} after ${expected} ms`);
  });
}

for (const [what, entry] of Object.entries({
  "a 503": play.answer("", 503, { "retry-after": "20" }),
  "a web page": play.answer("<html>", 200, { "retry-after": "20" }),
  "a task under way": play.answer(PENDING, 200, { "retry-after": "20" }),
})) {
  test(`a wait heeds Retry-After beside ${what}, once`, async (t) => {
    const { server, client, clock } = await faultStage(t, [entry, play.answer(PENDING), play.answer(DONE)]);
    const found = await client.pollUntilDone(CHILD);
    assert.deepEqual(clock.slept.slice(0, 2), [6_000, 20_000]);
    assert.ok(clock.slept[2] <= 15_000, `${clock.slept}`);
    row(`${what} with Retry-After`, server, found);
  });
}

test("a read and a submit wait as long as they are asked to", async (t) => {
  const limited = play.answer("", 429, { "retry-after": "11" });
  const { server, client, clock } = await faultStage(t, [limited, play.answer(DONE), limited, play.answer(ACCEPTED)]);
  await client.fetchTask(CHILD);
  const submitted = await client.submitAction(PRESS);
  assert.deepEqual(clock.slept, [11_000, 11_000]);
  row("429 with Retry-After, of a read and of a submit", server, submitted);
});

test("a read is not sent again where that is later than timeoutMs", async (t) => {
  const { server, client, clock } = await faultStage(t, [play.answer("", 429, { "retry-after": "1000000000" })]);
  const error = await failure("RateLimitError", client.fetchTask(CHILD));
  assert.deepEqual([server.count(), clock.slept], [1, []]);
  assert.equal(error.retryAfterMs, 1e12, "what was asked is told");
  row("429 with 10⁹ seconds, of a read", server, error);
});

test("a wait without a deadline does not wait for ever, though it is asked to", async (t) => {
  const { server, client, clock } = await faultStage(t, [play.answer("", 429, { "retry-after": "1000000000" }), play.answer(DONE)]);
  const found = await client.pollUntilDone(CHILD, { timeoutMs: null });
  assert.ok(clock.slept[1] <= 900_000, `slept ${clock.slept[1]}`);
  row("429 with 10⁹ seconds, no deadline", server, found);
});

/** What would need a timer that is too long, after how many requests, and how the call is made. */
const LONG = {
  "a wait": [1, (client, options) => client.pollUntilDone(CHILD, { timeoutMs: null, initialDelayMs: 0, ...options })],
  "a wait with a huge pace": [0, (client, options) => client.pollUntilDone(CHILD, { timeoutMs: 1e15, initialDelayMs: 1e14, ...options })],
  "a read with a huge timeoutMs": [1, (client, options) => client.fetchTask(CHILD, { timeoutMs: 1e15, ...options })],
};

for (const [what, [sent, call]] of Object.entries(LONG)) {
  test(`no timer is longer than timers can be: ${what} that is asked to wait 10⁹ seconds`, PATIENCE, async (t) => {
    const limited = play.answer("", 429, { "retry-after": "1000000000" });
    // Without a sleep of the test's own, the package sets its timers itself.
    const { server, client } = await faultStage(t, [limited], { sleep: undefined });
    const { longer } = heldTimers(t);
    const controller = new AbortController();
    const ended = rejection(call(client, { signal: controller.signal }));
    if (sent > 0) await server.asked();
    await turns();
    const ms = await longer(900_000);
    assert.ok(ms <= 2 ** 31 - 1, `a timer of ${ms} ms`);
    controller.abort("enough");
    assert.equal(await ended, "enough");
    assert.equal(server.count(), sent, "it waits, and does not poll at once");
  });
}
