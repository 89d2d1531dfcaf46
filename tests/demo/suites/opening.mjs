import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { cards, finished, open, openReady, requests, start } from "../stage.mjs";

test("opens on the simulator, with an example, and nothing goes wrong", async (t) => {
  const page = await open(t);
  await finished(cards(page).first(), "U1");
  assert.equal(await page.getByRole("radio", { name: "Simulator" }).isChecked(), true);
  assert.equal(await page.getByLabel("CometAPI key").isVisible(), false);
  assert.equal(await requests(page), 1);
});

test("nothing leaves the page in simulator mode", async (t) => {
  const asked = [];
  const page = await open(t, {}, { before: (page) => page.on("request", (request) => asked.push(request.url())) });
  await finished(await start(page), "U1");
  const { origin } = new URL(page.url());
  assert.deepEqual(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:image/")), []);
});

test("the content security policy takes no inline script or style", async (t) => {
  const page = await openReady(t);
  const inline = await page.locator("[style], style, script:not([src]), [onclick], [onerror], [onload]").count();
  assert.equal(inline, 0);
});

test("the code that does the same can be copied", async (t) => {
  const page = await openReady(t, {}, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("status").getByText("Copied.").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^import \{ Midjourney \} from "cometapi-midjourney";\n[^]*store\.wait\(submitted/);
});
