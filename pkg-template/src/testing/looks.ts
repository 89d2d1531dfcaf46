/** When the gateway looks at its upstream: at every step, but for those that it finds not quite due. */

/** The steps of one round that it looks at. As recorded at 15 s a step: after 13, 43, 58, 88, 103, 133, 163 s. */
const ROUND: readonly number[] = [0, 2, 3, 5, 6, 8];
const ROUND_STEPS = 10;

/** The looks of one pace, by the time since a submit. Their numbers begin at 1. */
export interface Looks {
  /** The time of the latest look by then; null where there was none yet. */
  seenBy(ms: number): number | null;
  /** The number of the first look at that time or later. */
  firstFrom(ms: number): number;
  /** The time of a look by its number. `ms`: the time itself, where everything is seen at once. */
  at(look: number, ms: number): number;
}

/** The looks at steps of so many ms; 0: everything is seen at once. */
export function looksOf(tickMs: number): Looks {
  if (!(tickMs > 0)) return { seenBy: (ms) => Math.max(0, ms), firstFrom: () => 0, at: (_, ms) => ms };
  const timeOf = (look: number): number => {
    const round = Math.floor((look - 1) / ROUND.length);
    return (1 + round * ROUND_STEPS + (ROUND[(look - 1) % ROUND.length] as number)) * tickMs;
  };
  const countBy = (steps: number): number => {
    if (steps < 1) return 0;
    const round = Math.floor((steps - 1) / ROUND_STEPS);
    return round * ROUND.length + ROUND.filter((step) => step <= (steps - 1) % ROUND_STEPS).length;
  };
  return {
    seenBy(ms) {
      const count = countBy(Math.floor(ms / tickMs));
      return count === 0 ? null : timeOf(count);
    },
    firstFrom: (ms) => countBy(Math.ceil(ms / tickMs) - 1) + 1,
    at: timeOf,
  };
}
