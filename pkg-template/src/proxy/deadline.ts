/** How long something may take, and what else ends it. */

export interface Deadline {
  /** Aborted when the time is over, or with the other signal. */
  readonly signal: AbortSignal;
  /** Whether the time is over. */
  readonly isOver: boolean;
  /** It was in time: lets go of the timer, and of the other signal. */
  met(): void;
}

/** By hand, since Vercel's edge has no `AbortSignal.any`, and since `AbortSignal.timeout` holds what listens to it. */
export function deadline(ms: number, other: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let isOver = false;
  const follow = () => controller.abort(other?.reason);
  const timer = setTimeout(() => {
    isOver = true;
    controller.abort(new DOMException("It took too long.", "TimeoutError"));
  }, ms);
  other?.addEventListener("abort", follow);
  if (other?.aborted) follow();
  return {
    signal: controller.signal,
    get isOver() {
      return isOver;
    },
    met() {
      clearTimeout(timer);
      other?.removeEventListener("abort", follow);
    },
  };
}
