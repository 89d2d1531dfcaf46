/** examples/next: the proxy as a route handler, the door before it, and the page. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ACTION, IMAGINE, KEY, MODAL } from "../package/app.mjs";
import { PRESSES } from "../support/presses.mjs";
import { install, npmRun, openPage, serve, simulate } from "./server.mjs";

const folder = install("next");
const ARGS = ["--hostname", "127.0.0.1", "--port", "0"];

before(() => npmRun(folder, "build"));

async function started(t, { env = { ACCESS_CODE: "open sesame" }, script = "start", ...options } = {}) {
  const { simulator, env: simulated } = await simulate(t, options);
  return { simulator, url: await serve(t, folder, script, ARGS, { ...simulated, ...env }) };
}

/** The page, let in, and its cards by their titles. */
async function enter(t, url, prepare) {
  const { page, wrong } = await openPage(t, url);
  prepare?.(page);
  await page.getByLabel("Access code").fill("open sesame");
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Prompt").waitFor();
  const card = (title) => page.getByRole("article").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
  return { page, wrong, card };
}

test("who has the code gets from a prompt to a picture, and on by its buttons, with no key in the page", async (t) => {
  const { simulator, url } = await started(t);
  const sent = [];
  const { page, wrong, card } = await enter(t, url, (page) => {
    page.on("request", (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    page.on("dialog", (dialog) => dialog.accept("a lighthouse --zoom 1.5"));
  });
  await page.getByLabel("Prompt").fill("a lighthouse");
  await page.getByRole("button", { name: "Imagine" }).click();
  await card("a lighthouse").getByRole("img").waitFor();
  await card("a lighthouse").getByRole("button", { name: "U1" }).click();
  await card("U1").getByRole("img").waitFor();
  await card("U1").getByRole("button", { name: "Custom Zoom" }).click();
  await card("Custom Zoom").getByRole("img").waitFor();

  assert.deepEqual([IMAGINE, ACTION, MODAL].map((route) => simulator.counts[route]), [1, 2, 1]);
  assert.ok(sent.some((request) => request.includes("/api/mj/mj/submit/imagine")));
  assert.ok(!sent.join("\n").includes(KEY));
  assert.deepEqual(wrong, []);
});

test("who has not is told so, and nothing goes to the API", async (t) => {
  const { simulator, url } = await started(t);
  const { page } = await openPage(t, url);
  await page.getByLabel("Access code").fill("a guess");
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByText("That is not it.").waitFor();
  const answer = await fetch(`${url}/api/mj/mj/submit/imagine`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: "access=1234" },
    body: JSON.stringify({ prompt: "a lighthouse" }),
  });
  assert.equal(answer.status, 401);
  assert.equal(simulator.counts.total, 0);
});

test("without an ACCESS_CODE nobody is let in", async (t) => {
  const { simulator, url } = await started(t, { env: {} });
  for (const code of ["", "undefined"]) {
    const { status } = await fetch(`${url}/api/session`, { method: "POST", body: JSON.stringify({ code }) });
    assert.equal(status, 401);
  }
  assert.equal(simulator.counts.total, 0);
});

// `next dev` runs React's StrictMode, which mounts each component and runs each effect twice.
for (const script of ["dev", "start"]) {
  test(`npm run ${script}: one intent is one submit, and a reload in mid-task goes on with it`, async (t) => {
    // Done only when the test says so.
    let over = false;
    const begun = Date.now();
    const now = () => (over ? Date.now() + 3_600_000 : begun);
    const { simulator, url } = await started(t, { script, now });
    const { page, card } = await enter(t, url);
    const ways = Object.entries(PRESSES);
    for (const [way, press] of ways) {
      await page.getByLabel("Prompt").fill(way);
      await press(page, page.getByRole("button", { name: "Imagine" }));
      await card(way).getByText(/NOT_START|SUBMITTED|IN_PROGRESS/).waitFor();
    }
    await page.reload();
    for (const [way] of ways) await card(way).getByText(/NOT_START|SUBMITTED|IN_PROGRESS/).waitFor();
    over = true;
    for (const [way, press] of ways) {
      await press(page, card(way).getByRole("button", { name: "U2" }));
      await card("U2").first().getByRole("img").waitFor();
    }
    assert.equal(await page.getByRole("article").count(), 2 * ways.length);
    assert.deepEqual([IMAGINE, ACTION].map((route) => simulator.counts[route]), [ways.length, ways.length]);
  });
}
