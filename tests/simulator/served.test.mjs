// The simulator as the handler of a web server: what closes a connection there.

import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { createSimulator, faults } from "./world.mjs";

/** POSTs on a connection of its own; gives the status, or with what the connection broke, and how many bytes came. */
function post(url, body) {
  return new Promise((resolve) => {
    const headers = { authorization: "Bearer key", "content-type": "application/json" };
    const sent = request(url, { method: "POST", headers, agent: false });
    let bytes = 0;
    sent.on("response", (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode }));
    });
    sent.on("socket", (socket) => socket.on("data", ({ length }) => (bytes += length)));
    sent.on("error", ({ code }) => resolve({ code, bytes }));
    sent.end(JSON.stringify(body));
  });
}

test("a customId that crashes the gateway, and a scripted drop, close the connection without a byte", async (t) => {
  const simulator = createSimulator();
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const { id, buttons } = simulator.addTask();
  const press = (customId) => post(`${url}/mj/submit/action`, { taskId: id, customId });
  const closed = { code: "ECONNRESET", bytes: 0 };
  assert.deepEqual(await press("nocolons"), closed);
  simulator.fail("POST /mj/submit/action", faults.drop("after"));
  assert.deepEqual(await press(buttons[0].customId), closed);
  assert.deepEqual(await press(buttons[0].customId), { status: 200 });
});
