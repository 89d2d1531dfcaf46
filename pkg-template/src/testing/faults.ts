/** What can go wrong on purpose, and a name for every answer that the API's documents tell of. */

import { envelope as envelopeOf, frontPage, json, page, passedOn, relay, submission } from "./answers.js";
import type { UnknownTaskShape } from "./options.js";
import type { SimulatedRequest } from "./log.js";

/**
 * What becomes of one request in place of its normal answer. Fields combine: `{ delayMs: 500, status: 503 }` answers 503 after half a second,
 * `{ truncate: 20, hang: true }` sends 20 bytes and then nothing more. `{}` changes nothing.
 */
export interface Fault {
  /** Waits before anything else. */
  delayMs?: number;
  /** The connection breaks: `before` the request was carried out, or `after` (a task was made, the answer is lost). `fetch` rejects with a TypeError. */
  drop?: "before" | "after";
  /** Never answers (an abort ends it). With `truncate`, the body stalls there in place of breaking off. */
  hang?: true;
  /** Answers with this status in place of the real answer. Default, where only `body` is given, 200. */
  status?: number;
  /** The body of that answer: text as it is, anything else as JSON. Default empty. */
  body?: unknown;
  /** Headers of that answer; without `status` and `body`, they are added to the real answer. */
  headers?: Record<string, string>;
  /** The answer's body breaks off after so many bytes. */
  truncate?: number;
  /**
   * The request is carried out at once (a task is made), before the delay, and also where `status`, `body` or `hang` hide its answer.
   * Default false: it is carried out after the delay, and not at all where its answer is hidden.
   */
  accepted?: boolean;
  /** `false`: without CORS headers, as a CDN's own error pages are. */
  cors?: false;
}

/**
 * Which requests a fault is for: `"POST /mj/submit/action"`, `"GET /mj/task/{id}/fetch"` (these are the patterns of `counts`, without a speed
 * prefix; a path as sent is taken too), a path without a method, `"*"`, a regular expression on `"METHOD /path"`, or a predicate.
 * Preflights are met only by a string that begins with `OPTIONS `. A string that names none of the API's routes is a TypeError: a wrong path is met
 * by the other two.
 */
export type FaultMatch = string | RegExp | ((request: SimulatedRequest) => boolean);

/** One fault for every matching request, or a list whose elements are for the matching requests one after the other (`null` lets one through). */
export type FaultScript = Fault | readonly (Fault | null)[];

/** One line of `simulator.script`. */
export interface FaultRule {
  match: FaultMatch;
  fault: FaultScript;
  /** How often the fault, or the whole list, is played. Default 1; `Infinity` goes on. */
  times?: number;
}

/** The request id in every scripted error. */
const FAULT_REQUEST_ID = "20260205081500000000000Sim4t0r0";

const envelope = (status: number, message: string, code = ""): Fault => envelopeOf(status, message, code, FAULT_REQUEST_ID);

/** A Submission that refuses, as it comes through the gateway. */
const refusal = (code: number, description: string, result: string | null | undefined, properties: object): Fault =>
  passedOn(200, submission(code, description, result, properties));

/**
 * Every bad answer that was recorded of a gateway, or is in the API's documents, by name. Each gives a fault for `fail` and `script`. Where one
 * takes `accepted`, true means that a task was made all the same.
 */
export const faults = {
  /** The connection breaks: before the request was carried out, or after. */
  drop: (when: "before" | "after"): Fault => ({ drop: when }),
  /** The answer comes late. */
  delay: (delayMs: number): Fault => ({ delayMs }),
  /** No answer ever. */
  hang: (accepted = false): Fault => ({ hang: true, accepted }),
  /** The real answer breaks off after so many bytes. */
  truncate: (bytes: number): Fault => ({ truncate: bytes }),
  /** The real answer stalls after so many bytes. */
  stall: (bytes: number): Fault => ({ truncate: bytes, hang: true }),

  // The gateway refuses before it forwards anything.

  /** 401: the key is wrong, expired, switched off or used up (also by a submit: its polls then get this). */
  unauthorized: (): Fault => envelope(401, "Invalid token"),
  /** 403: the key may not use this model. A key that is limited to models gets it for its fetches, too, with `""`. */
  forbidden: (model = "mj_imagine"): Fault => envelope(403, `This token has no access to model ${model}`),
  /** 403: the user is banned. */
  banned: (): Fault => envelope(403, "User has been banned"),
  /** 403: the key may not be used from this address. */
  ipNotAllowed: (): Fault => envelope(403, "您的 IP 不在令牌允许访问的列表中", "access_denied"),
  /** 429; empty, as the gateway's limit is, or with `body: true` an error as JSON. `retryAfter` goes out as it is: seconds, a date, nonsense. */
  rateLimited: (options: { retryAfter?: string | number; retryAfterMs?: number; body?: boolean } = {}): Fault => {
    const fault: Fault = options.body ? envelope(429, "Rate limit reached, please try again later", "rate_limit_exceeded") : { status: 429 };
    const headers: Record<string, string> = { ...fault.headers };
    if (options.retryAfter !== undefined) headers["retry-after"] = String(options.retryAfter);
    if (options.retryAfterMs !== undefined) headers["retry-after-ms"] = String(options.retryAfterMs);
    return { ...fault, headers };
  },
  /** 503, no channel for the model. */
  modelNotFound: (model = "mj_imagine"): Fault =>
    envelope(503, `No available channel for model ${model} under group default (distributor)`, "model_not_found"),
  /** 503, the gateway's machine has too much to do. */
  overloaded: (what: "cpu" | "memory" | "disk" = "cpu"): Fault =>
    json(503, {
      error: { message: `system ${what} overloaded (current: 99.0%, threshold: 90%)`, type: "new_api_error", param: "", code: `system_${what}_overloaded` },
    }),
  /** 500, the gateway's database is away when it looks for the key. */
  databaseError: (): Fault => envelope(500, "Database error, please contact the administrator"),
  /** 500 with `invalid_request`: the request is malformed, although it is a 5xx. */
  invalidRequest: (): Fault => envelope(500, "Invalid request", "invalid_request"),
  /** 400 `unknown_action:<customId>`: the gateway does not know this kind of button. */
  unknownAction: (customId: string): Fault => envelope(400, `Invalid request: unknown_action:${customId}`),
  /** 400 code 4: the quota does not reach for this task. */
  quotaNotEnough: (): Fault => relay(400, "quota_not_enough", 4),
  /** 400 code 4: the provider account of the parent task is switched off. */
  channelDisabled: (): Fault => relay(400, "该任务所属渠道已被禁用", 4),
  /** 400 code 4: an action on a task that the gateway has not seen finished. */
  taskStatusNotSuccess: (): Fault => relay(400, "task_status_not_success", 4),
  /** 429 code 30: the group is saturated. */
  saturated: (): Fault => relay(429, "当前分组负载已饱和，请稍后再试，或升级账户以提升服务质量。", 30),

  // The gateway has forwarded the submit. Whether a task was made is not to be seen.

  /** 400 code 5: the gateway could not reach its upstream, or lost the line to it. */
  doRequestFailed: (accepted = false): Fault => ({ ...relay(400, "do_request_failed", 5), accepted }),
  /** 400 code 5: the gateway could not read what its upstream answered. */
  unmarshalFailed: (accepted = false): Fault => ({ ...relay(400, "unmarshal_response_body_failed", 5), accepted }),
  /** 400 code 4, although a task was made and charged: the gateway could not write it down. */
  insertFailed: (): Fault => ({ ...relay(400, "insert_midjourney_task_failed", 4), accepted: true }),
  /** 400 code 4, although a task was made and charged: the gateway could not pass on the answer. */
  copyFailed: (): Fault => ({ ...relay(400, "copy_response_body_failed", 4), accepted: true }),
  /** 400 code 4, although a task was made and charged: the gateway could not end the answer. */
  closeFailed: (): Fault => ({ ...relay(400, "close_response_body_failed", 4), accepted: true }),
  /** 500, the gateway crashed, and said so. */
  panic: (): Fault =>
    json(500, { error: { message: "Panic detected, error: runtime error: index out of range [1] with length 1", type: "new_api_panic" } }),
  /**
   * What the upstream answered a submit with, passed on as it came: its status (an empty 401, 403, 404, 429, 500, 204), its text (as it is), or
   * anything else as JSON, always as `text/plain`. No header of the upstream's comes along.
   */
  passedOn: (status: number, body: unknown = "", accepted = false): Fault => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return text === "" ? { status, accepted } : { ...passedOn(status, text), accepted };
  },

  // The upstream refuses, by a code.

  /** 200 code 3: no provider account is free. */
  noAccount: (): Fault => refusal(3, "无可用的账号实例", null, {}),
  /** 200 code 4: a parameter is wrong. */
  parameterError: (description = "参数错误"): Fault => refusal(4, description, null, {}),
  /** 200 code 9: an internal failure. */
  failure: (): Fault => refusal(9, "提交失败，系统异常", null, {}),
  /** 200 code 23, or with some upstreams 9: the queue is full; with an id all the same, where one is given. */
  queueFull: (id: string | null = null, code: 23 | 9 = 23): Fault =>
    refusal(code, code === 23 ? "队列已满，请稍后尝试" : "提交失败，队列已满，请稍后重试", id, { discordInstanceId: "1118" }),
  /** 200 code 24: the prompt has a banned word. */
  bannedPrompt: (word = "bannedword", promptEn = `a ${word}`): Fault =>
    refusal(24, "可能包含敏感词", undefined, { promptEn, bannedWord: word }),

  // Reads.

  /** A fetch of an unknown task, in any of the shapes that are known; `400` also for a known one, when the gateway's database is away for a moment. */
  taskNotFound: (shape: UnknownTaskShape = "400"): Fault => {
    switch (shape) {
      case "400":
        return relay(400, "task_no_found", 4);
      case "404":
        return json(404, { error: { message: "task not found", type: "invalid_request_error", param: null, code: null } });
      case "204":
        return { status: 204 };
      case "empty":
        return { status: 200 };
      case "null":
        return json(200, null);
    }
  },
  /** A list without a task, which the gateway also gives when its database is away for a moment. */
  emptyList: (): Fault => ({ status: 200, headers: { "content-type": "application/json" }, body: "[]" }),
  /** 200 code 5 of an image-seed, to which the upstream answered nothing. */
  emptyResponseBody: (): Fault =>
    passedOn(200, JSON.stringify({ code: 5, description: "empty_response_body", properties: null, result: "" })),
  /** 400 of the image route, where `error` is a string. */
  imageNotFound: (): Fault => json(400, { error: "midjourney_task_not_found" }),
  /** 403 of the image route: the gateway does not fetch pictures from where this one is. */
  imageBlocked: (why = "port 18091 is not allowed"): Fault => json(403, { error: `request blocked: ${why}` }),

  // Anything in between.

  /** A web page in place of JSON, by default with status 200 as a wrong path gives. */
  html: (status = 200): Fault => (status === 200 ? frontPage() : page(status, `Error ${status}`)),
  /** A redirect, by default 301. */
  redirect: (to: string, status: 301 | 302 | 303 | 307 | 308 = 301): Fault => ({ status, headers: { location: to } }),
  /** A 5xx with a web page. */
  serverError: (status = 500): Fault => page(status, `${status}`),
  /** 502 of a proxy. */
  badGateway: (): Fault => page(502, "502 Bad Gateway"),
  /** 504 of a proxy. */
  gatewayTimeout: (accepted = false): Fault => ({ ...page(504, "504 Gateway Time-out"), accepted }),
  /** 524 of the CDN: a time-out towards the API. */
  gatewayTimeout524: (accepted = false): Fault => ({ ...page(524, "524: A timeout occurred"), accepted }),
  /** 200 with nothing. */
  empty: (): Fault => ({ status: 200 }),
  /** 200 with `null`. */
  null: (): Fault => json(200, null),
  /** 200 with JSON that breaks off, though the connection does not. */
  badJson: (): Fault => ({ status: 200, headers: { "content-type": "application/json" }, body: '{"code":1,"descr' }),
  /** The same answer, with other headers. */
  withHeaders: (headers: Record<string, string>): Fault => ({ headers }),
} as const;
