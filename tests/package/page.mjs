/** A page as a user would publish it: bundled with esbuild, served from an origin of its own, opened in Chromium. */

import assert from "node:assert/strict";
import { after } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { CHROMIUM, FLAGS } from "../support/chromium.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { app } from "./app.mjs";

/** How long a page may take, ms. Nothing waits as long as this but a test that fails. */
const PATIENCE = 30_000;

let launched;
after(async () => (await launched)?.close());

/**
 * Opens a page whose script is `scripts["app.js"]`; the others lie beside it. Its policy lets it connect to itself and
 * to `api`; what `own` answers is of the page's own origin, too. `wrong` collects what went wrong in it.
 */
export async function openPage(t, { query = "", prepare, ...published }) {
  const origin = await publish(t, published);
  const { page, wrong } = await visit(t, `${origin}/?${query}`, prepare);
  return {
    page,
    wrong,
    origin,
    /** Waits until something holds in the page. */
    async until(condition) {
      const held = page.waitForFunction(condition, null, { timeout: PATIENCE });
      await held.catch((error) => assert.fail(`${error.message}\n${wrong.join("\n")}`));
    },
  };
}

/** Opens what stands at an address, in a context of its own. `wrong` collects what went wrong in the page. */
export async function visit(t, url, prepare) {
  const browser = await (launched ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`uncaught: ${error.stack ?? error}`));
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  if (prepare) await prepare(page);
  await page.goto(url);
  return { page, wrong };
}

/** Serves such a page at a new origin until the test ends. */
export async function publish(t, { scripts, api, own, script = "'self' 'wasm-unsafe-eval'" }) {
  const files = await bundle(scripts);
  const policy = `default-src 'self'; script-src ${script}; connect-src 'self' ${api}; img-src 'self' ${api}`;
  const served = await serveSimulator({ fetch: async (request) => own?.(request) ?? answer(new URL(request.url).pathname, files, policy) });
  t.after(served.close);
  return served.url;
}

async function bundle(scripts) {
  const entries = Object.entries(scripts).map(async ([name, contents]) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: app.folder },
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      logLevel: "error",
    });
    return [`/${name}`, outputFiles[0].text];
  });
  return new Map(await Promise.all(entries));
}

function answer(path, files, policy) {
  const headers = { "content-security-policy": policy };
  const text = files.get(path);
  if (text !== undefined) return new Response(text, { headers: { ...headers, "content-type": "text/javascript" } });
  // Chromium asks for an icon.
  if (path !== "/") return new Response(null, { status: 204 });
  const html = '<!doctype html><html lang="en"><title>before</title><body><script type="module" src="/app.js"></script>';
  return new Response(html, { headers: { ...headers, "content-type": "text/html" } });
}
