import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { CANARY as KEY } from "../../support/canary.mjs";
import { serveSimulator } from "../../support/serve-simulator.mjs";
import { answer, cardOf, cards, finished, key, logged, open, openReady, picture, start, submitted } from "../stage.mjs";

const { createSimulator } = await import(new URL("../../../target/npm/package/dist/testing/index.js", import.meta.url));

const titled = (page, text) => cards(page).filter({ has: page.getByRole("heading", { name: text }) });
const barOf = (card) => card.getByRole("progressbar").evaluate((bar) => bar.value);

test("two pictures at once: each bar moves by itself", async (t) => {
  const page = await openReady(t, { speed: "2" });
  await start(page, "the first");
  const first = titled(page, "the first");
  await first.getByText(/^[1-9]\d*%$/).waitFor();
  await start(page, "the second");
  const second = titled(page, "the second");
  await second.getByRole("progressbar").waitFor();
  const [ahead, behind] = [await barOf(first), await barOf(second)];
  assert.ok(ahead > behind, `${ahead} and ${behind}`);
  await Promise.all([finished(first, "U1"), finished(second, "U1")]);
});

test("a reload in mid-task: the simulator's tasks go on, and all cards are there again", async (t) => {
  const page = await openReady(t, { speed: "2" });
  await key(cards(page).first(), "U3").click();
  const single = cardOf(page, "U3");
  await finished(single, "Favourite");
  const before = await picture(single).getAttribute("src");
  await start(page, "the first");
  await start(page, "the second");
  await titled(page, "the first").getByText("Painting").waitFor();
  const sent = await submitted(page);
  await page.reload();

  await page.locator("#code").getByText("store.resumeAll").waitFor();
  for (const text of ["the first", "the second"]) await titled(page, text).getByRole("button", { name: "Stop waiting" }).waitFor();
  for (const text of ["the first", "the second"]) await finished(titled(page, text), "U1");
  await finished(single, "Favourite");
  assert.equal(await picture(single).getAttribute("src"), before, "the same picture");
  const names = await cards(page).getByRole("heading").allTextContents();
  assert.deepEqual(names, ["the second", "the first", "a lighthouse on a cliff, woodblock print", "U3 of a lighthouse on a cliff, woodblock print"]);
  assert.deepEqual(await submitted(page), sent, "nothing is submitted again");
  assert.equal(await logged(page, "POST").count(), 0);

  // What came back is as good as new.
  await key(single, "Pan left").click();
  await finished(cardOf(page, "Pan left"), "U1");
});

test("a favourite, a failure and a button that was pressed are as they were", async (t) => {
  const page = await openReady(t, { fail: "failure", speed: "4" });
  await key(cards(page).first(), "U1").click();
  await cardOf(page, "U1").getByText("TaskFailedError").waitFor();
  await page.reload();
  await cardOf(page, "U1").getByText("TaskFailedError").waitFor();
  await cards(page).first().locator("button[data-pressed]").getByText("U1").waitFor();
});

test("what is done is cleared, and what is under way is not", async (t) => {
  const page = await openReady(t, { speed: "4" });
  await start(page, "still to come");
  await page.getByRole("button", { name: "Clear what is done" }).click();
  await page.getByRole("status").getByText("Cleared: 1.").waitFor();
  await page.reload();
  await finished(cards(page).first(), "U1");
  assert.deepEqual(await cards(page).getByRole("heading").allTextContents(), ["still to come"]);
});

/** A server that stands for a proxy, and a page that is told of it. */
async function openLive(t, options) {
  const simulator = createSimulator({ requireKey: false, imageUrls: "data", queueMs: 300, workMs: 3_000, tickMs: 100 });
  const server = await serveSimulator(simulator);
  t.after(() => server.close());
  const page = await open(t, {}, options);
  const goLive = async (page) => {
    await page.getByRole("radio", { name: "Live" }).check();
    await page.getByLabel("URL of a proxy").fill(server.url);
  };
  await goLive(page);
  return { page, simulator, goLive };
}

test("live, over HTTP: two pictures at once, a reload in mid-task, and both come; each was submitted once", async (t) => {
  const { page, simulator } = await openLive(t);
  for (const text of ["the first", "the second"]) {
    await start(page, text);
    await titled(page, text).getByRole("button", { name: "Stop waiting" }).waitFor();
  }
  await page.reload();
  assert.equal(await page.getByRole("radio", { name: "Live" }).isChecked(), true);
  for (const text of ["the first", "the second"]) await finished(titled(page, text), "U1");
  assert.equal(simulator.counts["POST /mj/submit/imagine"], 2);
});

test("live, over HTTP: the tab is closed; the next one has the task again", async (t) => {
  const { page, simulator, goLive } = await openLive(t);
  await start(page, "left behind");
  await titled(page, "left behind").getByRole("button", { name: "Stop waiting" }).waitFor();
  const next = await page.context().newPage();
  await page.close();
  await next.goto(page.url());
  await goLive(next);
  await start(next, "a new one");
  for (const text of ["left behind", "a new one"]) await finished(titled(next, text), "U1");
  assert.equal(simulator.counts["POST /mj/submit/imagine"], 2);
});

test("live, over HTTP: Vary (Region) waits over a reload, and its mask arrives", async (t) => {
  const { page, simulator } = await openLive(t);
  const { id } = simulator.addTask({ action: "UPSCALE", prompt: "a mill --v 7" });
  await page.getByLabel("Task id").fill(id);
  await page.getByRole("button", { name: "Open" }).click();
  await key(cards(page).first(), "Vary (Region)").click();
  await page.getByRole("dialog").waitFor();
  await page.reload();
  const card = cardOf(page, "Vary (Region)");
  await key(card, "Paint the region…").click();
  await answer(page, "Left");
  await answer(page, "Repaint");
  await finished(card, "V4");
  assert.match(simulator.tasks.at(-1).maskBase64, /^data:image\/png;base64,iVBORw0KGgo/);
});

test("live, by key: after a reload the card waits for the key, and goes on with it", async (t) => {
  const simulator = createSimulator({ imageUrls: "data", apiKey: KEY, queueMs: 0, workMs: 0, tickMs: 0 });
  const page = await open(t);
  await page.route("https://api.cometapi.com/**", async (route) => {
    const request = route.request();
    const [method, headers, body] = [request.method(), await request.allHeaders(), request.postData()];
    const answer = await simulator.fetch(request.url(), { method, headers, body: body ?? undefined });
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() });
  });
  await page.getByRole("radio", { name: "Live" }).check();
  await page.getByLabel("CometAPI key").fill(KEY);
  const card = await start(page, "a bridge");
  await card.getByRole("button", { name: "Stop waiting" }).waitFor();
  await page.reload();
  await card.getByText("Waits for the key").waitFor();
  await card.getByRole("button", { name: "Go on waiting" }).click();
  await page.getByRole("alert").getByText("Give the URL of a proxy, or a key.").waitFor();
  await page.keyboard.type(KEY);
  await card.getByRole("button", { name: "Go on waiting" }).click();
  await finished(card, "U1");
  assert.equal(await cards(page).count(), 1);
  assert.equal(simulator.counts["POST /mj/submit/imagine"], 1);
});
