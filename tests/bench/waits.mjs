/**
 * `bench waits`: many `pollUntilDone` at once on one client, beside a loop written by hand: bytes of a wait, and whether ten times as
 * many take ten times as long.
 *
 * Each wait sleeps, sees its task pending, sleeps, and sees it done. The sleeps end together, when the bench says so. What `sleep`
 * itself keeps for each wait, a promise and how to resolve it, is counted on both sides.
 */

import { setImmediate as turn } from "node:timers/promises";
import { BASE, answered, finishedTask, KEY, pendingTask } from "./answers.mjs";
import { Bare } from "./bare.mjs";
import { watchBoundary } from "./boundary.mjs";
import { cpu, inProcess, median, ours, printTable, report, tell } from "./support.mjs";

const FEW = 1_000;
const MANY = 10_000;
const PROCESSES = 3;
/** How often a process takes the time of the few. */
const TIMES = 3;
const MOST_BYTES = 3_000;
const MOST_RATIO = 10.5;
const CLIENTS = ["ours", "bare"];

const parts = { bytes, time, show };
await (parts[process.argv[2]] ?? show)();

function show() {
  const rows = CLIENTS.map((client) => {
    const bytesOf = (count) => inProcess(import.meta.url, "bytes", client, String(count));
    const runs = Array.from({ length: PROCESSES }, () => inProcess(import.meta.url, "time", client));
    const ratio = median(runs.map(({ few, many }) => many / few));
    return { client, bytes: { few: bytesOf(FEW), many: bytesOf(MANY) }, ratio, runs };
  });
  const kB = (bytes) => (bytes / 1_000).toFixed(2);
  const each = (runs, name, count) => (median(runs.map((run) => run[name])) / count).toFixed(0);
  printTable([
    ["pollUntilDone at once", ...rows.map(({ client }) => client)],
    ...[["few", FEW], ["many", MANY]].flatMap(([name, count]) => [
      [`${count}: kB a wait, before its first look`, ...rows.map((row) => kB(row.bytes[name].first))],
      [`${count}: kB a wait, after it (pending, a task of 0.5 kB)`, ...rows.map((row) => kB(row.bytes[name].second))],
      [`${count}: of that in wasm's memory`, ...rows.map((row) => kB(row.bytes[name].wasm))],
      [`${count}: CPU of a wait of two looks, µs`, ...rows.map((row) => each(row.runs, name, count))],
    ]),
    [`CPU of ${MANY} : CPU of ${FEW}`, ...rows.map(({ ratio }) => ratio.toFixed(2))],
  ]);
  const [own] = rows;
  report("waits", { rows }, [
    { what: `bytes a wait, of ${MANY}`, is: Math.max(own.bytes.many.first, own.bytes.many.second), most: MOST_BYTES },
    { what: `CPU of ${MANY} waits : of ${FEW}`, is: own.ratio, most: MOST_RATIO },
  ]);
}

async function bytes() {
  const [client, count] = [process.argv[3], Number(process.argv[4])];
  const boundary = watchBoundary();
  const stage = await stageOf(client);
  await stage.run(10);
  const held = async () => {
    // What waits for a finalizer, or for a turn, goes with a later one.
    for (let time = 0; time < 5; time++) {
      gc();
      await turn();
    }
    const { heapUsed, external } = process.memoryUsage();
    // wasm's memory is part of what is external.
    return { all: heapUsed + external, wasm: boundary.memory() };
  };
  const before = await held();
  const asleep = [];
  await stage.run(count, async () => asleep.push(await held()));
  const [first, second] = asleep.map(({ all }) => (all - before.all) / count);
  tell({ first, second, wasm: (asleep[1].wasm - before.wasm) / count });
}

async function time() {
  const stage = await stageOf(process.argv[3]);
  await stage.run(FEW);
  const taken = async (count) => {
    gc();
    const before = cpu();
    await stage.run(count);
    return cpu() - before;
  };
  const few = [];
  // On both sides of the many, since the machine is not as quick at all times.
  while (few.length < TIMES / 2) few.push(await taken(FEW));
  const many = await taken(MANY);
  while (few.length < TIMES) few.push(await taken(FEW));
  tell({ few: median(few), many });
}

/** `run(n, asleep)`: n waits at once, from their begin to their end; `asleep` is called each time that all of them sleep. */
async function stageOf(name) {
  const named = (text) => text.replace(JSON.parse(text).id, "ID");
  const pending = named(await pendingTask());
  const finished = named(await finishedTask());
  let now = Date.now();
  let sleepers = [];
  let text;
  const sleep = () => new Promise((resolve) => sleepers.push(resolve));
  const fetch = async (url) => answered(text.replace("ID", url.split("/").at(-2)));
  const options = { apiKey: KEY, baseURL: BASE, fetch, sleep, now: () => now };
  const client = name === "bare" ? new Bare(options) : new (await ours()).Midjourney(options);
  const run = async (count, asleep = async () => {}) => {
    const waits = Array.from({ length: count }, (_, at) => client.pollUntilDone(String(1_795_034_223_000_000 + at)));
    let ended = false;
    const all = Promise.all(waits).finally(() => (ended = true));
    for (const next of [pending, finished]) {
      while (sleepers.length < count && !ended) await turn();
      if (ended) break;
      await asleep();
      const woken = sleepers;
      sleepers = [];
      now += 15_000;
      text = next;
      for (const wake of woken) wake();
    }
    await all;
    if (text !== finished) throw new Error("the waits have ended before they should");
  };
  return { run };
}
