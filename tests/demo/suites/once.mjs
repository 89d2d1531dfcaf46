/** One intent is one submit, by whatever it comes: counted where it is paid for, at the simulator. */

import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { PRESSES, holdEnter } from "../../support/presses.mjs";
import { serveSimulator } from "../../support/serve-simulator.mjs";
import { answer, cardOf, cards, finished, key, open, openReady, submitted } from "../stage.mjs";

const { createSimulator, faults } = await import(new URL("../../../target/npm/package/dist/testing/index.js", import.meta.url));

const startButton = (page) => page.getByRole("button", { name: "Start" });
const prompt = (page) => page.getByLabel("Prompt");

/** Two taps of a finger, as fast as a double click. */
async function tapTwice(page, locator) {
  const { x, y, width, height } = await locator.boundingBox();
  for (let i = 0; i < 2; i += 1) await page.touchscreen.tap(x + width / 2, y + height / 2);
}

const WAYS = { ...PRESSES, "two taps": tapTwice };

// So tall that nothing scrolls: where it does, the second half of a double click misses by itself.
const TALL = { hasTouch: true, viewport: { width: 1280, height: 2400 } };

for (const [way, press] of Object.entries(WAYS)) {
  test(`Start by ${way} is one task`, async (t) => {
    const page = await openReady(t, {}, TALL);
    await prompt(page).fill("a mill");
    await press(page, startButton(page));
    await finished(cards(page).first(), "U1");
    assert.deepEqual((await submitted(page)).map(({ path }) => path), ["/mj/submit/imagine"]);
    assert.equal(await cards(page).count(), 2);
  });

  test(`a card's button by ${way} is one task`, async (t) => {
    const page = await openReady(t, {}, TALL);
    await press(page, key(cards(page).first(), "U1"));
    await finished(cardOf(page, "U1"), "Favourite");
    assert.deepEqual((await submitted(page)).map(({ path }) => path), ["/mj/submit/action"]);
    assert.equal(await cards(page).count(), 2);
  });

  test(`a dialog's answer by ${way} is one submit, and opens no second dialog`, async (t) => {
    const page = await openReady(t, {}, TALL);
    await key(cards(page).first(), "U1").click();
    const single = cardOf(page, "U1");
    await finished(single, "Vary (Region)");
    await key(single, "Vary (Region)").click();
    await answer(page, "Not now");
    const card = cardOf(page, "Vary (Region)");
    await press(page, key(card, "Paint the region…"));
    await page.getByRole("dialog").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 1);
    await answer(page, "Left");
    // The dialog can be gone before the second half comes.
    await press(page, page.getByRole("dialog").getByRole("button", { name: "Repaint" })).catch(() => undefined);
    await finished(card, "V4");
    const modals = (await submitted(page)).filter(({ path }) => path === "/mj/submit/modal");
    assert.equal(modals.length, 1);
  });
}

test("Enter held down in the prompt, and a form that is sent twice, are one task", async (t) => {
  const page = await openReady(t);
  await prompt(page).fill("a mill");
  await prompt(page).focus();
  await holdEnter(page);
  await prompt(page).fill("a dune");
  await page.evaluate(() => {
    const form = document.getElementById("imagine");
    form.requestSubmit();
    form.requestSubmit();
  });
  await finished(cards(page).first(), "U1");
  assert.deepEqual((await submitted(page)).map(({ prompt }) => prompt), ["a mill", "a dune"]);
});

test("while an answer is out, and after a refusal, a press that comes again is the same", async (t) => {
  let goOn;
  const simulator = createSimulator({ requireKey: false, imageUrls: "data", queueMs: 0, workMs: 0, tickMs: 0, sleep: () => new Promise((resolve) => (goOn = resolve)) });
  const server = await serveSimulator(simulator);
  t.after(() => server.close());
  const page = await open(t, {}, { clock: true, expected: /40\d|500/ });
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("URL of a proxy").fill(server.url);
  simulator.fail("POST /mj/submit/imagine", [faults.delay(1), faults.parameterError()]);
  // From here on time is the test's.
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await prompt(page).fill("a mill");
  for (let i = 0; i < 4; i += 1) {
    await startButton(page).click();
    await page.clock.runFor(5_000);
  }
  assert.equal(await cards(page).count(), 1);
  goOn();
  await cards(page).first().getByRole("button", { name: "Stop waiting" }).waitFor();
  assert.equal(simulator.counts["POST /mj/submit/imagine"], 1);

  await prompt(page).fill("a dune");
  await startButton(page).click();
  await cards(page).first().getByText("SubmitRejectedError").waitFor();
  await startButton(page).click();
  assert.equal(await cards(page).count(), 2);
  // Later it is meant anew.
  await page.clock.runFor(1_100);
  await startButton(page).click();
  await cards(page).first().getByRole("button", { name: "Stop waiting" }).waitFor();
  assert.equal(simulator.counts["POST /mj/submit/imagine"], 3);
});

test("the second half of a double click answers no dialog that the first half has opened", async (t) => {
  const page = await openReady(t);
  await page.getByRole("checkbox", { name: "Remix" }).check();
  await key(cards(page).first(), "V1").click();
  const dialog = page.getByRole("dialog", { name: "Remix" });
  const { x, y, width, height } = await dialog.getByRole("button", { name: "Go on" }).boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2, { clickCount: 1 });
  await dialog.waitFor({ state: "detached" });
  await finished(cardOf(page, "V1"), "U1");
  await key(cards(page).last(), "V2").click();
  await dialog.waitFor();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await page.keyboard.press("Escape");
  await key(cardOf(page, "V2"), "Write the prompt…").waitFor();
  const modals = (await submitted(page)).filter(({ path }) => path === "/mj/submit/modal");
  assert.equal(modals.length, 1);
});

test("Enter held down on a button answers no dialog that it has opened", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U1").click();
  const single = cardOf(page, "U1");
  await finished(single, "Custom Zoom");
  await key(single, "Custom Zoom").focus();
  await page.keyboard.down("Enter");
  await page.getByRole("dialog").waitFor();
  await page.getByRole("slider").focus();
  await holdEnter(page);
  await page.keyboard.press("Escape");
  await key(cardOf(page, "Custom Zoom"), "Set the zoom…").waitFor();
  assert.equal((await submitted(page)).filter(({ path }) => path === "/mj/submit/modal").length, 0);
});

test("what may be pressed in a row is: Undo", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U1").click();
  const single = cardOf(page, "U1");
  await finished(single, "Vary (Region)");
  await key(single, "Vary (Region)").click();
  const share = page.getByRole("dialog").getByText(/of the picture is painted/);
  await answer(page, "Top");
  const top = await share.textContent();
  for (const half of ["Left", "Right"]) await answer(page, half);
  assert.notEqual(await share.textContent(), top);
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).dblclick();
  assert.equal(await share.textContent(), top);
});

test("a task that is opened twice has one card", async (t) => {
  const simulator = createSimulator({ requireKey: false, imageUrls: "data" });
  const server = await serveSimulator(simulator);
  t.after(() => server.close());
  const { id } = simulator.addTask({ prompt: "a mill" });
  const page = await open(t);
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("URL of a proxy").fill(server.url);
  await page.getByLabel("Task id").fill(id);
  for (let i = 0; i < 2; i += 1) {
    await page.getByRole("button", { name: "Open" }).click();
    await finished(cards(page).first(), "U1");
  }
  assert.equal(await cards(page).count(), 1);
});
