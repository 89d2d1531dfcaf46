/**
 * What the Rust core gives out, held field by field against the types: every kind of result, event, error, state and task
 * is made to come, and what the core's sources write is read from them. What it takes in is drift-reads.test.mjs's.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ACTION, FETCH, KEY, LIST, NAME, ROOT, app, buttonOf, rejection } from "./app.mjs";
import { declared } from "./declared.mjs";

const library = await app.load();
const { createSimulator, faults } = await app.load(`${NAME}/testing`);
const types = declared("index.d.ts");
const { Midjourney, MidjourneyError } = library;
const CLIENT = types.named("Midjourney");
const METHODS = types.members(CLIENT);

let today = 1_773_314_942_177;

/** A simulator and a client of it, in this process, on one clock that nothing but the client's waits moves. */
function world({ client: options = {}, ...simulated } = {}) {
  // Each on a day of its own: the package remembers, by this clock, what was submitted a moment ago.
  const clock = { time: (today += 86_400_000) };
  const now = () => clock.time;
  const simulator = createSimulator({ profile: "upstream", now, queueMs: 1_000, workMs: 20_000, ...simulated });
  const client = new Midjourney({
    apiKey: KEY,
    fetch: simulator.fetch,
    now,
    sleep: async (ms) => void (clock.time += ms),
    onEvent: (event) => types.observe(event, types.named("ClientEvent")),
    ...options,
  });
  return { simulator, clock, client: observed(client) };
}

/** A client of which everything that comes out is held against the types. */
function observed(client) {
  const onProgress = (task, info) => {
    types.observe(task, types.named("Task"));
    types.observe(info, types.named("PollInfo"));
  };
  const call = (method) => async (...args) => {
    const options = types.parameterOf(CLIENT, method, "options");
    const at = client[method].length - 1;
    if (types.members(options).includes("onProgress")) args[at] = { ...args[at], onProgress };
    try {
      const value = await client[method](...args);
      types.observe(value, types.resultOf(CLIENT, method));
      return value;
    } catch (error) {
      observeError(error);
      throw error;
    }
  };
  return Object.fromEntries(METHODS.map((method) => [method, call(method)]));
}

function observeError(error) {
  assert.ok(error instanceof MidjourneyError, String(error));
  types.observe(error, types.named(error.name));
  if (MidjourneyError.isInstance(error.cause)) observeError(error.cause);
}

/** The error of this name that a call rejects with. */
async function failing(name, promise) {
  const error = await rejection(promise);
  assert.equal(error.name, name, String(error.stack));
  return error;
}

/** A `fetch` whose answers have no header. */
const bare = (fetch) => async (url, init) => {
  const answer = await fetch(url, init);
  return new Response(await answer.text(), { status: answer.status });
};

const SCENES = {
  async "submits in each of their kinds"() {
    const { simulator, client, clock } = world({ concurrency: 1 });
    const { id: taskId, buttons } = simulator.addTask({});
    const press = (label, of = { id: taskId, buttons }) =>
      client.submitAction({ taskId: of.id, customId: buttonOf(of, label) });
    assert.equal((await press("U1")).kind, "submitted");
    assert.equal((await press("V2")).kind, "queued");
    assert.equal((await press("U1")).kind, "existing");
    const upscaled = simulator.addTask({ action: "UPSCALE" });
    const modal = await press("Vary (Region)", upscaled);
    assert.equal(modal.kind, "modal");
    clock.time += 60_000;
    await client.submitModal({ taskId: modal.taskId, prompt: "a boat", maskBase64: "iVBORw0KGgo=" });
    await client.pollOnce(modal.taskId);
    await client.submitImagine({ prompt: "a boat" });
    const { client: without } = world({ client: { fetch: bare(simulator.fetch) } });
    assert.equal((await without.submitImagine({ prompt: "a boat" })).requestId, undefined);
  },

  async "tasks in each status, with all that they can have and with nothing"() {
    const { simulator, client } = world();
    const all = {
      ...{ progress: "58%", action: "IMAGINE", prompt: "a", promptEn: "b", description: "c", state: "d", failReason: "e" },
      ...{ imageUrl: "https://cdn.test/1.png", videoUrl: "https://cdn.test/1.mp4", submitTime: 1, startTime: 2, finishTime: 3 },
      properties: { finalPrompt: "a" },
      buttons: [
        { customId: "MJ::JOB::upsample::1::7c0a", label: "U1", emoji: "", type: 2, style: 1 },
        { customId: null, label: null, emoji: null, type: null, style: null },
      ],
    };
    const none = Object.fromEntries(Object.keys(all).map((name) => [name, null]));
    const ids = [];
    for (const status of ["NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS", "MODAL", "FAILURE", "CANCEL", "PAUSED"]) {
      for (const fields of [all, none]) ids.push(simulator.addTask({ status, fields: { ...fields, status } }).id);
    }
    const tasks = await client.listTasks(ids);
    assert.equal(tasks.length, ids.length);
    for (const id of ids) await client.fetchTask(id);
    for (const id of ids) await client.pollOnce(id);
    for (const task of tasks) types.observe(library.parseTask(task.raw), types.named("Task"));
    types.observe(library.findButton(tasks[0], "U1"), types.named("Button"));
    for (const id of ["MJ::JOB::upsample::1::7c0a", "MJ::CustomZoom::7c0a"]) {
      types.observe(library.parseCustomId(id), types.named("ParsedCustomId"));
    }
  },

  async "waits of one, of many, and of what a button makes"() {
    const { simulator, client } = world();
    const grid = await client.pollUntilDone(await client.submitImagine({ prompt: "a boat" }));
    const upscaled = await client.act(grid, "U1");
    const { id } = await client.act(upscaled, "Custom Zoom");
    await client.submitModal({ taskId: id, prompt: "a boat --zoom 2" });
    await client.pollUntilDone(id);
    const failed = simulator.addTask({ status: "FAILURE" });
    const [, { reason }] = await client.pollAllUntilDone([grid.id, failed.id]);
    observeError(reason);
    simulator.fail(LIST, faults.html(404));
    await client.pollAllUntilDone([grid.id, upscaled.id]);
  },

  async "several tasks of one submit, and a modal whose answer is stale"() {
    const { simulator, client } = world();
    const { id: taskId, buttons } = simulator.addTask({});
    const ids = [1, 2].map((n) => simulator.addTask({ id: `177331494217700${n}` }).id);
    const several = { body: { code: 1, description: "ok", result: ids.join(",") } };
    simulator.fail(ACTION, several);
    const submitted = await client.submitAction({ taskId, customId: buttons[0].customId });
    await client.pollUntilDone(submitted);
    await client.pollOnce(submitted);
    await client.pollOnce({ v: 1, taskId: ids[0], taskIds: ids, modalAt: 5, modalOf: [ids[1]], polls: 1, delayMs: 1 });
    simulator.failTask(ids[0]);
    await failing("TaskFailedError", client.pollUntilDone(submitted));
    const stale = simulator.addTask({ action: "CUSTOM_ZOOM", status: "MODAL" });
    await client.pollOnce({ v: 1, taskId: stale.id, modalAt: 5, polls: 1, delayMs: 1 });
    const group = { v: 1, taskId: stale.id, taskIds: [stale.id, ids[1]], modalAt: 5, modalOf: [stale.id], polls: 1, delayMs: 1 };
    await failing("PollBudgetError", client.pollUntilDone(group, { maxPolls: 1 }));
    simulator.fail(LIST, faults.html(404), Infinity);
    await failing("PollBudgetError", client.pollUntilDone({ v: 1, taskId: stale.id, modalAt: 5, polls: 1, delayMs: 1 }, { maxPolls: 2 }));
  },

  async "what is wrong with a call"() {
    const { simulator, client } = world();
    await failing("InvalidArgumentError", client.fetchTask(""));
    const task = await client.fetchTask(simulator.addTask({}).id);
    assert.equal((await failing("InvalidArgumentError", client.act(task, "U9"))).taskId, task.id);
    await failing("StateError", client.pollUntilDone({ v: 2 }));
  },

  async "what an answer to a submit says no with"() {
    const { simulator, client } = world({ client: { maxRetries: 0 } });
    const { id: taskId, buttons } = simulator.addTask({});
    const press = { taskId, customId: buttons[0].customId };
    const told = async (fault, name) => {
      simulator.fail(ACTION, fault);
      return failing(name, client.submitAction(press));
    };
    await told(faults.unauthorized(), "AuthenticationError");
    await told(faults.forbidden(), "PermissionDeniedError");
    await told(faults.rateLimited({ retryAfter: 2 }), "RateLimitError");
    await told(faults.saturated(), "RateLimitError");
    await told(faults.modelNotFound(), "ServerError");
    await told(faults.redirect("https://elsewhere.test/"), "UnexpectedResponseError");
    await told(faults.bannedPrompt(), "SubmitRejectedError");
    await told(faults.queueFull(), "SubmitRejectedError");
    await told({ status: 400, body: { error: { message: "no" } } }, "SubmitRejectedError");
    await told(faults.drop("after"), "SubmitUncertainError");
    await told(faults.panic(), "SubmitUncertainError");
    await told(faults.doRequestFailed(), "SubmitUncertainError");
    await told({ body: { code: 1, description: "ok" } }, "SubmitUncertainError");
  },

  async "what a look comes to nothing by"() {
    const { simulator, client } = world();
    const { id } = simulator.addTask({});
    const told = async (fault, name) => {
      const undo = simulator.fail(FETCH, fault, Infinity);
      await failing(name, client.fetchTask(id));
      undo();
    };
    await told(faults.drop("before"), "ConnectionError");
    await told(faults.panic(), "ServerError");
    await told(faults.rateLimited({ retryAfterMs: 20 }), "RateLimitError");
    await failing("TaskNotFoundError", client.fetchTask("1773314942170000"));
    simulator.fail(FETCH, faults.hang(), Infinity);
    const impatient = observed(new Midjourney({ apiKey: KEY, fetch: simulator.fetch, timeoutMs: 1, maxRetries: 0 }));
    await failing("RequestTimeoutError", impatient.fetchTask(id));
  },

  async "how a wait fails"() {
    const { simulator, client } = world();
    const lost = simulator.addTask({ status: "IN_PROGRESS" });
    await failing("PollTimeoutError", client.pollUntilDone(lost.id));
    await failing("PollBudgetError", client.pollUntilDone(lost.id, { maxPolls: 2 }));
    for (const status of ["FAILURE", "CANCEL"]) {
      await failing("TaskFailedError", client.pollUntilDone(simulator.addTask({ status, fields: { failReason: status[0] === "F" ? "banned" : null } })));
    }
    simulator.fail(FETCH, faults.panic(), 3);
    await failing("PollBudgetError", client.pollUntilDone(lost.id, { maxPolls: 2 }));
    simulator.fail(FETCH, faults.panic(), Infinity);
    await failing("ServerError", client.pollUntilDone(lost.id));
  },

  async "a module that fails"() {
    const { client } = world();
    const { setTimeout } = globalThis;
    // What it imports throws, and nothing of its own catches that: the instance is done for.
    globalThis.setTimeout = () => {
      throw new Error("broken");
    };
    try {
      await failing("InternalError", client.submitAction({ taskId: "1773314942177001", customId: "a::b" }));
      await failing("InternalError", client.pollUntilDone("1773314942177001"));
    } finally {
      globalThis.setTimeout = setTimeout;
    }
  },
};

for (const [what, scene] of Object.entries(SCENES)) test(`as declared: ${what}`, scene);

test("each member of what comes out was there, each that may be absent was that, too, and each word of a union was said", () => {
  const lacks = types.owners().flatMap((owner) => types.unseen(owner).map((lack) => `${owner}: ${lack}`));
  assert.deepEqual(lacks, []);
});

test("each interface that is exported was among what came out, or is what a call takes", () => {
  const taken = METHODS.flatMap((method) => ["params", "options"].map((name) => types.parameterOf(CLIENT, method, name)));
  const known = new Set(["Midjourney", "ClientOptions", ...taken.map((type) => type?.symbol.name), ...types.owners()]);
  assert.deepEqual(types.interfaces.filter((name) => !known.has(name)), []);
});

/** Which of the core's records, by file and name, is which type; none for what JavaScript does not see. */
const RECORDS = {
  "api/button.rs button": "Button",
  "core/act.rs params": null,
  "core/batch.rs details": "MidjourneyErrors",
  "core/batch.rs known": "MidjourneyErrors",
  "core/batch.rs info": "PollInfo",
  "core/batch.rs step": "PollStep",
  "core/batch.rs task": "Task",
  "core/batch.rs view": "Task",
  "core/cadence.rs state": "PollState",
  "core/call.rs record": "MidjourneyErrors",
  "core/error.rs known": "MidjourneyErrors",
  "api/task.rs view": "Task",
  "core/button.rs parsed": "ParsedCustomId",
  "core/error.rs details": "MidjourneyErrors",
  "core/error.rs outcome": null,
  "core/event.rs event": "ClientEvent",
  "core/http.rs body": null,
  "core/http.rs headers": null,
  "core/http.rs init": null,
  "core/params.rs body": null,
  "core/poll.rs details": "MidjourneyErrors",
  "core/poll.rs info": "PollInfo",
  "core/unsent.rs dropped": null,
  "core/poll.rs step": "PollStep",
  "core/state.rs record": "PollState",
  "core/submit.rs view": "SubmitResult",
  "core/verdict.rs details": "MidjourneyErrors",
  "web/errand.rs headers": null,
  "web/drive.rs known": "MidjourneyErrors",
  "web/errand.rs dropped": null,
  "web/errand.rs late": null,
};

/** The classes' own, or `cause` before it is an error's. */
const OF_ERRORS = { add: ["thrown"], remove: ["name", "stack"] };

test("the core's sources write the members that are declared, and no others", () => {
  const written = new Map();
  for (const [file, source] of sources()) {
    const loops = [...source.matchAll(/for name in (\[[^\]]*\]|[A-Z]+)/g)].flatMap(([, list]) => texts(/\[/.test(list) ? list : listOf(source, list)));
    for (const [, record, name] of source.matchAll(/(\w+)\s*\.(?:put|set(?:_text|_number|_flag|_several)?)\(\s*("\w+"|name)\s*,/g)) {
      const key = `${file} ${record}`;
      assert.ok(key in RECORDS, `${key} is a record that this test does not know: say which type it is`);
      const type = RECORDS[key];
      const names = written.get(type) ?? new Set();
      written.set(type, names);
      for (const one of name === "name" ? loops : texts(name)) names.add(one);
    }
  }
  written.delete(null);
  assert.deepEqual([...written.keys()].sort(), [...new Set(Object.values(RECORDS))].filter(Boolean).sort());
  for (const [type, names] of written) {
    const members = types.members(types.named(type));
    const expected = type === "MidjourneyErrors" ? members.filter((name) => !OF_ERRORS.remove.includes(name)).concat(OF_ERRORS.add) : members;
    assert.deepEqual([...names].sort(), expected.sort(), type);
  }
});

test("the words of unions are those of the core's tables", () => {
  const source = Object.fromEntries(sources());
  const words = (type, name) => types.words(types.named(type), name).sort();
  const first = new Map([...source["api/status.rs"].matchAll(/\("(\w+)", Status::(\w+)\)/g)].map(([, word, status]) => [status, word]).reverse());
  assert.deepEqual(words("Task", "status"), [...first.values()].sort());
  assert.deepEqual(words("MidjourneyErrors", "code"), texts(listOf(source["core/error.rs"], "WORDS")).sort());
  const kinds = /let kind = match code \{([^}]*)\}/.exec(source["core/submit.rs"])[1];
  assert.deepEqual(words("SubmitResult", "kind"), [...kinds.matchAll(/=> "(\w+)"/g)].map(([, word]) => word).sort());
  const events = source["core/event.rs"] + source["core/batch.rs"];
  const told = [...events.matchAll(/set\("type", ([^;]*)\);/g)].flatMap(([, value]) => texts(value));
  assert.deepEqual(words("ClientEvent", "type"), told.sort());
  const [modes] = /matches!\((?:&\*)?word, [^)]*\)/.exec(source["core/config.rs"]);
  assert.deepEqual(words("ClientOptions", "mode"), texts(modes).sort());
  const [bots] = /matches!\((?:&\*)?params\.text\("botType"\), [^)]*\)/.exec(source["core/params.rs"]);
  assert.deepEqual(["", "botType", ...words("SubmitImagineParams", "botType")].sort(), texts(bots).sort());
});

test("the kinds of buttons that the core has names for are told in the types", () => {
  const source = Object.fromEntries(sources())["core/button.rs"];
  const kinds = [...source.matchAll(/\(&\["[^\]]+\], "([\w.]+)"\)/g)].map(([, kind]) => kind);
  assert.ok(kinds.length > 10);
  const told = types.quoted(types.named("ParsedCustomId"), "kind");
  assert.deepEqual(kinds.filter((kind) => !told.includes(kind)), []);
});

function sources() {
  const files = readdirSync(join(ROOT, "src"), { recursive: true }).filter((file) => /^(api|core|web)\/[\w/]+\.rs$/.test(file));
  // What makes records is no record's member.
  return files.filter((file) => !/^api\/(record|json)\b/.test(file)).map((file) => [file, readFileSync(join(ROOT, "src", file), "utf8")]);
}

/** The texts in a piece of Rust. */
const texts = (rust) => [...rust.matchAll(/"(\w*)"/g)].map(([, text]) => text);

/** A constant list, by its name. */
const listOf = (source, name) => new RegExp(`const ${name}: [^=]*= \\[([^\\]]*)\\]`).exec(source)?.[1] ?? assert.fail(`no ${name}`);
