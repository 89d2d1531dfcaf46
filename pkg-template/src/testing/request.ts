/** A request, read once: from a Request, or from what `fetch` takes. */

/** What the simulator knows of a request. */
export interface Incoming {
  method: string;
  url: URL;
  headers: Headers;
  /** As text; `""` where there is none. */
  text: string;
  signal: AbortSignal | null;
  redirect: string;
}

/** Reads what was passed to `fetch`. What `init` holds wins over the Request. */
export async function readIncoming(input: Request | URL | string, init: RequestInit | undefined): Promise<Incoming> {
  const request = typeof input === "object" && "method" in input ? input : null;
  const url = request ? new URL(request.url) : absolute(String(input));
  const headers = new Headers(init?.headers ?? request?.headers);
  // A Response reads every kind of body, and knows the type that goes with it.
  const body = init?.body === undefined || init.body === null ? null : new Response(init.body);
  const type = body?.headers.get("content-type");
  if (type && !headers.has("content-type")) headers.set("content-type", type);
  return {
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    url,
    headers,
    text: body ? await body.text() : request ? await request.text() : "",
    signal: init?.signal !== undefined ? init.signal : (request?.signal ?? null),
    redirect: init?.redirect ?? request?.redirect ?? "follow",
  };
}

/** A path alone is on the page's own origin, or, where there is no page, on one that cannot exist. */
function absolute(address: string): URL {
  const page = (globalThis as { location?: { href?: string } }).location?.href;
  const base = page !== undefined && /^https?:/.test(page) ? page : "http://simulator.invalid/";
  return new URL(address, base);
}
