/** A worker as a user would deploy it: bundled with esbuild, the .wasm beside it, run in workerd by miniflare. */

import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { app } from "./app.mjs";

/** As wrangler does it: a .wasm stays a module of its own. */
const wasmBeside = {
  name: "wasm-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, () => ({ path: "./midjourney.wasm", external: true }));
  },
};

/** Bundles and starts a worker from its source. `code` is the bundle; `dispose` ends it. */
export async function startWorker(source, options) {
  const bundled = await build({
    stdin: { contents: source, resolveDir: app.folder, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    plugins: [wasmBeside],
    logLevel: "error",
  });
  const code = bundled.outputFiles[0].text;
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.mjs", contents: code },
      { type: "CompiledWasm", path: "midjourney.wasm", contents: await readFile(app.packaged("dist/midjourney.wasm")) },
    ],
    compatibilityDate: "2026-01-01",
    host: "127.0.0.1",
    // Else miniflare asks the internet where it is.
    cf: false,
    ...options,
  });
  await miniflare.ready;
  return Object.assign(miniflare, { code });
}
