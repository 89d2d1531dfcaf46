import { readAll } from "./body.js";
import { deadline } from "./deadline.js";
import { Refusal, unavailable } from "./envelope.js";
import { keyOf } from "./key.js";
import { settle, type ProxyOptions, type Settings } from "./options.js";
import { corsHeaders, isForeign, isPreflight, preflight } from "./origins.js";
import { routeOf } from "./routes.js";
import { send } from "./upstream.js";

/**
 * Opened as a page, what the API answers is on the proxy's own origin: nothing in it may run. (A picture may bring its
 * own style.)
 */
const INERT = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  "x-content-type-options": "nosniff",
};

/**
 * A proxy of the API that adds the key, as a fetch handler: for workers, route handlers of Next.js, Hono, Deno, Bun,
 * Node.js. It has no state, and no WebAssembly.
 *
 * - **What reaches the API**: its own methods and paths, once for each request, always at `https://api.cometapi.com`,
 *   with a body of JSON that has come whole. Of the caller's headers and query nothing is passed on; a picture is asked
 *   for without the key.
 * - **What comes back**: status, body, content type, the request's id and `Retry-After`; never the key, a redirect or a
 *   cookie.
 * - **What the proxy refuses** is told in the API's own envelope, so that the client knows that no task was made: 401 of
 *   `authorize`, 403 of another origin, 404, 405, 413, 415, 429 of `rateLimit`. A function of yours that throws is a 503
 *   which the client knows as a refusal, too. 502 and 504 mean that nobody knows: a submit becomes a
 *   `SubmitUncertainError`.
 * - **A caller that goes** ends a read. A submit that was sent goes on, where the runtime lets it: it is paid for either way.
 * - Over plain HTTP its answers say `Connection: close`, so that no browser sends a request again of its own.
 *
 * @returns The handler. Further arguments that a framework passes are not looked at.
 * @throws {TypeError} an option is wrong. A missing key is told by the first request.
 */
export function createProxy(options: ProxyOptions): (request: Request) => Promise<Response> {
  const settingsFor = settle(options);
  return async (request) => {
    const settings = settingsFor(request);
    const url = addressOf(request);
    const headers: Record<string, string> = { ...corsHeaders(request, settings.origins), "cache-control": "no-store" };
    // HTTP/2 knows no such header, and is never plain.
    if (url?.protocol === "http:") headers["connection"] = "close";
    let response: Response;
    try {
      response = await answer(request, url, settings);
    } catch (error) {
      if (!(error instanceof Refusal)) settings.tell(error);
      const refusal = error instanceof Refusal ? error : new Refusal(500, "internal", "The proxy failed.");
      response = dressed(refusal.toResponse(), INERT);
    }
    return dressed(response, headers);
  };
}

function addressOf({ url }: Request): URL | undefined {
  try {
    // Bun gives a path alone where the caller has named no host.
    return new URL(url, "http://proxy.invalid");
  } catch {
    return undefined;
  }
}

async function answer(request: Request, url: URL | undefined, settings: Settings): Promise<Response> {
  if (!url) throw new Refusal(400, "bad_request", "The address can't be read.");
  const route = settings.basePaths.map((basePath) => routeOf(url.pathname, basePath)).find(Boolean);
  if (!route) {
    const example = `${settings.basePaths[0]}/mj/submit/action`;
    throw new Refusal(404, "not_found", `The proxy has no such route. It expects paths such as ${example}: check baseURL, and the proxy's basePath.`);
  }
  if (isForeign(request, url, settings.origins)) {
    throw new Refusal(403, "origin_not_allowed", "This origin may not use the proxy: its owner can name it in origins.");
  }
  if (isPreflight(request)) return preflight(request, route.method);
  if (request.method !== route.method) {
    throw new Refusal(405, "method_not_allowed", `This route takes ${route.method} alone.`, { allow: route.method });
  }
  const isPost = route.method === "POST";
  if (isPost) checkBody(request, settings);
  const own = await admit(request, settings);
  if (own) return own;
  const body = isPost ? await bodyOf(request, settings) : undefined;
  const key = route.isImage ? "" : await keyOf(settings);
  const signal = signalOf(request);
  if (signal?.aborted) throw new Refusal(499, "caller_gone", "The caller has gone.");
  return dressed(await send(route, body, key, settings, route.isSubmit ? undefined : signal), INERT);
}

/** Not all runtimes have it, or abort it. */
function signalOf(request: Request): AbortSignal | undefined {
  return (request.signal as AbortSignal | null | undefined) ?? undefined;
}

/** Ends in an answer of the owner's, in a refusal, or in nothing: the caller may go on. */
async function admit(request: Request, { authorize, rateLimit, tell }: Settings): Promise<Response | undefined> {
  const said = await asked("authorize()", () => (authorize ? authorize(request) : true), tell);
  // Not asked whether it is a Response of this realm: servers and frameworks bring their own.
  if (typeof said === "object" && said?.status && said.headers) {
    // An empty one could be the API's: the client takes it for a refusal only where it says so.
    const isEmpty = !said.body && said.status >= 400 && said.status < 500;
    return isEmpty ? dressed(new Refusal(said.status, "refused", "The proxy's owner refused this request.").toResponse(), Object.fromEntries(said.headers)) : said;
  }
  if (said !== true) throw new Refusal(401, "unauthorized", "You may not use this proxy: sign in first.");
  const limit = await asked("rateLimit()", () => (rateLimit ? rateLimit(request) : true), tell);
  if (limit === true || (typeof limit === "number" && limit <= 0)) return undefined;
  const wait: Record<string, string> = {};
  if (typeof limit === "number" && limit < Infinity) {
    wait["retry-after"] = String(Math.ceil(limit / 1000));
    wait["retry-after-ms"] = String(Math.ceil(limit));
  }
  throw new Refusal(429, "rate_limited", "Too many requests: wait a while.", wait);
}

async function asked<T>(what: string, ask: () => T | Promise<T>, tell: (error: unknown) => void): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    tell(error);
    throw unavailable(what);
  }
}

/** What can be told of a body before it is there. */
function checkBody({ headers }: Request, { maxBodyBytes }: Settings): void {
  // What a page can post without asking first (a form, text/plain) is none of the client's.
  if (!/^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? "") || headers.has("content-encoding")) {
    throw new Refusal(415, "unsupported_media_type", "The body must be application/json, not compressed.");
  }
  if (Number(headers.get("content-length")) > maxBodyBytes) throw tooLarge(maxBodyBytes);
}

/** The whole body. What its length says is not taken for granted. */
async function bodyOf(request: Request, { maxBodyBytes, timeoutMs, tell }: Settings): Promise<Uint8Array<ArrayBuffer>> {
  if (request.bodyUsed) {
    tell(new TypeError("authorize or rateLimit has read the body, which the API is to have."));
    throw unavailable("authorize() or rateLimit()");
  }
  const limit = deadline(timeoutMs, signalOf(request));
  let body: Uint8Array<ArrayBuffer> | undefined;
  try {
    body = await readAll(request.body, maxBodyBytes, limit.signal);
  } catch {
    const why = limit.isOver ? "did not come in time" : "broke off";
    throw new Refusal(400, "incomplete_body", `The body ${why}. Nothing was sent to the API.`);
  } finally {
    limit.met();
  }
  if (!body) throw tooLarge(maxBodyBytes);
  if (body.byteLength < Number(request.headers.get("content-length"))) {
    throw new Refusal(400, "incomplete_body", "The body broke off. Nothing was sent to the API.");
  }
  return body;
}

function tooLarge(most: number): Refusal {
  return new Refusal(413, "body_too_large", `The body has more than ${most} bytes, which is the most that the proxy takes.`);
}

/** A Response with more headers; those of `fetch` and of redirects can't be changed. */
function dressed(response: Response, more: Record<string, string>): Response {
  const { status, statusText, body } = response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(more)) {
    if (name === "vary") headers.append(name, value);
    else headers.set(name, value);
  }
  return new Response(body, { status, statusText, headers });
}
