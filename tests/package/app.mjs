/** A user's project: an empty folder into which the packed tarball was installed, and what tests do in it. */

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { CANARY } from "../support/canary.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";

export const NAME = "cometapi-midjourney";
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const KEY = CANARY;

/** Waits as short as they can be, for tests whose tasks take milliseconds. */
export const QUICK = { initialDelayMs: 1, minDelayMs: 5, maxDelayMs: 10 };

/** The counts' names for the routes. */
export const ACTION = "POST /mj/submit/action";
export const FETCH = "GET /mj/task/{id}/fetch";
export const IMAGINE = "POST /mj/submit/imagine";
export const LIST = "POST /mj/task/list-by-condition";
export const MODAL = "POST /mj/submit/modal";

// A key of the developer's own must not reach the tests: they would send it, if only to loopback.
delete process.env.COMETAPI_KEY;

const folders = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed when this process ends. */
export function temporaryFolder(parent = tmpdir()) {
  // Resolved, since Node.js tells modules apart by their real paths.
  const folder = realpathSync(mkdtempSync(join(parent, `${NAME}-`)));
  folders.push(folder);
  return folder;
}

function tarball() {
  const file = process.env.TARBALL;
  if (file && existsSync(file)) return resolve(file);
  console.error(`${file ? `TARBALL: there is no ${file}` : "TARBALL is not set"}: run \`cargo xtask test --only runtimes\`.`);
  process.exit(1);
}

/** The project, one for each test file: a copy of the one that xtask has installed, else installed here. */
export const app = projectIn(temporaryFolder());
if (process.env.CONSUMER) {
  cpSync(process.env.CONSUMER, app.folder, { recursive: true });
} else {
  writeFileSync(app.path("package.json"), JSON.stringify({ name: "consumer", private: true }));
  execFileSync("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball()], {
    cwd: app.folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
addLoader(app);

/** The same project with a copy of the package of its own, of which nothing is loaded yet. */
export function copyOfApp() {
  const copy = projectIn(temporaryFolder());
  cpSync(app.folder, copy.folder, { recursive: true });
  return copy;
}

function projectIn(folder) {
  const path = (...parts) => join(folder, ...parts);
  return {
    folder,
    path,
    /** A file of the installed package. */
    packaged: (...parts) => path("node_modules", NAME, ...parts),
    /** Imports an entry point as a module of the project would. */
    load: async (entry = NAME) => (await import(pathToFileURL(path("load.mjs")))).default(entry),
    /** Writes a file into the project. */
    write(name, text) {
      writeFileSync(path(name), text);
      return path(name);
    },
    /** Writes a file and runs it in a Node.js of its own. Gives what it printed; rejects where it failed. */
    run(name, text, args = [], environment = {}) {
      const file = this.write(name, text);
      const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;
      return new Promise((done, fail) => {
        const options = { cwd: folder, env: { ...env, ...environment }, timeout: 60_000 };
        execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
          if (error) fail(new Error(`${name} failed: ${stderr || stdout || error.message}`));
          else done({ stdout, stderr });
        });
      });
    },
  };
}

function addLoader(project) {
  project.write("load.mjs", "export default (entry) => import(entry);\n");
}

/**
 * A simulator behind a real server, a finished task in it, and a client of it. The client's sleep is
 * recorded and takes no time. The server is closed when the test ends.
 */
export async function stage(t, { simulator: options = {}, client: clientOptions = {} } = {}) {
  const { Midjourney } = await app.load();
  const { createSimulator, faults } = await app.load(`${NAME}/testing`);
  const simulator = createSimulator({ queueMs: 20, workMs: 60, tickMs: 5, apiKey: KEY, ...options });
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const slept = [];
  const sleep = async (ms) => void slept.push(ms);
  const client = new Midjourney({ apiKey: KEY, baseURL: url, sleep, ...clientOptions });
  const parent = simulator.addTask({});
  const press = { taskId: parent.id, customId: buttonOf(parent, "U1") };
  return { Midjourney, simulator, faults, url, client, slept, parent, press };
}

/** The customId of a simulated task's button. */
export function buttonOf(task, label) {
  const found = task.buttons.find((button) => button.label === label);
  if (!found) throw new Error(`no button ${label} in ${JSON.stringify(task.buttons)}`);
  return found.customId;
}

/** The environment of a Node.js that has the key, and whose fetch asks the server at `url` in place of the API. */
export function redirected(url) {
  const redirect = app.write(
    "redirect.mjs",
    `const { fetch } = globalThis;
     globalThis.fetch = (address, init) => fetch(String(address).replace("https://api.cometapi.com/", "${url}/"), init);`,
  );
  return { COMETAPI_KEY: KEY, NODE_OPTIONS: `--import=${pathToFileURL(redirect)}` };
}

/** What a promise rejects with. */
export async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`resolved with ${JSON.stringify(value)}, though it should have been rejected`);
}

/** Lets everything that is ready run: long enough for what was going to be sent on loopback to have arrived. */
export async function turns(count = 50) {
  for (let i = 0; i < count; i++) await turn();
}

/** Nowhere may the key be found: in properties, causes, messages, stacks, in what a log would show. */
export function assertKeyless(error) {
  const views = [String(error), error?.stack, inspect(error, { depth: 20, showHidden: true }), everything(error)];
  for (const view of views) assert.ok(!String(view).includes(KEY), `the key is in ${view}`);
}

function everything(value, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return String(value);
  seen.add(value);
  return Reflect.ownKeys(value).map((key) => `${String(key)}: ${everything(value[key], seen)}`).join("\n");
}
