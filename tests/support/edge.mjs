/**
 * Vercel's edge, in its emulator, with two things as they are in Vercel's own: `./NAME.wasm?module` is a module that the
 * host has compiled and put among the globals, as Next.js' loader has it; and bytes are refused, which the emulator by
 * itself would compile.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build } from "esbuild";

const { EdgeRuntime, runServer } = createRequire(new URL("../apps/package.json", import.meta.url))("edge-runtime");

export { runServer };

/**
 * Bundles a script from its source, as a file of the folder.
 *
 * @param {string} folder
 * @param {string} source
 * @param {import("esbuild").BuildOptions} [options]
 * @returns {Promise<{ code: string, modules: Record<string, string> }>} the modules' files, by the globals' names
 */
export async function bundleEdge(folder, source, options) {
  const modules = {};
  const compiledByTheHost = {
    name: "compiled-by-the-host",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.slice(0, -"?module".length)),
        namespace: "module",
      }));
      onLoad({ filter: /./, namespace: "module" }, ({ path }) => {
        const name = `wasm_${basename(path, ".wasm")}`;
        modules[name] = path;
        return { contents: `export default ${name};` };
      });
    },
  };
  const bundled = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    conditions: ["edge-light"],
    plugins: [compiledByTheHost],
    logLevel: "error",
    ...options,
  });
  return { code: bundled.outputFiles[0].text, modules };
}

/** An edge that has these modules and has run nothing yet. */
export function startEdge(modules) {
  const compiled = Object.entries(modules).map(([name, file]) => [name, new WebAssembly.Module(readFileSync(file))]);
  return new EdgeRuntime({
    codeGeneration: { strings: false, wasm: false },
    extend: (context) => Object.assign(context, Object.fromEntries(compiled)),
  });
}
