/** Node.js, as a module and as CommonJS: a button is pressed, waited for, and its picture fetched over HTTP. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTION, FETCH, KEY, NAME, QUICK, app, stage } from "./app.mjs";

const BODY = `
const [baseURL, taskId, customId] = process.argv.slice(2);
const main = async () => {
  const client = new Midjourney({ apiKey: ${JSON.stringify(KEY)}, baseURL });
  const submitted = await client.submitAction({ taskId, customId, state: "mine" });
  const progress = [];
  const onProgress = (task, info) => progress.push({ status: task.status, percent: task.percent, polls: info.polls });
  const task = await client.pollUntilDone(submitted, { ...${JSON.stringify(QUICK)}, onProgress });
  const response = await fetch(task.imageUrl);
  const picture = { type: response.headers.get("content-type"), text: await response.text() };
  console.log(JSON.stringify({ submitted, progress, task, picture }));
};
main();
`;

const PROGRAMS = {
  "consumer.mjs": `import { Midjourney } from "${NAME}";${BODY}`,
  "consumer.cjs": `const { Midjourney } = require("${NAME}");${BODY}`,
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  test(`${name}: submit, poll with progress, fetch the picture`, async (t) => {
    // A clock that goes on with each look at it, so that however slow the machine is there are several polls.
    let time = Date.now();
    const { simulator, url, press } = await stage(t, { simulator: { now: () => (time += 50), workMs: 1_000 } });
    const { stdout, stderr } = await app.run(name, program, [url, press.taskId, press.customId]);
    const { submitted, progress, task, picture } = JSON.parse(stdout);

    assert.equal(stderr, "");
    assert.equal(submitted.kind, "submitted");
    assert.equal(task.id, submitted.taskId);
    assert.equal(task.status, "SUCCESS");
    assert.equal(task.state, "mine");
    assert.equal(task.percent, 100);
    assert.ok(progress.length >= 2, JSON.stringify(progress));
    assert.equal(progress.at(-1).status, "SUCCESS");
    assert.match(picture.type, /^image\/svg\+xml/);
    assert.match(picture.text, /<svg/);
    assert.equal(simulator.counts[ACTION], 1);
    assert.equal(simulator.counts[FETCH], progress.at(-1).polls);
  });
}

/** Calls that fail, one after the other, and how each looks to a user of this module system. */
const SURVEY = `
const { inspect } = require("node:util");
const [baseURL, taskId, customId] = process.argv.slice(2);
const client = new library.Midjourney({ apiKey: ${JSON.stringify(KEY)}, baseURL, sleep: async () => {} });
const submit = () => client.submitAction({ taskId, customId });
const look = () => client.fetchTask(taskId);
const calls = [submit, submit, submit, submit, submit, look, look, () => client.fetchTask("<task_id>")];
(async () => {
  const told = [];
  for (const call of calls) {
    const error = await call().then(() => ({ name: "none" }), (thrown) => thrown);
    const { name, status, submitCode, retryAfterMs, maybeAccepted } = error;
    told.push({ name, is: library[name] !== undefined && error instanceof library[name], status, submitCode, retryAfterMs, maybeAccepted });
    const views = [JSON.stringify(error, Object.getOwnPropertyNames(error)), error.stack, inspect(error, { depth: 9 }), inspect(client)];
    if (views.join().includes(${JSON.stringify(KEY)})) throw new Error("the key is in " + name);
  }
  console.log(JSON.stringify(told));
})();
`;

const SURVEYS = {
  "survey.mjs": `import * as library from "${NAME}";\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);${SURVEY}`,
  "survey.cjs": `const library = require("${NAME}");${SURVEY}`,
};

for (const [name, program] of Object.entries(SURVEYS)) {
  test(`${name}: each failure is an instance of its class, and none shows the key`, async (t) => {
    const { simulator, faults, url, press } = await stage(t);
    const limited = faults.rateLimited({ retryAfter: 7 });
    simulator.fail(ACTION, [faults.unauthorized(), faults.taskStatusNotSuccess(), limited, limited, limited, faults.html(), faults.drop("after")]);
    simulator.fail(FETCH, [faults.html(), faults.html(), faults.html(), faults.drop("before"), faults.drop("before"), faults.drop("before")]);
    const { stdout } = await app.run(name, program, [url, press.taskId, press.customId]);
    assert.deepEqual(JSON.parse(stdout), [
      { name: "AuthenticationError", is: true, status: 401 },
      { name: "SubmitRejectedError", is: true, status: 400, submitCode: 4 },
      { name: "RateLimitError", is: true, status: 429, retryAfterMs: 7_000 },
      { name: "SubmitUncertainError", is: true, status: 200, maybeAccepted: true },
      { name: "SubmitUncertainError", is: true, maybeAccepted: true },
      { name: "UnexpectedResponseError", is: true, status: 200 },
      { name: "ConnectionError", is: true },
      { name: "InvalidArgumentError", is: true },
    ]);
    assert.equal(simulator.counts[ACTION], 7);
    assert.equal(simulator.counts[FETCH], 6);
  });
}

test("the simulator can be required, too", async () => {
  const { stdout } = await app.run(
    "simulate.cjs",
    `const { createSimulator, faults } = require("${NAME}/testing");
     const { Midjourney } = require("${NAME}");
     const simulator = createSimulator();
     const { id } = simulator.addTask({});
     new Midjourney({ apiKey: "any", fetch: simulator.fetch }).fetchTask(id).then((task) => console.log(task.status, typeof faults.html));`,
  );
  assert.equal(stdout, "SUCCESS function\n");
});

const LOOK = `
import { Midjourney } from "${NAME}";
const [baseURL, taskId] = process.argv.slice(2);
console.log((await new Midjourney({ baseURL }).fetchTask(taskId)).status);
`;

test("the key is taken from COMETAPI_KEY", async (t) => {
  const { url, parent } = await stage(t);
  const { stdout } = await app.run("environment.mjs", LOOK, [url, parent.id], { COMETAPI_KEY: KEY });
  assert.equal(stdout, "SUCCESS\n");
});

test("without a key, a proxy is asked without one", async (t) => {
  const { simulator, url, parent } = await stage(t, { simulator: { requireKey: false } });
  const { stdout } = await app.run("proxy.mjs", LOOK, [url, parent.id], { COMETAPI_KEY: "" });
  assert.equal(stdout, "SUCCESS\n");
  assert.equal("authorization" in simulator.requests[0].headers, false);
});

test("a key that is a function is asked before each request, and goes out as a header alone", async (t) => {
  let asked = 0;
  const { client, simulator, press } = await stage(t, { client: { apiKey: async () => (asked++, KEY) } });
  const submitted = await client.submitAction(press);
  await client.fetchTask(submitted.taskId);
  assert.equal(asked, 2);
  assert.doesNotMatch(JSON.stringify(simulator.requests), new RegExp(KEY));
});

test("ids of 16 to 20 digits survive, quoted or not", async (t) => {
  for (const idDigits of [16, 17, 18, 19, 20]) {
    for (const type of ["string", "integer"]) {
      const options = { profile: "docs", idDigits, resultType: type, taskIdType: type };
      const { client, simulator, press } = await stage(t, { simulator: options });
      const { taskId } = await client.submitAction(press);
      assert.equal(taskId, simulator.tasks.at(-1).id);
      assert.equal(taskId.length, idDigits);
      assert.equal((await client.fetchTask(taskId)).id, taskId);
    }
  }
});

test("a thousand waits run side by side on one client", async (t) => {
  const { client, simulator } = await stage(t);
  const ids = Array.from({ length: 1_000 }, () => simulator.addTask({ status: null }).id);
  const inMemory = new client.constructor({ apiKey: KEY, fetch: simulator.fetch });
  const tasks = await Promise.all(ids.map((id) => inMemory.pollUntilDone(id, QUICK)));
  assert.deepEqual(tasks.map(({ id }) => id), ids);
  assert.ok(tasks.every(({ status }) => status === "SUCCESS"));
});
