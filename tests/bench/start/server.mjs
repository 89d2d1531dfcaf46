/** One server for the page, its files, and the API: so no request needs a preflight. It knows when the API was asked first. */

import { createServer } from "node:http";
import { performance } from "node:perf_hooks";

/** The members that each client looks for. */
const ANSWER = JSON.stringify({ code: 1, description: "ok", result: "1795034223305002", id: "1", request_id: "1", status: "IN_QUEUE", data: [] });
const PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>start</title>";

/** @param {Record<string, { type: string, body: Buffer }>} files compressed, by path */
export async function serve(files) {
  let tell;
  const server = createServer((request, response) => {
    const at = performance.timeOrigin + performance.now();
    const file = files[request.url];
    if (file) {
      response.writeHead(200, { "content-type": file.type, "content-encoding": "gzip", "cache-control": "no-store" }).end(file.body);
    } else if (request.url === "/") {
      response.writeHead(200, { "content-type": "text/html" }).end(PAGE);
    } else if (request.url.startsWith("/api/")) {
      tell?.(at);
      request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(ANSWER));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** When the API is asked next, ms since 1970. */
    asked: () => new Promise((done) => (tell = done)),
    close: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
  };
}
