/** What the tests of the examples with `POST /submit` and `GET /watch` share. */

import { randomUUID } from "node:crypto";
import { MODAL, buttonOf } from "../package/app.mjs";
import { stage, until } from "./stage.mjs";

export { ACTION, FETCH, LIST, MODAL } from "../package/app.mjs";

const TOKEN = "the-access-token";

export const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}` });

/** The stage of an example, with `vars` in place of those of its wrangler.jsonc. */
export async function openExample(t, name, { vars, simulator, worker } = {}) {
  const bindings = JSON.parse(JSON.stringify({ ACCESS_TOKEN: TOKEN, ...vars }));
  const scene = await stage(t, name, { simulator, worker: { ...worker, bindings } });
  const look = async (key) => (await scene.ask("GET", `/tasks/${key}`)).body;
  const submit = ({ key = randomUUID(), token = TOKEN, ...press } = {}) =>
    scene.ask("POST", "/submit", { key, ...scene.press, ...press }, token === null ? {} : bearer(token));
  return Object.assign(scene, {
    /** Presses U1 of the finished task. */
    submit,
    /** Posts a text as it is. */
    async post(path, body) {
      const response = await scene.miniflare.dispatchFetch(`http://worker.test${path}`, { method: "POST", body });
      await response.text();
      return response;
    },
    look,
    /** A press of Custom Zoom, which asks for more; with the answer, or without. */
    zoom(prompt) {
      const single = scene.simulator.addTask({ action: "UPSCALE" });
      const press = { taskId: single.id, customId: buttonOf(single, "Custom Zoom") };
      return prompt === undefined ? press : { ...press, modal: { prompt } };
    },
    /** How many modals were answered. */
    answers: () => scene.simulator.counts[MODAL],
    /** Waits until a key reads so. */
    reads: (key, wanted) =>
      until(`${key} reads ${wanted}`, async () => {
        const now = await look(key);
        return now.status === wanted && now;
      }),
    /** The tasks that came of presses. */
    pressed: () => scene.simulator.tasks.filter(({ parentId }) => parentId !== null),
  });
}

/** Time that is the test's: a simulator's tasks end, and its answers with a delay come, when they are let. */
export function heldTime() {
  let now = Date.now();
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  return {
    options: { now: () => now, sleep: () => answered },
    answer,
    endTasks: () => (now += 1_000_000),
  };
}

/** A page that waits, and what it has heard so far. */
export async function watch(scene, ...keys) {
  const query = new URLSearchParams(keys.map((key) => ["key", key]));
  const headers = { upgrade: "websocket" };
  const response = await scene.miniflare.dispatchFetch(`http://worker.test/watch?${query}`, { headers });
  const socket = response.webSocket;
  if (!socket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const heard = [];
  socket.addEventListener("message", ({ data }) => heard.push(data === "pong" ? data : JSON.parse(data)));
  socket.accept();
  let code;
  socket.addEventListener("close", (event) => (code = event.code));
  return {
    heard,
    socket,
    /** Closes its side, and gives the code with which the other side did. */
    leave() {
      socket.close();
      return until("the other side closes, too", () => code);
    },
  };
}
