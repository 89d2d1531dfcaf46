/** The README's examples, run as they stand. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Response as MiniflareResponse } from "miniflare";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { ACTION, FETCH, KEY, NAME, ROOT, app, redirected } from "./app.mjs";
import { openPage } from "./page.mjs";
import { startWorker } from "./worker.mjs";

const library = await app.load();
const { createSimulator, faults } = await app.load(`${NAME}/testing`);
/** Where the examples' first look, after 6 s, finds the task done: nothing of the README is changed to be quick. */
const SOON = { queueMs: 100, workMs: 400, tickMs: 50, modalLagMs: 0 };

/** README files that have examples: the repository's, and the one in the tarball where it has them, too. */
const READMES = { "README.md": join(ROOT, "README.md"), "the package's README.md": app.packaged("README.md") };

/** The fenced block after `<!-- test: name -->`. */
function example(file, name) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return new RegExp(`<!-- test: ${name} -->\\s*\`\`\`\\w*\\n([^]*?)\\n\`\`\``).exec(text)?.[1];
}

test("the repository's README has both examples", () => {
  for (const name of ["browser", "worker"]) {
    assert.ok(example(READMES["README.md"], name), `README.md has no fenced block after <!-- test: ${name} -->`);
  }
});

for (const [readme, file] of Object.entries(READMES)) {
  const worker = example(file, "worker");
  if (worker) test(`${readme}: the worker answers with the picture of the button`, () => runsInWorkerd(worker));
  const page = example(file, "browser");
  if (page) test(`${readme}: the page shows progress and the picture`, (t) => runsInPage(t, page));
}

/** In a Node.js of its own, with a key in the environment, whose fetch asks the simulator in place of the API. */
async function runsInNode(t, source, script) {
  const simulator = createSimulator({ ...SOON, apiKey: KEY });
  script?.(simulator);
  simulator.addTask({ id: /fetchTask\("(\d+)"\)/.exec(source)?.[1] });
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const { stdout, stderr } = await app.run("readme.mjs", source, [], redirected(url));
  return { simulator, url, stdout, stderr };
}

test("the package's README.md: the first example prints the progress and the picture's address", async (t) => {
  const source = example(READMES["the package's README.md"], "node");
  const { simulator, url, stdout, stderr } = await runsInNode(t, source);
  const lines = stdout.trim().split("\n");
  assert.equal(stderr, "");
  assert.equal(lines.at(-2), "SUCCESS 100%");
  assert.ok(lines.at(-1).startsWith(`${url}/mj/image/${simulator.tasks.at(-1).id}`), stdout);
  assert.equal(simulator.counts[ACTION], 1);
});

test("the package's README.md: the example with the simulator passes, and asks nobody else", async (t) => {
  const source = example(READMES["the package's README.md"], "testing");
  assert.match(source, /assert\./);
  const { simulator } = await runsInNode(t, source);
  assert.equal(simulator.counts.total, 0);
});

/** Rows of the table of errors: its class, what happened, what to do. */
function errorRows(file) {
  return readFileSync(file, "utf8").split("\n").filter((line) => /^\| `\w+Error`/.test(line));
}

test("both READMEs have the same row for every error class", () => {
  const [repository, packaged] = Object.values(READMES).map(errorRows);
  assert.deepEqual(packaged, repository);
  const named = repository.map((row) => /`(\w+)`/.exec(row)[1]);
  const exported = Object.keys(library).filter((name) => name.endsWith("Error") && name !== "MidjourneyError");
  assert.deepEqual(named.toSorted(), exported.sort());
});

test("README.md: from a prompt to a picture, and on", async (t) => {
  const { stdout, stderr, simulator } = await runsInNode(t, example(READMES["README.md"], "workflow"));
  assert.equal(stderr, "");
  const lines = stdout.trim().split("\n");
  assert.match(lines[0], /^saved \d+$/);
  assert.match(lines[1], /^zoomed http/);
  assert.equal(lines.at(-7), "SUCCESS 100");
  for (const line of lines.slice(-6, -3)) assert.match(line, /^saved \d+$/);
  assert.deepEqual(lines.slice(-3), ["fulfilled", "fulfilled", "fulfilled"]);
  assert.equal(simulator.counts["POST /mj-fast/mj/submit/imagine"] ?? simulator.counts["POST /mj/submit/imagine"], 4);
});

test("both READMEs' batches lose no paid task where one submit is refused and the answer of another is lost", async (t) => {
  const batches = [
    example(READMES["README.md"], "workflow").replace(/(mode: "fast" \}\);)[^]*(?=const prompts)/, "$1\n"),
    example(READMES["the package's README.md"], "batch"),
  ];
  for (const source of batches) {
    const { stdout, stderr, simulator } = await runsInNode(t, source, (simulator) => {
      simulator.fail(({ body }) => body?.prompt === "a harbour", faults.bannedPrompt());
      simulator.fail(({ body }) => body?.prompt === "a dune", faults.drop("after"));
    });
    assert.equal(stderr, "");
    const kept = simulator.tasks.find(({ prompt }) => prompt === "a glacier").id;
    const [saved, refused, lost, ...ends] = stdout.trim().split("\n");
    assert.equal(saved, `saved ${kept}`);
    assert.match(refused, /^a harbour SubmitRejectedError .*banned/);
    assert.match(lost, /^a dune SubmitUncertainError /);
    assert.deepEqual(ends, ["fulfilled"]);
  }
});

test("README.md: the proxy lets the signed-in page through, without a key, and nobody else", async (t) => {
  const folder = app.path("site");
  mkdirSync(folder);
  app.write("site/package.json", '{ "type": "module" }');
  app.write("site/route.js", example(READMES["README.md"], "proxy"));
  app.write("site/session.js", 'export const userOf = async ({ headers }) => (headers.get("cookie") === "session=good" ? {} : null);');
  const page = `
    import { Midjourney } from "${NAME}";
    import * as route from "./site/route.js";
    const fetch = (url, init) => route[init.method ?? "GET"](new Request(url, init));
    const as = (cookie) => new Midjourney({ apiKey: "of-the-page", baseURL: "https://app.test/api/mj", headers: { cookie }, fetch });
    const user = as("session=good");
    const { id, buttons } = await user.fetchTask("1773314942177684");
    const { imageUrl } = await user.pollUntilDone(await user.submitAction({ taskId: id, customId: buttons[0].customId }));
    console.log(imageUrl);
    await as("session=bad").fetchTask(id).catch(({ name }) => console.log(name));`;
  const { simulator, stdout, stderr } = await runsInNode(t, page);
  assert.equal(stderr, "");
  assert.match(stdout, /\/mj\/image\/\d+.*\nAuthenticationError\n$/);
  assert.equal(simulator.counts[ACTION], 1);
});

test("what the package's README.md says can be imported can be", () => {
  const { exports } = JSON.parse(readFileSync(app.packaged("package.json"), "utf8"));
  const named = readFileSync(READMES["the package's README.md"], "utf8").matchAll(/^\| `cometapi-midjourney(\/[\w.]+)?`/gm);
  const entries = [...named].map(([, entry = ""]) => `.${entry}`);
  assert.deepEqual(entries.toSorted(), Object.keys(exports).filter((entry) => entry !== "./package.json").sort());
});

async function runsInWorkerd(source) {
  const simulator = createSimulator({ ...SOON, apiKey: KEY });
  const { id } = simulator.addTask({});
  const strangers = [];
  const outboundService = async (request) => {
    if (new URL(request.url).origin !== "https://api.cometapi.com") {
      strangers.push(request.url);
      return new Response(null, { status: 502 });
    }
    return rebuilt(await simulator.fetch(request));
  };
  const worker = await startWorker(source, { bindings: { COMETAPI_KEY: KEY }, outboundService });
  try {
    const response = await worker.dispatchFetch(`http://worker.test/?taskId=${id}&button=U1`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.ok(!text.includes(KEY));
    const pressed = simulator.tasks.find(({ parentId }) => parentId === id);
    assert.equal(pressed.action, "UPSCALE");
    assert.match(JSON.parse(text).imageUrl, new RegExp(`^https://api\\.cometapi\\.com/mj/image/${pressed.id}`));
    assert.equal(simulator.counts[ACTION], 1);
    assert.deepEqual(strangers, []);
  } finally {
    await worker.dispose();
  }
}

/** Miniflare knows its own undici's Response, not Node.js's. */
async function rebuilt(response) {
  const { status, headers } = response;
  const body = [101, 204, 205, 304].includes(status) ? null : await response.arrayBuffer();
  return new MiniflareResponse(body, { status, headers: [...headers] });
}

async function runsInPage(t, source) {
  // The proxy that holds the key, at another origin than the page's.
  const simulator = createSimulator({ ...SOON, requireKey: false });
  const { id } = simulator.addTask({});
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const prepare = async (page) => {
    await page.addInitScript((api) => {
      const { fetch } = globalThis;
      globalThis.fetch = (address, init) => fetch(String(address).replace(/^\/api\/mj(?=\/)/, api), init);
      globalThis.titles = [];
      const look = () => globalThis.titles.at(-1) !== document.title && globalThis.titles.push(document.title);
      new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
    }, url);
  };
  const opened = await openPage(t, { scripts: { "app.js": source }, api: url, query: `taskId=${id}`, prepare });
  const { page, wrong, origin } = opened;
  await opened.until(() => document.querySelector("img")?.naturalWidth > 0);

  const { titles, src } = await page.evaluate(() => ({ titles: globalThis.titles, src: document.querySelector("body img").src }));
  const pressed = simulator.tasks.find(({ parentId }) => parentId === id);
  assert.equal(pressed.action, "UPSCALE");
  assert.match(src, new RegExp(`^${url}/mj/image/${pressed.id}`));
  assert.match(titles.at(-1), /100|SUCCESS/, `the titles were ${JSON.stringify(titles)}`);
  assert.equal(simulator.counts[ACTION], 1);
  assert.ok(simulator.counts[FETCH] >= 2);
  assert.ok(simulator.requests.some(({ method, headers }) => method === "OPTIONS" && headers.origin === origin), "CORS is real");
  for (const { headers } of simulator.requests) assert.equal(headers.authorization, undefined);
  assert.deepEqual(wrong, []);
}
