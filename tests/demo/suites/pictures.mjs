import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { cardOf, cards, finished, key, logged, open, openReady, picture, start } from "../stage.mjs";

test("a picture is started: the bar rises, a preview and then the picture appear", async (t) => {
  const page = await openReady(t, { speed: "4" });
  await page.evaluate(() => {
    window.seen = [];
    new MutationObserver(() => {
      const card = document.querySelector("article");
      const { value } = card.querySelector("progress");
      const { alt } = card.querySelector("img");
      const [height] = [card.querySelector(".view").getBoundingClientRect().height];
      window.seen.push({ value, alt: alt.split(":")[0], height, state: card.querySelector(".badge").textContent });
    }).observe(document.querySelector("#simulated"), { subtree: true, childList: true, attributes: true, characterData: true });
  });
  const card = await start(page);
  await card.getByRole("progressbar", { name: "Progress" }).waitFor();
  await finished(card, "V4");
  const seen = (await page.evaluate(() => window.seen)).filter(({ state }) => state !== "");
  const values = seen.map(({ value }) => value);
  assert.deepEqual(values, values.toSorted((a, b) => a - b), "it never goes back");
  assert.ok(new Set(values).size >= 4, `it moves in steps: ${[...new Set(values)]}`);
  assert.equal(values.at(-1), 100);
  const alts = [...new Set(seen.map(({ alt }) => alt))];
  assert.deepEqual(alts, ["", "Preview", "Picture"]);
  assert.equal(new Set(seen.map(({ height }) => height)).size, 1, "the picture's place has its size from the start");
  assert.equal(await card.getByRole("progressbar").isVisible(), false);
});

test("U1, V3, reroll, a zoom and a pan each run to a picture with buttons of its own", async (t) => {
  const page = await openReady(t);
  const grid = await start(page);
  await finished(grid, "U4");
  const pressed = async (from, name, button) => {
    await key(from, name).click();
    const card = cardOf(page, name);
    await finished(card, button);
    return card;
  };
  const root = cards(page).filter({ hasText: /^hills/ });
  const single = await pressed(root, "U1", "Upscale (Subtle)");
  await pressed(root, "V3", "U1");
  await pressed(root, "Reroll", "V4");
  await pressed(single, "Zoom Out 2x", "U2");
  await pressed(single, "Pan left", "U3");
  const sent = await logged(page, "/mj/submit/action").allTextContents();
  const jobs = sent.map((row) => /"customId":"(.*?::.*?::[\w]+)/.exec(row)[1]);
  assert.deepEqual(jobs, [
    "MJ::JOB::pan_left",
    "MJ::Outpaint::50",
    "MJ::JOB::reroll",
    "MJ::JOB::variation",
    "MJ::JOB::upsample",
  ]);
});

test("a button's card leads to the card that it came from", async (t) => {
  const page = await openReady(t);
  const parent = cards(page).first();
  await key(parent, "U2").click();
  const child = cardOf(page, "U2");
  await finished(child, "Favourite");
  await key(child, "Upscale (Creative)").click();
  const grandchild = cardOf(page, "Upscale (Creative)");
  await finished(grandchild, "Redo Upscale (Subtle)");
  const hrefs = [await child.getByRole("link").getAttribute("href"), await grandchild.getByRole("link").getAttribute("href")];
  assert.deepEqual(hrefs, [`#${await parent.getAttribute("id")}`, `#${await child.getAttribute("id")}`]);
  assert.equal(await grandchild.getByRole("link").textContent(), "U2");
});

test("the buttons of an upscaled picture stand in their groups", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U3").click();
  const card = cardOf(page, "U3");
  await finished(card, "Favourite");
  const groups = await card.getByRole("group").evaluateAll((groups) =>
    groups.map((group) => [group.getAttribute("aria-label"), ...[...group.querySelectorAll("button")].map((key) => key.textContent)]),
  );
  assert.deepEqual(groups, [
    ["Upscale", "Upscale (Subtle)", "Upscale (Creative)"],
    ["Vary", "Vary (Subtle)", "Vary (Strong)", "Vary (Region)"],
    ["Zoom", "Zoom Out 2x", "Zoom Out 1.5x", "Custom Zoom"],
    ["Pan", "Pan left", "Pan right", "Pan up", "Pan down"],
    ["Animate", "Animate (High motion)", "Animate (Low motion)"],
    ["More", "Favourite"],
  ]);
});

test("a favourite makes no card", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U1").click();
  const single = cardOf(page, "U1");
  await finished(single, "Favourite");
  const before = await cards(page).count();
  await key(single, "Favourite").click();
  await single.locator("button[data-pressed]").waitFor();
  assert.equal(await cards(page).count(), before);
});

test("a double click is one task", async (t) => {
  const page = await openReady(t);
  await key(cards(page).first(), "U1").dblclick();
  await finished(cardOf(page, "U1"), "Favourite");
  assert.equal(await logged(page, "/mj/submit/action").count(), 1);
});

test("the shape of the picture is kept for it: --ar 3:2", async (t) => {
  const page = await open(t);
  const card = await start(page, "a valley in the mist --ar 3:2");
  const size = () => card.locator(".view").boundingBox();
  const before = await size();
  await finished(card, "U1");
  const after = await size();
  assert.ok(Math.abs(before.height - after.height) < 1, `${before.height} → ${after.height}`);
  assert.ok(Math.abs(before.width / before.height - 1.5) < 0.02, `${before.width} × ${before.height}`);
  await picture(card).waitFor();
});
