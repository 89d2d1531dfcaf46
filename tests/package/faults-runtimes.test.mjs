/**
 * One POST for each submit, in every runtime: the faults of a connection that nobody has used before, and of one that was
 * used; straight to the API, and by way of /proxy. How many POSTs were on the wire stands in target/wire.md.
 *
 * Two engines send a request once more by themselves, and no option of fetch keeps them from it: what they do is expected
 * here as it was measured, and README.md names them.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { play, serveFaults } from "../support/fault-server.mjs";
import { program } from "../support/programs.mjs";
import { BROWSERS, startBrowser } from "../support/webdriver.mjs";
import { KEY, NAME, ROOT, app } from "./app.mjs";
import { ACCEPTED, DONE, PARENT } from "./fault-stage.mjs";
import { publish } from "./page.mjs";
import { createProxy } from "./proxy-stage.mjs";
import { startWorker } from "./worker.mjs";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
const html = "<!doctype html><title>Bad gateway</title>";
const SILENCE = "no answer in time";
const CUT_CHUNKS = "closed within a chunked body";

/** What there is behind the submit's error where nothing stands in between; and the entry, with headers for whole answers. */
const FAULTS = {
  "closed before the headers": ["ConnectionError", () => play.dropBeforeHeaders()],
  "reset before the headers": ["ConnectionError", () => play.reset()],
  "HTTP 408": ["ServerError", (headers) => play.answer("", 408, headers)],
  "closed within the headers": ["ConnectionError", () => play.dropInHeaders()],
  "closed after the headers": ["ConnectionError", () => play.dropAfterHeaders(CORS)],
  "closed within a body with a length": ["ConnectionError", () => play.dropInBody(CORS)],
  [CUT_CHUNKS]: ["ConnectionError", () => play.dropInChunks(CORS)],
  "HTTP 500": ["ServerError", (headers) => play.answer("", 500, headers)],
  "HTTP 502, a web page": ["ServerError", (headers) => play.answer(html, 502, headers)],
  "HTTP 524, a web page": ["ServerError", (headers) => play.answer(html, 524, headers)],
  "200 with a web page": ["UnexpectedResponseError", (headers) => play.answer(html, 200, headers)],
  "200 with half of the JSON": ["UnexpectedResponseError", (headers) => play.answer('{"code": 1, "res', 200, headers)],
  // The last: it takes its connection along.
  [SILENCE]: ["RequestTimeoutError", () => play.silence()],
};

/** What engines by themselves send once more, on a connection that was used before, as measured. */
const TWICE = {
  Chromium: ["closed before the headers", "reset before the headers", "HTTP 408"],
  Firefox: ["closed before the headers", "reset before the headers"],
};
/**
 * These give a POST a connection of its own, whatever others there are: Bun since we ask it to (its older versions send a
 * request again, too), WebKitGTK's network by itself. (Safari has another network, which nobody has measured here.)
 */
const NEVER_USED = ["Bun", "WebKit"];
/** What is read as a whole answer: one POST, too. */
const TOLERANT = { WebKit: { "closed within a chunked body": "UnexpectedResponseError" } };

/** Runs in each runtime: one submit after another, each of which says in its `state` which fault it is to meet. */
const SUBMITS = `
import { Midjourney } from "${NAME}";

export async function submits(baseURL, faults, used, patienceMs) {
  const client = new Midjourney({ baseURL, apiKey: null, maxRetries: 5 });
  const outcomes = {};
  for (const fault of faults) {
    if (used) {
      await client.fetchTask("${PARENT}");
      // Until its connection is at hand again.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const params = { taskId: "${PARENT}", customId: "MJ::JOB::upsample::1::7c0a", state: fault };
    const ended = client.submitAction(params, { timeoutMs: fault === "${SILENCE}" ? patienceMs : 30_000 });
    outcomes[fault] = await ended.then(({ kind }) => kind, (error) => [error.name, error.maybeAccepted, error.cause?.name].join(" "));
  }
  return outcomes;
}
`;
const submits = (baseURL, used, patienceMs = 2_000) =>
  `submits("${baseURL}", ${JSON.stringify(Object.keys(FAULTS))}, ${used}, ${patienceMs})`;

/**
 * Plays the fault that a submit asks for. Where connections are `used` again, reads and preflights leave theirs for it.
 * `others` answers those in place of it.
 */
async function faultyServer(t, used, others) {
  const headers = used ? CORS : { ...CORS, connection: "close" };
  const otherwise = ({ method, body }) => {
    if (method === "POST") return FAULTS[JSON.parse(body).state]?.[1](headers) ?? play.answer(ACCEPTED, 200, headers);
    if (others) return others;
    return method === "OPTIONS" ? play.answer("", 204, headers) : play.answer({ ...DONE, id: PARENT }, 200, headers);
  };
  const { url, requests, close } = await serveFaults([], { otherwise });
  t.after(close);
  return {
    url,
    /** A submit's POSTs; of each, whether its connection had been used before. */
    posts: (fault) =>
      requests.flatMap(({ method, body, closed }, at) => {
        if (method !== "POST" || JSON.parse(body).state !== fault) return [];
        return { isUsed: requests.slice(0, at).some((earlier) => earlier.closed === closed) };
      }),
  };
}

// The runtimes.

/** A program of this runtime that runs until the test ends, and what it prints first. */
async function start(t, [path, ...args], name, text, environment = {}) {
  const file = app.write(name, text);
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;
  const child = spawn(path, [...args, file], { cwd: app.folder, env: { ...env, NO_COLOR: "1", ...environment } });
  const ended = once(child, "exit");
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part) => (said += part));
  t.after(async () => {
    child.kill();
    await ended;
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended.then(() => assert.fail(`${name}: ${said}`))]);
  return line;
}

const commandOf = (name, ...args) => {
  const path = program(name)?.path;
  return path && [path, ...args];
};

const COMMANDS = {
  "Node.js": [process.execPath],
  "Node.js 26": commandOf("node"),
  "Deno": commandOf("deno", "run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=COMETAPI_KEY"),
  "Bun": commandOf("bun"),
};

const CLIENTS = {};
for (const [name, command] of Object.entries(COMMANDS)) {
  CLIENTS[name] = {
    skip: command ? false : "there is none for this platform",
    run: async (t, call) => JSON.parse(await start(t, command, `submits-in-${name.replace(" ", "-")}.mjs`, `${SUBMITS}console.log(JSON.stringify(await ${call}));`)),
  };
}
CLIENTS.workerd = {
  async run(t, call) {
    const worker = await startWorker(`${SUBMITS}export default { fetch: async () => Response.json(await ${call}) };`);
    t.after(() => worker.dispose());
    return (await worker.dispatchFetch("http://worker.test/")).json();
  },
};
const browsers = {};
for (const [name, browser] of Object.entries(BROWSERS)) {
  CLIENTS[name] = {
    skip: browser.driver ? false : browser.missing,
    async run(t, call, api) {
      const script = `${SUBMITS}${call}.catch(String).then((outcomes) => (globalThis.result = outcomes));`;
      const origin = await publish(t, { scripts: { "app.js": script }, api });
      const tab = await (await (browsers[name] ??= startBrowser(browser))).open();
      t.after(() => tab.close().catch(() => {}));
      await tab.goto(`${origin}/`);
      return tab.until("globalThis.result");
    },
  };
}
after(async () => {
  for (const started of Object.values(browsers)) await (await started).close();
});

// The table.

const tables = {};

/**
 * What came of all faults: one column of a table.
 *
 * @param {{ used: boolean, causeOf: (fault: string) => string, twice?: string[] }} expected whether the first POST's
 *   connection was used before; what is behind each error; which faults the engine by itself sends twice
 */
function check(table, column, { posts }, outcomes, { used, causeOf, twice = [] }) {
  const rows = (tables[table] ??= {});
  const wrong = [];
  for (const fault of Object.keys(FAULTS)) {
    const seen = posts(fault);
    (rows[fault] ??= {})[column] = seen.length;
    // undici now and then takes the half of a chunked body that came for the whole: as uncertain, by another cause.
    const isHalf = fault === CUT_CHUNKS && column.includes("Node.js");
    const outcome = isHalf ? outcomes[fault]?.replace("UnexpectedResponseError", causeOf(fault)) : outcomes[fault];
    const told = [outcome, seen.length, seen[0]?.isUsed].join(", ");
    const expected = [`SubmitUncertainError true ${causeOf(fault)}`, twice.includes(fault) ? 2 : 1, used].join(", ");
    if (told !== expected) wrong.push(`${fault}: ${told}, not ${expected}`);
  }
  assert.deepEqual(wrong, []);
}

after(() => {
  const text = Object.entries(tables).map(([title, rows]) => {
    const columns = [...new Set(Object.values(rows).flatMap(Object.keys))];
    const line = (cells) => `| ${cells.join(" | ")} |`;
    const head = [line([title, ...columns]), line(["---", ...columns.map(() => "---:")])];
    return [...head, ...Object.entries(rows).map(([fault, counts]) => line([fault, ...columns.map((column) => counts[column] ?? "–")]))].join("\n");
  });
  mkdirSync(join(ROOT, "target"), { recursive: true });
  writeFileSync(join(ROOT, "target/wire.md"), `# POSTs on the wire for one submit\n\nWritten by the tests.\n\n${text.join("\n\n")}\n`);
});

const WHERE = { false: "a fresh connection", true: "a connection that was used before" };

for (const [name, { run, skip }] of Object.entries(CLIENTS)) {
  for (const used of [false, true]) {
    const twice = (used && TWICE[name]) || [];
    const rest = twice.length > 0 ? `; ${name} itself sends it again after: ${twice.join(", ")}` : "";
    test(`in ${name} each fault of a submit on ${WHERE[used]}: one POST, and a SubmitUncertainError${rest}`, { skip }, async (t) => {
      const scene = await faultyServer(t, used);
      const outcomes = await run(t, submits(scene.url, used), scene.url);
      const causeOf = (fault) => TOLERANT[name]?.[fault] ?? FAULTS[fault][0];
      check(`straight to the API, ${WHERE[used]}`, name, scene, outcomes, { used: used && !NEVER_USED.includes(name), causeOf, twice });
    });
  }
}

// The proxy's own request to the API.

/** What the proxy makes of it. */
const throughProxy = (fault) => (FAULTS[fault][0] === "UnexpectedResponseError" ? "UnexpectedResponseError" : "ServerError");

const proxyOf = (api) => `
import { createProxy } from "${NAME}/proxy";
const ask = (url, init) => fetch(url.replace("https://api.cometapi.com", "${api}"), init);
const proxy = createProxy({ basePath: "/api/mj", apiKey: "sk-of-the-proxy", public: true, timeoutMs: 4_000, fetch: ask });
`;

const inNode = `
import { createAdaptorServer } from "${import.meta.resolve("@hono/node-server")}";
const server = createAdaptorServer({ fetch: proxy }).listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
const LISTEN = {
  "Node.js": inNode,
  "Node.js 26": inNode,
  "Deno": `Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) }, proxy);`,
  "Bun": `console.log(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: proxy }).port);`,
};

/** Gives the port at which the proxy of this API listens. */
const PROXIES = {};
for (const [name, listen] of Object.entries(LISTEN)) {
  const file = `proxy-in-${name.replace(" ", "-")}.mjs`;
  PROXIES[name] = { skip: CLIENTS[name].skip, start: (t, api) => start(t, COMMANDS[name], file, proxyOf(api) + listen) };
}
PROXIES.workerd = {
  async start(t, api) {
    const worker = await startWorker(`${proxyOf(api)}export default { fetch: proxy };`);
    t.after(() => worker.dispose());
    return (await worker.ready).port;
  },
};

for (const [name, { start, skip }] of Object.entries(PROXIES)) {
  for (const used of [false, true]) {
    test(`by way of /proxy in ${name} each fault of a submit on ${WHERE[used]}: one POST reaches the API`, { skip }, async (t) => {
      const scene = await faultyServer(t, used);
      const port = await start(t, scene.url);
      const outcomes = await CLIENTS["Node.js"].run(t, submits(`http://127.0.0.1:${port}/api/mj`, used, 20_000));
      check(`by way of /proxy, ${WHERE[used]} to the API`, `in ${name}`, scene, outcomes, { used: used && !NEVER_USED.includes(name), causeOf: throughProxy });
    });
  }
}

// A page's request to the proxy: over plain HTTP no connection is used a second time.

for (const name of Object.keys(BROWSERS)) {
  test(`in ${name} each fault of a submit on its way to /proxy: one POST`, { skip: CLIENTS[name].skip }, async (t) => {
    /** All but the POSTs is the proxy's. */
    const others = async (response, { method, path, headers }) => {
      const api = async () => Response.json({ ...DONE, id: PARENT });
      const proxy = createProxy({ apiKey: KEY, public: true, fetch: api, origins: [headers.origin] });
      const answer = await proxy(new Request(`http://${headers.host}${path}`, { method, headers }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
    };
    const scene = await faultyServer(t, true, others);
    const outcomes = await CLIENTS[name].run(t, submits(`${scene.url}/api/mj`, true), scene.url);
    const causeOf = (fault) => TOLERANT[name]?.[fault] ?? FAULTS[fault][0];
    check("a page's request to /proxy over plain HTTP", name, scene, outcomes, { used: false, causeOf });
  });
}
