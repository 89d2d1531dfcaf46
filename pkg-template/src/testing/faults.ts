/** What can go wrong on purpose, and a name for every answer that the API's documents tell of. */

import { envelope as envelopeOf, json, page, relay, submission } from "./answers.js";
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
 * Preflights are met only by a string that begins with `OPTIONS `.
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

const envelope = (status: number, message: string, code: string, type?: string): Fault =>
  envelopeOf(status, message, code, FAULT_REQUEST_ID, type);

/** A Submission that refuses, as it comes through the gateway. */
const refusal = (code: number, description: string, result: string | null, properties: object): Fault => ({
  status: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: submission(code, description, result, properties),
});

/** Every bad answer in the API's documents, by name. Each gives a fault for `fail` and `script`. */
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

  /** 401, the key is wrong. */
  unauthorized: (): Fault => envelope(401, "Invalid token", ""),
  /** 403, the key may not use this. */
  forbidden: (): Fault => envelope(403, "This token has no access to model mj_imagine", "permission_denied"),
  /** 429; empty, as the gateway's limit is, or with `body: true` an error as JSON. `retryAfter` goes out as it is: seconds, a date, nonsense. */
  rateLimited: (options: { retryAfter?: string | number; retryAfterMs?: number; body?: boolean } = {}): Fault => {
    const fault: Fault = options.body ? envelope(429, "Rate limit reached, please try again later", "rate_limit_exceeded") : { status: 429 };
    const headers: Record<string, string> = { ...fault.headers };
    if (options.retryAfter !== undefined) headers["retry-after"] = String(options.retryAfter);
    if (options.retryAfterMs !== undefined) headers["retry-after-ms"] = String(options.retryAfterMs);
    return { ...fault, headers };
  },
  /** 503, no channel for the model: plainly not accepted. */
  modelNotFound: (): Fault =>
    envelope(503, "No available channel for model mj_imagine under group default (distributor)", "model_not_found"),
  /** 500 with `invalid_request`: the request is malformed, although it is a 5xx. */
  invalidRequest: (): Fault => envelope(500, "Invalid request", "invalid_request"),
  /** 500, the gateway crashed. */
  panic: (): Fault =>
    envelope(500, "Panic detected, error: runtime error: index out of range [1] with length 1", "", "new_api_panic"),
  /** 400, the quota does not reach for this task. */
  quotaNotEnough: (): Fault => relay(400, "quota_not_enough", 4),
  /** 400, the provider account of the parent task is switched off. */
  channelDisabled: (): Fault => relay(400, "该任务所属渠道已被禁用", 4),
  /** 400 code 5: the gateway could not reach its upstream, so the outcome is unknown. `accepted`: a task was made all the same. */
  doRequestFailed: (accepted = false): Fault => ({ ...relay(400, "do_request_failed", 5), accepted }),
  /** 400 code 4: an action on a task that the gateway has not seen finished. */
  taskStatusNotSuccess: (): Fault => relay(400, "task_status_not_success", 4),
  /** 400 `unknown_action:<customId>`. */
  unknownAction: (customId: string): Fault => json(400, { description: `unknown_action:${customId}`, type: "upstream_error", code: 4 }),
  /** 429 code 30: the group is saturated. */
  saturated: (): Fault => relay(429, "当前分组负载已饱和，请稍后再试，或升级账户以提升服务质量。", 30),

  /** 200 code 3: no provider account is free. */
  noAccount: (): Fault => refusal(3, "无可用的账号实例", null, {}),
  /** 200 code 4: a parameter is wrong. */
  parameterError: (description = "参数错误"): Fault => refusal(4, description, null, {}),
  /** 200 code 9: an internal failure. */
  failure: (): Fault => refusal(9, "系统异常，请稍后重试", null, {}),
  /** 200 code 23: the queue is full; with an id all the same, where one is given. */
  queueFull: (id: string | null = null): Fault =>
    refusal(23, "Queue is full, please try again later", id, { discordInstanceId: "5e6ca8e1f40e4de6" }),
  /** 200 code 24: the prompt has a banned word. */
  bannedPrompt: (word = "bannedword", promptEn = `a ${word}`): Fault =>
    refusal(24, "可能包含敏感词", null, { promptEn, bannedWord: word }),

  /** A fetch of an unknown task, in any of the shapes that are known. */
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
  /** 400 of the image route, where `error` is a string. */
  imageNotFound: (): Fault => json(400, { error: "midjourney_task_not_found" }),

  /** A web page in place of JSON, by default with status 200 as a wrong path gives. */
  html: (status = 200): Fault => page(status, status === 200 ? "CometAPI" : `Error ${status}`),
  /** A redirect, by default 301. */
  redirect: (to: string, status: 301 | 302 | 303 | 307 | 308 = 301): Fault => ({ status, headers: { location: to } }),
  /** A 5xx with a web page. */
  serverError: (status = 500): Fault => page(status, `${status}`),
  /** 502 of a proxy. */
  badGateway: (): Fault => page(502, "502 Bad Gateway"),
  /** 504 of a proxy; `accepted`: a task was made all the same. */
  gatewayTimeout: (accepted = false): Fault => ({ ...page(504, "504 Gateway Time-out"), accepted }),
  /** 524 of the CDN: a time-out towards the API; `accepted`: a task was made all the same. */
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
