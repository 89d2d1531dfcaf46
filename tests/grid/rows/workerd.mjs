/** Cloudflare's workerd, from which the package gets its module compiled: by miniflare, and as wrangler makes and runs a worker. */

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { answering, reportOf, shipped, tool, toolVersion } from "../app.mjs";
import { startServer } from "../serving.mjs";
import { bundleWorker, startModules } from "../../support/worker.mjs";

const group = "Runtimes";
const wrangler = () => toolVersion("wrangler");

/** What `npm create cloudflare` writes, no more. */
const CONFIGURATION = JSON.stringify({ name: "app", main: "worker.mjs", compatibility_date: "2026-01-01" });

/** Wrangler stays offline, and with what it writes in the app. */
const quiet = (app) => ({
  // It looks for a newer version of itself to tell of in the banner.
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_LOG_PATH: app.path("wrangler"),
  WRANGLER_REGISTRY_PATH: app.path("wrangler/registry"),
  XDG_CONFIG_HOME: app.path("wrangler"),
});

/** Starts a script and the one module beside it, and asks it for its report. */
async function ask(app, folder, script) {
  const [wasm] = readdirSync(folder).filter((file) => file.endsWith(".wasm"));
  const worker = await startModules(readFileSync(`${folder}/${script}`, "utf8"), [wasm, `${folder}/${wasm}`]);
  app.after(() => worker.dispose());
  return reportOf(app, "http://worker.test/", (url, init) => worker.dispatchFetch(url, init));
}

export default [
  {
    name: "workerd, by miniflare",
    group,
    version: () => createRequire(import.meta.url)("workerd/package.json").version,
    async run(app) {
      app.write("dist/worker.mjs", await bundleWorker(app.folder, answering, { minify: true }));
      app.write("dist/midjourney.wasm", readFileSync(app.packaged("dist/midjourney.wasm")));
      return { report: await ask(app, app.path("dist"), "worker.mjs"), shipped: shipped(app.path("dist")), wasmFiles: 1 };
    },
  },
  {
    name: "wrangler deploy --dry-run",
    group,
    version: wrangler,
    async run(app) {
      app.write("wrangler.jsonc", CONFIGURATION);
      app.write("worker.mjs", answering);
      await app.exec(tool("wrangler"), ["deploy", "--dry-run", "--minify", "--outdir=dist"], { env: quiet(app) });
      return { report: await ask(app, app.path("dist"), "worker.js"), shipped: shipped(app.path("dist")), wasmFiles: 1 };
    },
  },
  {
    name: "wrangler dev",
    group,
    version: wrangler,
    async run(app) {
      app.write("wrangler.jsonc", CONFIGURATION);
      app.write("worker.mjs", answering);
      const args = ["dev", "--ip=127.0.0.1", "--port=0", "--inspector-port=0"];
      const url = await startServer(app, tool("wrangler"), args, { ready: /Ready on (http:\S+)/, env: quiet(app) });
      return { report: await reportOf(app, url) };
    },
  },
];
