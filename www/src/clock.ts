/** The clock of the simulator and of its client. */

/**
 * `?speed=20`: a clock that runs so many times faster, for the page's tests. The library and the simulator take
 * `now` and `sleep` from the outside, and so their times need no change.
 */
export interface Clock {
  now: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export function createClock(speed: number): Clock {
  const start = Date.now();
  return {
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
