import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { cardOf, cards, finished, key, openReady, start } from "../stage.mjs";

const focused = (page) => page.evaluate(() => document.activeElement.textContent);

test("a button that is pressed by keyboard keeps the focus until its picture is there", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U1").focus();
  await page.keyboard.press("Enter");
  await finished(cardOf(page, "U1"), "Favourite");
  assert.equal(await focused(page), "U1");
});

test("Stop and Go on are one button; when it goes, the focus goes to the card", async (t) => {
  const page = await openReady(t, { speed: "4" });
  const card = await start(page, "a lake between two ridges");
  await card.getByRole("button", { name: "Stop waiting" }).focus();
  await page.keyboard.press("Enter");
  await card.getByRole("button", { name: "Go on waiting" }).waitFor();
  assert.equal(await focused(page), "Go on waiting");
  await page.keyboard.press("Enter");
  await finished(card, "U1");
  assert.equal(await focused(page), "a lake between two ridges");
});

test("everything is reached by Tab, in the order in which it is seen", async (t) => {
  const page = await openReady(t);
  const reached = [];
  for (let i = 0; i < 19; i += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => {
      const at = document.activeElement;
      return at.labels?.[0]?.textContent ?? (at.textContent.length < 20 ? at.textContent : at.getAttribute("role"));
    }));
  }
  const keys = ["U1", "U2", "U3", "U4", "V1", "V2", "V3", "V4", "Reroll"];
  const expected = ["Simulator", "Prompt", "Start", "Remix: Vary and Reroll ask first", "Let something go wrong", ...keys, "Clear what is done", "Copy", "region", "Clear", "region"];
  assert.deepEqual(reached.slice(0, expected.length), expected);
});

test("what happens is said to a screen reader", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U4").click();
  await page.getByRole("status").getByText("U4 is done.").waitFor();
});

test("the eye on U2 marks the second quarter", async (t) => {
  const page = await openReady(t);
  const card = cards(page).first();
  await key(card, "U2").hover();
  assert.equal(await card.locator("figure").getAttribute("data-spot"), "2");
});
