/**
 * What the Rust core takes in, held member by member against the types: the names that its sources read of arguments, and
 * that each option is heard by each method that is declared to take it. What it gives out is drift.test.mjs's.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KEY, ROOT, buttonOf, rejection } from "./app.mjs";
import { declared } from "./declared.mjs";
import { library, virtualStage } from "./virtual-stage.mjs";

const types = declared("index.d.ts");
const CLIENT = types.named("Midjourney");
const METHODS = types.members(CLIENT);
const { Midjourney } = library;

/** Whose members are read, by file and name; none for what is no argument: an answer, what was thrown, a record of our own. */
const READ_OF = {
  "core/act.rs options": "ActOptions",
  "core/act.rs task": "Task",
  "core/act.rs button": null,
  "core/batch.rs details": null,
  "core/batch.rs view": null,
  "core/button.rs button": "Button",
  "core/button.rs fit": "Button",
  "core/button.rs parsed": null,
  "core/button.rs selector": "ButtonSelector",
  "core/button.rs task": "Task",
  "core/cadence.rs state": "PollState",
  "core/config.rs client": "ClientOptions",
  "core/config.rs headers": null,
  "core/error.rs known": null,
  "core/error.rs thrown": null,
  "core/event.rs thrown": null,
  "core/http.rs headers": null,
  "core/params.rs params": "params",
  "core/poll.rs details": null,
  "core/poll.rs options": "PollOptions",
  "core/poll.rs view": null,
  "core/refusal.rs error": null,
  "core/refusal.rs json": null,
  "core/secret.rs headers": null,
  "core/start.rs options": "any options",
  "core/start.rs signal": null,
  "core/state.rs value": "PollState",
  "core/submit.rs properties": null,
  "core/target.rs result": "SubmitResult",
  "core/target.rs target": "PollTarget",
  "core/unsent.rs cause": null,
  "core/unsent.rs facts": null,
  "core/verdict.rs dropped": null,
  "core/verdict.rs error": null,
  "core/verdict.rs json": null,
  "core/verdict.rs thrown": null,
  "web/errand.rs client": "ClientOptions",
  "web/host.rs call": "any options",
  "web/host.rs client": "ClientOptions",
  "web/mod.rs call": null,
};

/** What TypeScript reads, or adds for the core. */
const BESIDE_THE_CORE = {
  ClientOptions: { add: ["dangerouslyAllowBrowser"], remove: ["hasOrigin"] },
  RequestOptions: { add: ["headers"] },
  // `act`'s second argument.
  ActOptions: { remove: ["button"] },
};

/** The names that are read, by the type of which they are. */
function reads() {
  const read = new Map();
  const note = (type, name) => type && (read.get(type) ?? read.set(type, new Set()).get(type)).add(name);
  for (const [file, source] of sources()) {
    const members = /(?<=(\w+|\w+\("\w+"\)|details|json))\s*\.(?:at|text|number|count|has|id|code|is_null_at|get)\(\s*"([\w-]+)"/g;
    for (const [, given, name] of source.matchAll(members)) {
      // A member of a member: by the member's own name.
      const of = /"(\w+)"/.exec(given)?.[1] ?? given;
      const key = `${file} ${of}`;
      if (of === "self" || of === "host") continue;
      assert.ok(key in READ_OF, `${key} is read (${name}), and this test does not know of what type it is: say so`);
      note(READ_OF[key], name);
      unused.delete(key);
    }
    for (const [, of, name] of source.matchAll(/\bnumber\((\w+), "(\w+)"/g)) note(READ_OF[`${file} ${of}`] ?? "PollAllOptions", name);
  }
  const source = Object.fromEntries(sources());
  const named = (file, pattern) => [...source[file].matchAll(pattern)].map(([, name]) => name);
  for (const name of named("core/poll.rs", /\b(?:number|delay)\("(\w+)"/g)) note("PollOptions", name);
  for (const name of named("core/config.rs", /\beither\("(\w+)"/g)) ["ClientOptions", "RequestOptions"].forEach((type) => note(type, name));
  for (const name of named("web/errand.rs", /\bfunction\("(\w+)"\)/g)) note("ClientOptions", name);
  for (const name of named("web/host.rs", /\bself\.number\("(\w+)"/g)) note("ClientOptions", name);
  for (const name of named("web/errand.rs", /\b(?:callback\(|tell\(host, )"(\w+)"/g)) note("callbacks", name);
  for (const [, table, rows] of source["core/params.rs"].matchAll(/const (\w+): &\[\(&str, Kind\)\] =\s*&\[([^;]*)\];/g)) {
    for (const [, name] of rows.matchAll(/\("(\w+)"/g)) note(table, name);
  }
  return read;
}

/** All of the core's and the way's sources; what the wire's readers find there is `raw`'s. */
function sources() {
  const files = readdirSync(join(ROOT, "src"), { recursive: true }).filter((file) => /^(core|web)\/[\w/]+\.rs$/.test(file));
  return files.map((file) => [file, readFileSync(join(ROOT, "src", file), "utf8").replace(/^ *\/\/.*$/gm, "")]);
}

const unused = new Set(Object.keys(READ_OF));
const READ = reads();
const read = (type) => {
  const { add = [], remove = [] } = BESIDE_THE_CORE[type] ?? {};
  return [...(READ.get(type) ?? assert.fail(`nothing is read of ${type}`)), ...add].filter((name) => !remove.includes(name));
};
const sorted = (...names) => [...new Set(names.flat(2))].sort();
const membersOf = (type) => types.members(types.named(type));
const isCallback = (name) => /^on[A-Z]/.test(name);

test("what the core's sources read of options is what is declared: no more, no less", () => {
  const any = read("any options");
  const callbacks = (type) => read("callbacks").filter((name) => membersOf(type).includes(name));
  const expected = {
    ClientOptions: read("ClientOptions"),
    RequestOptions: [read("RequestOptions"), any],
    PollOptions: [read("PollOptions"), any, callbacks("PollOptions")],
    PollAllOptions: [read("PollOptions"), read("PollAllOptions"), any, callbacks("PollAllOptions")],
    ActOptions: [read("PollOptions"), read("ActOptions"), read("ACTION"), any, callbacks("ActOptions")],
  };
  for (const [type, names] of Object.entries(expected)) assert.deepEqual(sorted(names), membersOf(type), type);
  const declared = ["PollOptions", "PollAllOptions", "ActOptions"].flatMap(membersOf).filter(isCallback);
  assert.deepEqual(sorted(read("callbacks")), sorted(declared));
});

test("what the core's sources read of a submit's parameters is what is declared: no more, no less", () => {
  const params = { SubmitActionParams: "ACTION", SubmitModalParams: "MODAL", SubmitImagineParams: "IMAGINE" };
  for (const [type, table] of Object.entries(params)) {
    const members = membersOf(type);
    assert.deepEqual(sorted(read(table), read("params").filter((name) => members.includes(name))), members, type);
  }
  assert.deepEqual(sorted(read("params")).filter((name) => !Object.keys(params).flatMap(membersOf).includes(name)), []);
});

test("of a state each member is read, and of what else comes in again nothing that is not declared", () => {
  assert.deepEqual(sorted(read("PollState")), membersOf("PollState"));
  for (const type of ["PollTarget", "SubmitResult", "Task", "Button", "ButtonSelector"]) {
    assert.deepEqual(read(type).filter((name) => !membersOf(type).includes(name)), [], type);
  }
  assert.deepEqual(sorted(read("ButtonSelector")), ["customId", "index", "kind"]);
});

test("each of the table's rows is still read", () => assert.deepEqual([...unused], []));

test("what the core leaves to TypeScript is read there", () => {
  const source = readFileSync(join(ROOT, "pkg-template/src/midjourney.ts"), "utf8");
  for (const pattern of [/options\.dangerouslyAllowBrowser/, /hasOrigin: hasOrigin\(\)/, /\{ \.\.\.options, button \}/, /\)\?\.headers/]) {
    assert.match(source, pattern);
  }
});

const PRESS = { state: "s", enableRemix: true, chooseSameChannel: false };

/** What a submit takes, all of it. */
const PARAMS = {
  submitAction: ({ grid, label }) => ({ taskId: grid.id, customId: label("U1"), ...PRESS }),
  submitModal: ({ modal }) => ({ taskId: modal.id, prompt: "x --zoom 2", maskBase64: "iVBORw0KGgo=" }),
  submitImagine: () => ({
    ...{ prompt: "x", botType: "MID_JOURNEY", base64Array: ["data:image/png;base64,iVBORw0KGgo="], state: "s" },
    accountFilter: { modes: ["FAST"] },
  }),
};
const submit = (method) => (stage, options, more) => stage.client[method]({ ...PARAMS[method](stage), ...more }, options);

/** A call of each method. */
const CALLS = {
  submitAction: submit("submitAction"),
  submitModal: submit("submitModal"),
  submitImagine: submit("submitImagine"),
  fetchTask: ({ client, grid }, options) => client.fetchTask(grid.id, options),
  listTasks: ({ client, grid }, options) => client.listTasks([grid.id], options),
  pollOnce: ({ client, grid }, options) => client.pollOnce(grid.id, options),
  pollUntilDone: ({ client, modal }, options) => client.pollUntilDone(modal.id, options),
  async watch({ client, modal }, options) {
    for await (const task of client.watch(modal.id, options)) assert.ok(task.status);
  },
  pollAllUntilDone: ({ client, grid, modal }, options) => client.pollAllUntilDone([grid.id, modal.id], options),
  act: ({ client, upscaled }, options) => client.act(upscaled, "Custom Zoom", options),
};

/** For each member a value that it can't have. */
const WRONG = {
  ...{ timeoutMs: -1, maxRetries: -1, maxPolls: 0, initialDelayMs: -1, minDelayMs: 0, maxDelayMs: 0, maxConsecutiveErrors: -1 },
  ...{ chunkSize: 0, signal: {}, headers: { "a b": "" }, state: 5, enableRemix: 1, chooseSameChannel: "yes", taskId: 5 },
  ...{ customId: "x", prompt: 5, maskBase64: 5, botType: "x", base64Array: "x", accountFilter: 5 },
  ...{ apiKey: "a b", baseURL: "ftp://x", mode: "slow" },
};
/** A function is called, and a flag has no wrong value that would be told. */
const isTold = (name) => !isCallback(name) && name !== "refresh";

/** Tasks that take no time, a client, and three tasks. */
async function readingStage(t, options = {}) {
  const { simulator, client: other, base } = await virtualStage(t, { simulator: { profile: "upstream", queueMs: 1, workMs: 1 } });
  const seed = simulator.addTask({});
  const modal = simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  const grid = await other.fetchTask(seed.id);
  // One whose buttons open modals.
  const upscaled = await other.fetchTask(simulator.addTask({ action: "UPSCALE" }).id);
  const client = new Midjourney({ ...base, ...options });
  return { simulator, client, base, grid, upscaled, modal, label: (name) => buttonOf(seed, name) };
}

async function assertTold(name, promise) {
  const error = await rejection(promise);
  assert.equal(error.name, "InvalidArgumentError", `${name}: ${error.stack}`);
  assert.match(error.message, new RegExp(`\\b${name}\\b`));
}

for (const method of METHODS) {
  test(`whatever ${method} takes is heard: a wrong value is told by its name, before anything is sent`, async (t) => {
    const stage = await readingStage(t);
    const sent = stage.simulator.counts.total;
    for (const what of ["params", "options"]) {
      const type = types.parameterOf(CLIENT, method, what);
      for (const name of type ? types.members(type).filter(isTold) : []) {
        assert.ok(name in WRONG, `say which value ${name} can't have`);
        const wrong = { [name]: WRONG[name] };
        await assertTold(name, what === "params" ? CALLS[method](stage, undefined, wrong) : CALLS[method](stage, wrong));
      }
    }
    assert.equal(stage.simulator.counts.total, sent);
  });

  const names = types.members(types.parameterOf(CLIENT, method, "options")).filter(isCallback);
  test(`each function that ${method} takes is called: ${names.join(", ") || "none"}`, async (t) => {
    const stage = await readingStage(t);
    const called = new Set();
    const functions = names.map((name) => [name, () => (called.add(name), name === "onModal" ? null : undefined)]);
    await CALLS[method](stage, Object.fromEntries(functions));
    assert.deepEqual([...called].sort(), names);
  });
}

test("what a client takes is heard: a wrong value is told by its name, a function is called", async (t) => {
  const { base, grid } = await readingStage(t);
  const called = new Set();
  const functions = { apiKey: () => KEY, fetch, sleep: base.sleep, now: base.now, random: () => 0.5, onEvent() {} };
  const noted = Object.entries(functions).map(([name, use]) => [name, (...args) => (called.add(name), use(...args))]);
  await new Midjourney({ ...base, ...Object.fromEntries(noted) }).pollUntilDone(grid.id);
  assert.deepEqual([...called].sort(), Object.keys(functions).sort());
  const others = membersOf("ClientOptions").filter((name) => name === "apiKey" || !(name in functions));
  for (const name of others.filter((name) => name !== "dangerouslyAllowBrowser")) {
    await assertTold(name, new Midjourney({ ...base, [name]: WRONG[name] }).fetchTask(grid.id));
  }
});

test("each word that an option's type has is taken, and goes out", async (t) => {
  const { simulator, base } = await virtualStage(t);
  for (const mode of types.words(types.named("ClientOptions"), "mode")) {
    await new library.Midjourney({ ...base, mode }).submitImagine({ prompt: "x" });
    assert.equal(simulator.requests.at(-1).path, `/mj-${mode}/mj/submit/imagine`);
  }
  for (const botType of types.words(types.named("SubmitImagineParams"), "botType")) {
    await new library.Midjourney(base).submitImagine({ prompt: "x", botType });
    assert.equal(simulator.requests.at(-1).body.botType, botType);
  }
});

for (const [method, params] of Object.entries(PARAMS)) {
  test(`each parameter of ${method} goes out under its own name`, async (t) => {
    const stage = await readingStage(t);
    const given = params(stage);
    assert.deepEqual(Object.keys(given).sort(), types.members(types.parameterOf(CLIENT, method, "params")));
    await stage.client[method](given);
    assert.deepEqual(stage.simulator.requests.at(-1).body, given);
  });
}
