/** A page's example as its user runs it: installed with the packed tarball, its own scripts run by npm, in Chromium. */

import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { GRID, linkTools } from "../grid/app.mjs";
import { NAME, ROOT, KEY, app } from "../package/app.mjs";
import { CHROMIUM, FLAGS } from "../support/chromium.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";

/** How long a build, a start, or something in a page may take, ms. Nothing waits as long as this but a test that fails. */
const PATIENCE = 120_000;

const { createSimulator } = await app.load(`${NAME}/testing`);

let launched;
after(async () => (await launched)?.close());

/** The example in a folder of its own, which finds its tools as its user's does. */
export function install(name) {
  linkTools();
  const folder = join(GRID, "apps", `example-${name}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(ROOT, "examples", name), folder, { recursive: true });
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  cpSync(app.packaged(), join(folder, "node_modules", NAME), { recursive: true });
  return folder;
}

function environment(extra) {
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;
  return { ...env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", ...extra };
}

/** `npm run SCRIPT` in the example's folder, to its end. */
export async function npmRun(folder, script) {
  const options = { cwd: folder, env: environment({}), timeout: PATIENCE };
  await promisify(execFile)("npm", ["run", script], options).catch((error) => {
    throw new Error(`npm run ${script}: ${error.stdout}${error.stderr}`);
  });
}

/** A simulator, and what leads a server's requests for the API to it. */
export async function simulate(t, folder, options = {}) {
  const simulator = createSimulator({ apiKey: KEY, queueMs: 20, workMs: 60, tickMs: 5, modalLagMs: 0, ...options });
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const redirect = app.write(
    "redirect.mjs",
    `const { fetch } = globalThis;
     globalThis.fetch = (address, init) => fetch(String(address).replace("https://api.cometapi.com/", "${url}/"), init);`,
  );
  return { simulator, env: { COMETAPI_KEY: KEY, NODE_OPTIONS: `--import=${pathToFileURL(redirect)}` } };
}

/** `npm run SCRIPT` as a server that ends with the test. Gives its address, once it has printed that. */
export async function serve(t, folder, script, args, env) {
  const child = spawn("npm", ["run", script, "--", ...args], { cwd: folder, env: environment(env), detached: true, stdio: ["ignore", "pipe", "pipe"] });
  // Its whole group: npm's shell, and what that started.
  const end = () => child.exitCode === null && process.kill(-child.pid, "SIGKILL");
  process.once("exit", end);
  t.after(() => (process.off("exit", end), end()));
  let text = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`npm run ${script} told no address: ${text}`)), PATIENCE);
    child.once("exit", () => reject(new Error(`npm run ${script} ended: ${text}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        text += chunk;
        const [, port] = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(text) ?? [];
        if (!port) return;
        clearTimeout(timer);
        resolve(`http://127.0.0.1:${port}`);
      });
    }
  });
}

/** A page of Chromium at an address. `wrong` collects what went wrong in it. */
export async function openPage(t, url) {
  const browser = await (launched ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS }));
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`uncaught: ${error.stack ?? error}`));
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  await page.goto(url);
  return { page, wrong };
}
