/**
 * An example of examples/cloudflare as its user has it: installed with the packed tarball, bundled by `wrangler deploy
 * --dry-run`, run in workerd by miniflare with the bindings of its own wrangler.jsonc, against the simulator.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Miniflare } from "miniflare";
import { KEY, NAME, ROOT, app, buttonOf, temporaryFolder } from "../package/app.mjs";
import { serveSimulator } from "../support/serve-simulator.mjs";

export { ACTION, FETCH, KEY, LIST } from "../package/app.mjs";

/** How long a condition may take, ms. Nothing waits as long as this but a test that fails. */
const PATIENCE = 120_000;

/**
 * A clock for a simulator that stands still: each task is done at its poll of that number, or all are when `finish` is
 * called. `options` are the simulator's, which is then shown with `attach`.
 */
export function pollClock(doneAtPoll = Infinity) {
  const workMs = 60_000;
  let begun = Date.now();
  let now = begun;
  return {
    options: { queueMs: 0, workMs, now: () => now },
    attach(simulator) {
      const polls = new Map();
      // A rule that never holds: it is shown each request right before that is carried out.
      simulator.fail(({ path, body }) => {
        const looksAt = path.endsWith("/fetch") ? path : body?.ids?.join();
        if (looksAt) polls.set(looksAt, (polls.get(looksAt) ?? 0) + 1);
        now = begun + (polls.get(looksAt) >= doneAtPoll ? workMs : 0);
        return false;
      }, {});
    },
    finish: () => (begun += workMs),
  };
}

/** How many subrequests an invocation may make on Cloudflare's free plan, and a Workflow's instance in all. */
export const BUDGET = 50;

/**
 * Another worker, to which workerd tells what each invocation of the example does, as it does to Cloudflare's own tracing.
 * At an invocation's end it knows what was called, and how often each kind of span was opened; of a Workflow's instance
 * after each span, since its engine lets go of it when it likes. Who asks it is told what is new.
 */
const WITNESS = `
let news = [];

export default {
  tailStream({ invocationId, event: { entrypoint, info } }) {
    const seen = { invocationId, entrypoint: entrypoint ?? "default", called: info?.type, spans: {} };
    return ({ event }) => {
      if (event.type === "spanOpen") seen.spans[event.name] = (seen.spans[event.name] ?? 0) + 1;
      if (event.type === "attributes") {
        const method = event.info.find(({ name }) => name === "jsrpc.method");
        if (method) seen.called = method.value;
      }
      if (event.type === "outcome" || (event.type === "spanClose" && seen.called === "run")) news.push(seen);
    };
  },
  fetch() {
    const told = Response.json(news);
    news = [];
    return told;
  },
};
`;

/** Where workerd stores: in memory, where there is such a disk. It outlives workerd, and 500 databases need no second. */
const STORAGE = existsSync("/dev/shm") ? "/dev/shm" : undefined;

const tools = createRequire(join(ROOT, "tests/apps/package.json"));
const { unstable_getMiniflareWorkerOptions: optionsOf } = tools("wrangler");
const run = promisify(execFile);

const installed = new Map();

/** The example in a folder of its own, with the packed tarball and as it would be uploaded; once for each. */
export function install(name) {
  if (!installed.has(name)) installed.set(name, bundle(name));
  return installed.get(name);
}

async function bundle(name) {
  const folder = temporaryFolder();
  cpSync(join(ROOT, "examples/cloudflare", name), folder, { recursive: true });
  cpSync(app.packaged(), join(folder, "node_modules", NAME), { recursive: true });
  await wrangler(folder, "deploy", "--dry-run", "--outdir", "dist");
  const [main, ...others] = readdirSync(join(folder, "dist"))
    .filter((file) => /\.(js|wasm)$/.test(file))
    .sort((a, b) => Number(a.endsWith(".wasm")) - Number(b.endsWith(".wasm")));
  const moduleOf = (file) => ({
    type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
    path: file,
    contents: readFileSync(join(folder, "dist", file)),
  });
  const { workerOptions } = optionsOf(join(folder, "wrangler.jsonc"));
  const { modulesRules, ...options } = workerOptions;
  return { folder, options: { ...options, modules: [main, ...others].map(moduleOf) } };
}

/** Runs wrangler in a folder, alone: no account, no network, no file outside. Rejects with what it said. */
export async function wrangler(folder, ...args) {
  const program = join(tools.resolve("wrangler/package.json"), "../bin/wrangler.js");
  try {
    const { stdout } = await run(process.execPath, [program, ...args], {
      cwd: folder,
      timeout: PATIENCE,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_HIDE_BANNER: "true",
        WRANGLER_LOG_PATH: join(folder, "logs"),
      },
    });
    return stdout;
  } catch (error) {
    throw new Error(`wrangler ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
  }
}

/** The types that wrangler makes of wrangler.jsonc, and the example against them. */
export async function typecheck(name) {
  const { folder } = await install(name);
  await wrangler(folder, "types", "--include-env=false");
  const tsc = join(tools.resolve("typescript/package.json"), "../bin/tsc");
  await run(process.execPath, [tsc, "--project", folder], { cwd: folder }).catch((error) => assert.fail(error.stdout));
}

/**
 * The example against a simulator of its own, with a finished task whose U1 is to be pressed. All ends with the test.
 * The key is there as the secret it would be; `https://api.cometapi.com` leads to the simulator, over HTTP.
 *
 * `simulator` are the simulator's options; `worker` are added to those of the worker (`bindings` for its vars).
 */
export async function stage(t, name, { simulator: simulatorOptions = {}, worker: workerOptions = {} } = {}) {
  const { options } = await install(name);
  const { createSimulator, faults } = await app.load(`${NAME}/testing`);
  const simulator = createSimulator({ queueMs: 10, workMs: 10, tickMs: 0, apiKey: KEY, ...simulatorOptions });
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const storage = temporaryFolder(STORAGE);
  const parent = simulator.addTask({});
  const press = { taskId: parent.id, customId: buttonOf(parent, "U1") };

  const invocations = [];
  const listen = async (workerd) => {
    const known = new Map();
    const witness = await workerd.miniflare.getWorker("witness");
    while (!workerd.ending) {
      for (const latest of await (await witness.fetch("http://witness.test/")).json()) {
        const seen = known.get(latest.invocationId);
        if (seen) seen.spans = latest.spans;
        else invocations.push(latest);
        known.set(latest.invocationId, seen ?? latest);
      }
      await pause(20);
    }
  };

  const start = async () => {
    const miniflare = new Miniflare({
      host: "127.0.0.1",
      // Else miniflare asks the internet where it is.
      cf: false,
      durableObjectsPersist: join(storage, "do"),
      workflowsPersist: join(storage, "workflows"),
      d1Persist: join(storage, "d1"),
      kvPersist: join(storage, "kv"),
      workers: [
        {
          name,
          ...options,
          ...workerOptions,
          bindings: { ...options.bindings, COMETAPI_KEY: KEY, ...workerOptions.bindings },
          outboundService: { external: { address: new URL(url).host, http: {} } },
          streamingTails: ["witness"],
        },
        {
          name: "witness",
          modules: true,
          script: WITNESS,
          compatibilityDate: options.compatibilityDate,
          compatibilityFlags: ["streaming_tail_worker", "experimental"],
        },
      ],
    });
    await miniflare.ready;
    const workerd = { miniflare, ending: false };
    const listening = listen(workerd);
    return Object.assign(workerd, {
      async end() {
        workerd.ending = true;
        await listening;
        await miniflare.dispose();
      },
    });
  };
  let workerd = await start();
  t.after(() => workerd.end());

  return {
    simulator,
    faults,
    press,
    /**
     * What workerd saw of each invocation that has ended, and of each Workflow's instance so far: its `entrypoint` (a
     * class, or `default`), what was `called` there (`fetch`, `queue`, `alarm`, a method's name), and its `spans` by
     * name: `fetch`, `durable_object_subrequest`, …
     */
    invocations,
    get miniflare() {
      return workerd.miniflare;
    },
    /** Asks the worker: `method`, a path, a body as JSON, more headers. */
    async ask(method, path, body, headers = {}) {
      const response = await workerd.miniflare.dispatchFetch(`http://worker.test${path}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text && JSON.parse(text) };
    },
    /** Ends workerd in the middle of whatever it does (it is killed), and starts it anew on what was stored. */
    async restart() {
      await workerd.end();
      workerd = await start();
    },
  };
}

/** How many subrequests an invocation made, to the API, Durable Objects, queues. An object's own storage is none. */
export function subrequests({ spans }) {
  const counted = Object.entries(spans).filter(([name]) => !name.startsWith("durable_object_storage_"));
  return counted.reduce((sum, [, count]) => sum + count, 0);
}

/** Does it for each, in lots: workerd takes so many connections at once. */
export async function inLots(all, action, size = 50) {
  const results = [];
  for (let i = 0; i < all.length; i += size) {
    results.push(...(await Promise.all(all.slice(i, i + size).map((one) => action(one)))));
  }
  return results;
}

/** Waits until a condition holds, and gives what it came to. */
export async function until(what, condition) {
  for (const end = Date.now() + PATIENCE; ; await pause(20)) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never: ${what}`);
  }
}
