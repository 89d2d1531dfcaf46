// How many requests a wait makes, and how late it tells the end: this package in virtual time, beside the rules of others.
//
//   cargo xtask bench cadence
//
// The package is the built one, with `fetch`, `sleep`, `now` and `random` of its own; the others are their rules, taken from their
// sources. All wait for the tasks of cadence.json through the same servers. Exits with 1 where a bar is broken.

import { readFileSync } from "node:fs";
import { ours, report } from "./support.mjs";

const { tasks } = JSON.parse(readFileSync(new URL("cadence.json", import.meta.url), "utf8"));
const { Midjourney } = await ours();

/** How long an answer takes, ms. It shows the task as it is halfway. */
const ANSWER = 200;
const START = Date.UTC(2026, 2, 12);
const STEP = 15_000;
/** Apart are: the caller's clock and the gateway's; and the times in an answer, each way. */
const APART = 20_000;

/** Numbers from 0 up to 1 that are the same at every run. */
function chance(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// ---- The servers: what one shows of a task so many ms after its submit.

const end = ({ queueMs, workMs }) => queueMs + workMs;

/** Moves all the time. */
function moving(task, ms) {
  if (ms >= end(task)) return { done: true };
  if (ms < task.queueMs) return { percent: 0 };
  const part = (ms - task.queueMs) / task.workMs;
  return { percent: Math.min(99, Math.floor(100 * part ** task.bend)), start: task.queueMs };
}

/** The gateway's last look at its upstream. */
const step = ({ phase }, ms) => (ms < phase * STEP ? 0 : phase * STEP + Math.floor((ms - phase * STEP) / STEP) * STEP);

/** Changes what a task under way shows of its progress. */
const shown = (change) => (task, ms) => {
  const seen = moving(task, ms);
  return seen.done || seen.start === undefined ? seen : change(seen);
};

const SERVERS = {
  "moves all the time": { at: moving },
  "in steps of 15 s": { at: (task, ms) => moving(task, step(task, ms)), end: (task) => step(task, end(task) + STEP - 1) },
  "no progress": { at: (task, ms) => ({ done: ms >= end(task), percent: NaN }) },
  "progress goes back": { at: shown((seen) => ({ ...seen, percent: 99 - seen.percent })) },
  "stuck at 60 %": { at: shown((seen) => ({ ...seen, percent: Math.min(60, seen.percent) })) },
  "clocks 20 s apart": { at: shown((seen) => ({ ...seen, apart: true })) },
};

// ---- The rules: how long before the first look, and before each one after it.

const PEERS = {
  "every 2.5 s": () => () => 2_500,
  "every 5 s (openai, ai)": () => () => 5_000,
  // @runwayml/sdk, lib/polling: POLL_TIME 6000, POLL_JITTER 3000.
  "6 s ± 1.5 s (runway)": (random) => () => 6_000 + random() * 3_000 - 1_500,
  // 2 s, × 1.5, up to 15 s, ± 10 %.
  "0.1.0": (random) => {
    let delay = 2_000;
    let isFirst = true;
    return () => {
      if (!isFirst) delay = Math.min(15_000, Math.floor(delay * 1.5));
      isFirst = false;
      return Math.min(15_000, Math.floor(delay * (0.9 + 0.2 * random())));
    };
  },
};

/** By a rule alone. */
function byRule(rule, server, task) {
  const next = rule(chance(task.seed));
  let time = 0;
  for (let requests = 1; ; requests += 1) {
    time += next();
    const { done } = server.at(task, time + ANSWER / 2);
    time += ANSWER;
    if (done) return { requests, time };
  }
}

/** A client on a clock that nothing but its own waits and answers moves, and what it asks for. */
function client(server, seed, byId) {
  const world = { time: 0, requests: 0 };
  const view = (id) => {
    const task = byId(id);
    const seen = server.at(task, world.time - ANSWER / 2);
    // The gateway's clock is ahead, and the upstream's, that startTime is of, ahead of that or behind.
    const gateway = START + (seen.apart ? APART : 0);
    const away = seen.apart ? (task.phase < 0.5 ? APART : -APART) : 0;
    return {
      id,
      status: seen.done ? "SUCCESS" : seen.percent > 0 ? "IN_PROGRESS" : "SUBMITTED",
      progress: seen.done ? "100%" : Number.isNaN(seen.percent) ? "" : `${seen.percent}%`,
      submitTime: gateway,
      startTime: seen.start === undefined ? 0 : gateway + seen.start + away,
    };
  };
  const fetch = async (url, init) => {
    const { pathname } = new URL(url instanceof Request ? url.url : url);
    world.requests += 1;
    world.time += ANSWER;
    const body = pathname.endsWith("/fetch") ? view(pathname.split("/").at(-2)) : JSON.parse(init.body).ids.map(view);
    return Response.json(body);
  };
  const midjourney = new Midjourney({
    apiKey: "k",
    fetch,
    now: () => START + world.time,
    random: chance(seed),
    sleep: async (ms) => void (world.time += ms),
  });
  return { midjourney, world };
}

const submitted = (taskId) => ({ kind: "submitted", taskId, taskIds: [taskId], code: 1, description: "", properties: {} });
/** Another task for each wait: what the package remembers of one is of no other. */
let count = 0;
const nextId = () => String(1_773_315_122_000_000n + BigInt((count += 1)));

/** By the package. */
async function byPackage(server, task) {
  const { midjourney, world } = client(server, task.seed, () => task);
  await midjourney.pollUntilDone(submitted(nextId()), { timeoutMs: null });
  return world;
}

/** All at once. */
async function together(server, chosen) {
  const ids = new Map(chosen.map((task) => [nextId(), task]));
  const { midjourney, world } = client(server, 1, (id) => ids.get(id));
  const late = [];
  const all = [...ids.values()];
  const ends = server.end ?? end;
  await midjourney.pollAllUntilDone([...ids.keys()].map(submitted), { timeoutMs: null, onSettled: (_, at) => late.push(world.time - ends(all[at])) });
  return summary(late, [world.requests], 1);
}

function summary(late, requests, tasksOfIt) {
  const sorted = late.toSorted((a, b) => a - b);
  const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  return { requests: mean(requests) / tasksOfIt, late: mean(late) / 1_000, p95: sorted[Math.floor(sorted.length * 0.95)] / 1_000 };
}

async function measure(server, wait) {
  const ends = server.end ?? end;
  const late = [];
  const requests = [];
  for (const task of tasks) {
    const told = await wait(server, task);
    late.push(told.time - ends(task));
    requests.push(told.requests);
  }
  return summary(late, requests, 1);
}

const OURS = "cometapi-midjourney";
const table = {};
for (const [name, server] of Object.entries(SERVERS)) {
  const row = { [OURS]: await measure(server, byPackage) };
  for (const [peer, rule] of Object.entries(PEERS)) row[peer] = await measure(server, (of, task) => byRule(rule, of, task));
  table[name] = row;
}
const batches = {};
for (const size of [1, 100, tasks.length]) {
  for (const name of ["moves all the time", "in steps of 15 s"]) batches[`${size} together, ${name}`] = await together(SERVERS[name], tasks.slice(0, size));
}

// ---- What must hold. None of it is ever moved.

const BARS = { "moves all the time": { requests: 9.5, late: 3.0 }, "in steps of 15 s": { requests: 10.5, late: 5.0 } };
const bars = Object.entries(table).flatMap(([name, row]) => {
  const most = BARS[name] ?? row["0.1.0"];
  return ["requests", "late"].map((what) => ({ what: `${name}: ${what}`, is: row[OURS][what], most: most[what] }));
});

const cell = ({ requests, late, p95 }) => [requests, late, p95].map((number) => number.toFixed(1).padStart(6)).join("");
const names = [OURS, ...Object.keys(PEERS)];
console.log(`\n${tasks.length} tasks; of each: requests, mean late, 95th percentile, s; in steps, late beyond the step\n`);
console.log(`${"".padEnd(20)}${names.map((name) => name.padStart(24)).join("")}`);
for (const [name, row] of Object.entries(table)) console.log(`${name.padEnd(20)}${names.map((peer) => cell(row[peer]).padStart(24)).join("")}`);
console.log("\npollAllUntilDone: requests of all, mean late, 95th percentile, s\n");
for (const [name, row] of Object.entries(batches)) console.log(`${name.padEnd(46)}${cell(row)}`);
report("cadence", { servers: table, batches }, bars);
