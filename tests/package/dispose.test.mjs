/**
 * The package in a runtime that knows `Symbol.dispose` and in one that does not: the same, and nothing must be freed in
 * either. Each runs in a Node.js of its own, since these symbols are looked for where a module is loaded.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NAME, app } from "./app.mjs";

/** What is there before the package is imported. */
const RUNTIMES = {
  without: `
    const { Symbol: known } = globalThis;
    // Node.js's own can't be deleted.
    const Symbol = (description) => known(description);
    for (const name of Reflect.ownKeys(known)) {
      if (!/^(dispose|asyncDispose|length|name)$/.test(String(name))) {
        Object.defineProperty(Symbol, name, Object.getOwnPropertyDescriptor(known, name));
      }
    }
    globalThis.Symbol = Symbol;`,
  with: `
    for (const name of ["dispose", "asyncDispose"]) {
      if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: Symbol(name) });
    }`,
};

/** A whole workflow. The process ends by itself, or not at all: a timer of an hour would hold it. */
const SCRIPT = `
const { Midjourney } = await import("${NAME}");
const { createSimulator } = await import("${NAME}/testing");
const said = { knows: [typeof Symbol.dispose, typeof Symbol.asyncDispose] };

const clock = { time: 1_773_314_942_177 };
const now = () => clock.time;
const sleep = async (ms) => void (clock.time += ms);
const simulator = createSimulator({ now });
const client = new Midjourney({ apiKey: "sk-of-a-test", fetch: simulator.fetch, now, sleep });
const grid = await client.pollUntilDone(await client.submitImagine({ prompt: "a boat" }));
said.upscaled = (await client.act(grid, "U1")).status;

said.watched = [];
for await (const { status } of client.watch(await client.submitImagine({ prompt: "a boat" }))) said.watched.push(status);

// What the module imports throws, and nothing of its own catches that: the instance is done for.
const { setTimeout } = globalThis;
globalThis.setTimeout = () => { throw new Error("broken"); };
said.failed = await client.fetchTask(grid.id).catch(({ name }) => name);
globalThis.setTimeout = setTimeout;
said.after = (await client.fetchTask(grid.id)).status;

// Its own timers, an hour long: what ends the wait takes them away.
const slow = { initialDelayMs: 0, minDelayMs: 3_600_000, maxDelayMs: 3_600_000, timeoutMs: null };
const patient = new Midjourney({ apiKey: "sk-of-a-test", fetch: simulator.fetch });
const lost = simulator.addTask({ status: "IN_PROGRESS" }).id;
const asked = () => simulator.counts["GET /mj/task/{id}/fetch"];
const before = asked();
for await (const { status } of patient.watch(lost, slow)) {
  said.left = status;
  break;
}
said.looks = [asked() - before];
const tasks = patient.watch(lost, slow);
await tasks.next();
const next = tasks.next();
said.returned = [await tasks.return(), await next, await tasks.next()];

const of = [Midjourney, Midjourney.prototype, client, grid, grid.buttons, tasks];
said.toFree = of.flatMap((one) => ["free", Symbol.dispose].filter((name) => name && name in one));
console.log(JSON.stringify(said));
`;

const said = {};
for (const [how, prelude] of Object.entries(RUNTIMES)) {
  test(`a workflow, watches that are left, a module that fails: ${how} Symbol.dispose`, async () => {
    const { stdout, stderr } = await app.run(`${how}.mjs`, prelude + SCRIPT);
    said[how] = JSON.parse(stdout);
    assert.equal(stderr, "");
    const { knows, ...rest } = said[how];
    assert.deepEqual(knows, how === "with" ? ["symbol", "symbol"] : ["undefined", "undefined"]);
    assert.equal(rest.upscaled, "SUCCESS");
    assert.equal(rest.watched.at(-1), "SUCCESS");
    assert.deepEqual([rest.left, rest.looks], ["IN_PROGRESS", [1]]);
    assert.deepEqual(rest.returned, [{ done: true }, { done: true }, { done: true }]);
    assert.deepEqual([rest.failed, rest.after], ["InternalError", "SUCCESS"]);
    assert.deepEqual(rest.toFree, []);
  });
}

test("it is the same in both", () => {
  const { knows: _, ...without } = said.without;
  const { knows: __, ...rest } = said.with;
  assert.deepEqual(without, rest);
});
