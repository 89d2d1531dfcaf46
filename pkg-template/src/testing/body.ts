/** A submit's body, checked for types as the gateway's decoder does. */

import { relay, type Answer } from "./answers.js";
import { malformed, refused, relayed } from "./refusals.js";
import type { Incoming } from "./request.js";
import type { World } from "./world.js";

/** The body of a submit. What is missing or null reads as Go reads it: `""`, `false`, `[]`. */
export interface SubmitBody {
  taskId: string;
  customId: string;
  prompt: string;
  state: string;
  botType: string;
  maskBase64: string;
  base64: string;
  link: string;
  image: string;
  motion: string;
  enableRemix: boolean;
  base64Array: string[];
}

const TEXTS = ["taskId", "customId", "prompt", "state", "botType", "maskBase64", "base64", "link", "image", "motion", "notifyHook", "dimensions"];
const FLAGS = ["enableRemix", "chooseSameChannel"];

/** What the gateway itself decodes, by Go's names for the types. What else there is it passes on. */
const DECODED: Readonly<Record<string, "string" | "int" | "[]string">> = {
  prompt: "string",
  customId: "string",
  botType: "string",
  notifyHook: "string",
  action: "string",
  index: "int",
  state: "string",
  taskId: "string",
  base64Array: "[]string",
  content: "string",
  maskBase64: "string",
};

/** Reads the body, or says why it is refused. Fields that nobody knows pass. */
export function readBody(world: World, request: Incoming): SubmitBody | Answer {
  const gateway = world.settings.profile === "gateway";
  const read = gateway ? decode(world, request) : readJson(world, request);
  if ("refusal" in read) return read.refusal;
  const { fields } = read;
  const given = (name: string): boolean => fields[name] !== undefined && fields[name] !== null;
  const strings = fields.base64Array ?? [];
  const filter = fields.accountFilter ?? {};
  const wrong =
    TEXTS.some((name) => given(name) && typeof fields[name] !== "string") ||
    FLAGS.some((name) => given(name) && typeof fields[name] !== "boolean") ||
    (given("index") && !Number.isInteger(fields.index)) ||
    !isStrings(strings) ||
    typeof filter !== "object" ||
    Array.isArray(filter);
  // What the gateway does not decode is its upstream's to refuse.
  if (wrong) return gateway ? refused(world, 4, "请求参数错误", "") : relayed(world, "bind_request_body_failed", 4, "请求参数错误");
  const text = (name: string): string => (typeof fields[name] === "string" ? fields[name] : "");
  return {
    taskId: text("taskId"),
    customId: text("customId"),
    prompt: text("prompt"),
    state: text("state"),
    botType: text("botType"),
    maskBase64: text("maskBase64"),
    base64: text("base64"),
    link: text("link"),
    image: text("image"),
    motion: text("motion"),
    enableRemix: fields.enableRemix === true,
    base64Array: strings,
  };
}

/** The ids of a list-by-condition, or why it is refused. */
export function readIds(world: World, request: Incoming): string[] | Answer {
  if (world.settings.profile === "gateway") {
    // Whatever its type is said to be.
    const read = parsed(request.text);
    const fields = read?.value === null ? {} : read?.value;
    const ids = typeof fields === "object" && !Array.isArray(fields) ? ((fields as { ids?: unknown }).ids ?? []) : null;
    return isStrings(ids) ? ids : relay(400, "do_request_failed", 4);
  }
  const read = readJson(world, request);
  if ("refusal" in read) return read.refusal;
  const ids = read.fields.ids ?? [];
  return isStrings(ids) ? ids : relayed(world, "bind_request_body_failed", 4, "请求参数错误");
}

/** The JSON of a text; null where it is none. */
function parsed(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function readJson(world: World, request: Incoming): { fields: Record<string, unknown> } | { refusal: Answer } {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) {
    return { refusal: malformed(world, `content type must be application/json, not ${JSON.stringify(type)}`) };
  }
  const read = parsed(request.text);
  if (read === null) return { refusal: malformed(world, "the body is no JSON") };
  const { value } = read;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { refusal: malformed(world, "the body is no JSON object") };
  }
  return { fields: value as Record<string, unknown> };
}

/** As the gateway decodes a submit. It reads no body that is not said to be JSON. */
function decode(world: World, request: Incoming): { fields: Record<string, unknown> } | { refusal: Answer } {
  const wrong = (why: string): { refusal: Answer } => ({ refusal: malformed(world, `Invalid Midjourney request: ${why}`) });
  if (!/^application\/json/i.test(request.headers.get("content-type") ?? "")) return { fields: {} };
  const read = parsed(request.text);
  if (read === null) return wrong(syntaxErrorOf(request.text));
  const { value } = read;
  if (value === null) return { fields: {} };
  if (kindOf(value) !== "object") return wrong(`json: cannot unmarshal ${kindOf(value)} into Go value of type dto.MidjourneyRequest`);
  const fields = value as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    const type = Object.hasOwn(DECODED, name) ? DECODED[name] : undefined;
    const mismatch = type === undefined || field === null ? null : mismatchOf(field, type);
    if (mismatch) return wrong(`json: cannot unmarshal ${mismatch[0]} into Go struct field MidjourneyRequest.${name} of type ${mismatch[1]}`);
  }
  return { fields };
}

/** What a value is, and what it should be; null where it is that. */
function mismatchOf(value: unknown, type: "string" | "int" | "[]string"): readonly [is: string, wanted: string] | null {
  if (type === "int") {
    if (typeof value !== "number") return [kindOf(value), type];
    return Number.isInteger(value) ? null : [`number ${value}`, type];
  }
  if (type === "string") return typeof value === "string" ? null : [kindOf(value), type];
  if (!Array.isArray(value)) return [kindOf(value), type];
  const other = value.find((item) => item !== null && typeof item !== "string");
  return other === undefined ? null : [kindOf(other), "string"];
}

/** Go's word for what a JSON value is. */
function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
}

/** Go's words for the two commonest ways in which a text is no JSON: it is cut off, or something else from the start. */
function syntaxErrorOf(text: string): string {
  const first = text.trim()[0];
  const starts = first === undefined || first === "{" || first === "[" || first === '"';
  return starts ? "unexpected end of JSON input" : `invalid character '${first}' looking for beginning of value`;
}
