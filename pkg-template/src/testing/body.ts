/** A submit's body, checked for types as the gateway's decoder does. */

import type { Answer } from "./answers.js";
import { malformed, relayed } from "./refusals.js";
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

/** Reads the body, or says why it is refused. Fields that nobody knows pass. */
export function readBody(world: World, request: Incoming): SubmitBody | Answer {
  const parsed = readJson(world, request);
  if ("refusal" in parsed) return parsed.refusal;
  const fields = parsed.fields;
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
  if (wrong) return relayed(world, "bind_request_body_failed", 4, "请求参数错误");
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
  const parsed = readJson(world, request);
  if ("refusal" in parsed) return parsed.refusal;
  const ids = parsed.fields.ids ?? [];
  return isStrings(ids) ? ids : relayed(world, "bind_request_body_failed", 4, "请求参数错误");
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function readJson(world: World, request: Incoming): { fields: Record<string, unknown> } | { refusal: Answer } {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) {
    return { refusal: malformed(world, `content type must be application/json, not ${JSON.stringify(type)}`) };
  }
  let value: unknown;
  try {
    value = JSON.parse(request.text);
  } catch {
    return { refusal: malformed(world, "the body is no JSON") };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { refusal: malformed(world, "the body is no JSON object") };
  }
  return { fields: value as Record<string, unknown> };
}
