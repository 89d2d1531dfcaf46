import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { CANARY as KEY } from "../../support/canary.mjs";
import { cards, finished, key, open } from "../stage.mjs";

const ID = "1773314942177001";
const HASH = "e76dab9b-ddd1-4186-a821-3bebc8dc5a49";

const task = (fields = {}) => ({
  id: ID,
  action: "IMAGINE",
  status: "SUCCESS",
  progress: "100%",
  prompt: "a tower",
  imageUrl: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/%3E",
  buttons: [{ customId: `MJ::JOB::upsample::1::${HASH}`, label: "U1", emoji: "", type: 2, style: 2 }],
  ...fields,
});

/** A server in place of the live one; gives what it was asked. */
async function serve(page, pattern, answer) {
  const asked = [];
  await page.route(pattern, async (route) => {
    const request = route.request();
    asked.push({ method: request.method(), url: request.url(), authorization: await request.headerValue("authorization") });
    const { status = 200, json } = answer(request);
    await route.fulfill({ status, json, headers: { "access-control-allow-origin": "*" } });
  });
  return asked;
}

async function goLive(page, { proxy = "", apiKey = "" }) {
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("URL of a proxy").fill(proxy);
  await page.getByLabel("CometAPI key").fill(apiKey);
  await page.getByLabel("Task id").fill(ID);
  await page.getByRole("button", { name: "Open" }).click();
}

/** Runs in the page. */
function readDatabases() {
  const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  window.contentsOf = async (name) => {
    const database = await done(indexedDB.open(name));
    const contents = [];
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      contents.push(store, await done(rows.getAllKeys()), await done(rows.getAll()));
    }
    database.close();
    return JSON.stringify([name, contents]);
  };
}

test("Live shows its fields and its warning, and hides the simulator's", async (t) => {
  const page = await open(t);
  await page.getByRole("radio", { name: "Live" }).check();
  const field = page.getByLabel("CometAPI key");
  assert.equal(await field.getAttribute("type"), "password");
  assert.equal(await field.getAttribute("autocomplete"), "off");
  assert.equal(await field.getAttribute("name"), null);
  assert.equal(await page.getByLabel("URL of a proxy").isVisible(), true);
  assert.equal(await page.getByText("keeps it in memory only").isVisible(), true);
  assert.equal(await page.getByLabel("Let something go wrong").isVisible(), false);
  assert.equal(await cards(page).count(), 0);
  await page.getByRole("radio", { name: "Simulator" }).check();
  assert.equal(await field.isVisible(), false);
  assert.equal(await page.getByLabel("Let something go wrong").isVisible(), true);
});

test("the key goes to the API, and nowhere else", async (t) => {
  const page = await open(t, {}, { before: (page) => page.addInitScript(readDatabases) });
  const asked = await serve(page, "https://api.cometapi.com/**", () => ({ json: task() }));
  await goLive(page, { apiKey: KEY });
  await finished(cards(page).first(), "U1");
  assert.deepEqual(asked, [
    { method: "GET", url: `https://api.cometapi.com/mj/task/${ID}/fetch`, authorization: `Bearer ${KEY}` },
  ]);
  const kept = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookie: document.cookie,
    address: location.href,
    history: JSON.stringify(history.state),
    stores: await Promise.all((await indexedDB.databases()).map(({ name }) => window.contentsOf(name))),
    caches: await caches.keys(),
    document: document.documentElement.outerHTML,
  }));
  assert.ok(kept.session["demo:live"].includes(ID), "the card is remembered");
  assert.ok(!JSON.stringify(kept).includes(KEY), "the key is not");
});

test("the key does not survive a reload", async (t) => {
  const page = await open(t);
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("CometAPI key").fill(KEY);
  await page.reload();
  await page.getByRole("radio", { name: "Live" }).check();
  assert.equal(await page.getByLabel("CometAPI key").inputValue(), "");
});

test("a proxy is asked without a key", async (t) => {
  const page = await open(t);
  const asked = await serve(page, "https://proxy.example/**", () => ({ json: task() }));
  await goLive(page, { proxy: "https://proxy.example/mj-proxy" });
  await finished(cards(page).first(), "U1");
  assert.deepEqual(asked, [
    { method: "GET", url: `https://proxy.example/mj-proxy/mj/task/${ID}/fetch`, authorization: null },
  ]);
});

test("a live button runs to its picture", async (t) => {
  const page = await open(t, {}, { clock: true });
  const next = "1773314942177002";
  let looks = 0;
  const asked = await serve(page, "https://proxy.example/**", (request) => {
    if (request.method() === "POST") return { json: { code: 1, description: "", result: next, properties: {} } };
    if (!request.url().includes(next)) return { json: task() };
    looks += 1;
    const pending = { id: next, status: "IN_PROGRESS", progress: "46%", imageUrl: "", buttons: [] };
    return { json: looks < 2 ? task(pending) : task({ id: next, action: "UPSCALE" }) };
  });
  await goLive(page, { proxy: "https://proxy.example" });
  const parent = cards(page).first();
  await key(parent, "U1").click();
  const child = cards(page).nth(1);
  await child.getByRole("button", { name: "Stop waiting" }).waitFor();
  // With the library's own patience: two seconds, and then longer.
  await page.clock.runFor(2_000);
  await child.getByText("46%").waitFor();
  await page.clock.runFor(5_000);
  await finished(child, "U1");
  assert.equal(asked.filter(({ method }) => method === "POST").length, 1);
});

test("what is typed wrong is told", async (t) => {
  const page = await open(t);
  await goLive(page, {});
  await page.getByRole("alert").getByText("Give the URL of a proxy, or a key.").waitFor();
  await goLive(page, { proxy: "https://proxy.example", apiKey: KEY });
  await page.getByRole("alert").getByText("Give one of the two").waitFor();
  await goLive(page, { proxy: "http://proxy.example" });
  await cards(page).first().getByText("InvalidArgumentError").waitFor();
});

test("the live API's refusal is shown with its remedy", async (t) => {
  const page = await open(t, {}, { expected: /401/ });
  const envelope = { error: { message: "Invalid token (request id: 20260205Sim)", type: "comet_api_error", param: "", code: "" } };
  await serve(page, "https://api.cometapi.com/**", () => ({ status: 401, json: envelope }));
  await goLive(page, { apiKey: KEY });
  const alert = cards(page).first().getByRole("alert");
  await alert.getByText("AuthenticationError").waitFor();
  assert.match(await alert.innerText(), /Check apiKey[^]*requestId\s+20260205Sim/);
});
