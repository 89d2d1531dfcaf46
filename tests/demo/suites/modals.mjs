import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { answer, cardOf, cards, finished, key, openReady, submitted } from "../stage.mjs";

/** A page with an upscaled picture, and the dialog of one of its buttons. */
async function openModal(t, name, options) {
  const page = await openReady(t, {}, options);
  await key(cards(page).first(), "U1").click();
  const single = cardOf(page, "U1");
  await finished(single, name);
  await key(single, name).click();
  const dialog = page.getByRole("dialog", { name });
  await dialog.waitFor();
  return { page, single, dialog, card: cardOf(page, name) };
}

/** Drags over the picture, from and to in parts of it. */
async function paint(page, ...points) {
  const { x, y, width, height } = await page.getByRole("application").boundingBox();
  const at = ([across, down]) => [x + across * width, y + down * height];
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
  await page.mouse.up();
}

/** Which of these places of a mask are white; and its size. */
const readMask = (page, mask, places) =>
  page.evaluate(
    async ([mask, places]) => {
      const image = new Image();
      image.src = mask;
      await image.decode();
      const { width, height } = image;
      const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
      context.drawImage(image, 0, 0);
      const white = places.map(([x, y]) => context.getImageData(x * width, y * height, 1, 1).data[0] === 255);
      return { size: [width, height], white };
    },
    [mask, places],
  );

const focused = (page) => page.evaluate(() => document.activeElement.textContent);
const painted = (dialog, words) => dialog.getByRole("status").getByText(words).waitFor();

test("Vary (Region): what is painted goes out as a mask of the picture's own size, and a picture comes", async (t) => {
  const { page, dialog, card } = await openModal(t, "Vary (Region)");
  const natural = await dialog.locator("img").evaluate((image) => [image.naturalWidth, image.naturalHeight]);
  await paint(page, [0.2, 0.3], [0.6, 0.3], [0.6, 0.7]);
  await painted(dialog, /^1\d % of the picture/);
  await dialog.getByLabel("What to draw there").fill("a red balloon");
  await answer(page, "Repaint");
  await finished(card, "V4");
  const sent = (await submitted(page)).at(-1);
  assert.deepEqual({ path: sent.path, prompt: sent.prompt }, { path: "/mj/submit/modal", prompt: "a red balloon" });
  const { size, white } = await readMask(page, sent.maskBase64, [[0.4, 0.3], [0.6, 0.6], [0.3, 0.6], [0.9, 0.1]]);
  assert.deepEqual(size, natural);
  assert.deepEqual(white, [true, true, false, false]);
  assert.equal(await focused(page), "Vary (Region)");
  assert.match(await page.locator("#code").textContent(), /await toMaskBase64\(canvas, \{\n  width: 512,\n  height: 512,/);
});

test("the brush has a size, erases, takes back and clears", async (t) => {
  const { page, dialog } = await openModal(t, "Vary (Region)");
  const share = async () => Number(/^\d+/.exec(await dialog.getByText(/of the picture is painted/).textContent())[0]);
  await paint(page, [0.5, 0.5]);
  const small = await share();
  await dialog.getByRole("slider", { name: "Brush" }).fill("40");
  await paint(page, [0.5, 0.5]);
  const large = await share();
  assert.ok(large > 3 * small, `${small} → ${large}`);
  await dialog.getByRole("radio", { name: "Erase" }).check();
  await dialog.getByRole("slider", { name: "Brush" }).fill("20");
  await paint(page, [0.5, 0.5]);
  assert.ok((await share()) < large);
  await dialog.getByRole("button", { name: "Undo" }).click();
  assert.equal(await share(), large);
  await dialog.getByRole("button", { name: "Clear" }).click();
  await painted(dialog, "Nothing is painted yet.");
});

test("a mask that is none is told in the dialog, which stays", async (t) => {
  const { page, dialog, card } = await openModal(t, "Vary (Region)");
  await answer(page, "Repaint");
  await dialog.getByRole("alert").getByText("Paint first what is to be made anew.").waitFor();
  for (const half of ["Top", "Bottom", "Left", "Right", "Middle"]) await answer(page, half);
  await answer(page, "Repaint");
  await dialog.getByRole("alert").getByText("white everywhere").waitFor();
  await page.keyboard.press("Escape");
  await key(card, "Paint the region…").waitFor();
  assert.equal((await submitted(page)).filter(({ path }) => path === "/mj/submit/modal").length, 0);
});

test("by keyboard alone: from the button to the mask to the picture", async (t) => {
  const page = await openReady(t);
  const { keyboard } = page;
  const reach = async (name) => {
    for (let i = 0; i < 60 && (await focused(page)) !== name; i += 1) await keyboard.press("Tab");
    assert.equal(await focused(page), name);
  };
  await reach("U1");
  await keyboard.press("Enter");
  await finished(cardOf(page, "U1"), "Favourite");
  await reach("Vary (Region)");
  await keyboard.press("Space");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "application");
  // From the middle up to the left, a dot; then a line to the right.
  for (const name of ["ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowUp"]) await keyboard.press(name);
  await painted(dialog, "40 % across, 44 % down");
  for (const name of ["]", "]", "Space"]) await keyboard.press(name);
  await keyboard.down("Space");
  for (let i = 0; i < 8; i += 1) await keyboard.press("ArrowRight");
  await keyboard.up("Space");
  await painted(dialog, /^\d+ % of the picture/);
  await keyboard.press("ArrowDown");
  await keyboard.press("Space");
  await keyboard.press("Control+z");
  await reach("Repaint");
  await keyboard.press("Enter");
  await finished(cardOf(page, "Vary (Region)"), "V4");
  assert.equal(await focused(page), "Vary (Region)");
  const { white } = await readMask(page, (await submitted(page)).at(-1).maskBase64, [[0.4, 0.44], [0.7, 0.44], [0.5, 0.2]]);
  assert.deepEqual(white, [true, true, false]);
});

test("Custom Zoom: the prompt ends in --zoom, whatever is typed", async (t) => {
  const { page, dialog, card } = await openModal(t, "Custom Zoom");
  const prompt = dialog.getByLabel("Prompt");
  const whole = "a lighthouse on a cliff, woodblock print";
  assert.equal(await prompt.inputValue(), `${whole} --zoom 2`);
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowLeft");
  assert.equal(await prompt.inputValue(), `${whole} --zoom 1.7`);
  await prompt.fill("a harbour --zoom 9 --ar 1:1");
  await prompt.blur();
  assert.equal(await prompt.inputValue(), "a harbour --ar 1:1 --zoom 2");
  await prompt.fill("a harbour --zoom 1.3 with boats");
  await answer(page, "Zoom out");
  await finished(card, "V4");
  const { path, prompt: sent } = (await submitted(page)).at(-1);
  assert.deepEqual([path, sent], ["/mj/submit/modal", "a harbour with boats --zoom 1.3"]);
});

test("a remix asks for another prompt", async (t) => {
  const page = await openReady(t);
  await page.getByRole("checkbox", { name: "Remix" }).check();
  await key(cards(page).first(), "V2").click();
  const dialog = page.getByRole("dialog", { name: "Remix" });
  await dialog.getByLabel("Prompt").fill("a windmill in the snow");
  await answer(page, "Go on");
  await finished(cardOf(page, "V2"), "U1");
  const [action, modal] = (await submitted(page)).slice(-2);
  assert.deepEqual([action.enableRemix, modal.prompt], [true, "a windmill in the snow"]);
});

test("Esc leaves it for later: the focus is where it was, and the card goes on with it, after a reload, too", async (t) => {
  const { page, dialog, card } = await openModal(t, "Vary (Region)");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await focused(page), "Vary (Region)");
  await page.reload();
  await key(card, "Paint the region…").click();
  await dialog.getByRole("button", { name: "Bottom" }).click();
  await answer(page, "Not now");
  assert.equal(await focused(page), "Paint the region…");
  await key(card, "Paint the region…").click();
  await dialog.getByRole("button", { name: "Bottom" }).click();
  await answer(page, "Repaint");
  await finished(card, "V4");
});

test("what it is given is refused: it says so, and can be given something else", async (t) => {
  const { page, dialog, card } = await openModal(t, "Custom Zoom");
  await dialog.getByLabel("Prompt").fill("a bannedword");
  await answer(page, "Zoom out");
  await card.getByRole("alert").getByText("SubmitRejectedError").waitFor();
  await key(card, "Set the zoom…").click();
  await answer(page, "Zoom out");
  await finished(card, "V4");
  assert.equal(await card.locator("[role=alert]").textContent(), "");
});
