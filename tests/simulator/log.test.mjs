import assert from "node:assert/strict";
import { test } from "node:test";
import { START, faults, world } from "./world.mjs";

test("requests are counted per endpoint and in total, 0 where none came", async () => {
  const w = world();
  await w.fetchTask("1");
  await w.fetchTask("2");
  await w.submit("imagine", { prompt: "x" });
  await w.get("/nothing");
  const { counts } = w.simulator;
  assert.equal(counts["GET /mj/task/{id}/fetch"], 2);
  assert.equal(counts["POST /mj/submit/imagine"], 1);
  assert.equal(counts["POST /mj/submit/action"], 0);
  assert.equal(counts["GET *"], 1);
  assert.equal(counts.total, 4);
});

test("a request is kept with all but its key", async () => {
  const w = world();
  await w.post("/mj-fast/mj/submit/imagine?a=1", { prompt: "x" }, { "x-mine": "1" });
  const [request] = w.simulator.requests;
  assert.equal(request.method, "POST");
  assert.equal(request.path, "/mj-fast/mj/submit/imagine");
  assert.equal(request.pattern, "/mj/submit/imagine");
  assert.equal(request.query, "?a=1");
  assert.equal(request.at, START);
  assert.deepEqual(request.headers, { authorization: "Bearer ***", "content-type": "application/json", "x-mine": "1" });
  assert.deepEqual(request.body, { prompt: "x" });
  assert.equal(request.text, '{"prompt":"x"}');
  assert.equal(request.status, 200);
  assert.equal(request.faulted, false);
});

test("a key without Bearer is not kept either", async () => {
  const w = world();
  await w.get("/mj/task/1/fetch", { authorization: "sk-secret" });
  assert.ok(!JSON.stringify(w.simulator.requests).includes("secret"));
});

test("only the latest requests are kept, all are counted", async () => {
  const w = world({ maxRequests: 2 });
  for (const id of ["1", "2", "3"]) await w.fetchTask(id);
  assert.deepEqual(w.simulator.requests.map(({ path }) => path), ["/mj/task/2/fetch", "/mj/task/3/fetch"]);
  assert.equal(w.simulator.counts.total, 3);
});

test("a request that was dropped is counted all the same", async () => {
  const w = world();
  w.simulator.fail("*", faults.drop("before"));
  await assert.rejects(w.fetchTask("1"));
  assert.equal(w.simulator.counts.total, 1);
  assert.deepEqual([w.simulator.requests[0].faulted, w.simulator.requests[0].status], [true, null]);
});

test("reset forgets tasks, charges, requests, counts and rules", async () => {
  const w = world();
  await w.submit("imagine", { prompt: "x" });
  const { id } = w.simulator.addTask();
  w.simulator.fail("*", faults.unauthorized(), Infinity);
  await w.fetchTask(id);
  w.simulator.reset();
  const { tasks, charges, requests, counts } = w.simulator;
  assert.deepEqual([tasks.length, charges, requests.length, counts.total], [0, 0, 0, 0]);
  assert.equal((await w.fetchTask(id)).status, 400);
});
