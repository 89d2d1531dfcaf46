/** The one request to the API that a caller's request becomes, and what of the answer is let through. */

import { passedOn, readAll } from "./body.js";
import { deadline, type Deadline } from "./deadline.js";
import { Refusal, unavailable } from "./envelope.js";
import { withoutKey } from "./key.js";
import type { Settings } from "./options.js";
import type { Route } from "./routes.js";
import { unsent } from "./unsent.js";

/** The only host that is ever asked. */
const API = "https://api.cometapi.com";
/** A hundred tasks with their prompts are a hundredth of it. */
const LONGEST_ANSWER = 64 * 1024 * 1024;
/** What of the answer's headers a client reads. */
const PASSED = ["content-type", "retry-after", "retry-after-ms", "x-request-id", "x-oneapi-request-id"];
const WITHOUT_BODY = [204, 205, 304];

/**
 * Sends it once, whatever happens.
 *
 * @param body What is posted; undefined for a GET.
 * @param key Empty for a picture, which the API serves without.
 * @param signal The caller's, where it is to end the request, too.
 */
export async function send(
  route: Route,
  body: Uint8Array<ArrayBuffer> | undefined,
  key: string,
  settings: Settings,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const limit = deadline(settings.timeoutMs, signal);
  let answer: Response | undefined;
  try {
    // Not of the caller's making: neither the address nor one of the headers.
    const init: RequestInit = { method: route.method, headers: headersOf(route, key), redirect: "manual", signal: limit.signal };
    if (body) Object.assign(init, postOnce(body));
    // Next.js keeps what a GET brought, for ever. Runtimes without this throw where it is given.
    if ("cache" in Request.prototype) init.cache = "no-store";
    const { fetch } = settings;
    answer = await (fetch ?? globalThis.fetch)(API + route.path, init);
    return await passed(answer, route, key, limit);
  } catch (error) {
    limit.met();
    if (error instanceof Refusal) {
      settings.tell(new Error(error.message));
      throw error;
    }
    // Nobody is there to be answered.
    if (signal?.aborted) throw new Refusal(499, "caller_gone", "The caller has gone.");
    settings.tell(keyless(error, key));
    if (!answer && !limit.isOver && unsent(error)) throw unavailable("connection to the API");
    throw limit.isOver
      ? new Refusal(504, "upstream_timeout", "The API gave no answer in time.")
      : new Refusal(502, "upstream_unreachable", "The API could not be reached, or its answer broke off.");
  }
}

/** Deno, and Bun until 1.3, would send it once more by themselves: see src/web/errand.rs. */
function postOnce(body: Uint8Array<ArrayBuffer>): RequestInit & { duplex?: "half" } {
  if ("Deno" in globalThis) return { body: new Blob([body]).stream(), duplex: "half" };
  return "Bun" in globalThis ? { body, keepalive: false } : { body };
}

function headersOf({ method, isImage }: Route, key: string): Record<string, string> {
  const headers: Record<string, string> = { accept: isImage ? "*/*" : "application/json" };
  if (key) headers["authorization"] = `Bearer ${key}`;
  if (method === "POST") headers["content-type"] = "application/json";
  return headers;
}

async function passed(answer: Response, route: Route, key: string, limit: Deadline): Promise<Response> {
  const { status } = answer;
  // Where it leads is not asked, and not told.
  if (answer.type === "opaqueredirect" || (status >= 300 && status < 400 && status !== 304)) {
    answer.body?.cancel().catch(() => {});
    throw new Refusal(502, "upstream_redirect", `The API redirects (HTTP ${status}), which it should not.`);
  }
  const headers = new Headers();
  for (const name of PASSED) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, withoutKey(value, key));
  }
  // It was not sent the key, so it can't say it.
  if (route.isImage && answer.body && !WITHOUT_BODY.includes(status)) {
    return new Response(passedOn(answer.body, limit.met), { status, headers });
  }
  const bytes = await readAll(answer.body, LONGEST_ANSWER, limit.signal);
  limit.met();
  if (WITHOUT_BODY.includes(status)) return new Response(null, { status, headers });
  if (!bytes) throw new Refusal(502, "upstream_too_large", "The API's answer is too large.");
  const text = new TextDecoder().decode(bytes);
  const clean = withoutKey(text, key);
  return new Response(clean === text ? bytes : clean, { status, headers });
}

/** For a log: what the thrown error says, and no more of it. A wrapper's may carry the request along. */
function keyless(thrown: unknown, key: string): Error {
  const { message = String(thrown), cause } = (thrown ?? {}) as Partial<Error>;
  const why = (cause as Partial<Error> | undefined)?.message;
  return new Error(withoutKey(`The API was not reached: ${message}${why ? `: ${why}` : ""}`, key));
}
