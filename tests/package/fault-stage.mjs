/**
 * What the fault tests share: a client of a scripted server, on a clock that nothing but the client's own waits moves,
 * and the table "fault → requests on the wire → outcome", which they write to target/faults.md.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { inspect } from "node:util";
import { play, serveFaults } from "../support/fault-server.mjs";
import { KEY, ROOT, app, assertKeyless, rejection, turns } from "./app.mjs";

export const library = await app.load();

/** The picture whose button is pressed, and the task that this makes. */
export const PARENT = "1773314942177001";
export const CHILD = "1773315122000777";
export const PRESS = { taskId: PARENT, customId: "MJ::JOB::upsample::1::7c0a" };
export const PICTURE = {
  id: PARENT,
  status: "SUCCESS",
  buttons: [{ customId: PRESS.customId, label: "U1", emoji: "", type: 2, style: 2 }],
};
export const ACCEPTED = { code: 1, description: "Submit success", result: CHILD, properties: {} };
export const task = (status, more) => ({ id: CHILD, status, progress: "", buttons: [], ...more });
export const PENDING = task("IN_PROGRESS", { progress: "10%" });
export const DONE = task("SUCCESS", { progress: "100%", imageUrl: "https://cdn.test/1.png" });

/** What is no answer, or half of one, and the class of error that it is behind; `body` is what would have come. */
export const noAnswer = (body) => ({
  "dropped before the headers": [play.dropBeforeHeaders(), "ConnectionError"],
  "dropped after the headers": [play.dropAfterHeaders(), "ConnectionError"],
  "dropped within a body with a length": [play.dropInBody(), "ConnectionError"],
  "dropped within a chunked body": [play.dropInChunks(), "ConnectionError"],
  "reset": [play.reset(), "ConnectionError"],
  "an answer that is no HTTP": [play.garbage(), "ConnectionError"],
  "an answer that is no gzip, as it says": [play.falseGzip(body), "ConnectionError"],
  "no answer in time": [play.silence(), "RequestTimeoutError"],
  "half an answer in time": [play.stall(), "RequestTimeoutError"],
});

let today = 1_773_314_942_177;

/**
 * A server that plays a script, and a client of it. Its waits take no time: they move `clock.time` and stand in
 * `clock.slept`. Its jitter is none.
 */
export async function faultStage(t, script, { otherwise, ...options } = {}) {
  const server = await serveFaults(script, { otherwise });
  t.after(server.close);
  // Each on a day of its own: the package remembers, by this clock, what was submitted a moment ago.
  const clock = { time: (today += 86_400_000), slept: [] };
  const sleep = async (ms) => {
    clock.slept.push(ms);
    clock.time += ms;
  };
  const client = new library.Midjourney({
    apiKey: KEY,
    baseURL: server.url,
    now: () => clock.time,
    random: () => 0.5,
    sleep,
    ...options,
  });
  return { server, client, clock };
}

/** The error of this name that a call rejects with. The key is nowhere in it. */
export async function failure(name, promise) {
  const error = await rejection(promise);
  assert.equal(error.name, name, inspect(error));
  assert.ok(error instanceof library[name]);
  assertKeyless(error);
  return error;
}

/** An error and those behind it, by their names: `["SubmitUncertainError", "ConnectionError"]`. */
export function chainOf(error) {
  const names = [];
  for (let one = error; library.MidjourneyError.isInstance(one); one = one.cause) names.push(one.name);
  return names;
}

/** For a test that waits for something to happen, which may never happen where the code is broken. */
export const PATIENCE = { timeout: 10_000 };

/** A signal that counts the listeners at it. */
export function countedSignal() {
  const controller = new AbortController();
  const counted = { controller, signal: controller.signal, listeners: 0 };
  for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
    const original = controller.signal[name];
    controller.signal[name] = function (...args) {
      counted.listeners += step;
      return original.apply(this, args);
    };
  }
  return counted;
}

/**
 * Holds the package's timers, which ring when the test says so: no time-out races against a slow machine. They are told
 * from Node.js's own by the controller that stands beside them.
 */
export function heldTimers(t) {
  const { setTimeout, clearTimeout } = globalThis;
  t.after(() => Object.assign(globalThis, { setTimeout, clearTimeout }));
  const held = new Map();
  globalThis.setTimeout = (callback, ms, ...args) => {
    if (args[0] !== callback) return setTimeout(callback, ms, ...args);
    const timer = { ms };
    held.set(timer, () => callback(...args));
    return timer;
  };
  globalThis.clearTimeout = (timer) => held.delete(timer) || clearTimeout(timer);
  const ring = () => {
    const all = [...held.values()];
    held.clear();
    for (const one of all) one();
  };
  return {
    ring,
    /** As this entry of a script, after which the time is up. */
    ringAfter: (entry) => async (response, request) => {
      await entry(response, request);
      await turns();
      ring();
    },
    /** Settles with the first timer of so many ms or more. */
    async longer(ms) {
      // Until the test's own time is up.
      while (!t.signal.aborted) {
        const found = [...held.keys()].find((timer) => timer.ms >= ms);
        if (found) return found.ms;
        await turn();
      }
    },
  };
}

const rows = [];

/** A row of the table. `outcome` is what the call gave: an error, a task, the result of a submit. */
export function row(fault, server, outcome) {
  const wire = ["POST", "GET"].map((method) => [server.count(method), method]).filter(([count]) => count > 0);
  const requests = wire.map((pair) => pair.join(" ")).join(", ") || "none";
  rows.push([fault, requests, described(outcome)]);
}

function described(outcome) {
  if (typeof outcome === "string") return outcome;
  if (!(outcome instanceof Error)) return outcome.status ?? outcome.kind;
  const chain = chainOf(outcome);
  const isOneName = chain.length > 1 && new Set(chain).size === 1;
  return isOneName ? `${chain.length} × ${chain[0]}` : chain.join(" ← ") || outcome.name;
}

// Each file's process leaves its own rows; whichever ends last finds all of them.
after(() => {
  if (rows.length === 0) return;
  const folder = join(ROOT, "target/faults");
  mkdirSync(folder, { recursive: true });
  const about = basename(process.argv[1], ".test.mjs").replace("faults-", "");
  writeWhole(join(folder, `${about}.json`), JSON.stringify(rows, null, 1));
  const files = readdirSync(folder).filter((file) => file.endsWith(".json")).sort();
  const tables = files.map((file) => tableOf(basename(file, ".json"), JSON.parse(readFileSync(join(folder, file), "utf8"))));
  writeWhole(join(ROOT, "target/faults.md"), `# Faults\n\nWritten by the tests.\n${tables.join("")}`);
});

function tableOf(about, rows) {
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return `\n## ${about}\n\n| fault | requests on the wire | outcome |\n|---|---|---|\n${lines.join("\n")}\n`;
}

/** In one step: another process may be reading. */
function writeWhole(file, text) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
