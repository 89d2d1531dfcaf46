/** The proxy: what passes, what it refuses, and what the client makes of each of its answers. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { ACTION, KEY, NAME, QUICK, app, assertKeyless, buttonOf, rejection } from "./app.mjs";
import { BASE, createProxy, faults, proxied, refusal, serve } from "./proxy-stage.mjs";

const { Midjourney } = await app.load();
const ID = "1773314942177684";
const ACTION_PATH = "/mj/submit/action";
const FETCH_PATH = `/mj/task/${ID}/fetch`;
const never = () => new Promise(() => {});

/** A client as a page has it, of a proxy behind a real server. */
async function clientOf(t, { client = {}, ...options } = {}) {
  const stage = proxied(options);
  const { origin } = await serve(t, stage.proxy);
  const slept = [];
  const sleep = async (ms) => void slept.push(ms);
  const midjourney = new Midjourney({ baseURL: `${origin}/api/mj`, sleep, ...client });
  const parent = stage.simulator.addTask({});
  const submit = () => midjourney.submitAction({ taskId: parent.id, customId: buttonOf(parent, "U1") });
  return { ...stage, midjourney, parent, submit, slept, origin };
}

/** A client whose `fetch` is the proxy: for answers that need no server. */
function near(stage, options = {}) {
  return new Midjourney({ baseURL: BASE.replace("http:", "https:"), fetch: (url, init) => stage.proxy(new Request(url, init)), sleep: async () => {}, ...options });
}

// What passes.

const ENDPOINTS = [
  ...["imagine", "action", "modal", "blend", "describe", "shorten", "video", "edits"].flatMap((what) =>
    ["", "/mj-fast", "/mj-turbo", "/mj-relax"].map((speed) => `POST ${speed}/mj/submit/${what}`),
  ),
  "POST /mj/task/list-by-condition",
  `GET /mj/task/${ID}/fetch`,
  `GET /mj/task/${ID}/image-seed`,
  `GET /mj/image/${ID}`,
];

test("every route of the API passes, at the same path, with its body as it was", async () => {
  for (const endpoint of ENDPOINTS) {
    const [method, path] = endpoint.split(" ");
    const { sent, ask, post } = proxied();
    const body = '{ "taskId": 14001934816969359, "é": "\\u00e9" }';
    await (await (method === "POST" ? post(path, body) : ask(path))).text();
    assert.deepEqual(sent.map(({ url, init, body }) => [init.method, url, body]), [
      [method, `https://api.cometapi.com${path}`, method === "POST" ? body : undefined],
    ]);
  }
});

test("every call of the client goes through, and the picture", async (t) => {
  const { midjourney, simulator, sent, parent, origin } = await clientOf(t, { client: { sleep: undefined } });
  const used = () => new Set(sent.splice(0).map(({ url, init }) => `${init.method} ${new URL(url).pathname.replaceAll(/\d{16}/g, "{id}")}`));
  const press = (label) => ({ taskId: parent.id, customId: buttonOf(parent, label) });

  const submitted = await midjourney.submitAction(press("U1"));
  assert.deepEqual(used(), new Set(["POST /mj/submit/action"]));
  const upscaled = await midjourney.pollUntilDone(submitted, QUICK);
  assert.equal((await midjourney.fetchTask(upscaled.id)).status, "SUCCESS");
  assert.equal((await midjourney.pollOnce(upscaled.id)).done, true);
  for await (const { status } of midjourney.watch(upscaled.id, QUICK)) assert.equal(status, "SUCCESS");
  assert.deepEqual(used(), new Set(["GET /mj/task/{id}/fetch"]));
  assert.equal((await midjourney.listTasks([upscaled.id]))[0].id, upscaled.id);
  assert.deepEqual(used(), new Set(["POST /mj/task/list-by-condition"]));
  const drawn = await midjourney.submitImagine({ prompt: "a dune" });
  assert.deepEqual(used(), new Set(["POST /mj/submit/imagine"]));
  const all = await midjourney.pollAllUntilDone([drawn, upscaled.id], QUICK);
  assert.deepEqual(all.map(({ status }) => status), ["fulfilled", "fulfilled"]);
  used();
  const zoomed = await midjourney.act(upscaled, "Custom Zoom", { ...QUICK, onModal: ({ id }) => ({ taskId: id, prompt: "a dune --zoom 1.5" }) });
  assert.equal(zoomed.status, "SUCCESS");
  assert.deepEqual(used(), new Set(["POST /mj/submit/action", "GET /mj/task/{id}/fetch", "POST /mj/submit/modal", "POST /mj/task/list-by-condition"]));
  for (const mode of ["fast", "relax", "turbo"]) {
    await new Midjourney({ baseURL: `${origin}/api/mj`, mode }).submitAction(press("V1"));
    assert.deepEqual(used(), new Set([`POST /mj-${mode}/mj/submit/action`]));
  }

  const picture = await fetch(`${origin}/api/mj/mj/image/${zoomed.id}`);
  assert.equal(picture.status, 200);
  assert.match(picture.headers.get("content-type"), /^image\/svg\+xml/);
  assert.match(await picture.text(), /<svg/);
  assert.equal(sent.at(-1).init.headers.authorization, undefined);
  assert.ok(simulator.tasks.length >= 6);
});

test("an id of 20 digits comes through exactly, quoted or not", async (t) => {
  for (const resultType of ["string", "integer"]) {
    const { midjourney, submit } = await clientOf(t, { simulator: { profile: "docs", idDigits: 20, resultType, taskIdType: resultType } });
    const { taskId } = await submit();
    assert.match(taskId, /^\d{20}$/);
    assert.equal((await midjourney.fetchTask(taskId)).id, taskId);
  }
});

test("unless a path is given, it stands at /api/mj and at /, and nowhere else", async () => {
  const { proxy, sent } = proxied({ basePath: undefined });
  for (const path of ["/api/mj", ""]) {
    assert.equal((await proxy(new Request(`http://proxy.test${path}${FETCH_PATH}`))).status, 400);
  }
  for (const path of ["/api", "/mj", "/other", "/api/mj/api/mj", "//api/mj"]) {
    assert.equal((await refusal(proxy(new Request(`http://proxy.test${path}${FETCH_PATH}`)))).status, 404);
  }
  assert.equal(sent.length, 2);
});

test("the path under which it stands is an option", async () => {
  for (const [basePath, path] of [["/midjourney/", "/midjourney"], ["/", ""], ["", ""], ["/a/b-c/d", "/a/b-c/d"]]) {
    const { proxy, sent } = proxied({ basePath });
    const response = await proxy(new Request(`http://proxy.test${path}${FETCH_PATH}`));
    assert.equal(response.status, 400);
    assert.equal(sent.length, 1, basePath);
    assert.equal((await refusal(proxy(new Request(`http://proxy.test/other${FETCH_PATH}`)))).status, 404);
  }
});

test("another path is a 404 that says what is expected, another method a 405 that says which", async () => {
  const { ask, sent } = proxied();
  const { status, code, message } = await refusal(ask("/submit/action"));
  assert.deepEqual([status, code], [404, "not_found"]);
  assert.match(message, /\/api\/mj\/mj\/submit\/action/);
  for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) {
    const response = await ask(ACTION_PATH, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"], method);
  }
  for (const method of ["POST", "HEAD", "OPTIONS"]) {
    const response = await ask(FETCH_PATH, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET"], method);
  }
  assert.deepEqual(sent, []);
});

test("an address that is a path alone is read as one, one that is none is refused", async () => {
  const { proxy, sent } = proxied();
  const requestOf = (url) => Object.defineProperty(new Request(BASE), "url", { value: url });
  assert.equal((await refusal(proxy(requestOf("http://a b/")))).status, 400);
  assert.deepEqual(sent, []);
  await proxy(requestOf(`/api/mj${FETCH_PATH}`));
  assert.equal(sent.length, 1);
});

test("of the caller's headers and query nothing is passed on", async () => {
  const headers = { authorization: "Bearer of-the-page", cookie: "session=1", "x-forwarded-for": "1.2.3.4", accept: "text/html", "mj-api-secret": "x", range: "bytes=0-1" };
  const { ask, post, sent } = proxied();
  await ask(`${FETCH_PATH}?rand=1&baseURL=https://evil.test`, { headers });
  await post(`${ACTION_PATH}?_method=DELETE`, "{}", { headers });
  assert.deepEqual(sent.map(({ url }) => url), [`https://api.cometapi.com${FETCH_PATH}`, `https://api.cometapi.com${ACTION_PATH}`]);
  for (const { init } of sent) assert.equal(init.headers.accept, "application/json");
});

// Who may use it.

test("without authorize there is no proxy, unless it is said to be public", () => {
  const wrong = [undefined, {}, { authorize: true }, { public: "yes" }, { public: false }, { public: true, authorize: () => true }];
  for (const options of wrong) assert.throws(() => createProxy(options), { name: "TypeError", message: /authorize.*public: true/ });
  createProxy({ public: true });
  createProxy({ authorize: () => true });
});

test("options that are wrong are told at once, with the remedy", () => {
  const wrong = [
    [{ basePath: "api" }, /basePath must be a path/],
    [{ basePath: "https://example.com/api" }, /basePath/],
    [{ basePath: "//example.com/api" }, /basePath/],
    [{ basePath: "/a b" }, /basePath/],
    [{ basePath: "/a/../b" }, /basePath/],
    [{ basePath: "/a?b" }, /basePath/],
    [{ maxBodyBytes: 0 }, /maxBodyBytes/],
    [{ maxBodyBytes: "1mb" }, /maxBodyBytes/],
    [{ timeoutMs: -1 }, /timeoutMs/],
    [{ timeoutMs: Infinity }, /timeoutMs/],
    [{ origins: ["*"] }, /write each as/],
    [{ origins: ["null"] }, /write each as/],
    [{ origins: ["https://example.com/"] }, /write "https:\/\/example.com"/],
    [{ origins: ["https://EXAMPLE.com:443"] }, /write "https:\/\/example.com"/],
  ];
  for (const [options, message] of wrong) assert.throws(() => createProxy({ public: true, ...options }), { name: "TypeError", message });
});

test("who may not is told so in the API's envelope, and nothing is sent", async () => {
  for (const said of [false, Promise.resolve(false), undefined, null, 1, "yes", { id: 1 }, []]) {
    const { post, sent } = proxied({ authorize: () => said });
    const { status, code } = await refusal(post(ACTION_PATH));
    assert.deepEqual([status, code], [401, "unauthorized"]);
    assert.deepEqual(sent, []);
  }
});

test("authorize sees the request, for each of them, and an answer of its own is sent as it is", async () => {
  const asked = [];
  const { ask, post, sent } = proxied({
    async authorize(request) {
      asked.push([request.method, new URL(request.url).pathname, request.headers.get("cookie")]);
      if (request.headers.get("cookie") === "session=good") return true;
      return new Response("to the login", { status: 418, statusText: "Nope", headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-type", "text/x"]] });
    },
  });
  const response = await post(ACTION_PATH);
  assert.deepEqual([response.status, response.statusText, await response.text()], [418, "Nope", "to the login"]);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(response.headers.get("content-type"), "text/x");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(sent.length, 0);
  await ask(FETCH_PATH, { headers: { cookie: "session=good" } });
  assert.equal(sent.length, 1);
  assert.deepEqual(asked, [["POST", `/api/mj${ACTION_PATH}`, null], ["GET", `/api/mj${FETCH_PATH}`, "session=good"]]);
});

test("a redirect of authorize is passed on", async () => {
  const { ask } = proxied({ authorize: () => Response.redirect("https://app.test/login", 303) });
  const response = await ask(FETCH_PATH);
  assert.deepEqual([response.status, response.headers.get("location")], [303, "https://app.test/login"]);
});

for (const name of ["authorize", "rateLimit", "apiKey"]) {
  test(`where ${name} throws nothing is sent, nothing of the error is told, and the client knows that no task was made`, async () => {
    const secret = new Error("password of the database");
    const stage = proxied({ [name]: () => { throw secret; } });
    const answer = await stage.post(ACTION_PATH);
    assert.equal(answer.status, 503);
    assert.ok(!(await answer.text()).includes("password"));
    assert.deepEqual(stage.errors, [secret]);
    const error = await rejection(near(stage).submitAction({ taskId: ID, customId: "MJ::JOB::upsample::1::a" }));
    assert.deepEqual([error.name, error.maybeAccepted], ["ServerError", undefined]);
    assert.deepEqual(stage.sent, []);
  });
}

test("a hook that has read the body is told to the owner, and half a submit is not sent", async () => {
  const { post, sent, errors } = proxied({ authorize: async (request) => (await request.json()) && true });
  assert.equal((await refusal(post(ACTION_PATH))).status, 503);
  assert.deepEqual(sent, []);
  assert.match(errors[0].message, /has read the body/);
});

test("an onError that throws changes nothing", async () => {
  const { ask } = proxied({ authorize: () => { throw new Error("a"); }, onError: () => { throw new Error("b"); } });
  assert.equal((await ask(FETCH_PATH)).status, 503);
});

// How often.

test("rateLimit: true and 0 let pass, false and a number are a 429 that says when to come back", async () => {
  for (const [said, status, wait] of [
    [true, 400],
    [0, 400],
    [-5, 400],
    [false, 429],
    [undefined, 429],
    [NaN, 429],
    [1_250, 429, ["2", "1250"]],
    [0.5, 429, ["1", "1"]],
    [Infinity, 429],
  ]) {
    const { ask, sent } = proxied({ rateLimit: async () => said });
    const { headers, ...response } = await ask(FETCH_PATH).then(({ status, headers }) => ({ status, headers }));
    assert.equal(response.status, status, String(said));
    assert.deepEqual([headers.get("retry-after"), headers.get("retry-after-ms")], wait ?? [null, null]);
    assert.equal(sent.length, status === 429 ? 0 : 1);
  }
});

test("a submit that is refused for being too often is sent again by the client, and once to the API", async (t) => {
  const waits = [1_500, 700, 0];
  const { submit, simulator, slept } = await clientOf(t, { rateLimit: () => waits.shift() });
  assert.equal((await submit()).kind, "submitted");
  assert.equal(simulator.counts[ACTION], 1);
  assert.equal(slept.length, 2);
  assert.ok(slept[0] >= 1_500 && slept[1] >= 700, String(slept));
});

test("rateLimit is not asked for those who may not use the proxy at all", async () => {
  let asked = 0;
  const { ask } = proxied({ authorize: () => false, rateLimit: () => ++asked > 0 });
  assert.equal((await ask(FETCH_PATH)).status, 401);
  assert.equal(asked, 0);
});

// The key.

test("the key is taken from the environment when a request comes, not before", async (t) => {
  t.after(() => delete process.env.COMETAPI_KEY);
  const { ask, sent, errors } = proxied({ apiKey: undefined });
  const { status, code, message } = await refusal(ask(FETCH_PATH));
  assert.deepEqual([status, code], [401, "missing_key"]);
  assert.match(message, /COMETAPI_KEY/);
  assert.match(errors[0].message, /COMETAPI_KEY/);
  process.env.COMETAPI_KEY = KEY;
  await ask(FETCH_PATH);
  assert.equal(sent.length, 1);
  assert.ok(sent[0].init.headers.authorization === `Bearer ${KEY}`);
});

test("a key that is a function is asked before each request", async () => {
  let asked = 0;
  const { ask, sent } = proxied({ apiKey: async () => (asked++, KEY) });
  await ask(FETCH_PATH);
  await ask(FETCH_PATH);
  assert.deepEqual([asked, sent.length], [2, 2]);
  await (await ask(`/mj/image/${ID}`)).text();
  assert.equal(asked, 2);
});

test("a key that can't stand in a header is sent nowhere and told nowhere", async () => {
  for (const apiKey of [`${KEY}\n`, `${KEY}\r\nx-evil: 1`, ` ${KEY}`, "", 7, () => undefined, () => `${KEY}"`]) {
    const { ask, sent, errors } = proxied({ apiKey });
    const { status, message } = await refusal(ask(FETCH_PATH));
    assert.equal(status, 401);
    assert.ok(!message.includes(KEY));
    for (const error of errors) assertKeyless(error);
    assert.deepEqual(sent, []);
  }
});

test("where the API says the key, in a body or a header, it is taken out", async () => {
  const key = "sk/CaNaRy+key.0123456789";
  const escaped = [...key].map((letter, at) => (at % 2 ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)).join("");
  const spellings = [key, key.replace("/", "\\/"), escaped, escaped.replaceAll(/\\u00../g, (code) => code.toUpperCase().replace("\\U", "\\u"))];
  for (const spelled of spellings) {
    const text = `{"error":{"message":"the key ${spelled} is bad, yes ${spelled}, \\\\ and é"}}`;
    const api = async () => new Response(text, { status: 401, headers: { "x-request-id": `for ${key}`, "content-type": "application/json" } });
    const proxy = createProxy({ apiKey: key, public: true, fetch: api });
    const response = await proxy(new Request(BASE + FETCH_PATH));
    assert.equal(response.headers.get("x-request-id"), "for [key]");
    assert.deepEqual(await response.json(), { error: { message: "the key [key] is bad, yes [key], \\ and é" } });
  }
});

test("an error of fetch that has the key in it is told without", async () => {
  for (const thrown of [new TypeError(`no Bearer ${KEY}`), Object.assign(new Error("x"), { stack: KEY }), Object.assign(new Error("x"), { init: { headers: { authorization: KEY } } }), new Error("x", { cause: new Error(KEY) }), KEY, undefined]) {
    const { ask, errors } = proxied({ api: () => Promise.reject(thrown) });
    assert.equal((await ask(FETCH_PATH)).status, 502);
    assert.equal(errors.length, 1);
    assertKeyless(errors[0]);
  }
  const { ask, errors } = proxied({ api: () => Promise.reject(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") })) });
  await ask(FETCH_PATH);
  assert.equal(errors[0].message, "The API was not reached: fetch failed: connect ECONNREFUSED");
});

// Bodies.

/** A body that comes in pieces, and how much of it was asked for. */
function pieces(size, count, onCancel = () => {}) {
  let given = 0;
  const stream = new ReadableStream(
    {
      pull(controller) {
        if (given >= count) return controller.close();
        given++;
        controller.enqueue(new Uint8Array(size).fill(0x20));
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
  return { stream, given: () => given };
}

test("a body up to the limit passes whole, one more byte does not", async () => {
  for (const [size, count] of [[1_000, 1], [100, 10], [1, 1_000]]) {
    const { post, sent } = proxied({ maxBodyBytes: 1_000 });
    await post(ACTION_PATH, pieces(size, count).stream);
    assert.equal(sent[0].body.length, 1_000);
    const { status, code, message } = await refusal(post(ACTION_PATH, pieces(size, count + 1).stream));
    assert.deepEqual([status, code], [413, "body_too_large"]);
    assert.match(message, /1000 bytes/);
    assert.equal(sent.length, 1);
  }
});

test("8 MiB pass if nothing else is said", async () => {
  const { post, sent } = proxied();
  await post(ACTION_PATH, new Uint8Array(8 * 1024 * 1024).fill(0x20));
  assert.equal(sent[0].init.body.byteLength, 8 * 1024 * 1024);
  assert.equal((await post(ACTION_PATH, new Uint8Array(8 * 1024 * 1024 + 1))).status, 413);
  assert.equal(sent.length, 1);
});

test("of a body without end no more than the limit is read, and the caller's stream is cancelled", async () => {
  let cancelled = false;
  const endless = pieces(10, Infinity, () => (cancelled = true));
  const { post, sent } = proxied({ maxBodyBytes: 1_000 });
  assert.equal((await post(ACTION_PATH, endless.stream)).status, 413);
  assert.equal(endless.given(), 101);
  assert.ok(cancelled);
  assert.deepEqual(sent, []);
});

test("a length that says too much is refused unread, one that says too little is not believed", async () => {
  const { post, sent } = proxied({ maxBodyBytes: 1_000 });
  const large = pieces(10, Infinity);
  assert.equal((await post(ACTION_PATH, large.stream, { headers: { "content-length": "1001" } })).status, 413);
  assert.equal(large.given(), 0);
  assert.equal((await post(ACTION_PATH, pieces(10, 101).stream, { headers: { "content-length": "10" } })).status, 413);
  const { status, code } = await refusal(post(ACTION_PATH, pieces(10, 2).stream, { headers: { "content-length": "30" } }));
  assert.deepEqual([status, code], [400, "incomplete_body"]);
  assert.deepEqual(sent, []);
});

test("a body that does not go on is given up after timeoutMs, one that breaks at once: nothing is sent", async () => {
  const { post, sent } = proxied({ timeoutMs: 20 });
  const silent = new ReadableStream({ pull: never, cancel: never });
  assert.match((await refusal(post(ACTION_PATH, silent))).message, /did not come in time/);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  assert.match((await refusal(post(ACTION_PATH, broken))).message, /broke off/);
  assert.deepEqual(sent, []);
});

test("what a form of another page could post is no JSON, and refused", async () => {
  const { post, sent } = proxied();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain; application/json", "application/jsonp", ""]) {
    assert.equal((await refusal(post(ACTION_PATH, "{}", { headers: { "content-type": type } }))).status, 415, type);
  }
  assert.equal((await post(ACTION_PATH, "{}", { headers: { "content-encoding": "gzip" } })).status, 415);
  assert.deepEqual(sent, []);
  await post(ACTION_PATH, "{}", { headers: { "content-type": "Application/JSON ; charset=utf-8" } });
  assert.equal(sent.length, 1);
});

// Pages.

const PAGE = "https://app.example.com";
const asksFor = (method, origin = PAGE) => ({ method: "OPTIONS", headers: { origin, "access-control-request-method": method, "access-control-request-headers": "content-type,x-session" } });

test("a preflight of a listed origin is answered without asking authorize", async () => {
  const { ask, sent } = proxied({ origins: [PAGE], authorize: () => assert.fail("a preflight has no cookies") });
  const response = await ask(ACTION_PATH, asksFor("POST"));
  const { status, headers } = response;
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-origin"), PAGE);
  assert.equal(headers.get("access-control-allow-methods"), "POST");
  assert.equal(headers.get("access-control-allow-headers"), "content-type,x-session");
  assert.equal(headers.get("vary"), "origin");
  assert.ok(Number(headers.get("access-control-max-age")) > 0);
  assert.deepEqual(sent, []);
});

test("an origin that is not listed gets no preflight, no answer and no header of CORS", async () => {
  const others = [`${PAGE}.evil.test`, "http://app.example.com", "https://APP.example.com", `${PAGE}:8443`, "null", "https://evil.test", `${PAGE}/`];
  const { ask, post, sent } = proxied({ origins: [PAGE] });
  for (const origin of others) {
    for (const answer of [await ask(ACTION_PATH, asksFor("POST", origin)), await post(ACTION_PATH, "{}", { headers: { origin } }), await ask(FETCH_PATH, { headers: { origin } })]) {
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
      assert.equal((await refusal(answer)).code, "origin_not_allowed", origin);
    }
  }
  assert.deepEqual(sent, []);
});

test("a listed origin's page may read every answer, refusals and the owner's own, too", async () => {
  const exposed = "retry-after, retry-after-ms, x-request-id, x-oneapi-request-id";
  for (const authorize of [() => true, () => false, () => new Response("no", { headers: { vary: "cookie" } }), () => { throw new Error(""); }]) {
    const { post } = proxied({ origins: ["https://other.test", PAGE], authorize });
    const { headers } = await post(ACTION_PATH, "{}", { headers: { origin: PAGE } });
    assert.equal(headers.get("access-control-allow-origin"), PAGE);
    assert.equal(headers.get("access-control-expose-headers"), exposed);
    assert.match(headers.get("vary"), /origin$/);
  }
});

test("its own page may ask, known by the browser's word or by the host, and no other's", async () => {
  const post = (headers) => ({ method: "POST", body: "{}", headers: { "content-type": "application/json", ...headers } });
  for (const [allowed, init] of [
    [true, post({})],
    [true, post({ origin: "http://proxy.test" })],
    // Behind what ends TLS or names another host.
    [true, post({ origin: "https://proxy.test" })],
    [true, post({ origin: "https://www.example.com", host: "www.example.com" })],
    [true, post({ origin: "https://www.example.com", "sec-fetch-site": "same-origin" })],
    [true, { headers: { "sec-fetch-site": "cross-site" } }],
    [false, post({ "sec-fetch-site": "cross-site" })],
    [false, post({ "sec-fetch-site": "same-site" })],
    [false, post({ origin: "http://proxy.test", "sec-fetch-site": "cross-site" })],
    [false, post({ origin: "https://evil.test" })],
    [false, post({ origin: "http://proxy.test:81" })],
    [false, post({ origin: "null" })],
    [false, { headers: { origin: "https://evil.test" } }],
  ]) {
    const { ask, sent } = proxied();
    const response = await ask(init.method ? ACTION_PATH : FETCH_PATH, init);
    assert.equal(response.status === 403, !allowed, JSON.stringify(init.headers));
    assert.equal(sent.length, allowed ? 1 : 0);
    assert.equal(response.headers.get("access-control-allow-origin"), null);
  }
});

// What comes back.

test("an answer brings its status, its body, its type and what the client reads of its headers, and no more", async () => {
  const text = '{ "id": 14001934816969359 }';
  const headers = { "content-type": "text/plain; charset=utf-8", "retry-after": "7", "retry-after-ms": "6500", "x-request-id": "a", "x-oneapi-request-id": "b", "set-cookie": "c=1", location: "https://evil.test", "access-control-allow-origin": "*", "content-security-policy": "x", "cache-control": "public", server: "s", "content-length": "3", "content-encoding": "gzip" };
  const { ask } = proxied({ api: async () => new Response(text, { status: 418, headers }) });
  const response = await ask(FETCH_PATH);
  assert.deepEqual([response.status, await response.text()], [418, text]);
  assert.deepEqual(Object.fromEntries(response.headers), {
    "cache-control": "no-store",
    connection: "close",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "content-type": "text/plain; charset=utf-8",
    "retry-after": "7",
    "retry-after-ms": "6500",
    "x-content-type-options": "nosniff",
    "x-oneapi-request-id": "b",
    "x-request-id": "a",
  });
});

test("answers without a body have none, and bytes that are no text come as they were", async () => {
  const bytes = Uint8Array.of(0xff, 0xfe, 0, 1, 2, 0x80);
  const { ask } = proxied({ api: async () => new Response(bytes) });
  assert.deepEqual(new Uint8Array(await (await ask(FETCH_PATH)).arrayBuffer()), bytes);
  for (const status of [204, 205, 304]) {
    const { ask } = proxied({ api: async () => new Response(null, { status }) });
    const response = await ask(FETCH_PATH);
    assert.deepEqual([response.status, response.body], [status, null]);
  }
});

test("a picture comes through as it comes", async () => {
  let more;
  const picture = new ReadableStream({ start: (controller) => ((more = controller), controller.enqueue(Uint8Array.of(1))) });
  const { ask } = proxied({ api: async () => new Response(picture, { headers: { "content-type": "image/png" } }) });
  const response = await ask(`/mj/image/${ID}`);
  assert.equal(response.headers.get("content-type"), "image/png");
  const reader = response.body.getReader();
  assert.deepEqual((await reader.read()).value, Uint8Array.of(1));
  more.enqueue(Uint8Array.of(2));
  assert.deepEqual((await reader.read()).value, Uint8Array.of(2));
  more.close();
  assert.equal((await reader.read()).done, true);
});

test("a picture that does not go on is ended after timeoutMs, and one that its caller leaves at once", async () => {
  let left;
  const api = async (_, { signal }) => new Response(new ReadableStream({ start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)), cancel: (reason) => (left = reason) }));
  const { ask } = proxied({ api, timeoutMs: 20 });
  assert.equal((await rejection((await ask(`/mj/image/${ID}`)).text())).name, "TimeoutError");
  await (await ask(`/mj/image/${ID}`)).body.cancel("enough");
  assert.equal(left, "enough");
});

test("a time-out that was met is over: nothing keeps the process alive, and no signal is listened to", async () => {
  const { stdout } = await app.run(
    "over.mjs",
    `import { createProxy } from "${NAME}/proxy";
     import { getEventListeners } from "node:events";
     const proxy = createProxy({ public: true, apiKey: "any", fetch: async () => new Response("{}") });
     const { signal } = new AbortController();
     for (const [method, path] of [["POST", "submit/action"], ["POST", "task/list-by-condition"], ["GET", "task/1/fetch"], ["GET", "image/1"]]) {
       const body = method === "POST" ? { body: "{}", headers: { "content-type": "application/json" } } : {};
       const request = Object.defineProperty(new Request("http://proxy.test/api/mj/mj/" + path, { method, ...body }), "signal", { value: signal });
       await (await proxy(request)).text();
     }
     const ended = performance.now();
     process.on("exit", () => console.log(getEventListeners(signal, "abort").length, performance.now() - ended < 30_000));`,
  );
  assert.equal(stdout, "0 true\n");
});

test("connections are closed over plain HTTP alone: HTTP/2 knows no such header", async () => {
  const { proxy } = proxied();
  const connection = async (scheme) => (await proxy(new Request(`${scheme}://proxy.test/api/mj${FETCH_PATH}`))).headers.get("connection");
  assert.deepEqual([await connection("http"), await connection("https")], ["close", null]);
});

test("a redirect of the API is not followed and not told, and a submit is then uncertain", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const stage = proxied({ api: async () => new Response("see there", { status, headers: { location: "https://evil.test/steal" } }) });
    const answer = await stage.post(ACTION_PATH);
    assert.equal(answer.headers.get("location"), null);
    const { status: told, code, message } = await refusal(answer);
    assert.deepEqual([told, code], [502, "upstream_redirect"]);
    assert.ok(!message.includes("evil"));
    assert.equal(stage.sent.length, 1);
  }
});

test("an answer of the API that is too large is given up", async () => {
  const megabyte = 1024 * 1024;
  const { ask } = proxied({ api: async () => new Response(pieces(megabyte, 65).stream) });
  assert.equal((await refusal(ask(FETCH_PATH))).code, "upstream_too_large");
});

const LOST = {
  "a drop before the answer": async () => { throw new TypeError("fetch failed"); },
  "an answer that breaks off": async () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) })),
  "no answer in time": (url, { signal }) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))),
  "half an answer in time": async () => new Response(new ReadableStream({ pull: never })),
  "a status that is none": async () => ({ status: 999, headers: new Headers(), body: null, type: "basic" }),
};

for (const [what, api] of Object.entries(LOST)) {
  test(`${what}: one submit reached the API, and the client says that it is uncertain`, async () => {
    const stage = proxied({ api, timeoutMs: 50 });
    const error = await rejection(near(stage).submitAction({ taskId: ID, customId: "MJ::JOB::upsample::1::a" }));
    assert.deepEqual([error.name, error.maybeAccepted, error.cause.name], ["SubmitUncertainError", true, "ServerError"]);
    assert.equal(stage.sent.length, 1);
    assert.equal(stage.errors.length, 1);
    // A read lives through it.
    const task = await rejection(near(stage, { maxRetries: 1 }).fetchTask(ID));
    assert.equal(task.name, "ServerError");
    assert.equal(stage.sent.length, 3);
  });
}

/** Each refusal of the proxy's own, and what it is for the client: never an uncertain submit. */
const REFUSALS = {
  "401 of authorize": [{ authorize: () => false }, "AuthenticationError"],
  "401 of a missing key": [{ apiKey: () => "" }, "AuthenticationError"],
  "403 of the owner": [{ authorize: () => new Response(null, { status: 403 }) }, "PermissionDeniedError"],
  "404 of another basePath": [{ basePath: "/elsewhere" }, "UnexpectedResponseError"],
  "413": [{ maxBodyBytes: 10 }, "UnexpectedResponseError"],
  "429": [{ rateLimit: () => false }, "RateLimitError"],
  "503 of a hook that throws": [{ authorize: () => { throw new Error(""); } }, "ServerError"],
};

for (const [what, [options, name]] of Object.entries(REFUSALS)) {
  test(`${what}: for the client a plain refusal, ${name}, and nothing has reached the API`, async () => {
    const stage = proxied(options);
    const error = await rejection(near(stage).submitAction({ taskId: ID, customId: "MJ::JOB::upsample::1::a" }));
    assert.deepEqual([error.name, error.maybeAccepted], [name, undefined]);
    assert.deepEqual(stage.sent, []);
  });
}

test("a refusal of the API itself comes to the client as it was", async (t) => {
  const { submit, simulator } = await clientOf(t);
  simulator.fail(ACTION, faults.taskStatusNotSuccess());
  const error = await rejection(submit());
  assert.deepEqual([error.name, error.submitCode, error.status], ["SubmitRejectedError", 4, 400]);
});

// Callers that go.

test("a caller that goes ends a read at the API, and not a submit that was sent", async () => {
  for (const [path, method, ends] of [
    [FETCH_PATH, "GET", true],
    [`/mj/image/${ID}`, "GET", true],
    ["/mj/task/list-by-condition", "POST", true],
    [ACTION_PATH, "POST", false],
    ["/mj-fast/mj/submit/imagine", "POST", false],
  ]) {
    const controller = new AbortController();
    const asked = deferred();
    const answer = deferred();
    const { proxy, errors } = proxied({ api: (_, { signal }) => (asked.resolve(signal), Promise.race([answer.promise, new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)))])) });
    const init = method === "POST" ? { method, body: "{}", headers: { "content-type": "application/json" } } : {};
    const response = proxy(new Request(BASE + path, { ...init, signal: controller.signal }));
    const signal = await asked.promise;
    controller.abort();
    assert.equal(signal.aborted, ends, path);
    answer.resolve(new Response("{}"));
    assert.equal((await response).status, ends ? 499 : 200);
    assert.deepEqual(errors, []);
  }
});

test("a caller that goes before the body is whole has sent nothing", async () => {
  const controller = new AbortController();
  const { proxy, sent } = proxied();
  const body = new ReadableStream({ pull: () => (controller.abort(), never()) });
  const request = new Request(BASE + ACTION_PATH, { method: "POST", body, duplex: "half", signal: controller.signal, headers: { "content-type": "application/json" } });
  assert.equal((await proxy(request)).status, 400);
  assert.deepEqual(sent, []);
});

test("a caller that goes while authorize thinks has sent nothing", async () => {
  const controller = new AbortController();
  const { proxy, sent } = proxied({ authorize: () => (controller.abort(), true) });
  await proxy(new Request(BASE + FETCH_PATH, { signal: controller.signal }));
  assert.deepEqual(sent, []);
});

function deferred() {
  let resolve;
  return { promise: new Promise((done) => (resolve = done)), resolve: (value) => resolve(value) };
}

// The module.

test("it brings neither the client nor the WebAssembly", () => {
  const folder = app.packaged("dist/proxy");
  for (const file of readdirSync(folder)) {
    const sources = readFileSync(`${folder}/${file}`, "utf8").matchAll(/\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/g);
    for (const [, from, bare] of sources) assert.match(from ?? bare, /^(\.\/[a-z]+|\.\.\/(endpoints|environment))\.js$/, file);
  }
});
