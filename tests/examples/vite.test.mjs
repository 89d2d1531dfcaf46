/** examples/vite: the page, its proxy in Vite's servers, and a reload. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION, IMAGINE, KEY, MODAL } from "../package/app.mjs";
import { PRESSES } from "../support/presses.mjs";
import { install, npmRun, openPage, serve, simulate } from "./server.mjs";

const folder = install("vite");
const ARGS = ["--host", "127.0.0.1", "--port", "0"];

for (const [script, before] of [["dev", null], ["preview", "build"]]) {
  test(`npm run ${script}: from a prompt to a picture, and on by its buttons, with no key in the page`, async (t) => {
    if (before) await npmRun(folder, before);
    const { simulator, env } = await simulate(t);
    const { page, wrong } = await openPage(t, await serve(t, folder, script, ARGS, env));
    const sent = [];
    page.on("request", (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())}`));

    await page.getByLabel("Prompt").fill("a lighthouse");
    await page.getByRole("button", { name: "Imagine" }).click();
    const grid = page.getByRole("article").filter({ hasText: "a lighthouse" });
    await grid.getByRole("img").waitFor();
    await grid.getByRole("button", { name: "U1" }).click();
    const single = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "U1", exact: true }) });
    await single.getByRole("img").waitFor();
    await single.getByRole("button", { name: "Custom Zoom" }).click();
    const zoomed = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "Custom Zoom" }) });
    await zoomed.getByRole("textbox").fill("a lighthouse --zoom 1.5");
    await zoomed.getByRole("button", { name: "Submit" }).click();
    await zoomed.getByRole("img").waitFor();

    assert.deepEqual([IMAGINE, ACTION, MODAL].map((route) => simulator.counts[route]), [1, 2, 1]);
    assert.ok(sent.some((request) => request.includes("/api/mj/mj/submit/imagine")));
    assert.ok(!sent.join("\n").includes(KEY));
    assert.deepEqual(wrong, []);
  });
}

test("a reload in mid-task goes on, and nothing is submitted anew", async (t) => {
  // Done only when the test says so.
  let over = false;
  const begun = Date.now();
  const now = () => (over ? Date.now() + 3_600_000 : begun);
  const { simulator, env } = await simulate(t, { now });
  const { page } = await openPage(t, await serve(t, folder, "dev", ARGS, env));
  await page.getByRole("button", { name: "Imagine" }).click();
  await page.getByText(/NOT_START|SUBMITTED|IN_PROGRESS/).waitFor();
  await page.reload();
  await page.getByRole("article").filter({ hasText: "a lighthouse" }).waitFor();
  over = true;
  await page.getByRole("img").waitFor();
  assert.equal(simulator.counts[IMAGINE], 1);
});

test("one intent is one submit: the form, and a card's button", async (t) => {
  const { simulator, env } = await simulate(t);
  const { page } = await openPage(t, await serve(t, folder, "dev", ARGS, env));
  const cards = page.getByRole("article");
  let made = 0;
  for (const [way, press] of Object.entries(PRESSES)) {
    await page.getByLabel("Prompt").fill(`a lighthouse by ${way}`);
    await press(page, page.getByRole("button", { name: "Imagine" }));
    const grid = cards.filter({ has: page.getByRole("heading", { name: `a lighthouse by ${way}` }) });
    await press(page, grid.getByRole("button", { name: "U2" }));
    made += 1;
    await page.waitForFunction((many) => document.querySelectorAll("img").length === many, 2 * made);
    assert.deepEqual([simulator.counts[IMAGINE], simulator.counts[ACTION], await cards.count()], [made, made, 2 * made], way);
  }
  await page.evaluate(() => {
    document.forms[0].requestSubmit();
    document.forms[0].requestSubmit();
  });
  await page.waitForFunction((many) => document.querySelectorAll("img").length === many, 2 * made + 1);
  assert.equal(simulator.counts[IMAGINE], made + 1);
});
