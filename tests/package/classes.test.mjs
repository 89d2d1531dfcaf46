/** The errors' classes: their names and codes, and that they are told apart in every way. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { KEY, NAME, ROOT, app, copyOfApp, rejection } from "./app.mjs";

const library = await app.load();

const CLASSES = {
  InvalidArgumentError: "invalid_argument",
  AuthenticationError: "authentication",
  PermissionDeniedError: "permission_denied",
  RateLimitError: "rate_limit",
  ServerError: "server",
  UnexpectedResponseError: "unexpected_response",
  ConnectionError: "connection",
  RequestTimeoutError: "request_timeout",
  SubmitRejectedError: "submit_rejected",
  SubmitUncertainError: "submit_uncertain",
  TaskNotFoundError: "task_not_found",
  TaskFailedError: "task_failed",
  PollTimeoutError: "poll_timeout",
  PollBudgetError: "poll_budget",
  StateError: "state",
  InternalError: "internal",
};

test("the package exports these classes, and no other", () => {
  const exported = Object.keys(library).filter((name) => name.endsWith("Error"));
  assert.deepEqual(new Set(exported), new Set(["MidjourneyError", ...Object.keys(CLASSES)]));
});

test("the entries export the same names", async () => {
  const slim = await app.load(`${NAME}/slim`);
  const { stdout } = await app.run("names.cjs", `console.log(JSON.stringify(Object.keys(require("${NAME}"))))`);
  const names = Object.keys(library).filter((name) => name !== "default").sort();
  assert.deepEqual(Object.keys(slim).sort(), names);
  assert.deepEqual(JSON.parse(stdout).filter((name) => name !== "default" && name !== "__esModule").sort(), names);
});

test("every code of the core has its class", async () => {
  const source = await readFile(join(ROOT, "src/core/error.rs"), "utf8");
  const words = /const WORDS[^=]*= \[([^\]]+)\]/.exec(source)?.[1].match(/\w+/g);
  assert.ok(words?.length >= 15, "the words are no longer where they were in src/core/error.rs");
  // The module's own failure is told by the loader, not by the core.
  assert.deepEqual(new Set([...words, "internal"]), new Set(Object.values(CLASSES)));
});

for (const [name, code] of Object.entries(CLASSES)) {
  test(`${name} is an Error with its name`, () => {
    const error = new library[name]({ code, message: "said", retryable: false });
    assert.ok(error instanceof library[name]);
    assert.ok(error instanceof library.MidjourneyError);
    assert.ok(error instanceof Error);
    assert.equal(error.name, name);
    assert.equal(error.code, code);
    assert.equal(error.message, "said");
    assert.equal(String(error), `${name}: said`);
    assert.match(error.stack, new RegExp(`^${name}: said\\n`));
    assert.ok(!Object.keys(error).includes("name"));
    for (const other of Object.keys(CLASSES)) {
      assert.equal(library[other].isInstance(error), other === name, `${other}.isInstance`);
      assert.equal(error instanceof library[other], other === name, `instanceof ${other}`);
    }
    assert.ok(library.MidjourneyError.isInstance(error));
  });
}

/** A NotFound that a client of this copy of the package rejects with. */
async function thrownBy({ Midjourney }) {
  const { createSimulator } = await app.load(`${NAME}/testing`);
  const client = new Midjourney({ apiKey: KEY, fetch: createSimulator().fetch });
  return rejection(client.fetchTask("1773314942177000"));
}

test("isInstance knows the errors of another copy, which instanceof does not", async () => {
  const other = await copyOfApp().load();
  const error = await thrownBy(other);
  assert.equal(error instanceof library.MidjourneyError, false);
  assert.ok(library.MidjourneyError.isInstance(error));
  assert.ok(library.TaskNotFoundError.isInstance(error));
  assert.equal(library.ServerError.isInstance(error), false);
});

test("isInstance takes anything", () => {
  for (const value of [undefined, null, 0, "", "TaskNotFoundError", {}, new Error("x"), { name: "ServerError" }]) {
    assert.equal(library.MidjourneyError.isInstance(value), false);
    assert.equal(library.ServerError.isInstance(value), false);
  }
});

test("a minifier leaves names and isInstance as they are", async () => {
  const entry = app.write("minify.mjs", `export * from "${NAME}";`);
  const outfile = app.path("minified.mjs");
  await build({ entryPoints: [entry], outfile, bundle: true, minify: true, format: "esm", logLevel: "error" });
  const minified = await import(outfile);
  const error = await thrownBy(minified);
  assert.equal(error.name, "TaskNotFoundError");
  assert.match(error.stack, /^TaskNotFoundError: /);
  assert.ok(error instanceof minified.TaskNotFoundError);
  assert.ok(library.TaskNotFoundError.isInstance(error));
});
