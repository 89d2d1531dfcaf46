/**
 * A server on a real socket that answers as it is told: each request takes the next entry of a script.
 *
 *   const server = await serveFaults([play.reset(), play.answer(task)]);
 *   server.url        // http://127.0.0.1:PORT
 *   server.requests   // [{ method, path, headers, body, closed }]; `closed` settles when the request's socket is closed
 *   server.count("POST"), server.count()
 *   await server.asked(2)   // the second request, as soon as it is there
 *
 * A request is counted when its whole body has come. Past the script's end `otherwise(request)` gives the entry; without
 * it the last one is repeated.
 */

import { once } from "node:events";
import { createServer } from "node:http";

/**
 * @param {Entry[]} script
 * @param {{ otherwise?: (request: Asked) => Entry }} [options]
 */
export async function serveFaults(script, { otherwise } = {}) {
  const requests = [];
  const waiting = new Map();
  const closings = new WeakMap();
  const server = createServer(async (message, response) => {
    const { method, url: path, headers, socket } = message;
    let body = "";
    for await (const part of message) body += part;
    const request = { method, path, headers, body, closed: closings.get(socket) };
    const index = requests.push(request) - 1;
    waiting.get(index)?.(request);
    const entry = script[index] ?? otherwise?.(request) ?? script.at(-1);
    await entry(response, request);
  });
  // One listener a socket, which can have many requests.
  server.on("connection", (socket) => closings.set(socket, new Promise((resolve) => socket.once("close", resolve))));
  // A client that hangs up is what is tested.
  server.on("clientError", (error, socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    count: (method) => requests.filter((request) => !method || request.method === method).length,
    asked: (nth = 1) => new Promise((resolve) => (requests[nth - 1] ? resolve(requests[nth - 1]) : waiting.set(nth - 1, resolve))),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

const HALF = '{"code": 1, "descr';
const textOf = (body) => (typeof body === "string" ? body : JSON.stringify(body));

/** Headers that go out at once, and leave the socket to the entry. */
function begin(response, headers) {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.flushHeaders();
}

/** What was written still goes out, then the socket closes. */
const hangUp = (response) => response.socket.destroySoon();

/** The entries. Each is a function of node:http's response and the request. */
export const play = {
  /** A whole answer. A body that is no text goes out as JSON. */
  answer: (body, status = 200, headers = {}) => (response) => {
    const type = typeof body === "string" && body.startsWith("<") ? "text/html" : "application/json";
    // These two have no body.
    const text = status === 204 || status === 304 ? "" : textOf(body);
    response.writeHead(status, { "content-type": type, ...headers }).end(text);
  },
  /** Says back in the body, and in the header that has the request's id, what the request's headers were. */
  echo: (status) => (response, { headers }) => {
    const message = `what came: ${textOf(headers)}`;
    response.writeHead(status, { "x-request-id": headers.authorization ?? "" }).end(textOf({ error: { message } }));
  },
  redirect: (location, status = 302) => play.answer("", status, { location }),
  /** The request is read and the connection closed, without a byte. */
  dropBeforeHeaders: () => (response) => response.socket.destroy(),
  dropInHeaders: () => ({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-ty");
    socket.destroySoon();
  },
  dropAfterHeaders: (headers) => (response) => {
    begin(response, { "content-length": 100, ...headers });
    hangUp(response);
  },
  /** Fewer bytes than content-length says. */
  dropInBody: (headers) => (response) => {
    begin(response, { "content-length": 100, ...headers });
    response.write(HALF);
    hangUp(response);
  },
  /** Chunks without the last one. */
  dropInChunks: (headers) => (response) => {
    begin(response, { "transfer-encoding": "chunked", ...headers });
    response.write(HALF);
    hangUp(response);
  },
  /** What is no HTTP. */
  garbage: () => (response) => response.socket.end("SSH-2.0-none\r\n"),
  /** A whole answer that says it is gzip, and is not. */
  falseGzip: (body) => play.answer(body, 200, { "content-encoding": "gzip" }),
  /** TCP's RST. */
  reset: () => (response) => response.socket.resetAndDestroy(),
  /** No answer, ever; only the client ends it. */
  silence: () => () => {},
  /** Half an answer, and then nothing; only the client ends it. */
  stall: () => (response) => {
    begin(response, { "content-length": 100 });
    response.write(HALF);
  },
  /** A whole answer, a byte at a time. */
  trickle: (body) => async (response) => {
    begin(response, {});
    response.socket.setNoDelay(true);
    for (const char of textOf(body)) {
      response.write(char);
      await new Promise(setImmediate);
    }
    response.end();
  },
  /** As another entry, but only once this promise has settled. */
  after: (promise, entry) => async (response, request) => {
    await promise;
    await entry(response, request);
  },
};
