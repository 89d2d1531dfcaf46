/** How a request is refused: by the gateway, or by what is behind it. */

import { envelope, json, jsonText, page, relay, requestIdOf, submission, type Answer } from "./answers.js";
import type { Settings } from "./options.js";
import type { World } from "./world.js";

/** A Submission, in the profile's type and number format. */
export function submitted(
  world: World,
  code: number,
  description: string,
  result: string | null,
  properties: object | null,
): Answer {
  const { profile, resultType } = world.settings;
  const answer = jsonText(200, submission(code, description, result, properties, resultType === "integer"));
  // The gateway passes the text on without a type, and so it is guessed.
  if (profile === "gateway") answer.headers["content-type"] = "text/plain; charset=utf-8";
  return answer;
}

/** The upstream says no: 200, and a code. */
export function refused(world: World, code: number, chinese: string, english: string, properties: object = {}): Answer {
  return submitted(world, code, world.settings.profile === "docs" ? english : chinese, null, properties);
}

/** The gateway's relay says no with a token of its own. Where there is no gateway (`upstream`), what is behind it does. */
export function relayed(world: World, token: string, code: number, chinese: string): Answer {
  return world.settings.profile === "upstream" ? refused(world, code, chinese, token) : relay(400, token, 4);
}

/** 400 for what cannot be read at all. */
export function malformed(world: World, why: string): Answer {
  return world.settings.profile === "upstream"
    ? json(400, { timestamp: world.settings.now(), status: 400, error: "Bad Request", message: why })
    : envelope(400, `Invalid request, ${why}`, "invalid_request", nextRequestId(world));
}

/** 500: a customId without `::` is too much for the gateway. */
export function panicked(world: World): Answer {
  const what = "Panic detected, error: runtime error: index out of range [1] with length 1";
  return envelope(500, what, "", nextRequestId(world), "new_api_panic");
}

/** 401, or null where the key is taken. */
export function unauthorized(world: World, authorization: string | null): Answer | null {
  const { keys, requireKey } = world.settings;
  if (!requireKey) return null;
  const key = /^Bearer\s+(\S.*)$/i.exec(authorization ?? "")?.[1]?.trim() ?? "";
  // `$COMETAPI_KEY`, `<key>`: copied from the documentation without a value.
  const placeholder = /[<>$]/.test(key);
  if (key !== "" && !placeholder && (keys === null || keys.includes(key))) return null;
  return envelope(401, key === "" ? "No token provided" : "Invalid token", "", nextRequestId(world));
}

/** A path that is none of the API's. */
export function wrongPath(settings: Settings, origin: string): Answer {
  switch (settings.wrongPath) {
    case "html":
      return page(200, "CometAPI");
    case "404":
      return page(404, "404 Not Found");
    case "301":
      return { ...page(301, "Moved Permanently"), headers: { location: `${origin}/`, "content-type": "text/html; charset=utf-8" } };
  }
}

/** The next request's id. */
export function nextRequestId(world: World): string {
  world.count += 1;
  return requestIdOf(world.settings.now(), world.count);
}
