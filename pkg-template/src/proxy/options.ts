/** What `createProxy` takes, and what is made of it. */

/** How long one half of the way may take: longer than the 60 s that the gateway waits, shorter than the client's 75 s. */
const TIMEOUT_MS = 70_000;
/** Room for the mask of a large picture. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** As the README's page asks for it; and at a host of its own, or where a framework has cut the path off. */
const BASE_PATHS = ["/api/mj", ""];
/** More overflows a timer. */
const LONGEST_MS = 2 ** 31 - 1;

type Awaitable<T> = T | Promise<T>;

/** What a proxy takes beside the decision who may use it. */
export interface ProxySettings {
  /**
   * The key, or a function that is asked for it before each request. Default: `COMETAPI_KEY` of the environment. On
   * Cloudflare Workers give `() => env.COMETAPI_KEY`, with `env` of `cloudflare:workers`.
   */
  apiKey?: string | (() => Awaitable<string>);
  /**
   * The path under which the proxy stands: what pages give as `baseURL`. Default: `/api/mj`, and `/`, as it is at a host
   * of its own and where a framework cuts the path off (Hono's `app.mount`).
   */
  basePath?: string;
  /**
   * Pages of these other origins may use it, too: `["https://app.example.com"]`. They are told so by CORS; pages of
   * origins that are not named are refused. Default: none but the proxy's own.
   */
  origins?: readonly string[];
  /**
   * Asked after `authorize`, before anything is sent: whether this caller may go on. `false` answers 429; a number does,
   * too, where it is more than 0, and tells the client to come back after so many ms. The client then tries again by
   * itself. Like `authorize` it must not read the body.
   */
  rateLimit?: (request: Request) => Awaitable<boolean | number>;
  /** The longest body that is passed on, in bytes. Default 8 MiB, for masks. */
  maxBodyBytes?: number;
  /** How long a caller's body may take, and again the API's answer, in ms. Default 70 000. */
  timeoutMs?: number;
  /** Sends the one request to the API. Default: the `fetch` of the moment. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Told of what callers are not told of: what your functions threw, why the API was not reached. Never holds the key. */
  onError?: (error: unknown, request: Request) => void;
}

/**
 * What `createProxy` takes: who may use it, and the rest.
 *
 * All callers share the key's tasks: who knows a task's id can look at it, and press its buttons.
 */
export type ProxyOptions = ProxySettings &
  (
    | {
        /**
         * Whether this caller may use the proxy, at your cost. `false` answers 401; a Response of your own is sent as it
         * is, save for the headers of CORS and caching. Where it throws, nothing is sent, and nothing of the error is told.
         *
         * It is asked for each request, polls included, but not for a preflight. A page's cookies come along where its
         * `baseURL` is a path. It must not read the body.
         */
        authorize: (request: Request) => Awaitable<boolean | Response>;
        public?: never;
      }
    | {
        /** In place of `authorize`: everyone may use it, at your cost. */
        public: true;
        authorize?: never;
      }
  );

/** The options with everything filled in, for one request. */
export interface Settings extends Omit<ProxySettings, "basePath" | "onError"> {
  authorize: ((request: Request) => Awaitable<boolean | Response>) | undefined;
  basePaths: readonly string[];
  origins: readonly string[];
  maxBodyBytes: number;
  timeoutMs: number;
  /** `onError`, which can't do harm. */
  tell: (error: unknown) => void;
}

/** Fills in what was left out. */
export function settle(options: ProxyOptions): (request: Request) => Settings {
  const { authorize, public: isPublic, onError } = options ?? {};
  if (isPublic === true ? authorize !== undefined : typeof authorize !== "function") {
    throw new TypeError(
      "createProxy needs authorize, a function that says who may use your key; or public: true, which says that everyone may.",
    );
  }
  const settings = {
    ...options,
    authorize,
    basePaths: options.basePath === undefined ? BASE_PATHS : [basePathOf(options.basePath)],
    origins: originsOf(options.origins ?? []),
    maxBodyBytes: number("maxBodyBytes", options.maxBodyBytes ?? MAX_BODY_BYTES, Infinity),
    timeoutMs: number("timeoutMs", options.timeoutMs ?? TIMEOUT_MS, LONGEST_MS),
  };
  return (request) => ({
    ...settings,
    tell(error) {
      try {
        onError?.(error, request);
      } catch {
        // Nobody is left to be told.
      }
    },
  });
}

function number(name: string, value: unknown, most: number): number {
  if (typeof value === "number" && value >= 1 && value <= most) return Math.floor(value);
  throw new TypeError(`${name} must be a number of 1 or more${most === Infinity ? "" : `, at most ${most}`}.`);
}

function basePathOf(given: string): string {
  const path = String(given).replace(/\/+$/, "");
  // As the URL of a request will have it.
  if (path === "" || (/^\/[^/\\]/.test(path) && pathOf(path) === path)) return path;
  throw new TypeError('basePath must be a path such as "/api/mj", or "/", without host, query and what a URL spells otherwise.');
}

function pathOf(path: string): string | undefined {
  try {
    return new URL(path, "http://proxy.invalid").pathname;
  } catch {
    return undefined;
  }
}

function originsOf(given: readonly string[]): readonly string[] {
  return given.map((origin) => {
    let real: string | undefined;
    try {
      real = new URL(origin).origin;
    } catch {
      // Told below.
    }
    if (real === origin && origin !== "null") return origin;
    const remedy = real && real !== "null" ? `write "${real}"` : 'write each as "https://app.example.com"';
    throw new TypeError(`origins has ${JSON.stringify(origin)}, which is no origin: ${remedy}.`);
  });
}
