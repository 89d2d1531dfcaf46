// The package's simulator as a web server, for tests that need a real connection.
//
//   node tests/support/serve-simulator.mjs [--port 0]
//
// prints `Simulator: http://127.0.0.1:PORT` and ends on SIGTERM, on SIGINT, and when its standard input, if it is a
// pipe, is closed.

import { createAdaptorServer } from "@hono/node-server";
import { fstatSync } from "node:fs";
import { argv, exit, stdin } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lookForLeak } from "./canary.mjs";

/**
 * Serves a simulator (or any fetch handler) on 127.0.0.1.
 *
 * A handler that rejects with a TypeError whose message starts with "simulated drop" has its connection cut before a
 * byte is sent; a body that errors midway has it cut there. Any other error is the server's: it is told, and is a 500.
 *
 * @param {{ fetch(request: Request): Promise<Response> }} simulator
 * @param {{ port?: number }} [options]
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serveSimulator(simulator, { port = 0 } = {}) {
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: async (request, { incoming, outgoing }) => {
      const { method, url, headers } = incoming;
      lookForLeak({ method, url, headers, body: request.body ? await request.clone().text().catch(() => "") : "" });
      try {
        return cutWhereTheBodyErrs(await simulator.fetch(request), incoming);
      } catch (error) {
        if (isDrop(error)) {
          incoming.socket.destroy();
        } else {
          console.error(error);
        }
        return new Response(null, { status: 500 });
      }
    },
  });
  // Never of its own accord: a request could cross the end of a connection that was idle, and be lost.
  server.keepAliveTimeout = 0;
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Kept-alive ones would hold it open.
        server.closeAllConnections();
      }),
  };
}

function isDrop(error) {
  return error instanceof TypeError && error.message.startsWith("simulated drop");
}

/** The adapter would end an erring body with the error's text; a dropped connection has no text. */
function cutWhereTheBodyErrs(response, incoming) {
  if (!response.body) {
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      } catch {
        // What was sent before has to arrive; the stream itself stays open and goes with the connection.
        setImmediate(() => incoming.socket.destroySoon());
        await new Promise((resolve) => incoming.socket.once("close", resolve));
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}

async function main() {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
  const { createSimulator } = await import("../../target/npm/package/dist/testing/index.js");
  // A task takes a moment: tests look at what is shown, not at how long it takes.
  const simulator = createSimulator({ queueMs: 60, workMs: 240, tickMs: 30 });
  const { url, close } = await serveSimulator(simulator, { port: Number(values.port) });
  console.log(`Simulator: ${url}`);
  const end = () => close().then(() => exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  if (fstatSync(0).isFIFO()) {
    stdin.resume().once("end", end);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
