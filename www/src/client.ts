/** The library's client, and what it talks to. */

import { Midjourney, type PollOptions } from "cometapi-midjourney";
import { createSimulator, type Simulator } from "cometapi-midjourney/testing";
import type { Clock } from "./clock.js";
import type { Log } from "./log.js";

export interface Session {
  midjourney: Midjourney;
  /** How it waits. */
  poll: PollOptions;
}

export interface SimulatedSession extends Session {
  simulator: Simulator;
  clock: Clock;
  /** The simulator's `fetch`, with everything that goes through it in the log. */
  fetch: typeof fetch;
}

/** No such host: should a request ever miss the simulator, it goes nowhere. */
export const NOWHERE = "https://simulator.invalid";

/** The simulator in this page. No key, no network. */
export function simulatedSession(clock: Clock, log: Log): SimulatedSession {
  // A picture takes about six seconds, and is looked at often enough for the bar to move.
  const simulator = createSimulator({ ...clock, requireKey: false, imageUrls: "data", queueMs: 900, workMs: 5_000, tickMs: 300 });
  const fetch = log.watch(simulator.fetch);
  const midjourney = new Midjourney({ baseURL: NOWHERE, fetch, ...clock });
  return { midjourney, simulator, clock, fetch, poll: { initialDelayMs: 400, minDelayMs: 400, maxDelayMs: 400 } };
}

/** The real API: with a key, or through a proxy that holds it. */
export function liveSession(way: { key: string } | { proxy: string }, log: Log): Session {
  const fetch = log.watch((input, init) => globalThis.fetch(input, init));
  const options = "key" in way ? { apiKey: way.key, dangerouslyAllowBrowser: true } : { baseURL: way.proxy };
  return { midjourney: new Midjourney({ ...options, fetch }), poll: {} };
}
