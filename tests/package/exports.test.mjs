/** What each entry exports, and what is on it, is what its types say: in every condition, as a module and by `require`. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { build } from "esbuild";
import { KEY, NAME, app } from "./app.mjs";
import { declared } from "./declared.mjs";

const require = createRequire(app.path("consumer.cjs"));
const packageJson = require(`${NAME}/package.json`);
const ENTRIES = Object.entries(packageJson.exports).filter(([entry]) => !/\.(wasm|json)$/.test(entry));

const known = new Map();

/** The types of a file of dist, read once. */
function types(path) {
  const file = path.replace(/^\.\/(dist\/)?/, "");
  if (!known.has(file)) known.set(file, declared(file));
  return known.get(file);
}

/** The names that a module exports; it need not run here. */
async function exportsOf(file) {
  const options = { bundle: true, write: false, metafile: true, format: "esm", external: ["*.wasm", "*.wasm?module"], logLevel: "silent" };
  const { metafile } = await build({ entryPoints: [app.packaged(file)], outdir: app.folder, ...options });
  return Object.values(metafile.outputs)[0].exports.sort();
}

for (const [entry, conditions] of ENTRIES) {
  const ways = typeof conditions.default === "string" ? { default: conditions } : conditions;
  for (const [condition, { types: declaration, default: file }] of Object.entries(ways)) {
    test(`${entry} (${condition}): the values are those of its types`, async () => {
      const names = condition === "require" ? Object.keys(require(NAME + entry.slice(1))).sort() : await exportsOf(file);
      assert.deepEqual(names, types(declaration).values);
    });
  }
}

test("what is imported in Node.js has those values", async () => {
  for (const [entry] of ENTRIES) {
    const { default: _, ...values } = await app.load(NAME + entry.slice(1));
    const file = entry === "." || entry === "./slim" ? "index.d.ts" : `${entry}.d.ts`;
    assert.deepEqual(Object.keys(values).sort(), types(file).values, entry);
  }
});

const library = await app.load();
const { createStore, indexedDBStorage } = await app.load(`${NAME}/store`);
const { createSimulator } = await app.load(`${NAME}/testing`);
const client = new library.Midjourney({ apiKey: KEY });
const store = createStore(client, { storage: new Map() });
store.close();

/** Everything that users hold, and its type. */
const HELD = [
  ["Midjourney", "index.d.ts", client],
  ["TaskStore", "store.d.ts", store],
  ["TaskStorage", "store.d.ts", indexedDBStorage()],
  ["Simulator", "testing.d.ts", createSimulator()],
];

/** The names of an object's own members and its class's. */
function membersOf(object) {
  const names = new Set();
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  names.delete("constructor");
  return [...names].sort();
}

for (const [name, file, object] of HELD) {
  test(`the members of a ${name} are those of its type; none frees it`, () => {
    const members = membersOf(object);
    assert.deepEqual(members, types(file).members(types(file).named(name)));
    // wasm-bindgen's own classes have such, and pointers.
    assert.deepEqual(members.filter((member) => /^(free|dispose|__)/.test(member)), []);
  });
}

test("no class has a `free`, and no member of wasm-bindgen's", async () => {
  for (const [entry] of ENTRIES) {
    for (const [name, value] of Object.entries(await app.load(NAME + entry.slice(1)))) {
      for (const of of [value, value?.prototype]) {
        if (!of) continue;
        for (const member of Reflect.ownKeys(of)) assert.doesNotMatch(String(member), /^(free|__w)/, `${entry} ${name}`);
      }
    }
  }
});

test("an error's class has the members of its type", () => {
  const main = types("index.d.ts");
  const classes = main.values.filter((name) => name.endsWith("Error"));
  assert.equal(classes.length, 1 + main.words(main.named("MidjourneyErrors"), "code").length);
  for (const name of classes) assert.equal(library[name].prototype.name, name);
});
