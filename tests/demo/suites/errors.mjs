import assert from "node:assert/strict";
import { test } from "../tests.mjs";
import { cardOf, cards, finished, key, logged, openReady } from "../stage.mjs";

// `?fail=…` chooses what goes wrong in the page's own list.

async function pressU1(t, fail, query = {}) {
  const page = await openReady(t, { fail, ...query });
  await key(cards(page).first(), "U1").click();
  return { page, card: cardOf(page, "U1") };
}

const submits = (page) => logged(page, "/mj/submit/action").count();

test("a refused key: class, remedy and facts, and one request", async (t) => {
  const { page, card } = await pressU1(t, "401");
  const alert = card.getByRole("alert");
  await alert.getByText("AuthenticationError").waitFor();
  await alert.getByText("Check apiKey or COMETAPI_KEY").waitFor();
  assert.match(await alert.innerText(), /retryable\s+false\s+status\s+401\s+taskId\s+\d{16}/);
  assert.equal(await submits(page), 1);
});

test("the list of troubles says what was chosen", async (t) => {
  const page = await openReady(t, { fail: "401" });
  const list = page.getByLabel("Let something go wrong");
  assert.equal(await list.inputValue(), "401");
  await list.selectOption({ label: "A banned word (code 24)" });
  await key(cards(page).first(), "U2").click();
  await cardOf(page, "U2").getByText("SubmitRejectedError").waitFor();
});

test("a submit whose answer is lost: prominently uncertain, and sent once", async (t) => {
  const { page, card } = await pressU1(t, "drop");
  await card.getByText("SubmitUncertainError").waitFor();
  await card.getByText("It may have been accepted. It was not sent again.").waitFor();
  await card.getByText("Not certain").waitFor();
  assert.equal(await submits(page), 1);
});

test("too busy, twice: the library sends it again, and it works", async (t) => {
  const { page, card } = await pressU1(t, "429");
  await finished(card, "Favourite");
  assert.equal(await submits(page), 3);
});

test("four bad answers in a row are lived through", async (t) => {
  const { page, card } = await pressU1(t, "polls");
  await finished(card, "Favourite");
  assert.ok((await logged(page, /lost|502|429/).count()) >= 3);
});

test("a task that fails half-way: its reason", async (t) => {
  const { card } = await pressU1(t, "failure", { speed: "4" });
  await card.getByText("TaskFailedError").waitFor();
  await card.getByRole("alert").getByText("[Invalid parameter] simulated").first().waitFor();
});

test("a wait that is too short goes on from where it stopped", async (t) => {
  const { page, card } = await pressU1(t, "patience", { speed: "4" });
  await card.getByText("PollTimeoutError").waitFor();
  await card.getByRole("button", { name: "Go on waiting" }).click();
  await finished(card, "Favourite");
  assert.equal(await card.locator("[role=alert]").textContent(), "");
  assert.equal(await submits(page), 1);
});
