/** What came in: the latest requests, and how many of each kind. */

/** One request, as it came in. */
export interface SimulatedRequest {
  method: string;
  /** The path as sent, `basePath` and speed prefix included, without the query. */
  path: string;
  /** The kind of path, such as `/mj/task/{id}/fetch`, without `basePath` and speed prefix; `*` where there is none. */
  pattern: string;
  /** The query with its `?`, or `""`. */
  query: string;
  /** When it came in, by the simulator's clock. */
  at: number;
  /** By lower-case name. The value of `authorization` is not kept: it reads `Bearer ***`, or `***` where it did not begin with Bearer. */
  headers: Record<string, string>;
  /** The body: parsed where it is JSON, else text; null where there is none. */
  body: unknown;
  /** The body's bytes as sent. */
  text: string;
  /** The status that was answered; null while it is under way, and where the connection was dropped. */
  status: number | null;
  /** Whether a scripted fault was played. */
  faulted: boolean;
}

/** Requests by `"METHOD /pattern"`: 0 for every endpoint that was not asked. */
export interface Counts {
  /** All of them, preflights included. */
  readonly total: number;
  readonly [endpoint: string]: number;
}

/** Keeps the latest requests and counts all. */
export interface Log {
  readonly requests: SimulatedRequest[];
  readonly counts: Counts;
  add(request: SimulatedRequest): void;
  reset(): void;
}

/** A log that keeps `max` requests and begins with the given endpoints at 0. */
export function createLog(max: number, endpoints: readonly string[]): Log {
  const requests: SimulatedRequest[] = [];
  const counts: Record<string, number> & { total: number } = { total: 0 };
  const reset = (): void => {
    requests.length = 0;
    for (const key of Object.keys(counts)) delete counts[key];
    counts.total = 0;
    for (const endpoint of endpoints) counts[endpoint] = 0;
  };
  reset();
  return {
    requests,
    counts,
    add(request) {
      const key = `${request.method} ${request.pattern}`;
      counts[key] = (counts[key] ?? 0) + 1;
      counts.total += 1;
      requests.push(request);
      if (requests.length > max) requests.splice(0, requests.length - max);
    },
    reset,
  };
}
