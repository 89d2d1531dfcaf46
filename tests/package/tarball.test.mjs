/** What is in the tarball: these files and no others, and nothing in them of the machine that made it. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { NAME, ROOT, app } from "./app.mjs";

const files = readdirSync(app.packaged(), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(app.packaged().length + 1))
  .sort();
const read = (file) => readFileSync(app.packaged(file), "utf8");
const scripts = files.filter((file) => /\.c?js$/.test(file));
const packageJson = JSON.parse(read("package.json"));

const NEEDED = [
  "CHANGELOG.md",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "LICENSE-THIRD-PARTY",
  "README.md",
  "package.json",
  "dist/bytes.js",
  "dist/calls/edge-light.js",
  "dist/calls/inline.js",
  "dist/calls/workerd.js",
  "dist/cjs/index.cjs",
  "dist/cjs/index.d.cts",
  "dist/cjs/mask.cjs",
  "dist/cjs/mask.d.cts",
  "dist/cjs/proxy.cjs",
  "dist/cjs/proxy.d.cts",
  "dist/cjs/store.cjs",
  "dist/cjs/store.d.cts",
  "dist/cjs/testing.cjs",
  "dist/cjs/testing.d.cts",
  "dist/decode.js",
  "dist/edge-light.js",
  "dist/endpoints.js",
  "dist/environment.js",
  "dist/errors.js",
  "dist/glue.js",
  "dist/host.js",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/inline.js",
  "dist/loader.js",
  "dist/mask.d.ts",
  "dist/mask/index.js",
  "dist/mask/invalid.js",
  "dist/mask/pixels.js",
  "dist/mask/png.js",
  "dist/mask/round.js",
  "dist/midjourney.js",
  "dist/midjourney.wasm",
  "dist/midjourney.wasm.d.ts",
  "dist/pack.js",
  "dist/proxy.d.ts",
  "dist/public-errors.js",
  "dist/slim.js",
  "dist/store.d.ts",
  "dist/testing.d.ts",
  "dist/thrown.js",
  "dist/unsent.js",
  "dist/utf8.js",
  "dist/workerd.js",
];

test("the files are these, and the proxy's, the store's and the simulator's modules", () => {
  const isModule = (file) => /^dist\/(proxy|store|testing)\/[a-z]+\.js$/.test(file);
  assert.deepEqual(files.filter((file) => !isModule(file)), [...NEEDED].sort());
  for (const entry of ["proxy", "store", "testing"]) assert.ok(files.includes(`dist/${entry}/index.js`), entry);
});

test("every file that package.json names is there", () => {
  const named = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(named));
  const { exports, main, module, types, sideEffects } = packageJson;
  const all = [...named(exports), main, module, types, ...sideEffects];
  for (const file of all) assert.ok(files.includes(file.replace(/^\.\//, "")), file);
});

test("the version is the crate's", () => {
  const cargo = readFileSync(join(ROOT, "Cargo.toml"), "utf8");
  assert.equal(packageJson.version, /^version = "([^"]+)"/m.exec(cargo)?.[1]);
  assert.equal(packageJson.name, NAME);
});

test("nothing is installed with it, and nothing is run", () => {
  for (const field of ["dependencies", "peerDependencies", "optionalDependencies", "scripts", "bin"]) {
    assert.deepEqual(packageJson[field] ?? {}, {}, field);
  }
});

test("no file names a place on this machine or a registry", () => {
  const places = [ROOT.replace(/\/$/, ""), process.cwd(), homedir(), "/rustc/", ".cargo/", "registry."];
  for (const file of files) {
    const text = readFileSync(app.packaged(file), "latin1");
    for (const place of places.filter((place) => place.length > 1)) {
      assert.ok(!text.includes(place), `${file} has ${place}: …${around(text, place)}…`);
    }
  }
});

function around(text, part) {
  const at = text.indexOf(part);
  return text.slice(Math.max(0, at - 40), at + 80);
}

test("the code compiles no text and knows no window", () => {
  for (const file of scripts) {
    const text = read(file);
    // "Waiting for window confirm" is the API's wording, which the simulator repeats.
    for (const bad of [/\bnew Function\s*\(/, /\beval\s*\(/, /\bwindow\b(?! confirm)/]) {
      assert.doesNotMatch(text, bad, file);
    }
  }
});

test("modules import each other, and nothing from outside", () => {
  for (const file of scripts) {
    const sources = read(file).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"']+)["']/g);
    for (const [, source] of sources) assert.match(source, /^\.\.?\//, `${file} imports ${source}`);
  }
});

test("no file points to a source map that is not there", () => {
  for (const file of scripts) assert.doesNotMatch(read(file), /sourceMappingURL/, file);
});

test("the .wasm compiles and has no names of functions in it", async () => {
  const module = await WebAssembly.compile(readFileSync(app.packaged("dist/midjourney.wasm")));
  assert.ok(WebAssembly.Module.exports(module).length > 0);
  assert.equal(WebAssembly.Module.customSections(module, "name").length, 0);
});

test("the bytes in the code are the .wasm", async () => {
  const { decode } = await import(app.packaged("dist/decode.js"));
  assert.ok(readFileSync(app.packaged("dist/midjourney.wasm")).equals(decode()));
});

test("the text that holds them is one that nothing escapes", async () => {
  const { default: text, length } = await import(app.packaged("dist/bytes.js"));
  assert.match(text, /^[0-9A-Za-z]+$/);
  assert.ok(text.length < 1.2 * length, `${text.length} signs for ${length} bytes`);
});

test("README, change log and licenses are written", () => {
  for (const file of ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "LICENSE-THIRD-PARTY"]) {
    assert.ok(read(file).trim().length > 100, `${file} is as good as empty`);
  }
});
