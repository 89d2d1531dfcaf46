/** Pages in Chromium: one browser for all rows, a context of its own for each page. */

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { CHROMIUM, FLAGS } from "../support/chromium.mjs";

const PATIENCE = 60_000;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css" };

let launched;
const browser = () => (launched ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));

export const chromiumVersion = async () => (await browser()).version();

export async function closeChromium() {
  await (await launched)?.close();
  launched = undefined;
}

/**
 * Serves a folder as a plain web server would, and `/settings.json`.
 *
 * @param {{ after(end: () => unknown): void, settings: object }} app
 * @param {string} folder
 * @param {{ headers?: Record<string, string>, requested?: string[] }} [options] headers sent with every file, such as a
 *   Content-Security-Policy; where to note every path that is asked for, by workers, too
 * @returns {Promise<string>} its address
 */
export async function serveFolder(app, folder, { headers = {}, requested = [] } = {}) {
  const server = createServer(async (request, response) => {
    requested.push(request.url);
    const { pathname } = new URL(request.url, "http://host");
    try {
      const file = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      const body = pathname === "/settings.json" ? JSON.stringify(app.settings) : await readFile(join(folder, normalize(file)));
      response.writeHead(200, { ...headers, "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(pathname === "/favicon.ico" ? 204 : 404, headers).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  app.after(() => new Promise((done) => (server.close(done), server.closeAllConnections())));
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * Opens a page and waits for `globalThis.report`.
 *
 * @returns {Promise<{ report: any, requested: string[], refused: string[] }>} the report, every address that the page
 *   asked for, and those of its own server that were refused
 */
export async function browse(url) {
  const context = await (await browser()).newContext();
  const wrong = [];
  const requested = [];
  const refused = [];
  try {
    context.on("request", (request) => requested.push(request.url()));
    context.on("response", (response) => response.url().startsWith(new URL(url).origin) && response.status() >= 400 && refused.push(response.url()));
    const page = await context.newPage();
    page.on("pageerror", (error) => wrong.push(`uncaught: ${error.stack ?? error}`));
    page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
    page.on("crash", () => wrong.push("the page crashed"));
    await page.goto(url);
    await page.waitForFunction(() => globalThis.report !== undefined, null, { timeout: PATIENCE });
    return { report: await page.evaluate(() => globalThis.report), requested, refused };
  } catch (error) {
    throw new Error(`${error.message}\n${wrong.join("\n")}`);
  } finally {
    await context.close();
  }
}

/** The sizes of what a page asked for, once more: where no folder holds just that. */
export async function loaded(requested) {
  const files = { js: 0, wasm: 0, wasmFiles: 0 };
  for (const url of new Set(requested)) {
    const kind = /\.(wasm|[cm]?js)(?:\?|$)/.exec(url)?.[1].replace(/^[cm]/, "");
    if (!kind) continue;
    files[kind] += gzipSync(new Uint8Array(await (await fetch(url)).arrayBuffer()), { level: 9 }).length;
    if (kind === "wasm") files.wasmFiles++;
  }
  return files;
}

/** A page's whole script: its report is that of the conformance script. */
export const inPage = (library) => `
import { conform } from "./conformance.mjs";
${library}
const settings = await (await fetch("/settings.json")).json();
globalThis.report = await conform(library, settings, { browser: true });
`;

/** The page that loads it, after what else is in the head. */
export const html = (script, head = "") => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>app</title>${head}<script type="module" src="${script}"></script></html>
`;
