/** A simulator behind a real server and a client of it, on one clock that nothing but the client's waits moves. */

import { setImmediate as turn } from "node:timers/promises";
import { serveSimulator } from "../support/serve-simulator.mjs";
import { KEY, NAME, app } from "./app.mjs";

export const library = await app.load();
const { createSimulator } = await app.load(`${NAME}/testing`);

let today = 1_773_314_942_177;

export async function virtualStage(t, { simulator: options = {}, client: clientOptions = {} } = {}) {
  // Each on a day of its own: the package remembers, by this clock, what was submitted a moment ago.
  const clock = { time: (today += 86_400_000), slept: [] };
  const now = () => clock.time;
  const simulator = createSimulator({ now, apiKey: KEY, queueMs: 5_000, workMs: 60_000, tickMs: 0, ...options });
  const { url, close } = await serveSimulator(simulator);
  t.after(close);
  const sleep = async (ms) => {
    clock.slept.push(ms);
    // As a timer does, it lets others have their turn.
    await turn();
    clock.time += ms;
  };
  const base = { apiKey: KEY, baseURL: url, now, sleep, random: () => 0.5 };
  return { simulator, clock, url, base, client: new library.Midjourney({ ...base, ...clientOptions }) };
}
