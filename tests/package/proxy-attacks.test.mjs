/**
 * Attacks on the proxy, byte by byte over real sockets: whatever is sent, nothing but what is allowed reaches the API
 * (the stage looks at each request to it), and the key comes back nowhere.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { turns } from "./app.mjs";
import { ACTION, BASE, DETOURS, ELSEWHERE, FETCH, ID, POST_LINE, READ, SMUGGLING, head, statusOf, talkTo } from "./attacks.mjs";
import { proxied, serve } from "./proxy-stage.mjs";

const LIMIT = 100_000;

const stage = proxied({ maxBodyBytes: LIMIT, timeoutMs: 30_000 });
const { port } = await serve({ after }, stage.proxy);
const { raw, get, post } = talkTo(port);

/** What has reached the API since. */
const sent = () =>
  stage.sent.splice(0).map(({ url, init, body }) => [init.method, url.replace("https://api.cometapi.com", ""), ...(body === undefined ? [] : [body])]);

test("the stage is right: an honest request passes, and its connection is closed", async () => {
  assert.equal(statusOf(await get(FETCH)), 400);
  assert.deepEqual(sent(), [READ]);
  // Without `Connection: close` from the caller it is closed, too.
  const answer = await raw(head([`GET ${FETCH} HTTP/1.1`, "Host: proxy.test"]), { end: false });
  assert.match(answer, /\r\nconnection: close\r\n/i);
  assert.deepEqual(sent(), [READ]);
});

test("paths that are none of the API's: a refusal, and nothing is sent", async () => {
  for (const target of ELSEWHERE) {
    for (const answer of [await get(target), await post(target, "{}")]) {
      const status = statusOf(answer);
      assert.ok(status >= 400 && status < 500, `${target}: ${answer.slice(0, 80)}`);
      assert.deepEqual(sent(), [], target);
    }
  }
});

test("detours to a route, absolute addresses and queries: the API sees the route, on its own host", async () => {
  for (const [target, expected] of Object.entries(DETOURS)) {
    const answer = await get(target);
    const seen = sent();
    // A server may refuse such a spelling by itself; the proxy takes it for what it means.
    if (seen.length === 0) assert.ok(statusOf(answer) >= 400, `${target}: ${answer.slice(0, 80)}`);
    else assert.deepEqual(seen, [expected], target);
  }
  assert.equal(statusOf(await get(`${FETCH}?url=https://evil.test`)), 400);
  assert.deepEqual(sent(), [READ]);
});

test("headers that name another host, path, method or address change nothing", async () => {
  const lines = [
    "X-Forwarded-Host: evil.test", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: gopher", "X-Forwarded-Port: 1", "X-Forwarded-Prefix: /v1", "X-Forwarded-Path: /v1",
    "Forwarded: host=evil.test;for=127.0.0.1;proto=http", "Via: 1.1 evil.test", "X-Real-IP: 127.0.0.1", "True-Client-IP: 127.0.0.1", "CF-Connecting-IP: 127.0.0.1",
    "X-Original-URL: /v1/models", "X-Rewrite-URL: /v1/models", "X-Original-Host: evil.test", "X-Host: evil.test", "X-HTTP-Host-Override: evil.test", "Base-URL: https://evil.test",
    "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE",
    "X-Middleware-Subrequest: middleware", "X-Middleware-Rewrite: https://evil.test", "X-Upstream: https://evil.test", "X-Accel-Redirect: /v1",
    "Authorization: Bearer stolen", "Proxy-Authorization: Basic eDp5", "mj-api-secret: stolen", "Cookie: session=1", "Referer: https://proxy.test/", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__",
    "Transfer-Encoding-: chunked", "Keep-Alive: timeout=9", "TE: trailers", "Trailer: Host", "Range: bytes=0-1", "If-None-Match: *", "Accept: text/html", "Origin-Override: x",
  ];
  for (const line of lines) {
    await get(FETCH, line);
    assert.deepEqual(sent(), [READ], line);
  }
  await get(FETCH, ...lines.filter((line) => !/^(Upgrade|HTTP2)/.test(line)));
  assert.deepEqual(sent(), [READ]);
  await post(ACTION, "{}", ...lines.filter((line) => !/^(Upgrade|HTTP2|Trailer)/.test(line)));
  assert.deepEqual(sent(), [["POST", "/mj/submit/action", "{}"]]);
});

test("hosts that are others, several, or none", async () => {
  for (const hosts of [["Host: evil.test"], ["Host: api.cometapi.com.evil.test"], ["Host: evil.test", "Host: proxy.test"], ["Host: proxy.test", "Host: evil.test"], ["Host: evil.test/mj"], ["Host: a@evil.test"], ["Host: evil.test:99999"], ["Host:"], []]) {
    const answer = await raw(head([`GET ${FETCH} HTTP/1.1`, ...hosts, "Connection: close"]));
    for (const seen of sent()) assert.deepEqual(seen, READ);
    assert.ok(statusOf(answer) >= 400 || answer === "", answer.slice(0, 80));
  }
});

test("methods: what is not the route's own is refused", async () => {
  const methods = ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "post", "GETT", "POST\tx", "M-SEARCH", "PRI"];
  for (const method of methods) {
    for (const target of [FETCH, ACTION]) {
      const answer = await raw(head([`${method} ${target} HTTP/1.1`, "Host: proxy.test", "Connection: close", "Content-Type: application/json", "Content-Length: 0"]));
      assert.ok(answer === "" || statusOf(answer) >= 400, `${method}: ${answer.slice(0, 80)}`);
      assert.deepEqual(sent(), [], `${method} ${target}`);
    }
  }
  assert.equal(statusOf(await post(FETCH, "{}")), 405);
  assert.equal(statusOf(await get(ACTION)), 405);
  assert.deepEqual(sent(), []);
});

test("smuggling: where a request's end can be read in two ways, nothing else than the honest one is sent", async () => {
  const empty = ["POST", "/mj/submit/action", ""];
  const whole = ["POST", "/mj/submit/action", "{}"];
  for (const [what, text] of Object.entries(SMUGGLING)) {
    await raw(text);
    const seen = sent();
    assert.ok(seen.length <= 1, `${what}: ${JSON.stringify(seen)}`);
    for (const one of seen) assert.ok([READ, empty, whole].some((honest) => JSON.stringify(honest) === JSON.stringify(one)), `${what}: ${JSON.stringify(one)}`);
  }
  await get(FETCH);
  sent();
});

test("a body that says too much is refused before it is read, also one of chunks without end", async () => {
  const declared = await raw(head([...POST_LINE, `Content-Length: ${LIMIT + 1}`]), { end: false });
  assert.equal(statusOf(declared), 413);
  assert.deepEqual(sent(), []);

  // Goes on until the proxy hangs up.
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  let written = 0;
  socket.setEncoding("latin1").on("data", (part) => (answer += part));
  socket.on("error", () => {});
  const closed = once(socket, "close");
  socket.write(head([...POST_LINE, "Transfer-Encoding: chunked"]));
  const chunk = `2710\r\n${" ".repeat(10_000)}\r\n`;
  while (!socket.destroyed && socket.writable) {
    written += 10_000;
    if (!socket.write(chunk)) await Promise.race([once(socket, "drain").catch(() => {}), closed]);
    else await turns(1);
  }
  await closed;
  assert.ok(written > LIMIT);
  if (answer) assert.equal(statusOf(answer), 413);
  assert.deepEqual(sent(), []);
});

test("a body in a hundred thousand chunks of one byte is one body", async () => {
  const text = " ".repeat(LIMIT - 2) + "{}";
  await raw(head([...POST_LINE, "Transfer-Encoding: chunked", "Connection: close"]) + [...text].map((letter) => `1\r\n${letter}\r\n`).join("") + "0\r\n\r\n", { patience: 20_000 });
  assert.deepEqual(sent(), [["POST", "/mj/submit/action", text]]);
});

test("a caller that hangs up within the body has sent nothing, however it said its length", async () => {
  for (const lines of [["Content-Length: 100"], ["Transfer-Encoding: chunked"]]) {
    const part = lines[0].startsWith("T") ? '10\r\n{"taskId":"1","a\r\n' : '{"taskId":"1","a';
    await raw(head([...POST_LINE, ...lines]) + part);
    await turns(200);
    assert.deepEqual(sent(), [], lines[0]);
  }
});

test("a body that never ends is ended by the proxy", async (t) => {
  const slow = proxied({ timeoutMs: 100 });
  const { port: own } = await serve(t, slow.proxy);
  const socket = connect(own, "127.0.0.1");
  let answer = "";
  socket.setEncoding("latin1").on("data", (part) => (answer += part)).on("error", () => {});
  const closed = once(socket, "close");
  socket.write(`${head([...POST_LINE, "Content-Length: 100"])}{"taskId"`);
  await closed;
  assert.equal(statusOf(answer), 400);
  assert.match(answer, /did not come in time/);
  assert.deepEqual(slow.sent, []);
});

test("a caller that hangs up while a read waits ends it at the API", async (t) => {
  let socket;
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  const api = (_, { signal }) =>
    new Promise((__, fail) => {
      signal.addEventListener("abort", () => (end(), fail(signal.reason)));
      socket.destroy();
    });
  const waiting = proxied({ api });
  const { port: own } = await serve(t, waiting.proxy);
  socket = connect(own, "127.0.0.1").on("error", () => {});
  socket.write(head([`GET ${FETCH} HTTP/1.1`, "Host: proxy.test"]));
  await ended;
  assert.equal(waiting.sent.length, 1);
});

// A sweep.

/** The same at every run: numbers from 0 up to 1. */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const PARTS = [
  "/", "//", "\\", "..", ".", "%2e", "%2E%2e", "%2f", "%5c", "%252f", "%00", "%0a", ";", "?", "#", "@", ":", "&", "=", "%", " ", "\t", "é", "…", "\u202e", "*", "{id}", "<task_id>",
  "api", "mj", "mj-fast", "mj-turbo", "mj-relax", "mj-x", "submit", "task", "image", "action", "modal", "imagine", "fetch", "image-seed", "list-by-condition", "v1", "models", ID, "a_b-C",
  "/api/mj", "/mj/submit/", "/mj/task/", "/mj/image/", "https://evil.test", "//evil.test", "evil.test", "@evil.test", "http:", "localhost", "127.0.0.1", "[::1]", "0",
];
const HONEST = [ACTION, FETCH, `${BASE}/mj/image/${ID}`, `${BASE}/mj/task/list-by-condition`, `${BASE}/mj-fast/mj/submit/imagine`];
const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get", "post", "QUERY"];

test("50 000 paths and methods, half of them a route with something put in: what reaches the API is allowed", async () => {
  const random = numbers(6);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const { proxy, sent } = proxied({ origins: ["https://app.test"] });
  let refused = 0;
  let tried = 0;
  for (let i = 0; i < 50_000; i++) {
    let path = Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(PARTS)).join(random() < 0.5 ? "/" : "");
    if (random() < 0.5) {
      const honest = pick(HONEST);
      const at = Math.floor(random() * (honest.length + 1));
      path = honest.slice(0, at) + (random() < 0.3 ? pick(PARTS) : "") + honest.slice(at + Math.floor(random() * 3));
    }
    const method = pick(METHODS);
    const headers = { "content-type": pick(["application/json", "application/json", "text/plain"]), origin: pick(["https://app.test", "https://evil.test", "http://proxy.test"]), "x-http-method-override": pick(METHODS) };
    let request;
    try {
      request = new Request(`http://proxy.test${random() < 0.8 ? "" : "/"}${path}`, { method, headers, ...(/^(get|head)$/i.test(method) ? {} : { body: "{}" }) });
    } catch {
      // Not even an address.
      continue;
    }
    tried++;
    const before = sent.length;
    const { status, body } = await proxy(request);
    // Else a picture waits to be fetched.
    await body?.cancel();
    assert.ok(sent.length - before <= 1);
    if (sent.length === before) {
      refused++;
      assert.ok(status >= 400 || (status === 204 && method === "OPTIONS"), `${method} ${path}: ${status}`);
    }
  }
  // What the stage has found wrong with one of them is thrown now.
  await turns(1);
  // Both kinds have to be among them, or the sweep has swept nothing.
  assert.ok(sent.length > 500 && refused > 20_000, `${sent.length} sent, ${refused} refused of ${tried}`);
});

test("3 000 spoilt requests over sockets: what reaches the API is allowed, and the proxy goes on", async () => {
  const random = numbers(14);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const honest = [
    head([`GET ${FETCH} HTTP/1.1`, "Host: proxy.test", "Connection: close"]),
    head([...POST_LINE, "Content-Length: 2", "Connection: close"]) + "{}",
    head([...POST_LINE, "Transfer-Encoding: chunked", "Connection: close"]) + "2\r\n{}\r\n0\r\n\r\n",
  ];
  const noise = ["\r", "\n", "\r\n", "\0", " ", "\t", ":", "/", "..", "%", "?", "#", "Host: evil.test\r\n", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "\xff", "0", "GET "];
  let reached = 0;
  const one = async () => {
    let text = pick(honest);
    for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
      const at = Math.floor(random() * text.length);
      text = text.slice(0, at) + (random() < 0.6 ? pick(noise) : "") + text.slice(at + Math.floor(random() * 3));
    }
    await raw(text);
  };
  for (let i = 0; i < 3_000; i += 20) {
    await Promise.all(Array.from({ length: 20 }, one));
    reached += sent().length;
  }
  assert.ok(reached > 100, `${reached} reached the API`);
  assert.equal(statusOf(await get(FETCH)), 400);
  assert.deepEqual(sent(), [READ]);
});
