// What a day of tasks costs on Cloudflare: the tables of from-one-task-to-a-million.md.
//
//   cargo xtask build && node docs/cost.mjs [--write | --check]
//
// The polls of a task are measured: the package, in virtual time, against its own simulator. The prices are those of
// prices.json. What the examples write and keep is counted in their code, and stands below with its reason.

import { readFileSync, writeFileSync } from "node:fs";

const ROOT = new URL("../", import.meta.url);
const PAGE = new URL("docs/from-one-task-to-a-million.md", ROOT);
const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const { prices, limits, monthly, readOn } = JSON.parse(read("docs/prices.json"));

const TASKS_A_DAY = 1_000_000;
const DAYS = 30;
const TASKS = TASKS_A_DAY * DAYS;

/** How long a task takes, s: an upscale, a picture in fast mode, one in relax mode. */
const UPSCALE = 10;
const FAST = 60;
const RELAX = 600;
const DURATIONS = [UPSCALE, 30, FAST, 180, RELAX];

/** Rounded up from what Node.js 20 took for it: 0.3 ms a poll, 2.1 ms a list of a hundred. */
const CPU_MS = { poll: 1, list: 5, call: 1 };
/** How long the API takes to answer, s. */
const ANSWER = { submit: 2, read: 0.3 };
/** What a Durable Object is billed for while it works, GB. */
const OBJECT_GB = 0.128;
/** An object that has stored something, GB. */
const OBJECT_SIZE_GB = 12e-6;
/** How long the examples keep what became of a press, months. */
const KEPT_MONTHS = 1;
/** The result of a step (a poll's state), GB, and how long Workflows keep it, months. */
const STEP_SIZE_GB = 1e-6;
const WORKFLOW_KEPT_MONTHS = 7 / 30;
/** The gateway looks at a task every 15 or 30 s: at most so often its progress changes, and the Durable Object writes it down. */
const CHANGES = FAST / 15;

// Of examples/cloudflare/durable-object.
const FASTEST_MS = Number(/"FASTEST_MS": (\d+)/.exec(read("examples/cloudflare/durable-object/wrangler.jsonc"))[1]);
const CHUNK = Number(/const CHUNK = (\d+)/.exec(read("examples/cloudflare/durable-object/src/tasks.ts"))[1]);
// Of examples/cloudflare/queue.
const BATCH = Number(/"max_batch_size": (\d+)/.exec(read("examples/cloudflare/queue/wrangler.jsonc"))[1]);

const { Midjourney } = await import(new URL("target/npm/package/dist/inline.js", ROOT));
const { createSimulator } = await import(new URL("target/npm/package/dist/testing/index.js", ROOT));

/** Waits for `count` tasks of one age, on a clock that nothing but the waits moves. */
async function once(seconds, count) {
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  const simulator = createSimulator({ now, queueMs: 0, workMs: seconds * 1_000, tickMs: 0, requireKey: false });
  const sleep = async (ms) => void (time += ms);
  const client = new Midjourney({ baseURL: "http://localhost", fetch: simulator.fetch, now, sleep, random: () => 0.5 });
  const parent = simulator.addTask({});
  const { customId } = parent.buttons.find(({ label }) => label === "U1");
  const targets = [];
  for (let i = 0; i < count; i++) targets.push(await client.submitAction({ taskId: parent.id, customId }));
  const start = time;
  if (count === 1) await client.pollUntilDone(targets[0], { timeoutMs: null });
  else await client.pollAllUntilDone(targets, { timeoutMs: null });
  const { counts } = simulator;
  return { requests: counts["GET /mj/task/{id}/fetch"] + counts["POST /mj/task/list-by-condition"], late: (time - start) / 1_000 - seconds };
}

/** The mean of five tasks that take from 0.9 to 1.1 of that: of one alone, chance would make the figure. */
async function measure(seconds, count) {
  let [requests, late] = [0, 0];
  for (const part of [0.9, 0.95, 1, 1.05, 1.1]) {
    const one = await once(seconds * part, count);
    requests += one.requests / 5;
    late += one.late / 5;
  }
  return { requests, late };
}

const measured = new Map();
for (const seconds of DURATIONS) measured.set(seconds, { one: await measure(seconds, 1), hundred: await measure(seconds, 100) });

/** What each engine uses in a month for all tasks, and the requests that it makes of the API. */
function engines() {
  const { requests: polls, late } = measured.get(FAST).one;
  const waited = FAST + late;
  // One Durable Object: tasks come all the time, so its alarm is always the fastest.
  const alarms = (86_400_000 / FASTEST_MS) * DAYS;
  const open = (TASKS_A_DAY / 86_400) * (FAST + FASTEST_MS / 2_000);
  const lists = alarms * Math.ceil(open / CHUNK);
  // The insert with its indexes 4, the submit's answer 2, a change 2, the end 1, its removal 1: as workerd counts them.
  const rows = 4 + 2 + 2 * CHANGES + 1 + 1;
  const deliveries = 1 + polls;
  return [
    {
      name: "the request itself, `pollUntilDone`",
      api: polls,
      use: { requests: TASKS, cpuMs: TASKS * (CPU_MS.call + polls * CPU_MS.poll) },
    },
    {
      name: "[a Workflow](../examples/cloudflare/workflow) each",
      api: polls,
      use: {
        // The request, and the instance.
        requests: 2 * TASKS,
        cpuMs: TASKS * (2 * CPU_MS.call + polls * CPU_MS.poll),
        // The submit, its two marks, the clean-up and its alarm.
        objectRequests: 2 * TASKS,
        objectGBs: TASKS * ANSWER.submit * OBJECT_GB,
        rowsWritten: 4 * TASKS,
        objectStorageGB: TASKS * OBJECT_SIZE_GB * KEPT_MONTHS,
        workflowStorageGB: TASKS * (1 + 2 * polls) * STEP_SIZE_GB * WORKFLOW_KEPT_MONTHS,
      },
    },
    {
      name: "[a Queue](../examples/cloudflare/queue)",
      api: polls,
      use: {
        requests: TASKS + (TASKS * deliveries) / BATCH,
        cpuMs: TASKS * (CPU_MS.call + deliveries * CPU_MS.poll),
        // A write, a read for each delivery, a delete.
        queueOperations: TASKS * (2 + deliveries),
        objectRequests: TASKS * (deliveries + 1),
        objectGBs: TASKS * (ANSWER.submit + polls * ANSWER.read) * OBJECT_GB,
        // The mark, the progress after each delivery, the clean-up and its alarm.
        rowsWritten: TASKS * (1 + deliveries + 2),
        objectStorageGB: TASKS * OBJECT_SIZE_GB * KEPT_MONTHS,
      },
    },
    {
      name: "[a Durable Object](../examples/cloudflare/durable-object) for all",
      api: lists / TASKS,
      use: {
        requests: TASKS,
        cpuMs: TASKS * 2 * CPU_MS.call + lists * CPU_MS.list,
        objectRequests: TASKS + alarms,
        // It never sleeps at this load.
        objectGBs: DAYS * 86_400 * OBJECT_GB,
        // And its alarm.
        rowsWritten: TASKS * rows + alarms,
        objectStorageGB: TASKS * 500e-9 * KEPT_MONTHS,
      },
    },
  ].map((engine) => ({ ...engine, waited, cost: cost(engine.use) }));
}

function cost(use) {
  const parts = Object.entries(use).map(([key, amount]) => {
    const { unit, included, price } = prices[key];
    return { key, amount, dollars: (Math.max(0, amount - included) / unit) * price };
  });
  return { parts, total: monthly + parts.reduce((sum, { dollars }) => sum + dollars, 0) };
}

const table = (head, rows) => [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const dollars = (amount) => `$${amount < 10 ? amount.toFixed(2) : Math.round(amount).toLocaleString("en")}`;
const count = (amount) => (amount >= 1e6 ? `${(amount / 1e6).toLocaleString("en", { maximumFractionDigits: amount < 1e7 ? 1 : 0 })} M` : Math.round(amount).toLocaleString("en"));

const BLOCKS = {
  polls: () =>
    table(
      ["a task of", "polls of one", "told late by", "requests of a hundred together"],
      DURATIONS.map((seconds) => {
        const { one, hundred } = measured.get(seconds);
        return [`${seconds} s`, one.requests.toFixed(1), `${one.late.toFixed(1)} s`, hundred.requests.toFixed(1)];
      }),
    ),
  cost: () => {
    const all = engines();
    const used = Object.entries(prices).map(([key, { what }]) => [
      what,
      ...all.map(({ cost: { parts } }) => {
        const part = parts.find((other) => other.key === key);
        return part ? `${count(part.amount)}: ${dollars(part.dollars)}` : "–";
      }),
    ]);
    return table(
      ["", ...all.map(({ name }) => name)],
      [
        ...used,
        ["**a month**", ...all.map(({ cost: { total } }) => `**${dollars(total)}**`)],
        ["a thousand tasks", ...all.map(({ cost: { total } }) => `$${((total / TASKS) * 1_000).toFixed(3)}`)],
        ["reads of the API, a task", ...all.map(({ api }) => api.toLocaleString("en", { maximumFractionDigits: 1 }))],
      ],
    );
  },
  prices: () =>
    table(
      ["Workers Paid", "included a month", "then", ""],
      Object.values(prices).map(({ what, unit, included, price, source }) => [what, count(included), `$${price}${unit === 1 ? "" : " a million"}`, `[page](${source})`]),
    ),
  limits: () => table(["limit", "free", "paid", ""], limits.map(({ what, free, paid, source }) => [what, free, paid, `[page](${source})`])),
  "read-on": () => `Prices and limits as published, read on ${readOn}.`,
};

let page = read("docs/from-one-task-to-a-million.md");
const before = page;
for (const [name, make] of Object.entries(BLOCKS)) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  page = `${page.slice(0, from + begin.length)}\n${make()}\n${page.slice(to)}`;
}
const [mode] = process.argv.slice(2);
if (mode === "--write") writeFileSync(PAGE, page);
else if (mode !== "--check") console.log(page);
else if (page !== before) {
  console.error("docs/from-one-task-to-a-million.md is not what docs/cost.mjs computes: `node docs/cost.mjs --write`");
  process.exitCode = 1;
}
