/** The grid's table: in the terminal, in target/grid, in the README. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GRID, ROOT } from "./app.mjs";

const README = join(ROOT, "README.md");
const [BEGIN, END] = ["<!-- grid: made by tests/grid/run.mjs --write-readme -->", "<!-- /grid -->"];

const kilobytes = (bytes) => (bytes ? `${(bytes / 1_000).toFixed(1)} kB` : "–");
const ofSize = ({ shipped }) => [shipped?.js, shipped?.wasm].map(kilobytes);

export const print = {
  row({ group, name, version, outcome, seconds, reason, ...result }) {
    const [js, wasm] = ofSize(result);
    const told = outcome === "passed" ? "passed" : outcome.toUpperCase();
    console.log(`${told.padEnd(8)} ${`${seconds.toFixed(1)} s`.padStart(7)} ${js.padStart(9)} ${wasm.padStart(9)}  ${group}: ${name} ${version}`);
    if (reason) console.log(reason.replaceAll(/^/gm, "         "));
  },
  summary(results) {
    const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
    console.log(`${count("passed")} passed, ${count("failed")} failed, ${count("not run")} not run; JavaScript and wasm are gzipped`);
  },
};

/** Writes target/grid/table.json and table.md. */
export function save(results) {
  mkdirSync(GRID, { recursive: true });
  writeFileSync(join(GRID, "table.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(GRID, "table.md"), markdown(results, { seconds: true }));
}

function markdown(results, { seconds = false } = {}) {
  const head = ["", "version", ...(seconds ? ["s"] : []), "JavaScript", "wasm", ""];
  const lines = [head, head.map(() => "---")];
  for (const group of new Set(results.map((result) => result.group))) {
    lines.push([`**${group}**`, ...head.slice(1).map(() => "")]);
    for (const result of results.filter((other) => other.group === group)) {
      const { name, version, outcome, reason } = result;
      const told = outcome === "passed" ? "✓" : `${outcome}: ${reason.split("\n")[0]}`;
      lines.push([name, version, ...(seconds ? [result.seconds.toFixed(1)] : []), ...ofSize(result), told]);
    }
  }
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function block(text) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return { before: text.slice(0, begin + BEGIN.length), inside: text.slice(begin + BEGIN.length, end), after: text.slice(end) };
}

export function writeReadme(results) {
  const { before, after } = block(readFileSync(README, "utf8"));
  const passed = results.filter(({ outcome }) => outcome === "passed").length;
  const summary = `<summary>${passed} of ${results.length} rows pass</summary>`;
  // A table of Markdown wants empty lines around it.
  writeFileSync(README, `${before}\n<details>\n${summary}\n\n${markdown(results)}\n</details>\n${after}`);
}

/**
 * Whether the README says otherwise of any row: its name or its outcome. (Versions and bytes are of the run that wrote
 * it, and of a row that can't be run here nothing is known.)
 */
export function checkReadme(results) {
  const known = results.filter(({ outcome }) => outcome !== "not run");
  const [told, found] = [outcomes(block(readFileSync(README, "utf8")).inside), outcomes(markdown(known))];
  const missing = found.filter((row) => !told.includes(row));
  const unknown = results.filter(({ outcome }) => outcome === "not run").map(({ name }) => `${name}: `);
  const wrong = told.filter((row) => !found.includes(row) && !unknown.some((name) => row.startsWith(name)));
  if (missing.length + wrong.length === 0) return false;
  console.log("README.md's table is not that of this run: `node tests/grid/run.mjs --write-readme`.");
  console.log(`It lacks ${missing.join(" · ") || "nothing"}\nand has ${wrong.join(" · ") || "nothing more"}`);
  return true;
}

/** Name and outcome of each row of a table. */
function outcomes(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) => line.split("|")).map((cells) => `${cells[1].trim()}: ${cells.at(-2).trim()}`);
}
