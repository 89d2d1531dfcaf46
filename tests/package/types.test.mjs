/** The types, for the strictest of users, in each of TypeScript's module systems. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NAME, ROOT, app } from "./app.mjs";

const STRICT = {
  target: "ES2022",
  lib: ["ES2022", "DOM"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: false,
  noEmit: true,
};

/** TypeScript by its version, as the root package.json names it. */
const COMPILERS = { "5.0": "typescript-5.0", "5.9": "typescript", newest: "typescript-newest" };

const SOURCES = Object.fromEntries(
  ["equal", "journeys", "slim"].map((name) => [name, readFileSync(new URL(`types/${name}.ts`, import.meta.url), "utf8")]),
);

/** What a `switch` can exhaust, and what there is. */
const UNIONS = {
  'Task["status"]': ["SUCCESS", "MODAL", "FAILURE", "CANCEL", "NOT_START", "SUBMITTED", "IN_PROGRESS", "UNKNOWN"],
  'SubmitResult["kind"]': ["submitted", "queued", "modal", "existing"],
  'PollStep["done"]': [true, false],
  'ClientEvent["type"]': ["request", "response", "wait", "retry", "fallback"],
  ErrorCode: [
    "invalid_argument",
    "authentication",
    "permission_denied",
    "rate_limit",
    "server",
    "unexpected_response",
    "connection",
    "request_timeout",
    "submit_rejected",
    "submit_uncertain",
    "task_not_found",
    "task_failed",
    "poll_timeout",
    "poll_budget",
    "state",
    "internal",
  ],
};
SOURCES.switches = switches();

/** A switch over each union that compiles, and one for each of its members that forgets that one, which must not. */
function switches() {
  const imported = Object.keys(UNIONS).map((union) => /^\w+/.exec(union)[0]);
  const lines = [`import type { ${imported.join(", ")} } from "${NAME}";`];
  for (const [union, members] of Object.entries(UNIONS)) {
    for (const forgotten of [undefined, ...members]) {
      const kept = members.filter((member) => member !== forgotten).map((member) => `case ${JSON.stringify(member)}:`);
      const name = [/^\w+/.exec(union)[0], forgotten].filter((part) => part !== undefined).join("_");
      lines.push(`export function of${name}(value: ${union}): number {`, `  switch (value) {`, `    ${kept.join(" ")} return 1;`);
      if (forgotten !== undefined) lines.push(`    // @ts-expect-error ${forgotten} is forgotten`);
      lines.push(`    default: return value satisfies never;`, `  }`, `}`);
    }
  }
  return lines.join("\n");
}

/** As a module that is CommonJS, which with verbatimModuleSyntax says so. */
function asCommonJs(source) {
  const names = [...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name]) => name);
  return `${source
    .replaceAll(/^import \* as (\w+) from ("[^"]+");$/gm, "import $1 = require($2);")
    .replaceAll(/^export /gm, "")}\nexport = { ${names.join(", ")} };\n`;
}

/** Modules alone have the slim entry. */
const COMMONJS = Object.keys(SOURCES).filter((name) => name !== "slim");

const SYSTEMS = {
  node16: [{ module: "node16" }, "mts", "cts"],
  "nodenext, without a DOM": [{ module: "nodenext", lib: ["ES2022"], types: ["node"] }, "mts", "cts"],
  "a bundler": [{ module: "esnext", moduleResolution: "bundler" }, "ts"],
  "a bundler for workerd": [
    {
      module: "esnext",
      moduleResolution: "bundler",
      customConditions: ["workerd"],
      lib: ["ES2022"],
      types: ["@cloudflare/workers-types"],
    },
    "ts",
  ],
  "a bundler for a page's worker, with all of the language": [
    { module: "esnext", moduleResolution: "bundler", target: "ESNext", lib: ["ESNext", "WebWorker"] },
    "ts",
  ],
  // Not in 5.0, whose bundlers take modules alone.
  "a bundler of both": [{ module: "preserve", moduleResolution: "bundler" }, "mts", "cts"],
};

// What else a user's project has.
for (const name of ["expect-type", "@types/node", "undici-types", "@cloudflare/workers-types"]) {
  cpSync(join(ROOT, "node_modules", name), app.path("node_modules", name), { recursive: true });
}

/** Compiles files, by their names, in a folder of their own. Resolves with what TypeScript says; empty where it is content. */
function compile(folder, files, options, compiler = COMPILERS["5.9"]) {
  mkdirSync(app.path(folder));
  for (const [name, source] of Object.entries(files)) app.write(join(folder, name), source);
  const compilerOptions = { ...STRICT, ...options };
  const config = app.write(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  const tsc = join(ROOT, "node_modules", compiler, "bin/tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", config], { cwd: app.folder }, (error, stdout, stderr) => {
      resolve(error ? stdout || stderr || error.message : "");
    });
  });
}

for (const [version, compiler] of Object.entries(COMPILERS)) {
  for (const [system, [options, ...endings]] of Object.entries(SYSTEMS)) {
    if (version === "5.0" && options.module === "preserve") continue;
    test(`TypeScript ${version}, ${system}: right calls compile, wrong ones do not, and types are as they should be`, async () => {
      const files = {};
      for (const ending of endings) {
        for (const name of ending === "cts" ? COMMONJS : Object.keys(SOURCES)) {
          files[`${name}.${ending}`] = ending === "cts" ? asCommonJs(SOURCES[name]) : SOURCES[name];
        }
      }
      assert.equal(await compile(`${version} ${system}`, files, options, compiler), "");
    });
  }
}

test("a wrong call is what fails, where it is not expected to", async () => {
  const source = `import { Midjourney } from "${NAME}";\nvoid new Midjourney().fetchTask(1);\n`;
  assert.match(await compile("wrong", { "wrong.mts": source }, { module: "node16" }), /wrong\.mts\(2,\d+\): error TS2345/);
});

test("a bundler's import of the .wasm has a type", async () => {
  const source = `import module from "${NAME}/midjourney.wasm";\nimport { initSync } from "${NAME}/slim";\ninitSync(module);\n`;
  const options = { module: "esnext", moduleResolution: "bundler", allowArbitraryExtensions: true };
  assert.equal(await compile("wasm", { "wasm.ts": source }, options), "");
});
