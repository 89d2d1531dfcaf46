/** What the benches share: the package as it was last built, the peers, processes, tables, the report. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Loads an entry of the built package. PACKAGE is another build's folder, to compare with. */
export function ours(entry = ".") {
  const folder = process.env.PACKAGE ?? join(ROOT, "target/npm/package");
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return import(pathToFileURL(join(folder, exports[entry].import.default)));
}

/** Loads one of tests/peers. */
export const peer = createRequire(join(ROOT, "tests/peers/package.json"));

/** CPU time of this process so far, µs, all of its threads. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of each member of records that have the same members. */
export function medians(records) {
  return Object.fromEntries(Object.keys(records[0]).map((key) => [key, median(records.map((record) => record[key]))]));
}

/** Runs a part of a bench in a process of its own, and gives what it printed with `tell`. */
export function inProcess(file, ...part) {
  const options = { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  return JSON.parse(execFileSync(process.execPath, ["--expose-gc", fileURLToPath(file), ...part], options));
}

/** Gives a part's figures to `inProcess`, and ends the process: timers of requests that were answered are not waited for. */
export function tell(figures) {
  process.stdout.write(JSON.stringify(figures), () => process.exit());
}

/** Prints rows of text, the first of them the head: the first column to the left, the others to the right. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, at) => (at ? cell.padStart(widths[at]) : cell.padEnd(widths[0]))).join("  ");
  console.log(rows.map(line).join("\n"));
}

/**
 * Writes `target/bench/NAME.json`. xtask holds each of the `bars`, `{ what, is, most }`, against what was measured.
 */
export function report(name, figures, bars) {
  const file = join(ROOT, "target/bench", `${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...figures, bars }, null, 2));
}
