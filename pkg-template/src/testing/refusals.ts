/** How a request is refused: by the gateway, or by what is behind it. */

import {
  documentedEnvelope,
  envelope,
  frontPage,
  json,
  jsonText,
  page,
  passedOn,
  relay,
  requestIdOf,
  submission,
  type Answer,
} from "./answers.js";
import type { Settings } from "./options.js";
import type { World } from "./world.js";

/** A Submission, in the profile's type and number format. */
export function submitted(
  world: World,
  code: number,
  description: string,
  result: string | null | undefined,
  properties: object | null,
): Answer {
  const { profile, resultType } = world.settings;
  const integer = resultType === "integer";
  const text = submission(code, description, result, properties, integer);
  if (profile !== "gateway") return jsonText(200, text);
  return integer && typeof result === "string" ? relay(400, "unmarshal_response_body_failed", 5) : passedOn(200, text);
}

/** The upstream says no: 200, and a code. */
export function refused(world: World, code: number, chinese: string, english: string, properties: object = {}): Answer {
  return submitted(world, code, world.settings.profile === "docs" ? english : chinese, null, properties);
}

/** The gateway's relay says no with a token of its own. Where there is no gateway (`upstream`), what is behind it does. */
export function relayed(world: World, token: string, code: number, chinese: string): Answer {
  return world.settings.profile === "upstream" ? refused(world, code, chinese, token) : relay(400, token, 4);
}

/** 400 for what cannot be read at all: before the relay, and so in the envelope. */
export function malformed(world: World, why: string): Answer {
  switch (world.settings.profile) {
    case "gateway":
      return envelope(400, `Invalid request: ${why}`, "", nextRequestId(world));
    case "docs":
      return documentedEnvelope(400, `Invalid request, ${why}`, "invalid_request", nextRequestId(world));
    case "upstream":
      return json(400, { timestamp: world.settings.now(), status: 400, error: "Bad Request", message: why });
  }
}

/** 503: nobody offers this model. */
export function noChannel(world: World, model: string): Answer {
  const write = world.settings.profile === "gateway" ? envelope : documentedEnvelope;
  const message = `No available channel for model ${model} under group default (distributor)`;
  return write(503, message, "model_not_found", nextRequestId(world));
}

/** 401, or null where the key is taken. */
export function unauthorized(world: World, headers: Headers): Answer | null {
  const { keys, requireKey } = world.settings;
  if (!requireKey) return null;
  const key = /^Bearer\s+(\S.*)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim() ?? "";
  // `$COMETAPI_KEY`, `<key>`: copied from the documentation without a value.
  const placeholder = /[<>$]/.test(key);
  if (key !== "" && !placeholder && (keys === null || keys.includes(key))) return null;
  if (world.settings.profile !== "gateway") {
    return documentedEnvelope(401, key === "" ? "No token provided" : "Invalid token", "", nextRequestId(world));
  }
  const chinese = /^\s*zh\b/i.test(headers.get("accept-language") ?? "");
  return envelope(401, chinese ? "无效的令牌" : "Invalid token", "", nextRequestId(world));
}

/** A path that is none of the API's. */
export function wrongPath(settings: Settings, origin: string): Answer {
  switch (settings.wrongPath) {
    case "html":
      return frontPage();
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
