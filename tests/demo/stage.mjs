/** The server, the browser, and a page that reports what went wrong in it. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { CHROMIUM, FLAGS } from "../support/chromium.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SERVER = process.env.DEMO_SERVER ?? `${ROOT}target/debug/xtask`;

/** How long a condition may take, ms. Nothing waits as long as this but a test that fails. */
const PATIENCE = 30_000;

let server;
let browser;
let address;

export async function startStage() {
  assert.ok(existsSync(SERVER), `there is no ${SERVER}: DEMO_SERVER names the xtask binary`);
  server = spawn(SERVER, ["demo", "--no-build", "--port", "0"], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  // Also where this process ends without `after`.
  process.once("exit", () => server.kill());
  address = await servedAt(server);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export async function stopStage() {
  await browser?.close();
  if (!server || server.exitCode !== null) return;
  const gone = once(server, "exit");
  server.kill();
  await gone;
}

async function servedAt(process) {
  for await (const line of createInterface({ input: process.stdout })) {
    const found = /^Demo: (\S+)/.exec(line);
    if (found) return found[1];
  }
  throw new Error("the demo's server ended without its address");
}

/**
 * The page, twenty times as fast (`?speed=20`) unless the query says otherwise. When the test ends, nothing may have
 * gone wrong in it but what `expected` matches.
 */
export async function open(t, query = {}, { expected = /$^/, clock = false, before, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`uncaught: ${error}`));
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  await page.exposeFunction("reportViolation", (what) => wrong.push(`CSP: ${what}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => window.reportViolation(`${event.violatedDirective} ${event.blockedURI}`));
  });
  t.after(async () => {
    await context.close();
    const unexpected = wrong.filter((what) => !expected.test(what));
    assert.deepEqual(unexpected, []);
  });
  if (clock) await page.clock.install();
  await before?.(page);
  await page.goto(`${address}?${new URLSearchParams({ speed: "20", ...query })}`);
  return page;
}

/** The page, once its example is there. */
export async function openReady(t, query, options) {
  const page = await open(t, query, options);
  await key(cards(page).first(), "U1").waitFor();
  return page;
}

export const cards = (page) => page.getByRole("article");
/** The card that came of this button, the newest of several. */
export const cardOf = (page, name) => cards(page).filter({ hasText: new RegExp(`^${name.replace(/[()]/g, "\\$&")} of `) }).first();
export const key = (card, name) => card.getByRole("button", { name, exact: true });
export const picture = (card) => card.getByRole("img", { name: /^Picture: / });

/** Starts a picture; its card. */
export async function start(page, prompt = "hills under a wide sky") {
  await page.getByLabel("Prompt").fill(prompt);
  await page.getByRole("button", { name: "Start" }).click();
  return cards(page).first();
}

/** Answers the open dialog, or leaves it, by the button of this name. */
export const answer = (page, name) => page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

/** What was submitted to the page's own simulator, oldest first. */
export const submitted = (page) =>
  page.evaluate(() => JSON.parse(sessionStorage["demo:journal"] ?? "[]").map(({ path, body }) => ({ path, ...JSON.parse(body) })));

/** Until the card has its picture and its buttons. */
export async function finished(card, button) {
  await picture(card).waitFor();
  await key(card, button).waitFor();
}

/** The rows of the log that have this text, newest first. */
export const logged = (page, text) =>
  page.getByRole("region", { name: "What just happened" }).getByRole("listitem").filter({ hasText: text });

/** How many requests the log shows, repeated ones included. */
export async function requests(page) {
  const rows = await page.locator("#log li .times").allTextContents();
  return rows.reduce((sum, times) => sum + Number(times.slice(1) || 1), 0);
}
