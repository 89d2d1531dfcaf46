/** An intent that comes again so soon is that of before: the slowest double click is faster. */
const SAME_MS = 1_000;

const known = new Map<string, { promise: Promise<unknown>; until: number }>();

/**
 * One intent is one submit. A double click, Enter held down, an effect that runs twice hand in the same intent again, and get
 * the promise of before.
 */
export function once<T>(intent: string, run: () => Promise<T>): Promise<T> {
  const now = performance.now();
  for (const [name, { until }] of known) if (until < now) known.delete(name);
  const before = known.get(intent);
  if (before) {
    before.until = Math.max(before.until, now + SAME_MS);
    return before.promise as Promise<T>;
  }
  const promise = run();
  const entry = { promise, until: Infinity };
  known.set(intent, entry);
  const settled = () => void (entry.until = performance.now() + SAME_MS);
  promise.then(settled, settled);
  return promise;
}

/** The second half of a double click lands on whatever has come under the pointer meanwhile: nobody means that. */
export function ignoreSecondHalves(): void {
  const ignore = (event: MouseEvent) => {
    if (event.detail < 2) return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", ignore, { capture: true });
}
