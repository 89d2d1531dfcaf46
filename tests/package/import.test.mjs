/**
 * Importing does nothing: each entry of the package is imported in each runtime while every global tells who reads it. So
 * it can be rendered on a server, where a page's globals are missing, or are there by half.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { bundleEdge, startEdge } from "../support/edge.mjs";
import { program } from "../support/programs.mjs";
import { KEY, NAME, app } from "./app.mjs";
import { LANGUAGE } from "./poison.mjs";
import { startWorker } from "./worker.mjs";

/** The entries that are code, and whether `require` finds one made for it. */
const ENTRIES = Object.entries(JSON.parse(await readFile(app.packaged("package.json"), "utf8")).exports)
  .filter(([, found]) => found.default?.default?.endsWith(".js") || found.default?.endsWith?.(".js"))
  .map(([path, found]) => ({ entry: NAME + path.slice(1), required: "require" in found }));
const IMPORTED = ENTRIES.map(({ entry }) => entry);
const REQUIRED = ENTRIES.filter(({ required }) => required).map(({ entry }) => entry);

/** Constants, and what a runtime will not have changed. Nothing that does anything is among them. */
const LEFT = /^(Infinity|NaN|undefined|Bun|Math\.[A-Z\d_]+|Date\.prototype|process\.(?!env$|nextTick$|hrtime$).*)$/;

app.write("poison.mjs", await readFile(new URL("poison.mjs", import.meta.url), "utf8"));
// The watch itself is tested by reads from where the package's own come from.
const READER = ["dist/reads.mjs", "dist/reads.cjs"].map((file) => `./node_modules/${NAME}/${file}`);
app.write(READER[0], "export const read = (object, name) => object[name];\n");
app.write(READER[1], "exports.read = (object, name) => object[name];\n");

/** Imports one entry after the other, and tells what each of them has and has read. */
const watching = (load) => `
async function watching({ poison }, { read }) {
  // Taken now: they are watched, too.
  const { Error } = globalThis;
  Error.stackTraceLimit = 50;
  const watch = poison(() => new Error().stack.includes("/${NAME}/dist/"));
  const entries = {};
  for (const [entry, load] of Object.entries({ ${load} })) {
    entries[entry] = { names: Object.keys(await load()).length, touched: watch.take() };
  }
  const { left, paths } = watch;
  watch.readAll(read);
  const told = watch.take();
  watch.end();
  console.log(JSON.stringify({ entries, left, paths, told }));
}
`;

const imports = `${watching(IMPORTED.map((entry) => `"${entry}": () => import("${entry}")`))}
await watching(await import("./poison.mjs"), await import("${READER[0]}"));
`;
const requires = `${watching(REQUIRED.map((entry) => `"${entry}": () => require("${entry}")`))}
import("./poison.mjs").then((poison) => watching(poison, require("${READER[1]}")));
`;

const NODE = { path: process.execPath, args: [] };
const NEWEST = { ...program("node"), args: [] };
// Not one permission.
const DENO = { ...program("deno"), args: ["run", "--no-remote", "--no-prompt"] };
const BUN = { ...program("bun"), args: ["run", "--no-install"] };

for (const [place, runtime, file, text, entries] of [
  ["Node.js, import", NODE, "imports.mjs", imports, IMPORTED],
  ["Node.js, require", NODE, "requires.cjs", requires, REQUIRED],
  ["the newest Node.js, import", NEWEST, "imports.mjs", imports, IMPORTED],
  ["the newest Node.js, require", NEWEST, "requires.cjs", requires, REQUIRED],
  ["Deno, without a permission", DENO, "imports.mjs", imports, IMPORTED],
  ["Bun, import", BUN, "imports.mjs", imports, IMPORTED],
  ["Bun, require", BUN, "requires.cjs", requires, REQUIRED],
]) {
  test(`${place}: no import reads a global`, { skip: !runtime.path && "npm has no package of it for this platform" }, async () => {
    const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...environment } = process.env;
    const options = { cwd: app.folder, env: { ...environment, DENO_DIR: app.path("deno"), DENO_NO_UPDATE_CHECK: "1" }, timeout: 60_000 };
    const { stdout, stderr } = await promisify(execFile)(runtime.path, [...runtime.args, app.write(file, text)], options);
    assert.equal(stderr, "");
    const found = JSON.parse(stdout);
    assert.deepEqual(Object.keys(found.entries), entries);
    for (const [entry, { names, touched }] of Object.entries(found.entries)) {
      assert.deepEqual(touched, [], entry);
      assert.ok(names > 0, entry);
    }
    assert.deepEqual(found.left.filter((path) => !LEFT.test(path)), []);
    assert.deepEqual(found.told, found.paths);
    for (const path of ["fetch", "setTimeout", "Math.random", "Date.now", "Date", "performance.now", "process.env", "document"]) {
      assert.ok(found.paths.includes(path), path);
    }
  });
}

for (const entry of IMPORTED) {
  test(`workerd: the import of ${entry} reads no global`, async (t) => {
    app.write("watch.mjs", `import { poison } from "./poison.mjs"; export const watch = poison();\n`);
    const worker = await startWorker(`
      import { watch } from "./watch.mjs";
      import * as library from "${entry}";
      const touched = watch.take();
      watch.readAll((object, name) => object[name]);
      const told = watch.take();
      watch.end();
      const { left, paths } = watch;
      export default { fetch: () => Response.json({ names: Object.keys(library).length, touched, told, left, paths }) };
    `);
    t.after(() => worker.dispose());
    const found = await (await worker.dispatchFetch("http://worker.test/")).json();
    assert.deepEqual(found.touched, []);
    assert.ok(found.names > 0);
    assert.deepEqual(found.left.filter((path) => !LEFT.test(path)), []);
    assert.deepEqual(found.told, found.paths);
    for (const path of ["fetch", "setTimeout", "Math.random", "Date.now", "crypto.getRandomValues", "document"]) assert.ok(found.paths.includes(path), path);
  });
}

/** The emulator lets nobody change its globals, so here whatever name the bundle does not define itself is what tells. */
const inScope = (code, known) => `
(() => {
  const touched = [];
  const scope = new Proxy({}, {
    has: () => true,
    get(target, name) {
      if (name === Symbol.unscopables) return undefined;
      if (${JSON.stringify(known)}.includes(name)) return globalThis[name];
      touched.push(name);
      throw new Error("the import touches " + name);
    },
    set(target, name) {
      touched.push(name);
      return false;
    },
  });
  const names = () => {
    with (scope) {
      return (function () { ${code}; return library; })();
    }
  };
  return JSON.stringify({ names: Object.keys(names()).length, touched });
})()
`;

for (const entry of IMPORTED) {
  test(`edge-runtime: the import of ${entry} reads no global`, async () => {
    const { code, modules } = await bundleEdge(app.folder, `export * from "${entry}";`, { globalName: "library" });
    const edge = startEdge(modules);
    const found = JSON.parse(edge.evaluate(inScope(code, [...LANGUAGE, ...Object.keys(modules)])));
    assert.deepEqual(found.touched, []);
    assert.ok(found.names > 0);
  });
}

test("edge-runtime: a read of any name would be told", () => {
  const names = ["fetch", "crypto", "Math", "Date", "globalThis", "document", "nobody"];
  const reads = names.map((name) => `try { typeof ${name} } catch {}`).join(" ");
  const { touched } = JSON.parse(startEdge({}).evaluate(inScope(`"use strict"; ${reads} const library = {}`, LANGUAGE)));
  assert.deepEqual(touched, names);
});

test("after an import, the process ends by itself: nothing is held open", async () => {
  const all = IMPORTED.map((entry) => `import "${entry}";`).join(" ");
  const { stdout } = await app.run("ends.mjs", `${all} process.on("exit", () => console.log("ended"));`);
  assert.equal(stdout, "ended\n");
});

/** A page's globals, as servers that render pages have them by half. */
const PAGE = ["window", "self", "document", "navigator", "location", "localStorage"];
const define = (descriptor) => `for (const name of ${JSON.stringify(PAGE)}) Object.defineProperty(globalThis, name, { configurable: true, ${descriptor} });`;

/** Imports all, and makes and uses a client with a key, where these are globals. */
async function servesWith(globals) {
  const { stdout } = await app.run(
    "serves.mjs",
    `${globals}
    globalThis.fetch = async () => Response.json({ id: "1773314942177001", status: "SUCCESS", progress: "100%" });
    for (const entry of ${JSON.stringify(IMPORTED)}) await import(entry);
    const { Midjourney } = await import("${NAME}");
    const look = async () => (await new Midjourney({ apiKey: "${KEY}" }).fetchTask("1773314942177001")).status;
    console.log(await look().catch(({ name }) => name));`,
  );
  return stdout.trim();
}

test("a server where a page's globals throw for whoever reads them: the imports and a first call work", async () => {
  assert.equal(await servesWith(define("get() { throw new ReferenceError(name); }")), "SUCCESS");
});

test("a server where a page's globals are undefined: the imports and a first call work", async () => {
  assert.equal(await servesWith(define("value: undefined")), "SUCCESS");
});

test("a server where a page's globals are empty objects: the imports and a first call work", async () => {
  assert.equal(await servesWith(define("value: {}")), "SUCCESS");
});

for (const [name, userAgent] of [
  ["jsdom", "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/26.1.0"],
  ["happy-dom", "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) HappyDOM/20.0.0"],
]) {
  test(`${name} plays a page, and is told what a page would be: a key is refused`, async () => {
    assert.equal(await servesWith(define(`value: { userAgent: "${userAgent}" }`)), "InvalidArgumentError");
  });
}
