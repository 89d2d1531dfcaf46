/**
 * `bench call`: CPU of a submit and of a poll, beside bare fetch and other clients, and how often a call crosses between
 * JavaScript and wasm.
 *
 * Each process runs all clients in turns of 20 calls, after a warm-up; the garbage that they leave counts. What the ratios
 * compare ran in the same process.
 */

import { finishedTask, fetchOf, KEY, submitAnswer } from "./answers.mjs";
import { watchBoundary } from "./boundary.mjs";
import { others, own } from "./clients.mjs";
import { cpu, inProcess, median, medians, ours, printTable, report, tell } from "./support.mjs";

const PROCESSES = 5;
const CALLS = 2_000;
const TURN = 20;
const WARM_UP = 500;

const parts = { measure, cross, show };
await (parts[process.argv[2]] ?? show)();

async function show() {
  const crossings = inProcess(import.meta.url, "cross");
  const runs = Array.from({ length: PROCESSES }, () => inProcess(import.meta.url, "measure"));
  const us = medians(runs);
  const ratios = medians(runs.map((run) => ratiosOf(run)));
  const row = (name, submit, poll) => [name, ...cells(us[submit], ratios[submit]), ...cells(us[poll], ratios[poll])];
  const cells = (value, ratio) => (value ? [value.toFixed(0), ratio.toFixed(1)] : ["", ""]);
  printTable([
    ["CPU, µs", "submit", ": bare", "poll", ": bare"],
    row("the fetch alone, and its text", "fetch submit", "fetch poll"),
    ...["bare", "replicate", "fal", "runway", "openai", "cometapi"].map((name) => row(name, `${name} submit`, `${name} poll`)),
    row("ours: submitAction, fetchTask", "ours submit", "ours fetchTask"),
    row("ours: pollOnce", "", "ours pollOnce"),
    row("ours: a look in pollUntilDone", "", "ours look"),
  ]);
  console.log("");
  printTable([
    ["calls between JavaScript and wasm", "into wasm", "out of it"],
    ...Object.entries(crossings).map(([name, { into, out }]) => [name, into.toFixed(0), out.toFixed(0)]),
  ]);
  report("call", { us, ratios, crossings, runs }, [
    { what: "CPU of a submit : bare", is: ratios["ours submit"], most: 4 },
    { what: "CPU of a poll : bare", is: ratios["ours fetchTask"], most: 3 },
  ]);
}

/** To the bare call of the same kind. */
function ratiosOf(run) {
  const kind = (name) => (name.endsWith(" submit") ? "bare submit" : "bare poll");
  return Object.fromEntries(Object.entries(run).map(([name, us]) => [name, us / run[kind(name)]]));
}

async function measure() {
  const { calls, looks } = await stage();
  for (const call of Object.values(calls)) await repeat(call, WARM_UP);
  await looks(WARM_UP);
  const spent = Object.fromEntries([...Object.keys(calls), "ours look"].map((name) => [name, 0]));
  const clock = async (name, work) => {
    const before = cpu();
    await work();
    spent[name] += cpu() - before;
  };
  for (let turn = 0; turn < CALLS / TURN; turn++) {
    for (const [name, call] of Object.entries(calls)) await clock(name, () => repeat(call, TURN));
    await clock("ours look", () => looks(TURN));
  }
  tell(Object.fromEntries(Object.entries(spent).map(([name, us]) => [name, us / CALLS])));
}

async function cross() {
  const boundary = watchBoundary();
  const { calls, looks } = await stage();
  const count = async (work) => {
    await work();
    const before = boundary.crossings();
    await work();
    return difference(boundary.crossings(), before);
  };
  const one = await count(() => looks(1));
  const many = difference(await count(() => looks(101)), one);
  tell({
    submitAction: await count(calls["ours submit"]),
    fetchTask: await count(calls["ours fetchTask"]),
    pollOnce: await count(calls["ours pollOnce"]),
    "a look in pollUntilDone": { into: many.into / 100, out: many.out / 100 },
  });
}

function difference(after, before) {
  return { into: after.into - before.into, out: after.out - before.out };
}

async function repeat(call, times) {
  for (let time = 0; time < times; time++) await call();
}

/** All calls by their names, and `looks(n)`: one wait that ends with its n-th look. */
async function stage() {
  const finished = await finishedTask();
  const pending = finished.replace('"SUCCESS"', '"IN_PROGRESS"').replace('"100%"', '"58%"');
  const { id } = JSON.parse(finished);
  let left = 0;
  const fetch = fetchOf((body) => (body ? submitAnswer : --left > 0 ? pending : finished));
  const library = await ours();
  const mine = own(library, fetch, id);
  const calls = {
    "fetch submit": async () => (await fetch("", { body: "{}" })).text(),
    "fetch poll": async () => (await fetch("")).text(),
  };
  for (const { name, submit, poll } of others(fetch)) Object.assign(calls, { [`${name} submit`]: submit, [`${name} poll`]: poll });
  for (const [name, call] of Object.entries(mine)) calls[`ours ${name}`] = call;

  let time = Date.now();
  const sleep = async (ms) => void (time += ms);
  const waiting = new library.Midjourney({ apiKey: KEY, fetch, sleep, now: () => time });
  const looks = (count) => {
    left = count;
    return waiting.pollUntilDone(id, { timeoutMs: null });
  };
  return { calls, looks };
}
