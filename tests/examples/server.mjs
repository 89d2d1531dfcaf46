/** A page's example as its user runs it: installed with the packed tarball, its own scripts run by npm, in Chromium. */

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { GRID, PATIENCE, linkTools } from "../grid/app.mjs";
import { startServer } from "../grid/serving.mjs";
import { NAME, ROOT, KEY, app, redirected } from "../package/app.mjs";
import { visit } from "../package/page.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";

const { createSimulator } = await app.load(`${NAME}/testing`);

const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...inherited } = process.env;
const environment = { ...inherited, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };

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

/** `npm run SCRIPT` in the example's folder, to its end. */
export async function npmRun(folder, script) {
  const options = { cwd: folder, env: environment, timeout: PATIENCE };
  await promisify(execFile)("npm", ["run", script], options).catch((error) => {
    throw new Error(`npm run ${script}: ${error.stdout}${error.stderr}`);
  });
}

/** A simulator, and what leads a server's requests for the API to it. */
export async function simulate(t, options = {}) {
  const simulator = createSimulator({ apiKey: KEY, queueMs: 20, workMs: 60, tickMs: 5, modalLagMs: 0, ...options });
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  return { simulator, env: redirected(url) };
}

/** `npm run SCRIPT` as a server that ends with the test. Gives its address, once it has printed that. */
export async function serve(t, folder, script, args, env) {
  const example = { folder, environment, after: (end) => t.after(end) };
  const ready = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/;
  const port = await startServer(example, "npm", ["run", script, "--", ...args], { ready, env });
  return `http://127.0.0.1:${port}`;
}

/** A page of Chromium at an address, which has the time that a server's first build takes. */
export const openPage = (t, url) => visit(t, url, (page) => page.setDefaultTimeout(PATIENCE));
