/** Waiting, in a way that an AbortSignal ends. */

/** What an aborted signal rejects with. */
export function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException("This operation was aborted", "AbortError");
}

/** Throws the signal's reason where it is aborted. */
export function throwIfAborted(signal: AbortSignal | null): void {
  if (signal?.aborted) throw reasonOf(signal);
}

/** The default sleep: `setTimeout`, ended early by the signal. */
export function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal as AbortSignal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Waits by any `sleep`, but no longer than the signal allows, whether or not that `sleep` knows signals. */
export function pause(
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>,
  ms: number,
  signal: AbortSignal | null,
): Promise<void> {
  return signal ? orAborted(sleep(ms, signal), signal) : sleep(ms);
}

/** Never resolves; rejects with the signal's reason when that is aborted. */
export function forever(signal: AbortSignal | null): Promise<never> {
  const never = new Promise<never>(() => {});
  return signal ? orAborted(never, signal) : never;
}

/** The promise's outcome, or the signal's reason where that comes first. Leaves no listener behind. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(reasonOf(signal));
    const settled = (): void => signal.removeEventListener("abort", onAbort);
    promise.then(resolve, reject).then(settled);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
