/** `findButton`, `parseCustomId`, `parseTask`: at once, in each entry, also before anything is loaded. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { KEY, NAME, app, copyOfApp } from "./app.mjs";
import { startWorker } from "./worker.mjs";

const TASK = {
  id: "1773314942177684",
  status: "SUCCESS",
  progress: "100%",
  percent: 100,
  buttons: [
    { customId: "MJ::JOB::upsample::1::abc", label: "U1", emoji: "", type: 2, style: 2 },
    { customId: "MJ::JOB::reroll::0::abc::SOLO", label: "", emoji: "🔄", type: 2, style: 2 },
    { customId: "", label: "Web", emoji: "", type: 2, style: 5 },
  ],
  properties: {},
  raw: {},
};

/** What a look gives, in any runtime; as text, since a worker hands it on as JSON. */
const LOOKS = `
  const task = ${JSON.stringify(TASK)};
  const thrown = (call) => { try { return { given: call() }; } catch ({ name, code, message, taskId }) { return { name, code, message, taskId }; } };
  const looks = {
    found: findButton(task, "reroll"),
    byKind: findButton(task, { kind: "upscale", index: 1 }),
    itself: findButton(task, task.buttons[0]),
    parsed: parseCustomId("MJ::JOB::upsample_v7_2x_subtle::1::abc::SOLO"),
    fromText: parseTask('{"id":17733149421776840001,"status":"IN_PROGRESS","progress":"58%"}'),
    fromObject: parseTask({ id: "1773314942177684", status: "FAILED", failReason: "x" }),
    missed: thrown(() => findButton(task, "U2")),
    link: thrown(() => findButton(task, "Web")),
    none: thrown(() => parseTask("<html>")),
  };`;
const NAMES = "findButton, parseCustomId, parseTask";

function assertLooks(looks) {
  assert.deepEqual(looks.found, TASK.buttons[1]);
  assert.deepEqual(looks.byKind, TASK.buttons[0]);
  assert.deepEqual(looks.itself, TASK.buttons[0]);
  assert.deepEqual(looks.parsed, { kind: "upscale_subtle", index: 1, raw: "MJ::JOB::upsample_v7_2x_subtle::1::abc::SOLO" });
  assert.equal(looks.fromText.id, "17733149421776840001");
  assert.equal(looks.fromText.percent, 58);
  assert.equal(looks.fromObject.status, "FAILURE");
  for (const miss of [looks.missed, looks.link]) {
    assert.equal(miss.name, "InvalidArgumentError");
    assert.equal(miss.taskId, TASK.id);
    assert.match(miss.message, /Its buttons: U1, 🔄\./);
  }
  assert.equal(looks.none.name, "UnexpectedResponseError");
}

const ENTRIES = {
  "a module": ["look.mjs", `import { ${NAMES} } from "${NAME}";`],
  "CommonJS": ["look.cjs", `const { ${NAMES} } = require("${NAME}");`],
};

for (const [what, [name, imports]] of Object.entries(ENTRIES)) {
  test(`${what}: before anything is loaded, without a promise`, async () => {
    const { stdout } = await app.run(name, `${imports}${LOOKS}console.log(JSON.stringify(looks));`);
    assertLooks(JSON.parse(stdout));
  });
}

test("workerd: before anything is loaded", async (t) => {
  const source = `import { ${NAMES} } from "${NAME}"; export default { fetch() { ${LOOKS} return Response.json(looks); } };`;
  const worker = await startWorker(source, {});
  t.after(() => worker.dispose());
  assertLooks(await (await worker.dispatchFetch("http://worker.test/")).json());
});

test("slim: an InternalError with the remedy without init, at once after initSync", async () => {
  const slim = await copyOfApp().load(`${NAME}/slim`);
  for (const call of [() => slim.findButton(TASK, "U1"), () => slim.parseCustomId("a::b"), () => slim.parseTask("{}")]) {
    assert.throws(call, (error) => error instanceof slim.InternalError && /init\(source\)/.test(error.message));
  }
  slim.initSync(await readFile(app.packaged("dist/midjourney.wasm")));
  assert.deepEqual(slim.findButton(TASK, "U1"), TASK.buttons[0]);
});

test("slim: after init, and before it has come an InternalError", async () => {
  const slim = await copyOfApp().load(`${NAME}/slim`);
  const loading = slim.init(readFile(app.packaged("dist/midjourney.wasm")));
  assert.throws(() => slim.parseCustomId("a::b"), slim.InternalError);
  await loading;
  assert.equal(slim.parseCustomId("MJ::BOOKMARK::x").kind, "bookmark");
});

test("beside calls: while the module loads, and after it", async () => {
  const library = await copyOfApp().load();
  const { createSimulator } = await app.load(`${NAME}/testing`);
  const simulator = createSimulator({});
  const client = new library.Midjourney({ apiKey: KEY, fetch: simulator.fetch });
  const fetched = client.fetchTask(simulator.addTask({}).id);
  assert.equal(library.parseCustomId("MJ::BOOKMARK::x").kind, "bookmark");
  const task = await fetched;
  assert.equal(library.findButton(task, "V3").label, "V3");
});

const library = await app.load();

test("parseTask takes what JavaScript can hand in, and gives a task or an UnexpectedResponseError", () => {
  const anything = [undefined, null, 0, NaN, 7n, true, Symbol("x"), () => {}, [], {}, "", "null", new Date(0), new Map(), new Uint8Array(3), Object.create(null)];
  for (const payload of anything) {
    assert.throws(() => library.parseTask(payload), library.UnexpectedResponseError, String(typeof payload));
  }
  const body = { id: 1773314942177684, status: "MODAL", state: "job", buttons: null, extra: { deep: [1] } };
  const task = library.parseTask(body);
  assert.equal(task.id, "1773314942177684");
  assert.deepEqual([task.status, task.state, task.buttons], ["MODAL", "job", []]);
  assert.deepEqual(task.raw.extra, { deep: [1] });
  assert.equal(library.parseTask(Object.assign(Object.create(null), body)).id, task.id);
});

test("parseTask: ids in text are exact to the last digit", () => {
  for (const id of ["1773314942177684", "9007199254740993", "17733149421776840001"]) {
    for (const shown of [id, `"${id}"`]) assert.equal(library.parseTask(`{"status":"","id":${shown}}`).id, id);
  }
});

test("a webhook's task can be waited for and acted on", async () => {
  const { createSimulator } = await app.load(`${NAME}/testing`);
  const simulator = createSimulator({ queueMs: 0, workMs: 0, tickMs: 0 });
  const sleep = async () => {};
  const client = new library.Midjourney({ apiKey: KEY, fetch: simulator.fetch, sleep });
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await simulator.fetch(`/mj/task/${simulator.addTask({}).id}/fetch`, { headers });
  const task = library.parseTask(await response.text());
  assert.equal((await client.pollUntilDone(task)).id, task.id);
  assert.equal((await client.act(task, "U1")).status, "SUCCESS");
});

test("findButton and parseCustomId bear anything", () => {
  for (const task of [undefined, null, 7, "x", {}, { buttons: 7 }, { id: TASK.id, buttons: [null, 7, {}] }]) {
    assert.throws(() => library.findButton(task, "U1"), library.InvalidArgumentError);
  }
  for (const selector of [undefined, null, 7, 7n, Symbol("x"), () => {}, "", {}, [], { kind: 1 }]) {
    assert.throws(() => library.findButton(TASK, selector), library.InvalidArgumentError, String(typeof selector));
  }
  for (const customId of [undefined, null, 7, {}, Symbol("x"), ""]) assert.equal(library.parseCustomId(customId).kind, "unknown");
});
