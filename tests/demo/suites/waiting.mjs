import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { cards, finished, openReady, requests, start } from "../stage.mjs";

// The page's own clock stands still here but where the test moves it.
const SECOND = 1_000;

test("Stop ends the wait, and nothing is requested after it", async (t) => {
  const page = await openReady(t, { speed: "1" }, { clock: true });
  const card = await start(page);
  await card.getByRole("button", { name: "Stop waiting" }).waitFor();
  await page.clock.runFor(3 * SECOND);
  await card.getByText("Painting").waitFor();
  await card.getByRole("button", { name: "Stop waiting" }).click();
  await card.getByText("Stopped; the task goes on").waitFor();
  const then = await requests(page);
  assert.ok(then > 3, `${then} requests before it`);
  await page.clock.runFor(120 * SECOND);
  assert.equal(await requests(page), then);
  assert.equal(await card.getByRole("img", { name: /^Picture/ }).count(), 0);

  await card.getByRole("button", { name: "Go on waiting" }).click();
  await page.clock.runFor(5 * SECOND);
  await finished(card, "U1");
  assert.ok((await requests(page)) > then);
});

test("one wait is stopped, another goes on", async (t) => {
  const page = await openReady(t, { speed: "2" });
  await start(page, "the first");
  await start(page, "the second");
  const [first, second] = ["the first", "the second"].map((prompt) => cards(page).filter({ hasText: prompt }));
  await first.getByRole("button", { name: "Stop waiting" }).click();
  await finished(second, "U1");
  assert.equal(await first.getByRole("button", { name: "Go on waiting" }).isVisible(), true);
});
