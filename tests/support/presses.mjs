/** How a button comes to be pressed by somebody who wants to press it once. */

/** Enter goes down on what has the focus, and comes again and again until it is let go. */
export async function holdEnter(page) {
  for (let i = 0; i < 8; i += 1) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
}

/** By its name: presses a button, a Playwright locator, of a page. */
export const PRESSES = {
  "a double click": (page, button) => button.dblclick(),
  // What reads the page aloud clicks like this, without a count.
  "three clicks without a count": (page, button) =>
    button.evaluate(async (element) => {
      element.click();
      element.click();
      await new Promise((resolve) => setTimeout(resolve, 50));
      element.click();
    }),
  "Enter held down": async (page, button) => {
    await button.focus();
    await holdEnter(page);
  },
};
