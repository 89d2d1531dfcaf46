/** What `createSimulator` takes, and what is made of it. */

import { sleepFor } from "./clock.js";

/**
 * Whose manners the simulator has.
 *
 * - `gateway`: the gateway that CometAPI's is most likely built on (new-api), as it answered when it was run. Submit answers are
 *   `text/plain`, code 21 is kept for Vary (Region) and Custom Zoom alone and 22 becomes 1, states move in ticks, a modal leaves two
 *   rows of one id, buttons that it does not know are refused, a customId without a kind closes the connection, a wrong path gives
 *   a web page with status 200.
 * - `upstream`: the proxy behind it. Codes 21, 22 and 23 as they are, `result` an unquoted integer, an unknown task is an empty
 *   200, `failReason` and others null, buttons with null fields and a link among them.
 * - `docs`: the documentation's examples: string ids, JSON, code 21 for every modal, a wrong path redirects.
 */
export type Profile = "gateway" | "upstream" | "docs";

/** How a task that is not there is answered by `GET /mj/task/{id}/fetch`. */
export type UnknownTaskShape = "400" | "404" | "204" | "empty" | "null";

/** What `createSimulator` takes. Everything is optional. */
export interface SimulatorOptions {
  /** Whose manners. Default `gateway`. */
  profile?: Profile;
  /** The key or keys that are taken as `Authorization: Bearer KEY`. Default: any that is not empty. */
  apiKey?: string | readonly string[] | undefined;
  /** `false`: no key is needed (the simulator stands for a proxy that holds it). Default true. */
  requireKey?: boolean;
  /** What stands before `/mj/…` in a path, such as `/api`. Default: nothing. */
  basePath?: string;

  /** The clock, in ms since 1970. A task's state follows from it alone. Default `Date.now`. */
  now?: () => number;
  /** How delays pass. Default `setTimeout`. It should reject with the signal's reason when that is aborted. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** How long each answer takes, ms, beside scripted delays. Default 0. */
  latencyMs?: number;
  /** From a submit to the start of the work (NOT_START, then SUBMITTED), ms. Default 1 500. */
  queueMs?: number;
  /** The work itself (IN_PROGRESS), ms. Default 6 000. */
  workMs?: number;
  /**
   * How often the gateway may look at its upstream, ms: what is seen of a task moves in such steps, and before the first
   * its status is `""`. As the real one (15 s), it leaves a step out where it is not quite due: its looks come 1, 3, 4, 6, 7, 9, 11, 13, … steps
   * after the submit. Default 750 in `gateway` (the same share of a task), 0 (seen at once) in the others.
   */
  tickMs?: number;
  /**
   * Whether the gateway holds two rows of one id after `/submit/modal`, as the real one does. `fetch` reads the first: MODAL for the
   * whole job, then SUCCESS at once. `list-by-condition` gives both, of which the second goes on. Each further modal of that id is accepted,
   * charged, and one row more. Default: true in `gateway`, else false: one row, which goes on.
   */
  twinRows?: boolean;
  /**
   * With `twinRows`: how long the first row still says MODAL when the job is done, ms. Default: till the gateway's next look, one or two
   * `tickMs`. 0: both are done at once. Till then no button of the task can be pressed, and its picture is 403.
   */
  modalLagMs?: number;
  /** Whether a submitted modal goes on under the action's id (as upstream does) or under a new one (as a diagram of the documentation has it). Default `same`. */
  modalId?: "same" | "new";
  /** How many tasks work at the same time; the others queue (code 22). Default: no limit. */
  concurrency?: number;
  /** How many tasks may queue; one more is refused (code 23). Default: no limit. */
  queueSize?: number;
  /**
   * Whether the same U button pressed twice gives the task of the first time (code 21 with `properties.status`, which `gateway` rewrites to 1).
   * Default: true in `upstream`, else false.
   */
  existing?: boolean;
  /**
   * Whether buttons can be pressed that plain new-api refuses with 400 `unknown_action`: Animate and Extend, the favourite, the picks of a
   * describe and a shorten. CometAPI sells some of them. Default: false in `gateway`, else true.
   */
  everyButton?: boolean;

  /** How many digits an id has, 16 to 20. Default 16: Unix ms and three more. */
  idDigits?: number;
  /**
   * How a submit's `result` is written. Default: `integer` (unquoted) in `upstream`, else `string`. No gateway can read an integer: in `gateway`,
   * `integer` makes a task upstream, and the answer is 400 code 5 `unmarshal_response_body_failed`.
   */
  resultType?: "string" | "integer";
  /** How a task's own `id` is written. Default `string`. */
  taskIdType?: "string" | "integer";
  /** How an unknown task is answered. Default: `empty` in `upstream`, else `400`. */
  unknownTask?: UnknownTaskShape;
  /** How a wrong path is answered: a page with status 200, a page with 404, or a redirect. Default: `html`, `404`, `301` in the order of the profiles. */
  wrongPath?: "html" | "404" | "301";
  /** Words that a prompt may not have (code 24). Default `["bannedword"]`. */
  bannedWords?: readonly string[];

  /**
   * `link`: `imageUrl` is an address of this API, `/mj/image/{id}`. `data`: it is the picture itself
   * (`data:image/svg+xml,…`), which an `<img>` can show where no server is. Default `link`.
   */
  imageUrls?: "link" | "data";
  /** What stands before `/mj/image/{id}`. Default: the origin of the request, and `basePath`. */
  imageBase?: string;

  /**
   * What a request with an `Origin` is told. `gateway`: every origin, allowed headers `*`. `strict`: the allowed headers are listed
   * (`authorization, content-type`) and a preflight that asks for others is refused. `none`: no CORS header, no answer to a preflight. Default `gateway`.
   */
  cors?: "gateway" | "strict" | "none";
  /** The response headers that a page may read (`access-control-expose-headers`). Default: none, as the real one. */
  exposeHeaders?: readonly string[];

  /** How many requests are kept in `requests`; the oldest go first. `counts` go on. Default 1 000. */
  maxRequests?: number;
}

/** One real task's pace, for `createSimulator({ ...realPace })`: 37 s in the queue, 102 s of work, a gateway that looks every 15 or 30 s. */
export const realPace: Readonly<Required<Pick<SimulatorOptions, "queueMs" | "workMs" | "tickMs">>> = {
  queueMs: 37_000,
  workMs: 102_000,
  tickMs: 15_000,
};

/** The options with everything filled in. */
export interface Settings
  extends Required<Omit<SimulatorOptions, "apiKey" | "imageBase" | "profile" | "modalLagMs">> {
  profile: Profile;
  /** Null: till the next look. */
  modalLagMs: number | null;
  keys: readonly string[] | null;
  imageBase: string | null;
}

/** Fills in what was left out. */
export function settle(options: SimulatorOptions): Settings {
  const profile = options.profile ?? "gateway";
  const gateway = profile === "gateway";
  const upstream = profile === "upstream";
  const digits = options.idDigits ?? 16;
  if (!(Number.isInteger(digits) && digits >= 16 && digits <= 20)) {
    throw new RangeError(`idDigits must be from 16 to 20, not ${digits}`);
  }
  return {
    profile,
    keys: options.apiKey === undefined ? null : typeof options.apiKey === "string" ? [options.apiKey] : options.apiKey,
    requireKey: options.requireKey ?? true,
    basePath: trimSlash(options.basePath ?? ""),
    now: options.now ?? (() => Date.now()),
    sleep: options.sleep ?? sleepFor,
    latencyMs: options.latencyMs ?? 0,
    queueMs: options.queueMs ?? 1_500,
    workMs: options.workMs ?? 6_000,
    tickMs: options.tickMs ?? (gateway ? 750 : 0),
    twinRows: options.twinRows ?? gateway,
    modalLagMs: options.modalLagMs ?? null,
    modalId: options.modalId ?? "same",
    concurrency: options.concurrency ?? Infinity,
    queueSize: options.queueSize ?? Infinity,
    existing: options.existing ?? upstream,
    everyButton: options.everyButton ?? !gateway,
    idDigits: digits,
    resultType: options.resultType ?? (upstream ? "integer" : "string"),
    taskIdType: options.taskIdType ?? "string",
    unknownTask: options.unknownTask ?? (upstream ? "empty" : "400"),
    wrongPath: options.wrongPath ?? (gateway ? "html" : upstream ? "404" : "301"),
    bannedWords: options.bannedWords ?? ["bannedword"],
    imageUrls: options.imageUrls ?? "link",
    imageBase: options.imageBase === undefined ? null : trimSlash(options.imageBase),
    cors: options.cors ?? "gateway",
    exposeHeaders: options.exposeHeaders ?? [],
    maxRequests: options.maxRequests ?? 1_000,
  };
}

function trimSlash(path: string): string {
  return path.replace(/\/+$/, "");
}
