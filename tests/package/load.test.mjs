/** How the module comes in: once, at the first call, from whatever is given, and not by importing. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { KEY, NAME, app, copyOfApp, rejection, turns } from "./app.mjs";

const SLIM = `${NAME}/slim`;
const { createSimulator } = await app.load(`${NAME}/testing`);
const bytes = await readFile(app.packaged("dist/midjourney.wasm"));

/** A copy of an entry point in which nothing has been called yet, and a look that its client makes. */
async function fresh(entry) {
  const library = await copyOfApp().load(entry);
  const simulator = createSimulator();
  const { id } = simulator.addTask({});
  const client = new library.Midjourney({ apiKey: KEY, fetch: simulator.fetch });
  return { ...library, simulator, look: async () => (await client.fetchTask(id)).status };
}

/** Counts compilations, and lets the first `failures` of them fail. */
function countCompilations(t, failures = 0) {
  const { Module, compile } = WebAssembly;
  const seen = { count: 0 };
  const attempt = () => {
    if (++seen.count <= failures) throw new Error("no memory today");
  };
  t.after(() => Object.assign(WebAssembly, { Module, compile }));
  WebAssembly.compile = async (source) => (attempt(), compile(source));
  WebAssembly.Module = new Proxy(Module, { construct: (target, [source]) => (attempt(), new target(source)) });
  return seen;
}

test("a hundred first calls compile once", async (t) => {
  const seen = countCompilations(t);
  const { look, simulator } = await fresh(NAME);
  const all = await Promise.all(Array.from({ length: 100 }, look));
  assert.deepEqual(new Set(all), new Set(["SUCCESS"]));
  assert.equal(simulator.counts.total, 100);
  assert.equal(seen.count, 1);
});

test("init, before or beside a call, compiles no second time", async (t) => {
  const seen = countCompilations(t);
  const { init, look } = await fresh(NAME);
  await Promise.all([init(), look(), init()]);
  await init();
  assert.equal(seen.count, 1);
});

test("a first call whose compilation fails rejects with an InternalError; the next one tries anew", async (t) => {
  countCompilations(t, 1);
  const { look, InternalError, simulator } = await fresh(NAME);
  const error = await rejection(look());
  assert.ok(error instanceof InternalError);
  assert.match(error.message, /no memory today/);
  assert.equal(error.cause.message, "no memory today");
  assert.equal(simulator.counts.total, 0);
  assert.equal(await look(), "SUCCESS");
});

test("a page's Content-Security-Policy is told, with the remedy", async (t) => {
  const original = WebAssembly.Module;
  t.after(() => (WebAssembly.Module = original));
  WebAssembly.Module = function () {
    throw new WebAssembly.CompileError("Refused to compile: 'unsafe-eval' is not an allowed source of script");
  };
  const { look } = await fresh(NAME);
  const error = await rejection(look());
  assert.equal(error.name, "InternalError");
  assert.match(error.message, /wasm-unsafe-eval/);
});

test("an engine that compiles what the policy forbids, and refuses to instantiate it: the same, from init on", async (t) => {
  const original = WebAssembly.Instance;
  t.after(() => (WebAssembly.Instance = original));
  WebAssembly.Instance = function () {
    throw new WebAssembly.CompileError("Refused to create a WebAssembly object because 'unsafe-eval' is not allowed");
  };
  const { init, initSync, look, parseTask } = await fresh(NAME);
  const calls = [() => parseTask({}), () => initSync(bytes), init, look, () => init(bytes)];
  for (const call of calls) {
    const error = await rejection((async () => call())());
    assert.equal(error.name, "InternalError");
    assert.match(error.message, /Add 'wasm-unsafe-eval' to its script-src/);
  }
  WebAssembly.Instance = original;
  assert.equal(await look(), "SUCCESS");
});

test("an address with the policy's name in it is not the policy", async (t) => {
  const files = await serveFiles(t);
  const { init } = await fresh(SLIM);
  assert.match((await rejection(init(`${files.url}/csp.wasm`))).message, /csp\.wasm answers with HTTP 404/);
});

test("a module that is another one's is not kept", async () => {
  const { init, initSync, look } = await fresh(SLIM);
  const other = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 98, 1, 99, 0, 0]);
  assert.equal((await rejection(init(other))).name, "InternalError");
  assert.equal((await rejection((async () => initSync(other))())).name, "InternalError");
  await init(bytes);
  assert.equal(await look(), "SUCCESS");
});

test("slim without init: an InternalError that names init, and nothing is sent", async () => {
  const { look, InternalError, simulator } = await fresh(SLIM);
  const error = await rejection(look());
  assert.ok(error instanceof InternalError);
  assert.match(error.message, /init\(source\)/);
  assert.equal(simulator.counts.total, 0);
});

test("slim: init that failed can be made again", async (t) => {
  const files = await serveFiles(t);
  const { init, look } = await fresh(SLIM);
  const error = await rejection(init(`${files.url}/missing.wasm`));
  assert.equal(error.name, "InternalError");
  assert.match(error.message, /404/);
  assert.equal((await rejection(init(new Uint8Array(8)))).name, "InternalError");
  await init(`${files.url}/midjourney.wasm`);
  assert.equal(await look(), "SUCCESS");
});

async function serveFiles(t) {
  const served = await serveSimulator({
    fetch: async (request) =>
      request.url.endsWith("/midjourney.wasm")
        ? new Response(bytes, { headers: { "content-type": "application/wasm" } })
        : new Response("no such file", { status: 404 }),
  });
  t.after(served.close);
  return served;
}

const SOURCES = {
  "a Buffer": () => bytes,
  "a Uint8Array": () => new Uint8Array(bytes),
  "an ArrayBuffer": () => new Uint8Array(bytes).buffer,
  "a DataView": () => new DataView(new Uint8Array(bytes).buffer),
  "a view of a part": () => new Uint8Array([...new Uint8Array(3), ...bytes]).subarray(3),
  "a Module": () => new WebAssembly.Module(bytes),
  "a Response": () => new Response(bytes, { headers: { "content-type": "application/wasm" } }),
  "a Response of another type": () => new Response(bytes),
  "a promise of a Response": async () => new Response(bytes),
  "a promise of a Module": () => WebAssembly.compile(bytes),
  "an address as text": (files) => `${files.url}/midjourney.wasm`,
  "a URL": (files) => new URL(`${files.url}/midjourney.wasm`),
  "a promise of fetch": (files) => fetch(`${files.url}/midjourney.wasm`),
};

for (const [what, source] of Object.entries(SOURCES)) {
  test(`slim: init with ${what}`, async (t) => {
    const { init, look } = await fresh(SLIM);
    await init(source(await serveFiles(t)));
    assert.equal(await look(), "SUCCESS");
  });
}

for (const [what, source] of [["bytes", () => bytes], ["a Module", () => new WebAssembly.Module(bytes)]]) {
  test(`slim: initSync with ${what}`, async () => {
    const { initSync, look } = await fresh(SLIM);
    initSync(source());
    assert.equal(await look(), "SUCCESS");
  });
}

test("initSync goes before the package's own module", async (t) => {
  const seen = countCompilations(t);
  const { initSync, look } = await fresh(NAME);
  initSync(bytes);
  assert.equal(seen.count, 1);
  assert.equal(await look(), "SUCCESS");
  assert.equal(seen.count, 1);
});

test("slim: initSync goes before an init that still waits", async () => {
  const { init, initSync, look } = await fresh(SLIM);
  void init(new Promise(() => {}));
  initSync(bytes);
  const nothing = Symbol("nothing");
  assert.notEqual(await Promise.race([look(), turns(2_000).then(() => nothing)]), nothing);
});

test("initSync with what is no module is an InternalError", async () => {
  const { initSync, InternalError } = await fresh(SLIM);
  for (const wrong of [new Uint8Array(8), undefined]) assert.throws(() => initSync(wrong), InternalError);
});

test("the edge-light entry imports the module as that runtime wants it", async () => {
  const entry = await readFile(app.packaged("dist/calls/edge-light.js"), "utf8");
  assert.match(entry, /from "\.\.\/midjourney\.wasm\?module"/);
});

test("the default entry needs no file beside its code", async () => {
  const inline = await readFile(app.packaged("dist/calls/inline.js"), "utf8");
  assert.doesNotMatch(inline, /import\.meta|\.wasm|node:/);
});

test("a first call needs no timer: a test's may be fake, a hidden page's are slow", async (t) => {
  const { look } = await fresh(NAME);
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate"] });
  assert.equal(await look(), "SUCCESS");
});
