/** The clock of the simulator and of its client. */

import { recall, remember } from "./memory.js";

/**
 * `?speed=20`: a clock that runs so many times faster, for the page's tests. The library and the simulator take
 * `now` and `sleep` from the outside, and so their times need no change.
 */
export interface Clock {
  /** When it began, in this tab: a reload does not turn it back. */
  start: number;
  speed: number;
  now: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export function createClock(speed: number): Clock {
  const start = recall("start", Date.now());
  remember("start", start);
  return {
    start,
    speed,
    now: () => start + (Date.now() - start) * speed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const timer = setTimeout(resolve, ms / speed);
        signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
      }),
  };
}

/** The speed that the page's address asks for. */
export function speedOf(query: URLSearchParams): number {
  const speed = Number(query.get("speed"));
  return speed > 0 && speed <= 100 ? speed : 1;
}
