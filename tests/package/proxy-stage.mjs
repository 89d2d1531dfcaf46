/** The packed proxy in front of a simulator, and a look at what has reached that. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createAdaptorServer } from "@hono/node-server";
import { KEY, NAME, app } from "./app.mjs";

export const { createProxy } = await app.load(`${NAME}/proxy`);
export const { createSimulator, faults } = await app.load(`${NAME}/testing`);

/** Where it stands for those who ask it without a server. */
export const BASE = "http://proxy.test/api/mj";

/** All that may ever reach the API, as the documentation has it: written here anew, not taken from the code. */
const ALLOWED = [
  /^POST (\/mj-(fast|turbo|relax))?\/mj\/submit\/(imagine|action|modal|blend|describe|shorten|video|edits)$/,
  /^POST \/mj\/task\/list-by-condition$/,
  /^GET \/mj\/task\/[A-Za-z0-9_-]+\/(fetch|image-seed)$/,
  /^GET \/mj\/image\/[A-Za-z0-9_-]+$/,
];

/** Fails where a request to the API is none that is allowed: its address, its method, each of its headers. */
function assertAllowed({ url, init }) {
  const { method, redirect, headers, ...others } = init;
  const { href, origin, pathname, search } = new URL(url);
  assert.equal(href, url);
  assert.equal(origin, "https://api.cometapi.com");
  assert.equal(search, "");
  assert.ok(ALLOWED.some((allowed) => allowed.test(`${method} ${pathname}`)), `${method} ${url} reached the API`);
  assert.equal(redirect, "manual");
  const isPost = method === "POST";
  const expected = pathname.startsWith("/mj/image/") ? ["accept"] : ["accept", "authorization", ...(isPost ? ["content-type"] : [])];
  assert.deepEqual(Object.keys(headers).sort(), expected);
  assert.ok([undefined, `Bearer ${KEY}`].includes(headers.authorization), "another key than the proxy's");
  assert.deepEqual(Object.keys(others).sort(), isPost ? ["body", "cache", "signal"] : ["cache", "signal"]);
}

/**
 * A proxy at /api/mj, for everyone, if nothing else is said. `sent` are the requests that reached the API, each looked at; `errors`
 * what `onError` was told; `ask` asks it without a server.
 */
export function proxied({ simulator: options = {}, api, ...proxyOptions } = {}) {
  const simulator = createSimulator({ queueMs: 5, workMs: 20, tickMs: 0, apiKey: KEY, ...options });
  const sent = [];
  const errors = [];
  const fetch = async (url, init) => {
    sent.push({ url, init, body: init.body && new TextDecoder().decode(init.body) });
    try {
      assertAllowed({ url, init });
    } catch (error) {
      // The proxy would make a 502 of it.
      setImmediate(() => {
        throw error;
      });
    }
    return (api ?? simulator.fetch)(url, init);
  };
  const who = "authorize" in proxyOptions ? {} : { public: true };
  const proxy = createProxy({ basePath: "/api/mj", apiKey: KEY, fetch, onError: (error) => errors.push(error), ...who, ...proxyOptions });
  const ask = (path, init) => proxy(new Request(BASE + path, init));
  const post = (path, body = "{}", { headers, ...init } = {}) =>
    ask(path, { method: "POST", body, headers: { "content-type": "application/json", ...headers }, duplex: "half", ...init });
  return { proxy, simulator, sent, errors, ask, post };
}

/** Serves a handler as its users do, with everything of @hono/node-server as it is by default. */
export async function serve(t, fetch) {
  const server = createAdaptorServer({ fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  t.after(close);
  return { origin: `http://127.0.0.1:${server.address().port}`, port: server.address().port, server };
}

/** What an answer of the proxy's own says. */
export async function refusal(answer) {
  const response = await answer;
  const { error, ...others } = await response.json();
  assert.deepEqual(others, {});
  assert.deepEqual(Object.keys(error), ["message", "type", "param", "code"]);
  assert.equal(error.type, "proxy_error");
  return { status: response.status, code: error.code, message: error.message, headers: response.headers };
}
