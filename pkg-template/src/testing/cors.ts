/** What a page of another origin may do. */

import type { Answer } from "./answers.js";
import type { Settings } from "./options.js";

/** The header names that `strict` allows. */
const LISTED = ["authorization", "content-type"];

/** The CORS headers of an answer that is no preflight's: none where no page of another origin asks. */
export function corsHeaders(settings: Settings, asked: Headers): Record<string, string> {
  if (settings.cors === "none" || !asked.has("origin")) return {};
  const headers: Record<string, string> = { "access-control-allow-origin": "*" };
  // As gin-contrib/cors does, although a browser then refuses requests with credentials.
  if (settings.cors === "gateway") headers["access-control-allow-credentials"] = "true";
  if (settings.exposeHeaders.length > 0) {
    headers["access-control-expose-headers"] = settings.exposeHeaders.join(", ");
  }
  return headers;
}

/** The answer to a preflight; null where there is none to give. */
export function preflight(settings: Settings, asked: Headers): Answer | null {
  if (settings.cors === "none" || !asked.has("origin")) return null;
  const strict = settings.cors === "strict";
  const wanted = (asked.get("access-control-request-headers") ?? "").toLowerCase().split(",");
  const refused = wanted.map((name) => name.trim()).filter((name) => name !== "" && !LISTED.includes(name));
  if (strict && refused.length > 0) return { status: 403, body: null, headers: {} };
  return {
    status: 204,
    body: null,
    headers: {
      ...corsHeaders(settings, asked),
      "access-control-allow-methods": "GET,POST,PUT,DELETE,OPTIONS",
      "access-control-allow-headers": strict ? LISTED.join(", ") : "*",
      "access-control-max-age": "43200",
    },
  };
}
