/** Pictures of the page, for people: target/screenshots/*.png. */

import { test } from "../tests.mjs";
import { fileURLToPath } from "node:url";
import { answer, cardOf, cards, finished, key, openReady, start } from "../stage.mjs";

const FOLDER = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));

const SIZES = { desktop: { width: 1280, height: 900 }, mobile: { width: 390, height: 844, hasTouch: true } };

for (const [size, { hasTouch = false, ...viewport }] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`screenshots: ${size}, ${colorScheme}`, async (t) => {
      const page = await openReady(t, { speed: "1" }, { viewport, colorScheme, hasTouch, clock: true });
      const take = (name, fullPage = true) => page.screenshot({ path: `${FOLDER}${name}-${size}-${colorScheme}.png`, fullPage });
      await take("idle", false);

      // Two at once, the second a little later.
      await start(page, "A harbour in the fog --ar 3:2");
      await page.clock.runFor(2_000);
      const card = await start(page, "A lighthouse above a quiet sea, at dawn");
      await card.getByRole("button", { name: "Stop waiting" }).waitFor();
      await page.clock.runFor(3_000);
      await card.getByText("Painting").waitFor();
      await take("running");
      await page.clock.runFor(4_000);
      await finished(card, "U2");
      await key(card, "U2").click();
      const single = cardOf(page, "U2");
      await single.getByRole("button", { name: "Stop waiting" }).waitFor();
      await page.clock.runFor(8_000);
      await finished(single, "Favourite");
      await page.evaluate(() => scrollTo(0, 0));
      await take("done");

      await key(single, "Vary (Region)").click();
      const { x, y, width, height } = await page.getByRole("application").boundingBox();
      const at = (across, down) => [x + across * width, y + down * height];
      await page.mouse.move(...at(0.25, 0.3));
      await page.mouse.down();
      for (const point of [[0.45, 0.22], [0.6, 0.3], [0.55, 0.45], [0.35, 0.42]]) await page.mouse.move(...at(...point), { steps: 5 });
      await page.mouse.up();
      await take("region", false);
      await answer(page, "Not now");
      await key(single, "Custom Zoom").click();
      await page.getByRole("slider", { name: "Zoom out" }).fill("1.5");
      await take("zoom", false);
      await answer(page, "Not now");
      await page.getByRole("checkbox", { name: "Remix" }).check();
      await key(card, "V3").click();
      await page.clock.runFor(1_000);
      await page.getByRole("dialog", { name: "Remix" }).waitFor();
      await take("remix", false);
      await answer(page, "Not now");
      await page.evaluate(() => scrollTo(0, 0));
      await take("wants-input");

      await page.getByLabel("Let something go wrong").selectOption("drop");
      await key(cards(page).last(), "U1").click();
      await page.getByText("SubmitUncertainError").last().waitFor();
      await page.evaluate(() => scrollTo(0, 0));
      await take("uncertain");
      await page.getByRole("radio", { name: "Live" }).check();
      await take("live");
    });
  }
}
