/**
 * `bench start`: how soon a first request leaves, beside bare `fetch` and other clients.
 *
 * In a page from `import()` on, in production bundles, on a fast and a slow machine and three networks; in Node.js the CPU
 * of a whole process. Prints medians and leaves `target/bench/start.json`, whose `bars` xtask holds.
 */

import { report } from "./support.mjs";
import { PAGES, writeApps } from "./start/apps.mjs";
import { CONDITIONS, measurePages } from "./start/pages.mjs";
import { measureProcesses } from "./start/processes.mjs";
import { serve } from "./start/server.mjs";

const NAMES = { ours: "ours, the default entry", slim: "ours, /slim and init(URL)", preload: "ours, /slim and <link rel=preload>" };

const files = await writeApps();
const server = await serve(files);
const pages = await measurePages(server);
const processes = await measureProcesses(server);
await server.close();

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const medians = (lists) => Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, median(list)]));

/** By condition and app. */
const ms = Object.fromEntries(Object.entries(pages.ms).map(([condition, apps]) => [condition, medians(apps)]));
const longest = median(pages.tasks["1x"].ours);
const cpu = medians(processes);
const gzip = Object.fromEntries(Object.entries(files).map(([path, { body }]) => [path, body.length]));

print([
  ["ms to the first request (: bare)", ...CONDITIONS.map(({ name }) => name)],
  ...Object.keys(PAGES).map((app) => [NAMES[app] ?? app, ...CONDITIONS.map(({ name }) => cell(ms[name][app], ms[name].bare))]),
  ["ours : fal", ...CONDITIONS.map(({ name }) => ratio(ms[name].ours, ms[name].fal))],
]);
console.log(`\nour longest task at 1x: ${longest ? `${longest.toFixed(0)} ms` : "none of 50 ms or more"}\n`);
print([["CPU of a whole Node.js, ms", "", ": bare"], ...Object.entries(cpu).map(([app, ms]) => [NAMES[app] ?? app, ms.toFixed(0), ratio(ms, cpu.bare)])]);

const bars = CONDITIONS.map(({ name, slow }) => ({ what: `first request at ${name}, ours : fal`, is: ms[name].ours / ms[name].fal, most: slow ? 1.25 : 1.1 }));
bars.push({ what: "our longest task at 1x, ms", is: longest, most: 50 });
bars.push({ what: "CPU of a whole Node.js, ours : bare", is: cpu.ours / cpu.bare, most: 1.15 });

report("start", { ms, longest, cpu, gzip, runs: { pages, processes } }, bars);

function cell(ms, bare) {
  return `${ms.toFixed(0)} (${ratio(ms, bare)})`;
}

function ratio(one, other) {
  return (one / other).toFixed(2);
}

/** The first column to the left, the others to the right. */
function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((text, column) => (column ? text.padStart(widths[column]) : text.padEnd(widths[0]))).join("  "));
}
