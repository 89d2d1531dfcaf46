/** Requests that try to make a proxy send what it should not, byte by byte; and the socket that they go through. */

import assert from "node:assert/strict";
import { connect } from "node:net";
import { KEY } from "./app.mjs";

/** Where a proxy stands, and two of its routes. */
export const ID = "1773314942177684";
export const BASE = "/api/mj";
export const FETCH = `${BASE}/mj/task/${ID}/fetch`;
export const ACTION = `${BASE}/mj/submit/action`;

/** What the API sees of a read. */
export const READ = ["GET", `/mj/task/${ID}/fetch`];

export const head = (lines) => `${lines.join("\r\n")}\r\n\r\n`;
export const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const json = (text) => ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(text)}`];

/** How long a server is waited for that says nothing to what is no HTTP, ms. */
const PATIENCE = 2_000;

/** A server, spoken to through sockets of its own. Each function gives what came back until the socket was closed. */
export function talkTo(port) {
  async function raw(text, { end = true, patience = PATIENCE } = {}) {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1").on("data", (part) => {
      answer += part;
      // workerd leaves a connection open that was to be closed.
      socket.end();
    });
    socket.on("error", () => {});
    socket.setTimeout(patience, () => socket.destroy());
    const closed = new Promise((resolve) => socket.once("close", resolve));
    if (end) socket.end(text, "latin1");
    else socket.write(text, "latin1");
    await closed;
    assert.ok(!answer.includes(KEY), "the key has come back");
    return answer;
  }
  const speak = (method, target, lines, body = "") => raw(head([`${method} ${target} HTTP/1.1`, "Host: proxy.test", "Connection: close", ...lines]) + body, { end: false });
  return {
    /** As it stands; without `end` it is left open for more. `patience` is for a server that has much to read before it answers. */
    raw,
    get: (target, ...lines) => speak("GET", target, lines),
    post: (target, text, ...lines) => speak("POST", target, [...json(text), ...lines], text),
  };
}

/** What is no route of the API, in one way or another. */
export const ELSEWHERE = [
  // Of the host itself.
  "/",
  "/mj/submit/action",
  "//evil.test/mj/submit/action",
  "/api/mj",
  "/api/mj/",
  "/api/mj//mj/submit/action",
  "//api/mj/mj/submit/action",
  "/api//mj/mj/submit/action",
  "/API/mj/mj/submit/action",
  "/api/mj/MJ/submit/action",
  "/api/mj.evil.test/mj/submit/action",
  "/api/mj@evil.test/mj/submit/action",
  "/api/mj/https://evil.test/mj/submit/action",
  "/api/mj/evil.test/mj/submit/action",
  "/api/mj/.evil.test/mj/submit/action",
  "/api/mj/@evil.test/mj/submit/action",
  "/api/mj/:8443/mj/submit/action",
  // Longer, shorter, doubled.
  "/api/mj/mj/submit/action/",
  "/api/mj/mj/submit/action/x",
  "/api/mj/mj//submit/action",
  "/api/mj/mj/submit//action",
  "/api/mj/mj/submit/actionx",
  "/api/mj/mj/submit/action;x=1",
  "/api/mj/mj/submit/action%00",
  "/api/mj/mj/submit/action%20",
  "/api/mj/mj/submit/action%0d%0aHost:%20evil.test",
  "/api/mj/mj/submit/action%3f",
  "/api/mj/mj/submit/action%23",
  "/api/mj/mj/submit/action.json",
  // Routes of the gateway that are not the API's documented ones.
  "/api/mj/v1/chat/completions",
  "/api/mj/mj/notify",
  "/api/mj/mj/submit/change",
  "/api/mj/mj/submit/simple-change",
  "/api/mj/mj/submit/upload-discord-images",
  "/api/mj/mj/insight-face/swap",
  "/api/mj/api/user/self",
  "/api/mj/suno/submit/music",
  // Speeds where none belong.
  "/api/mj/mj-slow/mj/submit/action",
  "/api/mj/mj-fast/mj-fast/mj/submit/action",
  "/api/mj/mj-fast/submit/action",
  `/api/mj/mj-fast/mj/task/${ID}/fetch`,
  "/api/mj/mj-fast/mj/task/list-by-condition",
  `/api/mj/mj-fast/mj/image/${ID}`,
  // Out of the table by dots, which the URL takes away before anybody looks.
  "/api/mj/mj/submit/../../../v1/models",
  "/api/mj/mj/submit/%2e%2e/%2e%2e/v1/models",
  "/api/mj/mj/submit/.%2e/.%2E/v1/models",
  "/api/mj/../../v1/models",
  "/api/mj/mj/task/..%2f..%2fv1%2fmodels/fetch",
  "/api/mj/mj/task/../fetch",
  "/api/mj/mj/task/%2e%2e/fetch",
  "/api/mj/mj/task/%252e%252e/fetch",
  "/api/mj/mj/task/..%252f..%252fv1/fetch",
  "/api/mj/mj/task/..;/fetch",
  "/api/mj/mj/task/./fetch",
  "/api/mj/mj/task//fetch",
  `/api/mj/mj/task/${ID}%2ffetch`,
  `/api/mj/mj/task/${ID}%2f..%2f..%2fv1/fetch`,
  `/api/mj/mj/task/${ID}/../../../v1/models`,
  `/api/mj/mj/task/${ID}/fetch/..`,
  `/api/mj/mj/task/${ID}%3fx/fetch`,
  `/api/mj/mj/task/${ID}%23/fetch`,
  `/api/mj/mj/task/${ID}\\..\\..\\v1/fetch`,
  "/api/mj/mj/task/..\\..\\v1\\models/fetch",
  "/api/mj\\mj\\..\\..\\v1/models",
  "/api/mj/mj/task/%5c..%5c../fetch",
  "/api/mj/mj/task/a,b/fetch",
  "/api/mj/mj/task/<task_id>/fetch",
  "/api/mj/mj/task/%3Ctask_id%3E/fetch",
  "/api/mj/mj/task/\xc3\xa9/fetch",
  "/api/mj/mj/task/%c0%ae%c0%ae/fetch",
  "/api/mj/mj/task/%ef%bc%8e%ef%bc%8e/fetch",
  "/api/mj/mj/task/%/fetch",
  `/api/mj/mj/task/${"9".repeat(129)}/fetch`,
  "/api/mj/mj/image/",
  "/api/mj/mj/image/..%2f..%2fsecret",
  "/api/mj/mj/image/https:%2f%2fevil.test",
  // Letters spelled otherwise.
  "/api/mj/%6dj/submit/action",
  "/api/mj/mj/submit/%61ction",
  "/api/mj/mj%2fsubmit%2faction",
  "/api%2fmj%2fmj%2fsubmit%2faction",
  // What is no path at all.
  "*",
  "evil.test:443",
  "mj/submit/action",
  "?/api/mj/mj/submit/action",
  "#/api/mj/mj/submit/action",
  "http://",
  "http:///mj/submit/action",
  "https://evil.test/mj/submit/action",
  "http://evil.test@api.cometapi.com/mj/submit/action",
  "javascript:alert(1)",
];

/** Spelled otherwise, and yet by the rules of URLs the same path as one in the table: the API sees the table's. */
export const DETOURS = {
  [`/api/mj/x/../mj/task/${ID}/fetch`]: READ,
  [`/api/mj/mj/task/x/%2e%2e/${ID}/fetch`]: READ,
  [`/other/%2E%2e/api/mj/mj/task/${ID}/./fetch`]: READ,
  [`/api\\mj\\mj/task/${ID}\\fetch`]: READ,
  [`${FETCH}?`]: READ,
  [`${FETCH}?url=https://evil.test&host=evil.test&_method=DELETE&../../v1`]: READ,
  [`${FETCH}#/../../v1`]: READ,
  [`http://evil.test${FETCH}`]: READ,
  [`https://evil.test:8443${FETCH}?x`]: READ,
  [`ftp://evil.test${FETCH}`]: READ,
};

const SMUGGLED = head(["GET /v1/models HTTP/1.1", "Host: api.cometapi.com"]);
export const POST_LINE = [`POST ${ACTION} HTTP/1.1`, "Host: proxy.test", "Content-Type: application/json"];

/** Two readings of where a request ends; behind one of them another request is hidden. */
export const SMUGGLING = {
  "a length and chunks": head([...POST_LINE, "Content-Length: 4", "Transfer-Encoding: chunked"]) + `0\r\n\r\n${SMUGGLED}`,
  "chunks and a length": head([...POST_LINE, "Transfer-Encoding: chunked", `Content-Length: ${SMUGGLED.length + 5}`]) + `0\r\n\r\n${SMUGGLED}`,
  "chunks spelled otherwise": head([...POST_LINE, "Transfer-Encoding: xchunked", "Content-Length: 2"]) + `{}${SMUGGLED}`,
  "chunks twice": head([...POST_LINE, "Transfer-Encoding: chunked", "Transfer-Encoding: identity"]) + `0\r\n\r\n${SMUGGLED}`,
  "chunks behind a tab": head([...POST_LINE, "Transfer-Encoding:\tchunked", "Content-Length: 2"]) + `0\r\n\r\n${SMUGGLED}`,
  "a blank before the colon": head([...POST_LINE, "Transfer-Encoding : chunked", "Content-Length: 2"]) + `{}${SMUGGLED}`,
  "two lengths": head([...POST_LINE, "Content-Length: 2", `Content-Length: ${SMUGGLED.length + 2}`]) + `{}${SMUGGLED}`,
  "two lengths in one": head([...POST_LINE, `Content-Length: 2, ${SMUGGLED.length + 2}`]) + `{}${SMUGGLED}`,
  "a length with a sign": head([...POST_LINE, "Content-Length: +2"]) + `{}${SMUGGLED}`,
  "a length below nothing": head([...POST_LINE, "Content-Length: -1"]) + `{}${SMUGGLED}`,
  "a folded header": head([...POST_LINE, "Content-Length: 2", "X-A: b", " Transfer-Encoding: chunked"]) + `{}${SMUGGLED}`,
  "a folded length": head([...POST_LINE, "Content-Length:", " 2"]) + `{}${SMUGGLED}`,
  "a bare line feed": `${[...POST_LINE, "Content-Length: 2", "X: y\nTransfer-Encoding: chunked"].join("\r\n")}\r\n\r\n{}${SMUGGLED}`,
  "a bare carriage return": `${[...POST_LINE, "Content-Length: 2", "X: y\rTransfer-Encoding: chunked"].join("\r\n")}\r\n\r\n{}${SMUGGLED}`,
  "a NUL in a header": head([...POST_LINE, "Content-Length: 2", "X: \0"]) + `{}${SMUGGLED}`,
  "a chunk's size beyond all numbers": head([...POST_LINE, "Transfer-Encoding: chunked"]) + `FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n${SMUGGLED}`,
  "a chunk longer than it says": head([...POST_LINE, "Transfer-Encoding: chunked"]) + `1\r\n{}\r\n0\r\n\r\n${SMUGGLED}`,
  "trailers": head([...POST_LINE, "Transfer-Encoding: chunked"]) + `2\r\n{}\r\n0\r\nHost: evil.test\r\nAuthorization: Bearer x\r\n\r\n${SMUGGLED}`,
  "a GET with a body": head([`GET ${FETCH} HTTP/1.1`, "Host: proxy.test", `Content-Length: ${SMUGGLED.length}`]) + SMUGGLED,
  "a second request behind the first": head([`GET ${FETCH} HTTP/1.1`, "Host: proxy.test"]) + SMUGGLED,
  "HTTP/1.0": head([`GET ${FETCH} HTTP/1.0`]) + SMUGGLED,
  "HTTP/0.9": `GET ${FETCH}\r\n`,
  "HTTP/2 without TLS": `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`,
};
