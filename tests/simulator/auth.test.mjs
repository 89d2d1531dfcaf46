import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./world.mjs";

const status = async (options, authorization) =>
  (await world(options).get("/mj/task/1/fetch", { authorization })).status;

test("any key that is not empty is taken where none is set", async () => {
  assert.equal(await status({}, "Bearer anything"), 400);
});

for (const [what, authorization] of [
  ["no key", ""],
  ["an empty key", "Bearer "],
  ["a bare key", "sk-abc"],
  ["the documentation's $COMETAPI_KEY", "Bearer $COMETAPI_KEY"],
  ["a placeholder", "Bearer <your key>"],
]) {
  test(`${what} is 401`, async () => {
    assert.equal(await status({}, authorization), 401);
  });
}

test("only the keys that are set are taken", async () => {
  assert.equal(await status({ apiKey: "a" }, "Bearer a"), 400);
  assert.equal(await status({ apiKey: "a" }, "Bearer b"), 401);
  assert.equal(await status({ apiKey: ["a", "b"] }, "Bearer b"), 400);
});

test("no key is needed behind a proxy", async () => {
  assert.equal(await status({ requireKey: false }, ""), 400);
});

test("a 401 is the gateway's envelope with the request's id in the message", async () => {
  const { json } = await world({ apiKey: "a" }).submit("imagine", { prompt: "x" });
  assert.deepEqual(Object.keys(json.error), ["code", "message", "type"]);
  assert.match(json.error.message, /^Invalid token \(request id: \d{23}\w{8}\)$/);
  assert.equal(json.error.type, "new_api_error");
});

test("docs: a 401 is the documentation's envelope", async () => {
  const { json } = await world({ profile: "docs", apiKey: "a" }).submit("imagine", { prompt: "x" });
  const message = json.error.message.replace(/ \(request id: \w+\)$/, "");
  assert.equal(JSON.stringify({ ...json.error, message }), '{"message":"Invalid token","type":"comet_api_error","param":"","code":""}');
});

for (const [language, text] of [["zh", /^无效的令牌 /], ["zh-TW,en;q=0.5", /^无效的令牌 /], ["en,zh;q=0.5", /^Invalid token /], ["*", /^Invalid token /]]) {
  test(`a 401 for ${language} is in its language`, async () => {
    const { json } = await world({ apiKey: "a" }).get("/mj/task/1/fetch", { "accept-language": language });
    assert.match(json.error.message, text);
  });
}

test("every answer has a request id of its own in a header", async () => {
  const w = world();
  const ids = [await w.fetchTask("1"), await w.fetchTask("1")].map(({ headers }) => headers.get("x-oneapi-request-id"));
  assert.match(ids[0], /^\w+$/);
  assert.notEqual(ids[0], ids[1]);
});
