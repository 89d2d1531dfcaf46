/** A simulator on a clock that moves only when a test says so, and shorthands for requests. */

import { createSimulator, faults, realPace } from "../../target/npm/package/dist/testing/index.js";

export { createSimulator, faults, realPace };

export const START = 1_773_314_942_177;
export const ORIGIN = "https://api.test";

/** A smallest PNG's beginning, which is all that is looked at. */
export const MASK = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A simulator at `START`, without ticks unless the test wants them. */
export function world(options = {}) {
  let at = START;
  const slept = [];
  const simulator = createSimulator({
    now: () => at,
    sleep: async (ms) => {
      slept.push(ms);
      at += ms;
    },
    tickMs: 0,
    ...options,
  });
  const send = (method, path, body, headers = {}, init = {}) =>
    simulator.fetch(`${ORIGIN}${path}`, {
      method,
      headers: {
        authorization: "Bearer key",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...init,
    });
  const read = async (response) => {
    const text = await response.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {}
    return { status: response.status, headers: response.headers, text, json };
  };
  const post = async (path, body, headers, init) => read(await send("POST", path, body, headers, init));
  const get = async (path, headers, init) => read(await send("GET", path, undefined, headers, init));
  return {
    simulator,
    slept,
    send,
    post,
    get,
    pass: (ms) => {
      at += ms;
    },
    now: () => at,
    fetchTask: (id) => get(`/mj/task/${id}/fetch`),
    submit: (what, body) => post(`/mj/submit/${what}`, body),
    press: (id, customId, more = {}) => post("/mj/submit/action", { taskId: id, customId, ...more }),
  };
}

/** The customId of a finished task's button, by label or emoji. */
export function button(simulator, id, name) {
  const found = simulator.task(id).buttons.find(({ label, emoji }) => label === name || emoji === name);
  if (!found) throw new Error(`no button ${name}`);
  return found.customId;
}
