/** Workers in workerd, started by miniflare. */

import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

/** As wrangler does it: a .wasm stays a module of its own. */
const wasmBeside = {
  name: "wasm-beside",
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, () => ({ path: "./midjourney.wasm", external: true }));
  },
};

/**
 * Bundles a worker from its source, as a file of the folder.
 *
 * @param {string} folder
 * @param {string} source
 * @param {import("esbuild").BuildOptions} [options]
 * @returns {Promise<string>} the bundle
 */
export async function bundleWorker(folder, source, options) {
  const bundled = await build({
    stdin: { contents: source, resolveDir: folder, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    plugins: [wasmBeside],
    logLevel: "error",
    ...options,
  });
  return bundled.outputFiles[0].text;
}

/** Starts a worker of a script and of the file of a module, which the script imports as `./NAME.wasm`. */
export async function startModules(code, [name, file], options) {
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.mjs", contents: code },
      { type: "CompiledWasm", path: name, contents: await readFile(file) },
    ],
    compatibilityDate: "2026-01-01",
    host: "127.0.0.1",
    // Else miniflare asks the internet where it is.
    cf: false,
    ...options,
  });
  await miniflare.ready;
  return miniflare;
}
