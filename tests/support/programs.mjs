/** Runtimes that come as npm packages (tests/apps), one for each platform: npm installs the one that fits. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const APPS = new URL("../apps/", import.meta.url);

/** Whose optional dependencies the platforms' packages are, and where the program is in each of them. */
const PLACES = {
  "node": ["package.json", "bin/node"],
  "deno": ["node_modules/deno/package.json", "deno"],
  "bun": ["node_modules/bun/package.json", "bin/bun"],
};

/**
 * Where a runtime's program is, and its version; undefined where there is none for this platform.
 *
 * @param {"node" | "deno" | "bun"} name
 * @returns {{ path: string, version: string } | undefined}
 */
export function program(name) {
  const [parent, inside] = PLACES[name];
  const read = (file) => JSON.parse(readFileSync(new URL(file, APPS), "utf8"));
  if (!existsSync(new URL(parent, APPS))) return undefined;
  for (const one of Object.keys(read(parent).optionalDependencies)) {
    const path = fileURLToPath(new URL(`node_modules/${one}/${inside}`, APPS));
    if (existsSync(path)) return { path, version: read(`node_modules/${one}/package.json`).version };
  }
  return undefined;
}
