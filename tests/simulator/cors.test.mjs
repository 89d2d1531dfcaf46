import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./world.mjs";

const preflight = (w, asked) =>
  w.send("OPTIONS", "/mj/submit/action", undefined, {
    origin: "https://page.test",
    "access-control-request-method": "POST",
    "access-control-request-headers": asked,
  });

test("a preflight is 204 without a key, for every origin and header, for twelve hours", async () => {
  const w = world({ apiKey: "secret" });
  const { status, headers } = await preflight(w, "authorization,content-type,x-mine");
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.equal(headers.get("access-control-allow-headers"), "*");
  assert.equal(headers.get("access-control-allow-methods"), "GET,POST,PUT,DELETE,OPTIONS");
  assert.equal(headers.get("access-control-max-age"), "43200");
});

const PAGE = { origin: "https://page.test" };
const FETCH = "/mj/task/1/fetch";

test("answers and errors are for every origin, and expose nothing", async () => {
  for (const { headers } of [await world().get(FETCH, PAGE), await world({ apiKey: "a" }).get(FETCH, PAGE), await world().get("/nothing", PAGE)]) {
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("access-control-allow-credentials"), "true");
    assert.equal(headers.get("access-control-expose-headers"), null);
  }
});

test("where no page of another origin asks, there are no CORS headers, and OPTIONS is a wrong path", async () => {
  for (const { headers } of [await world().fetchTask("1"), await world().get("/nothing"), await world().send("OPTIONS", FETCH)]) {
    assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control")), []);
  }
  assert.match(await (await world().send("OPTIONS", FETCH)).text(), /^<!doctype html>/);
});

test("a preflight is answered on any path, and has a request's id", async () => {
  const { status, headers } = await world().send("OPTIONS", "/mj/nothing", undefined, PAGE);
  assert.equal(status, 204);
  assert.match(headers.get("x-oneapi-request-id"), /^\w+$/);
});

test("headers can be exposed", async () => {
  const { headers } = await world({ exposeHeaders: ["retry-after", "x-oneapi-request-id"] }).get(FETCH, PAGE);
  assert.equal(headers.get("access-control-expose-headers"), "retry-after, x-oneapi-request-id");
});

test("strict lists the two headers", async () => {
  const { status, headers } = await preflight(world({ cors: "strict" }), "authorization, Content-Type");
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-headers"), "authorization, content-type");
  assert.equal(headers.get("access-control-allow-credentials"), null);
});

test("strict refuses a third header", async () => {
  const { status, headers } = await preflight(world({ cors: "strict" }), "authorization,x-mine");
  assert.equal(status, 403);
  assert.equal(headers.get("access-control-allow-origin"), null);
});

test("none has no CORS headers", async () => {
  const w = world({ cors: "none" });
  for (const { headers } of [await preflight(w, "authorization"), await w.get(FETCH, PAGE)]) {
    assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control")), []);
  }
});

test("preflights are counted apart", async () => {
  const w = world();
  await preflight(w, "authorization");
  assert.equal(w.simulator.counts["OPTIONS /mj/submit/action"], 1);
  assert.equal(w.simulator.counts["POST /mj/submit/action"], 0);
});
