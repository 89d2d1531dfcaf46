/** The proxy where it is deployed: workerd, Deno, Bun, Hono, CommonJS; and a page in Chromium that has no key. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { Hono } from "hono";
import { Response as MiniflareResponse } from "miniflare";
import { bundleEdge, runServer, startEdge } from "../support/edge.mjs";
import { program as programOf } from "../support/programs.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { ACTION as ACTIONS, KEY, NAME, QUICK, app, buttonOf } from "./app.mjs";
import { ACTION, DETOURS, ELSEWHERE, FETCH, POST_LINE, READ, SMUGGLING, head, statusOf, talkTo } from "./attacks.mjs";
import { openPage } from "./page.mjs";
import { createSimulator, proxied, serve } from "./proxy-stage.mjs";
import { startWorker } from "./worker.mjs";

const { Midjourney } = await app.load();
const LIMIT = 100_000;
const SOON = { queueMs: 5, workMs: 20, tickMs: 0, apiKey: KEY };
const API = "https://api.cometapi.com";

/** What has reached the simulator since: its routes alone, with nothing of the caller's. */
function seenBy(simulator, seen = { count: 0 }) {
  return () => {
    const fresh = simulator.requests.slice(seen.count);
    seen.count = simulator.requests.length;
    return fresh.map(({ method, path, pattern, query, headers, text }) => {
      assert.notEqual(pattern, "*", `${method} ${path} reached the API`);
      assert.equal(query, "");
      for (const name of ["cookie", "origin", "referer", "x-forwarded-for", "x-mine"]) assert.equal(headers[name], undefined, name);
      if (method === "POST") assert.equal(headers["content-type"], "application/json");
      return method === "POST" ? [method, path, text] : [method, path];
    });
  };
}

/** The client's calls, through a proxy that is served in some runtime. */
async function passes(port, simulator, sent = seenBy(simulator)) {
  const parent = simulator.addTask({});
  const midjourney = new Midjourney({ baseURL: `http://127.0.0.1:${port}/api/mj`, headers: { "x-mine": "1", cookie: "session=1" } });
  const press = { taskId: parent.id, customId: buttonOf(parent, "U1") };
  const { id, status } = await midjourney.pollUntilDone(await midjourney.submitAction(press), QUICK);
  assert.equal(status, "SUCCESS");
  const picture = await fetch(`http://127.0.0.1:${port}/api/mj/mj/image/${id}`);
  assert.match(picture.headers.get("content-type"), /^image\/svg\+xml/);
  assert.equal(picture.headers.get("cache-control"), "no-store");
  assert.match(await picture.text(), /<svg/);
  const [submitted, ...reads] = sent();
  assert.deepEqual(submitted.slice(0, 2), ["POST", "/mj/submit/action"]);
  assert.ok(reads.length >= 2);
}

/** What may be left of a request whose end can be read in two ways. */
const isHonest = (one) => [READ, ["POST", "/mj/submit/action", ""], ["POST", "/mj/submit/action", "{}"]].map(String).includes(String(one));

/** And the attacks. */
async function passesAndResists(port, simulator) {
  const { raw, get, post } = talkTo(port);
  const sent = seenBy(simulator);
  await passes(port, simulator, sent);
  assert.equal(statusOf(await get(FETCH)), 400);
  assert.deepEqual(sent(), [READ]);
  for (const target of ELSEWHERE) {
    for (const answer of [await get(target), await post(target, "{}")]) {
      assert.ok(!(statusOf(answer) < 400), `${target}: ${answer.slice(0, 80)}`);
      assert.deepEqual(sent(), [], target);
    }
  }
  for (const target of Object.keys(DETOURS)) {
    const answer = await get(target);
    const seen = sent();
    if (seen.length === 0) assert.ok(!(statusOf(answer) < 400), target);
    else assert.deepEqual(seen, [READ], target);
  }
  // A server may go on with a request whose caller has gone: what it sends may be seen only later.
  const smuggled = [];
  for (const [what, text] of Object.entries(SMUGGLING)) {
    await raw(text);
    const seen = sent();
    assert.ok(seen.every(isHonest), `by ${what}: ${JSON.stringify(seen)}`);
    smuggled.push(...seen);
  }
  assert.ok(smuggled.length <= Object.keys(SMUGGLING).length, JSON.stringify(smuggled));
  const large = await fetch(`http://127.0.0.1:${port}${ACTION}`, { method: "POST", body: " ".repeat(LIMIT + 1), headers: { "content-type": "application/json" } });
  assert.equal(large.status, 413);
  const chunk = `2710\r\n${" ".repeat(10_000)}\r\n`;
  const chunks = await raw(`${head([...POST_LINE, "Transfer-Encoding: chunked"])}${chunk.repeat(LIMIT / 10_000 + 1)}0\r\n\r\n`, { end: false });
  assert.ok(chunks === "" || statusOf(chunks) === 413, chunks.slice(0, 80));
  // Hung up within the body.
  await raw(`${head([...POST_LINE, "Content-Length: 100"])}{"taskId":"1"`);
  await raw(`${head([...POST_LINE, "Transfer-Encoding: chunked"])}d\r\n{"taskId":"1"\r\n`);
  assert.equal(statusOf(await get(FETCH)), 400);
  const seen = sent();
  assert.ok(seen.every(isHonest) && seen.map(String).includes(String(READ)), JSON.stringify(seen));
}

test("in workerd: the client's calls pass, no attack does", async (t) => {
  const simulator = createSimulator(SOON);
  const strangers = [];
  const worker = await startWorker(
    `import { env } from "cloudflare:workers";
     import { createProxy } from "${NAME}/proxy";
     export default { fetch: createProxy({ basePath: "/api/mj", apiKey: () => env.COMETAPI_KEY, public: true, maxBodyBytes: ${LIMIT} }) };`,
    {
      bindings: { COMETAPI_KEY: KEY },
      // It tells at length what it does not take for HTTP.
      handleRuntimeStdio: (stdout, stderr) => void [stdout.resume(), stderr.resume()],
      async outboundService(request) {
        if (!request.url.startsWith(`${API}/`)) strangers.push(request.url);
        const { status, headers, body } = await simulator.fetch(request.url, { method: request.method, headers: [...request.headers], body: (await request.text()) || null });
        return new MiniflareResponse(body && (await new Response(body).arrayBuffer()), { status, headers: [...headers] });
      },
    },
  );
  t.after(() => worker.dispose());
  await passesAndResists(Number((await worker.ready).port), simulator);
  assert.deepEqual(strangers, []);
});

/** A program that serves the proxy, whose API is the simulator at `address`. */
const program = (address, listen) => `
import { createProxy } from "${NAME}/proxy";
const ask = (url, init) => {
  if (!url.startsWith("${API}/")) console.error("a stranger: " + url);
  return fetch(url.replace("${API}", "${address}"), init);
};
const proxy = createProxy({ basePath: "/api/mj", public: true, maxBodyBytes: ${LIMIT}, fetch: ask });
${listen}
`;

const RUNTIMES = {
  Deno: ["deno", ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=COMETAPI_KEY"], `Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) }, proxy);`],
  Bun: ["bun", [], `console.log(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: proxy }).port);`],
};

for (const [name, [runtime, options, listen]] of Object.entries(RUNTIMES)) {
  const found = programOf(runtime);
  test(`in ${name}: the client's calls pass, no attack does`, { skip: found ? false : "there is none for this platform" }, async (t) => {
    const simulator = createSimulator(SOON);
    const { url, close } = await serveSimulator(simulator);
    t.after(close);
    const script = app.write(`serve-in-${name}.mjs`, program(url, listen));
    const child = spawn(found.path, [...options, script], { cwd: app.folder, env: { ...process.env, COMETAPI_KEY: KEY, NO_COLOR: "1" } });
    const ended = once(child, "exit");
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    t.after(async () => {
      child.kill();
      await ended;
    });
    const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended.then(() => assert.fail(said))]);
    await passesAndResists(Number(line), simulator);
    // Deno says once of whoever looks at a request's signal that its meaning is to change.
    assert.equal(said.replace(/^Deno\.serve: request\.signal .*\n/, ""), "");
  });
}

test("in Vercel's edge: the client's calls pass", async (t) => {
  const simulator = createSimulator(SOON);
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const listen = `addEventListener("fetch", (event) => event.respondWith(proxy(event.request)));`;
  const { code, modules } = await bundleEdge(app.folder, program(url, listen).replace("public: true", `public: true, apiKey: ${JSON.stringify(KEY)}`));
  const edge = startEdge(modules);
  edge.evaluate(code);
  const server = await runServer({ runtime: edge, host: "127.0.0.1" });
  t.after(() => server.close());
  // Its own server falls over what is no address.
  await passes(Number(new URL(server.url).port), simulator);
});

test("in Hono: as a handler of a path, and mounted where the path is cut off", async (t) => {
  for (const mounted of [false, true]) {
    const { proxy, simulator, sent } = proxied({ basePath: undefined });
    const hono = new Hono();
    if (mounted) hono.mount("/api/mj", proxy);
    else hono.all("/api/mj/*", ({ req }) => proxy(req.raw));
    const { origin } = await serve(t, hono.fetch);
    const parent = simulator.addTask({});
    const midjourney = new Midjourney({ baseURL: `${origin}/api/mj` });
    const { kind } = await midjourney.submitAction({ taskId: parent.id, customId: buttonOf(parent, "U1") });
    assert.equal(kind, "submitted");
    assert.equal((await fetch(`${origin}/mj/submit/action`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } })).status, 404);
    assert.equal(sent.length, 1);
  }
});

test("required or imported it is the same, and asks nobody by itself", async () => {
  const use = `
    const proxy = createProxy({ public: true, fetch: async (url) => new Response(url) });
    proxy(new Request("http://proxy.test/api/mj/mj/task/1/fetch")).then((response) => response.text()).then(console.log);`;
  const bare = "globalThis.fetch = () => { throw new Error('asked'); };";
  const imported = await app.run("proxy.mjs", `${bare}\nconst { createProxy } = await import("${NAME}/proxy");\n${use}`, [], { COMETAPI_KEY: KEY });
  const required = await app.run("proxy.cjs", `${bare}\nconst { createProxy } = require("${NAME}/proxy");\n${use}`, [], { COMETAPI_KEY: KEY });
  for (const { stdout, stderr } of [imported, required]) assert.deepEqual([stdout, stderr], [`${API}/mj/task/1/fetch\n`, ""]);
});

test("bundled it is a few kilobytes, without WebAssembly", async (t) => {
  const { outputFiles } = await build({
    stdin: { contents: `import { createProxy } from "${NAME}/proxy"; export default { fetch: createProxy({ public: true }) };`, resolveDir: app.folder },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    conditions: ["workerd"],
    logLevel: "error",
  });
  const [{ text, contents }] = outputFiles;
  const size = gzipSync(contents, { level: 9 }).byteLength;
  t.diagnostic(`${size} bytes gzip`);
  assert.doesNotMatch(text, /WebAssembly|\.wasm|DecompressionStream/);
  assert.ok(size < 5_500, `${size} bytes`);
});

// Pages.

const PAGE = `
import { Midjourney } from "${NAME}";
const run = async (baseURL, taskId) => {
  const midjourney = new Midjourney({ baseURL, maxRetries: 0 });
  const states = [];
  const task = await midjourney.fetchTask(taskId);
  const { customId } = task.buttons.find(({ label }) => label === "U1");
  const submitted = await midjourney.submitAction({ taskId: task.id, customId });
  const upscaled = await midjourney.pollUntilDone(submitted, { ...${JSON.stringify(QUICK)}, onProgress: ({ status }) => states.push(status) });
  const picture = document.createElement("img");
  picture.src = upscaled.imageUrl.replace("${API}", baseURL);
  document.body.append(picture);
  await picture.decode();
  return { states, width: picture.naturalWidth };
};
globalThis.start = (...given) => run(...given).catch(({ name, cause }) => ({ name, cause: cause?.name }));
`;

async function open(t, options) {
  const { page, until, wrong, origin } = await openPage(t, { scripts: { "app.js": PAGE }, api: "", ...options });
  await until(() => globalThis.start !== undefined);
  return { wrong, origin, start: (baseURL, taskId) => page.evaluate((given) => globalThis.start(...given), [baseURL, taskId]) };
}

test("a page in Chromium, without a key, known by its cookie: submit, progress, picture", async (t) => {
  const { proxy, simulator, sent } = proxied({
    authorize: ({ headers }) => /\bsession=good\b/.test(headers.get("cookie") ?? ""),
    simulator: { workMs: 60 },
  });
  const { id } = simulator.addTask({});
  const own = (request) => (new URL(request.url).pathname.startsWith("/api/mj/") ? proxy(request) : undefined);
  const cookie = (value) => (page) => page.context().addCookies([{ name: "session", value, domain: "127.0.0.1", path: "/" }]);

  const user = await open(t, { own, prepare: cookie("good") });
  const { states, width, name } = await user.start("/api/mj", id);
  assert.equal(name, undefined);
  assert.equal(states.at(-1), "SUCCESS");
  assert.ok(width > 0);
  assert.deepEqual(user.wrong, []);
  assert.equal(simulator.counts[ACTIONS], 1);
  assert.ok(sent.some(({ url }) => url.startsWith(`${API}/mj/image/`)));

  sent.length = 0;
  const stranger = await open(t, { own, prepare: cookie("bad") });
  assert.equal((await stranger.start("/api/mj", id)).name, "AuthenticationError");
  assert.deepEqual(sent, []);
});

/** A page, and a proxy at another origin that is made once the page's is known. */
async function apart(t, listed) {
  let stage;
  const posts = [];
  let cut = false;
  const { origin } = await serve(t, (request, { incoming }) => {
    if (request.method !== "POST") return stage.proxy(request);
    posts.push(request.url);
    if (!cut) return stage.proxy(request);
    incoming.socket.destroy();
    return new Response();
  });
  const page = await open(t, { api: origin });
  stage = proxied({ simulator: { workMs: 60 }, origins: [listed ? page.origin : "https://app.example.com"] });
  const { id } = stage.simulator.addTask({});
  return { ...stage, ...page, posts, cut: () => (cut = true), start: () => page.start(`${origin}/api/mj`, id) };
}

test("a page of another origin: where it is listed it may use the proxy", async (t) => {
  const { start, wrong } = await apart(t, true);
  assert.equal((await start()).states?.at(-1), "SUCCESS");
  assert.deepEqual(wrong, []);
});

test("a page of an origin that is not listed: nothing reaches the API", async (t) => {
  const { start, sent } = await apart(t, false);
  // What CORS keeps from a page is for the page as good as no answer.
  assert.equal((await start()).name, "ConnectionError");
  assert.deepEqual(sent, []);
});

test("a page's submit whose connection breaks comes once: the browser has no used connection to try again on", async (t) => {
  const { start, posts, sent, cut } = await apart(t, true);
  cut();
  assert.deepEqual(await start(), { name: "SubmitUncertainError", cause: "ConnectionError" });
  assert.equal(posts.length, 1);
  assert.deepEqual(sent.map(({ init }) => init.method), ["GET"]);
});
