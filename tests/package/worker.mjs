/** A worker as a user would deploy it: bundled with esbuild, the .wasm beside it, run in workerd by miniflare. */

import { bundleWorker, startModules } from "../support/worker.mjs";
import { app } from "./app.mjs";

/** Bundles and starts a worker from its source. `code` is the bundle; `dispose` ends it. */
export async function startWorker(source, options) {
  const code = await bundleWorker(app.folder, source);
  const miniflare = await startModules(code, ["midjourney.wasm", app.packaged("dist/midjourney.wasm")], options);
  return Object.assign(miniflare, { code });
}
