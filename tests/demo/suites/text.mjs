import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { cards, finished, key, open, openReady, start } from "../stage.mjs";

const EVIL = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>`;

async function unharmed(page) {
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator("img[onerror], article script, img[src='x']").count(), 0);
}

test("markup in a prompt stays text", async (t) => {
  const page = await openReady(t);
  const card = await start(page, EVIL);
  await finished(card, "U1");
  assert.equal(await card.getByRole("heading").textContent(), EVIL);
  await key(card, "U1").click();
  const single = cards(page).nth(1);
  await finished(single, "Favourite");
  for (const name of ["Vary (Region)", "Custom Zoom"]) {
    await key(single, name).click();
    const dialog = page.getByRole("dialog", { name });
    assert.ok((await dialog.getByRole("textbox").inputValue()).startsWith(EVIL));
    await page.keyboard.press("Escape");
  }
  await page.reload();
  await finished(card, "U1");
  assert.equal(await card.getByRole("heading").textContent(), EVIL);
  await unharmed(page);
});

test("whatever the API says stays text, and an address that is no picture's is not used", async (t) => {
  const page = await open(t);
  const id = "1773314942177009";
  const button = (fields) => ({ customId: "", label: "", emoji: "", type: 2, style: 2, ...fields });
  const json = {
    id,
    action: EVIL,
    status: "SUCCESS",
    progress: EVIL,
    prompt: EVIL,
    imageUrl: "javascript:window.hacked=3",
    videoUrl: "javascript:window.hacked=4",
    buttons: [
      button({ customId: `MJ::NEW::${EVIL}`, label: EVIL }),
      button({ customId: "MJ::SOMETHING::new::1", emoji: "🧪" }),
      button({ customId: "MJ::JOB::quite_new::1::x", label: null, emoji: null }),
      button({ customId: null, label: "Web", style: 5 }),
    ],
  };
  await page.route("https://proxy.example/**", (route) => route.fulfill({ json, headers: { "access-control-allow-origin": "*" } }));
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("URL of a proxy").fill("https://proxy.example");
  await page.getByLabel("Task id").fill(id);
  await page.getByRole("button", { name: "Open" }).click();
  const card = cards(page).first();
  await key(card, EVIL).waitFor();
  // Kinds that the page does not know are there all the same, and a link is no button.
  const names = await card.getByRole("group", { name: "More" }).getByRole("button").allTextContents();
  assert.deepEqual(names, [EVIL, "🧪", "MJ::JOB::quite_new::1::x"]);
  assert.equal(await card.getByText("Web").count(), 1);
  assert.equal(await card.getByRole("link").count(), 0);
  assert.match(await card.locator("img").getAttribute("src"), /^data:image\//);
  await unharmed(page);
});

test("an unknown status and a failure's reason stay text", async (t) => {
  const page = await open(t);
  const id = "1773314942177010";
  const json = { id, status: "FAILURE", progress: "100%", failReason: EVIL, buttons: null };
  await page.route("https://proxy.example/**", (route) => route.fulfill({ json, headers: { "access-control-allow-origin": "*" } }));
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("URL of a proxy").fill("https://proxy.example");
  await page.getByLabel("Task id").fill(id);
  await page.getByRole("button", { name: "Open" }).click();
  const alert = cards(page).first().getByRole("alert");
  await alert.getByText("TaskFailedError").waitFor();
  assert.ok((await alert.textContent()).includes("<img src=x"));
  await unharmed(page);
});
