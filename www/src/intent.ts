/** One intent is one submit, however often its event comes: what a submit costs is paid for. */

/** An intent that comes again so soon is that of before: the slowest double click is faster. */
const SAME_MS = 1_000;

/** Runs an intent, unless the same is under way or was there a moment ago: then it gives the promise of that one. */
export type Once = <T>(intent: string, run: () => Promise<T>) => Promise<T>;

export function createOnce(now: () => number = () => performance.now()): Once {
  const known = new Map<string, { promise: Promise<unknown>; busy: boolean; at: number }>();
  return <T>(intent: string, run: () => Promise<T>): Promise<T> => {
    for (const [name, { busy, at }] of known) if (!busy && now() - at > SAME_MS) known.delete(name);
    const before = known.get(intent);
    // Each one counts anew: a key that is held down goes on as long as it likes.
    if (before) before.at = now();
    if (before) return before.promise as Promise<T>;
    const promise = run();
    const entry = { promise, busy: true, at: now() };
    known.set(intent, entry);
    void promise.catch(() => undefined).then(() => (entry.busy = false));
    return promise;
  };
}

/**
 * One gesture is one press. The second half of a double click hits whatever has come under the pointer meanwhile, such as a
 * dialog; Enter held down goes on in the field that has the focus now. What may be pressed in a row has `data-repeats`.
 */
export function guardGestures(): void {
  const stop = (event: Event): void => (event.preventDefault(), event.stopPropagation());
  const of = (event: Event, what: string): boolean => event.target instanceof Element && event.target.closest(what) !== null;
  addEventListener("click", (event) => event.detail > 1 && of(event, "button:not([data-repeats])") && stop(event), true);
  addEventListener("keydown", (event) => event.key === "Enter" && event.repeat && !of(event, "textarea") && stop(event), true);
}
