/**
 * What is measured: for each client an app of a few lines, that makes one job. All do the same against the same server.
 */

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Where the apps are written, with what they import in its `node_modules`. */
export const FOLDER = join(ROOT, "target/bench/start");

const PACKAGE = process.env.PACKAGE ?? join(ROOT, "target/npm/package");
const PEERS = join(ROOT, "tests/peers/node_modules");
const LINKS = {
  "cometapi-midjourney": PACKAGE,
  "replicate": join(PEERS, "replicate"),
  "@fal-ai/client": join(PEERS, "@fal-ai/client"),
  "openai": join(PEERS, "openai"),
};

const ours = (entry, first = "") => `
import { Midjourney, init } from "${entry}";
export async function submit(baseURL) {
  ${first}
  return new Midjourney({ apiKey: "k", baseURL, dangerouslyAllowBrowser: true }).submitImagine({ prompt: "a lighthouse" });
}`;

/** Each exports `submit(baseURL)`. */
const SCRIPTS = {
  bare: `
export async function submit(baseURL) {
  const response = await fetch(baseURL + "/mj/submit/imagine", {
    method: "POST",
    headers: { authorization: "Bearer k", "content-type": "application/json" },
    body: JSON.stringify({ prompt: "a lighthouse" }),
    signal: AbortSignal.timeout(75_000),
  });
  if (!response.ok) throw new Error("HTTP " + response.status);
  return response.json();
}`,
  replicate: `
import Replicate from "replicate";
export const submit = (baseUrl) =>
  new Replicate({ auth: "k", baseUrl }).predictions.create({ model: "a/b", input: { prompt: "a lighthouse" } });`,
  fal: `
import { createFalClient } from "@fal-ai/client";
export function submit(baseURL) {
  const here = (url, init) => fetch(String(url).replace("https://queue.fal.run", baseURL), init);
  return createFalClient({ credentials: "k", fetch: here }).queue.submit("fal-ai/flux", { input: { prompt: "a lighthouse" } });
}`,
  openai: `
import OpenAI from "openai";
export const submit = (baseURL) =>
  new OpenAI({ apiKey: "k", baseURL, dangerouslyAllowBrowser: true }).images.generate({ prompt: "a lighthouse" });`,
  ours: ours("cometapi-midjourney"),
  slim: ours("cometapi-midjourney/slim", `await init(new URL("/midjourney.wasm", location));`),
};

/** The pages, and what of them is there for Node.js, too. A page's head may ask for the .wasm before the code does. */
export const PAGES = {
  ...Object.fromEntries(Object.keys(SCRIPTS).map((app) => [app, { app }])),
  preload: { app: "slim", preload: "/midjourney.wasm" },
};
export const PROCESSES = ["bare", "replicate", "fal", "openai", "ours"];

/** Writes the apps. Gives what a web server would: each file minified and compressed, by its path. */
export async function writeApps() {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [name, target] of Object.entries(LINKS)) {
    const link = join(FOLDER, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
  for (const [app, script] of Object.entries(SCRIPTS)) writeFileSync(join(FOLDER, `${app}.mjs`), script);
  const { outputFiles } = await build({
    entryPoints: Object.keys(SCRIPTS).map((app) => join(FOLDER, `${app}.mjs`)),
    outdir: FOLDER,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
  });
  const files = {};
  const add = (path, type, bytes) => (files[path] = { type, body: gzipSync(bytes, { level: 9 }) });
  for (const { path, contents } of outputFiles) add(path.slice(FOLDER.length), "text/javascript", contents);
  add("/midjourney.wasm", "application/wasm", readFileSync(join(PACKAGE, "dist/midjourney.wasm")));
  return files;
}
