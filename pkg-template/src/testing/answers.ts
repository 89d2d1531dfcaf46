/** Answers, byte for byte. */

/** An answer before it becomes a Response. */
export interface Answer {
  status: number;
  /** Null: no body at all. */
  body: string | null;
  headers: Record<string, string>;
}

const JSON_TYPE = "application/json; charset=utf-8";
const HTML_TYPE = "text/html; charset=utf-8";

/** An answer of JSON text that is written already. */
export function jsonText(status: number, body: string): Answer {
  return { status, body, headers: { "content-type": JSON_TYPE } };
}

/** An answer as JSON. */
export function json(status: number, value: unknown): Answer & { body: string } {
  return { status, body: JSON.stringify(value), headers: { "content-type": JSON_TYPE } };
}

/** A web page. */
export function page(status: number, title: string): Answer & { body: string } {
  const body = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><div id="root"><h1>${title}</h1></div></body></html>\n`;
  return { status, body, headers: { "content-type": HTML_TYPE } };
}

/** The gateway's own page, which it gives for every path that it does not know. */
export function frontPage(): Answer & { body: string } {
  const body = "<!doctype html><html><head><title>New API</title></head><body><div id=root></div></body></html>";
  return { status: 200, body, headers: { "content-type": HTML_TYPE } };
}

/** The gateway's own errors, the request's id inside the message. */
export function envelope(status: number, message: string, code: string, requestId: string): Answer & { body: string } {
  return json(status, { error: { code, message: `${message} (request id: ${requestId})`, type: "new_api_error" } });
}

/** The same as the documentation has it. */
export function documentedEnvelope(status: number, message: string, code: string, requestId: string): Answer & { body: string } {
  return json(status, { error: { message: `${message} (request id: ${requestId})`, type: "comet_api_error", param: "", code } });
}

/** The Midjourney relay's errors. The description ends with a space, as the real one's does. */
export function relay(status: number, description: string, code: number): Answer & { body: string } {
  return json(status, { code, description: `${description} `, type: "upstream_error" });
}

/** What the gateway passes on from its upstream: without a type, so that it is guessed from the text. */
export function passedOn(status: number, body: string | null): Answer {
  return { status, body, headers: body === null ? {} : { "content-type": "text/plain; charset=utf-8" } };
}

/** `{code, description, result, properties}`, without `result` where that is undefined. `asInteger` writes it unquoted, every digit of it. */
export function submission(
  code: number,
  description: string,
  result: string | null | undefined,
  properties: object | null,
  asInteger = false,
): string {
  const id = result === undefined ? "" : `"result":${result === null ? "null" : idText(result, asInteger)},`;
  return `{"code":${code},"description":${JSON.stringify(description)},${id}"properties":${JSON.stringify(properties)}}`;
}

/** An id as JSON text: an integer where that is wanted and can be (no leading zero, digits alone), else a string. */
export function idText(id: string, asInteger: boolean): string {
  return asInteger && /^[1-9]\d*$/.test(id) ? id : JSON.stringify(id);
}

/** A request's id as the gateway makes them: the time to the nanosecond, and eight letters. */
export function requestIdOf(at: number, count: number): string {
  const time = new Date(at).toISOString().replace(/\D/g, "").slice(0, 17);
  return `${time}${String(count % 1_000_000).padStart(6, "0")}Sim4t0r0`;
}
