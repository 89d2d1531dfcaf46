/** A row's app: a folder of its own into which the packed tarball was installed, and what a row does with it. */

import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { CANARY } from "../support/canary.mjs";
import { program } from "../support/programs.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";

export const NAME = "cometapi-midjourney";
const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, "../..");
/** Where the apps stand: below the tools that users install beside the package, so that these are found as theirs are. */
export const GRID = join(ROOT, "target/grid");

/** How long one program of a row may take, ms. Nothing waits as long as this but a row that fails. */
export const PATIENCE = 180_000;

/** Something that cannot be had here: the row says so. */
export class Missing extends Error {}

/** Lets the apps find the tools of tests/apps. */
export function linkTools() {
  mkdirSync(join(GRID, "apps"), { recursive: true });
  rmSync(join(GRID, "node_modules"), { force: true, recursive: true });
  symlinkSync(join(ROOT, "tests/apps/node_modules"), join(GRID, "node_modules"));
}

/** The version of one of the tools. */
export function toolVersion(name) {
  return JSON.parse(readFileSync(join(ROOT, "tests/apps/node_modules", name, "package.json"), "utf8")).version;
}

/** A runtime that comes as a package for each platform: its program and version. */
export function runtime(name) {
  const found = program(name);
  if (!found) throw new Missing("npm has no package of it for this platform");
  return found;
}

/** A program that comes with one of the tools. */
export const tool = (name) => join(ROOT, "tests/apps/node_modules/.bin", name);

/**
 * Makes an app, and a simulator for it alone. `end` closes the simulator and whatever else was given to `after`.
 *
 * @param {string} row the row's name
 * @param {string} tarball
 */
export async function makeApp(row, tarball) {
  const folder = join(GRID, "apps", row.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = (...parts) => join(folder, ...parts);
  const packaged = (...parts) => path("node_modules", NAME, ...parts);
  const write = (name, text) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  write("package.json", JSON.stringify({ name: "app", private: true, type: "module" }));
  // NODE_ENV is set by bundlers that run within this process.
  const { NODE_ENV, NODE_OPTIONS, NODE_TEST_CONTEXT, COMETAPI_KEY, ...inherited } = process.env;
  const environment = { ...inherited, NO_COLOR: "1", CI: "1" };
  const exec = async (program, args = [], { env = {}, ...options } = {}) => {
    const all = { cwd: folder, env: { ...environment, ...env }, timeout: PATIENCE, maxBuffer: 1e8, ...options };
    try {
      return (await promisify(execFile)(program, args, all)).stdout;
    } catch (error) {
      const text = `${program.split("/").pop()} ${args.join(" ")}: ${error.stderr || ""}${error.stdout || ""}${error.message}`;
      // The settings may stand among the arguments.
      throw new Error(text.replaceAll(CANARY, "<key>"));
    }
  };
  await exec("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball]);
  copyFileSync(join(HERE, "conformance.mjs"), path("conformance.mjs"));

  const { createSimulator } = await import(pathToFileURL(packaged("dist/testing/index.js")));
  const simulator = createSimulator({ apiKey: CANARY, queueMs: 20, workMs: 60, tickMs: 5, modalLagMs: 0 });
  const served = await serveSimulator(simulator);
  const ends = [served.close];
  return {
    folder,
    path,
    packaged,
    write,
    environment,
    exec,
    simulator,
    /** What `conform` wants to know. A page reads it from `/settings.json`. */
    settings: {
      baseURL: served.url,
      apiKey: CANARY,
      gridId: simulator.addTask({}).id,
      singleId: simulator.addTask({ action: "UPSCALE" }).id,
    },
    after: (end) => ends.unshift(end),
    async end() {
      for (const end of ends) await end();
    },
  };
}

/** What a program printed as `REPORT {…}`, the last one. */
export function reportIn(stdout) {
  const line = stdout.split("\n").findLast((text) => text.startsWith("REPORT "));
  if (!line) throw new Error(`no report in: ${stdout.slice(-2_000)}`);
  return JSON.parse(line.slice("REPORT ".length));
}

/** A module that runs the conformance script with the settings in its first argument, and prints the report. */
export const printing = (library) => `
import { conform } from "./conformance.mjs";
${library}
const args = globalThis.process?.argv.slice(2) ?? [];
console.log("REPORT " + JSON.stringify(await conform(library, JSON.parse(args[0]), { browser: false })));
`;

/** The same as a CommonJS module. */
export const requiring = `
const library = require("${NAME}");
import("./conformance.mjs").then(async ({ conform }) => {
  console.log("REPORT " + JSON.stringify(await conform(library, JSON.parse(process.argv[2]), { browser: false })));
});
`;

/** The same as a worker, which gets the settings in a request's body and answers with the report. */
export const answering = `
import { conform } from "./conformance.mjs";
import * as library from "${NAME}";

export default {
  fetch: async (request) => Response.json(await conform(library, await request.json(), { browser: false })),
};
`;

/** Asks such a worker for its report. */
export async function reportOf(app, url, send = fetch) {
  const response = await send(url, { method: "POST", body: JSON.stringify(app.settings), signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`the worker answers with HTTP ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Bytes of JavaScript and of wasm in a folder: what is deployed. */
export function shipped(folder, { skip = () => false } = {}) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !skip(file.slice(folder.length + 1)));
  return sizes(files.filter((file) => /\.[cm]?js$/.test(file)), files.filter((file) => file.endsWith(".wasm")));
}

/** The same of the files of the package that its entries import, where nothing is bundled. */
export function imported(...entries) {
  const scripts = new Set();
  const modules = new Set();
  const visit = (file) => {
    if (file.endsWith(".wasm")) return void modules.add(file);
    if (scripts.has(file)) return;
    scripts.add(file);
    for (const [, source] of readFileSync(file, "utf8").matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"?]+)(?:\?\w+)?"/g)) visit(join(dirname(file), source));
  };
  entries.forEach(visit);
  return sizes([...scripts], [...modules]);
}

function sizes(scripts, modules) {
  const sum = (files) => files.map((file) => gzipSync(readFileSync(file), { level: 9 }).length).reduce((a, b) => a + b, 0);
  return { js: sum(scripts), wasm: sum(modules), wasmFiles: modules.length };
}

/** Resolves a module as a file of the app would. */
export const resolveIn = (app, name) => createRequire(app.path("package.json")).resolve(name);
