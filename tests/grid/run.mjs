// The grid: the packed tarball in every runtime and bundler, by one conformance script.
//
//   TARBALL=… node tests/grid/run.mjs [--only words] [--list] [--write-readme]
//
// runs each row of tests/grid/rows in a fresh app, prints a table, writes it to target/grid/table.{md,json}, and fails
// if a row did, or if the README's table tells another story. `--only` runs the rows whose names have these words.

import { readdirSync } from "node:fs";
import { exit } from "node:process";
import { parseArgs } from "node:util";
import { Missing, linkTools, makeApp } from "./app.mjs";
import { closeBrowsers } from "./browsers.mjs";
import { closeChromium } from "./chromium.mjs";
import { NAMES } from "./conformance.mjs";
import { checkReadme, print, save, writeReadme } from "./table.mjs";

/** The simulator's names of the routes that the conformance script pays for. */
const ACTION = "POST /mj/submit/action";
const MODAL = "POST /mj/submit/modal";

const ORDER = ["Runtimes", "Browsers, without a bundler", "Browsers, bundled by esbuild", "Content-Security-Policy", "Bundlers", "cometapi-midjourney/slim", "Parts"];

async function allRows() {
  const folder = new URL("rows/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".mjs")).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder))));
  const rows = modules.flatMap((module) => module.default);
  for (const { name, group } of rows) if (!ORDER.includes(group)) throw new Error(`${name}: there is no group ${group}`);
  return rows.sort((a, b) => ORDER.indexOf(a.group) - ORDER.indexOf(b.group));
}

/** Runs a row and tells what came of it. */
async function once(row, tarball) {
  const { name, group } = row;
  const result = { name, group, version: "", seconds: 0 };
  const start = performance.now();
  let app;
  try {
    result.version = await row.version();
    app = await makeApp(name, tarball);
    const outcome = await row.run(app);
    judge(row, outcome, app.simulator);
    Object.assign(result, { outcome: "passed", shipped: outcome.shipped });
  } catch (error) {
    const missing = error instanceof Missing;
    Object.assign(result, { outcome: missing ? "not run" : "failed", reason: missing ? error.message : `${error?.stack ?? error}` });
  } finally {
    await app?.end();
  }
  return { ...result, seconds: (performance.now() - start) / 1_000 };
}

/**
 * A row passes if every check does, if the simulator was sent what they send and no more, and if the app is whole. One
 * that is about something else has looked at it itself, and says so by `told`.
 */
function judge(row, { report, told, requested, shipped, wasmFiles }, { counts }) {
  if (report) {
    const wrong = NAMES.filter((name) => report[name] !== null).map((name) => `${name}: ${report[name]}`);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    if (counts[ACTION] !== 3 || counts[MODAL] !== 1) {
      throw new Error(`the simulator was sent ${counts[ACTION]} actions and ${counts[MODAL]} modals, not 3 and 1`);
    }
  } else if (!told && row.group !== "Parts") {
    throw new Error("there is no report");
  }
  if (wasmFiles !== undefined) {
    const fetched = (requested ?? []).filter((url) => /\.wasm(\?|$)/.test(url)).length;
    if (shipped.wasmFiles !== wasmFiles) throw new Error(`the app ships ${shipped.wasmFiles} .wasm, not ${wasmFiles}`);
    if (requested && fetched !== wasmFiles) throw new Error(`the page asked for a .wasm ${fetched} times, not ${wasmFiles}`);
  }
}

async function main() {
  const { values } = parseArgs({
    options: { only: { type: "string" }, list: { type: "boolean" }, "write-readme": { type: "boolean" } },
  });
  const rows = (await allRows()).filter(({ name }) => name.toLowerCase().includes((values.only ?? "").toLowerCase()));
  if (values.list) return void rows.forEach(({ group, name }) => console.log(`${group}: ${name}`));
  if (rows.length === 0) throw new Error(`no row's name has ${values.only}`);
  const tarball = process.env.TARBALL;
  if (!tarball) throw new Error("TARBALL is not set: run `cargo xtask test --only grid`");
  linkTools();
  const results = [];
  for (const row of rows) {
    const result = await once(row, tarball);
    results.push(result);
    print.row(result);
  }
  await Promise.all([closeChromium(), closeBrowsers()]);
  save(results);
  print.summary(results);
  if (values["write-readme"]) writeReadme(results);
  const failed = results.some(({ outcome }) => outcome === "failed");
  const drifted = !values.only && checkReadme(results);
  exit(failed || drifted ? 1 : 0);
}

await main();
