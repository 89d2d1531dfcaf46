/** Pictures of the page, for people: target/screenshots/*.png. */

import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cardOf, cards, finished, key, openReady, start } from "../stage.mjs";

const FOLDER = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));

const SIZES = { desktop: { width: 1280, height: 900 }, mobile: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`screenshots: ${size}, ${colorScheme}`, async (t) => {
      const page = await openReady(t, { speed: "1" }, { viewport, colorScheme, clock: true });
      const take = (name) => page.screenshot({ path: `${FOLDER}${name}-${size}-${colorScheme}.png`, fullPage: name !== "idle" });
      await take("idle");
      const card = await start(page, "A lighthouse above a quiet sea, at dawn");
      await card.getByRole("button", { name: "Stop waiting" }).waitFor();
      await page.clock.runFor(4_000);
      await card.getByText("Painting").waitFor();
      await take("running");
      await page.clock.runFor(4_000);
      await finished(card, "U2");
      await key(card, "U2").click();
      await cardOf(page, "U2").getByRole("button", { name: "Stop waiting" }).waitFor();
      await page.clock.runFor(8_000);
      await finished(cardOf(page, "U2"), "Favourite");
      await page.evaluate(() => scrollTo(0, 0));
      await take("done");
      await page.getByLabel("Let something go wrong").selectOption("drop");
      await key(cards(page).last(), "U1").click();
      await page.getByText("SubmitUncertainError").last().waitFor();
      await take("uncertain");
      await page.getByRole("radio", { name: "Live" }).check();
      await take("live");
    });
  }
}
