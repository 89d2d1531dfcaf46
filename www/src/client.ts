/** The library's client and its store, and what they talk to. */

import { Midjourney, type PollOptions } from "cometapi-midjourney";
import { createStore, type TaskStore } from "cometapi-midjourney/store";
import type { About } from "./album.js";
import type { Clock } from "./clock.js";
import { NOWHERE, openWorld, type World } from "./journal.js";
import type { Log } from "./log.js";
import { recall, remember, tabStorage } from "./memory.js";

export interface Session {
  midjourney: Midjourney;
  /** What is submitted is saved, and waited for, through this. */
  store: TaskStore<About>;
  /** How it waits. */
  poll: Pick<PollOptions, "initialDelayMs" | "minDelayMs" | "maxDelayMs">;
  /** The proxy, `""` for the API itself. */
  proxy?: string;
}

export interface SimulatedSession extends Session {
  world: World;
  clock: Clock;
}

/** A key, or a proxy that holds one. */
export type Way = { key: string } | { proxy: string };

/** The simulator in this page. No key, no network. */
export async function simulatedSession(clock: Clock, log: Log): Promise<SimulatedSession> {
  const world = await openWorld(clock, {
    requireKey: false,
    imageUrls: "data",
    // A picture takes about six seconds, and is looked at often enough for the bar to move.
    queueMs: 900,
    workMs: 5_000,
    tickMs: 300,
    // CometAPI sells more of them than the gateway that it is built on knows.
    everyButton: true,
  });
  const midjourney = new Midjourney({ baseURL: NOWHERE, fetch: log.watch(world.fetch), now: clock.now, sleep: clock.sleep });
  // Each tab has a simulator, and so a store, of its own.
  const name = recall("tab", `simulator-${Math.random().toString(36).slice(2)}`);
  remember("tab", name);
  const store = createStore<About>(midjourney, { name, storage: tabStorage });
  return { midjourney, store, world, clock, poll: { initialDelayMs: 400, minDelayMs: 400, maxDelayMs: 400 } };
}

/** The real API: with a key, or through a proxy that holds it. The store is that of all tabs, in IndexedDB. */
export function liveSession(way: Way, log: Log): Session {
  const fetch = log.watch((input, init) => globalThis.fetch(input, init));
  const options = "key" in way ? { apiKey: way.key, dangerouslyAllowBrowser: true } : { baseURL: way.proxy };
  const proxy = "key" in way ? "" : way.proxy;
  const midjourney = new Midjourney({ ...options, fetch });
  return { midjourney, store: createStore<About>(midjourney, { name: `demo ${proxy || "api.cometapi.com"}` }), poll: {}, proxy };
}
