/** Which pages may ask, and what the browser is told of it. */

/** What a page of another origin may read of an answer: what the client reads. */
const EXPOSED = "retry-after, retry-after-ms, x-request-id, x-oneapi-request-id";

/**
 * Whether a page of an origin that is not on the list makes the browser send this, perhaps with the cookies of a user who
 * knows nothing of it.
 */
export function isForeign({ method, headers }: Request, url: URL, origins: readonly string[]): boolean {
  const origin = headers.get("origin");
  if (origin !== null && origins.includes(origin)) return false;
  // An <img>, or an address that was typed: it makes no task, and its page can't read it.
  if (origin === null && method === "GET") return false;
  // The browser's own word, where it gives it, holds also behind what ends TLS or changes the host.
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  return origin !== null && hostOf(origin) !== (headers.get("host") ?? url.host);
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    // "null", of a sandboxed frame.
    return undefined;
  }
}

export function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method");
}

/** The headers that let a listed origin's page read an answer. */
export function corsHeaders({ headers }: Request, origins: readonly string[]): Record<string, string> {
  if (origins.length === 0) return {};
  const origin = headers.get("origin");
  if (origin === null || !origins.includes(origin)) return { vary: "origin" };
  return {
    vary: "origin",
    "access-control-allow-origin": origin,
    // For pages whose own fetch sends cookies along.
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": EXPOSED,
  };
}

/** The answer to a preflight of a listed origin: it may send what it likes, the API is sent none of it. */
export function preflight({ headers }: Request, method: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": method,
      "access-control-allow-headers": headers.get("access-control-request-headers") ?? "content-type",
      // As long as Chromium remembers.
      "access-control-max-age": "7200",
    },
  });
}
