import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "../tests.mjs";
import { answer, cardOf, cards, finished, key, openReady } from "../stage.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  // Evaluated, not added as a script: the page's policy would refuse that, and rightly.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
}

/** As much of the page as can be seen at once: pictures, a modal's question, an error, a stopped wait. */
async function fill(page) {
  const grid = cards(page).first();
  await key(grid, "U1").click();
  const single = cardOf(page, "U1");
  await finished(single, "Custom Zoom");
  for (const [name, wants] of [["Vary (Region)", "Paint the region…"], ["Custom Zoom", "Set the zoom…"]]) {
    await key(single, name).click();
    const dialog = page.getByRole("dialog", { name });
    await dialog.waitFor();
    assert.deepEqual(await violations(page), [], name);
    await page.keyboard.press("Escape");
    await key(cardOf(page, name), wants).waitFor();
  }
  await page.getByRole("checkbox", { name: "Remix" }).check();
  await key(grid, "V1").click();
  await page.getByRole("dialog", { name: "Remix" }).waitFor();
  assert.deepEqual(await violations(page), [], "Remix");
  await answer(page, "Not now");
  await page.getByRole("checkbox", { name: "Remix" }).uncheck();
  const trouble = page.getByLabel("Let something go wrong");
  for (const [fail, name, error] of [["drop", "U2", "SubmitUncertainError"], ["401", "U3", "AuthenticationError"], ["patience", "U4", "PollTimeoutError"]]) {
    await trouble.selectOption(fail);
    await key(grid, name).click();
    await cardOf(page, name).getByText(error).waitFor();
  }
}

for (const colorScheme of ["light", "dark"]) {
  for (const [name, width] of [["wide", 1280], ["narrow", 360]]) {
    test(`axe finds nothing: ${colorScheme}, ${name}`, async (t) => {
      const page = await openReady(t, {}, { colorScheme, viewport: { width, height: 900 } });
      assert.deepEqual(await violations(page), []);
      const grid = cards(page).last();
      await key(grid, "V1").waitFor();
      await fill(page);
      assert.deepEqual(await violations(page), []);
      await page.getByRole("radio", { name: "Live" }).check();
      await page.getByRole("button", { name: "Open" }).waitFor();
      assert.deepEqual(await violations(page), []);
    });
  }
}

for (const width of [320, 390, 768, 1024, 1440]) {
  test(`nothing is wider than a window of ${width}`, async (t) => {
    const page = await openReady(t, {}, { viewport: { width, height: 800 } });
    await key(cards(page).first(), "U1").click();
    const single = cardOf(page, "U1");
    await finished(single, "Favourite");
    const [inner, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    assert.ok(whole <= inner, `${whole} in ${inner}`);
    for (const name of ["Vary (Region)", "Custom Zoom"]) {
      await key(single, name).click();
      await page.getByRole("dialog", { name }).waitFor();
      const [box, content] = await page.evaluate(() => {
        const dialog = document.querySelector("dialog");
        return [dialog.clientWidth, dialog.scrollWidth];
      });
      assert.ok(content <= box && box <= width, `${name}: ${content} in ${box}`);
      await page.keyboard.press("Escape");
    }
  });
}
