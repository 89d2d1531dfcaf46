import { toCause, type Facts } from "./thrown.js";
import type { FailedTask, PollState, Task } from "./types.js";

/** Which error it is; the same in every version and across copies of the package. */
export type ErrorCode = MidjourneyErrors["code"];

/** Every error that this package makes, told apart by `code` (or `name`, or `instanceof`). */
export type MidjourneyErrors =
  | InvalidArgumentError
  | AuthenticationError
  | PermissionDeniedError
  | RateLimitError
  | ServerError
  | UnexpectedResponseError
  | ConnectionError
  | RequestTimeoutError
  | SubmitRejectedError
  | SubmitUncertainError
  | TaskNotFoundError
  | TaskFailedError
  | PollTimeoutError
  | PollBudgetError
  | StateError
  | InternalError;

/** An error as the core describes it, before it is a class. */
export interface ErrorRecord {
  code: string;
  message: string;
  retryable: boolean;
  /** The error of ours behind it. */
  cause?: ErrorRecord;
  /** The words of what was thrown. */
  thrown?: Facts;
}

/** What every error of this package is. An abort is none: it rejects with the signal's own reason, as `fetch` does. */
export class MidjourneyError extends Error {
  /** `"rate_limit"`, `"submit_uncertain"`, … */
  declare readonly code: string;
  /** Whether the same call can be made again as it is, with hope and without paying twice. */
  declare readonly retryable: boolean;
  /** The HTTP status of the answer behind it. */
  declare readonly status?: number;
  /** The request's id, for support: from a header, or from the answer's text. */
  declare readonly requestId?: string;
  /** The answer's text, at most 2 000 characters. */
  declare readonly body?: string;
  /** How long the server asked to be left alone (`Retry-After`), ms, where it did. */
  declare readonly retryAfterMs?: number;
  /** The task that the call was about; for a submit the task whose button was pressed, until the new task is known. */
  declare readonly taskId?: string;
  /** The tasks that the answer to a submit named, and all that are waited for where there are several. */
  declare readonly taskIds?: string[];
  /** The task as last seen. */
  declare readonly task?: Task;
  /** Hand it to `pollUntilDone` to go on waiting. */
  declare readonly state?: PollState;
  /** Of several tasks of one submit: the others, as far as they have ended. */
  declare readonly siblings?: Task[];
  /** The error behind it: one of ours, or a copy of what `fetch` or a function of the options threw, without the key. */
  declare readonly cause?: unknown;

  /** Made by the package alone. */
  constructor({ message, cause, thrown, ...rest }: ErrorRecord) {
    const behind = cause ? toError(cause) : thrown && Object.keys(thrown).length ? toCause(thrown) : undefined;
    super(message, behind === undefined ? {} : { cause: behind });
    Object.assign(this, rest);
  }

  /** Like `instanceof`, but also for errors of another copy of this package. */
  static isInstance<T extends abstract new (...args: never[]) => MidjourneyError>(
    this: T,
    error: unknown,
  ): error is InstanceType<T> {
    const other = error as { [BRAND]?: boolean; name?: string } | null | undefined;
    return !!other?.[BRAND] && ((this as unknown) === MidjourneyError || other.name === this.prototype.name);
  }
}

/** The call itself is wrong; the message says how to put it right. Nothing was sent. */
export class InvalidArgumentError extends MidjourneyError {
  declare readonly code: "invalid_argument";
}
/** 401: the key is missing, wrong or used up. */
export class AuthenticationError extends MidjourneyError {
  declare readonly code: "authentication";
}
/** 403: the key may not do this. */
export class PermissionDeniedError extends MidjourneyError {
  declare readonly code: "permission_denied";
}
/** 429, after the retries: nothing was accepted. */
export class RateLimitError extends MidjourneyError {
  declare readonly code: "rate_limit";
  /** 30 where it was the provider that is saturated. */
  declare readonly submitCode?: number;
}
/** 5xx, after the retries. */
export class ServerError extends MidjourneyError {
  declare readonly code: "server";
}
/** An answer that is none of the API's: a web page, a redirect, broken JSON, another task. */
export class UnexpectedResponseError extends MidjourneyError {
  declare readonly code: "unexpected_response";
}
/**
 * No answer came: the network, a page that may not read it (CORS), an `apiKey` function that failed. Of a submit: nothing
 * was sent.
 */
export class ConnectionError extends MidjourneyError {
  declare readonly code: "connection";
}
/** No answer came within `timeoutMs`. */
export class RequestTimeoutError extends MidjourneyError {
  declare readonly code: "request_timeout";
}
/** The submit was plainly refused: no task was made, nothing is paid. */
export class SubmitRejectedError extends MidjourneyError {
  declare readonly code: "submit_rejected";
  /**
   * The answer's code: 3 not found, 4 wrong parameter, 9 provider failed or full, 23 queue full, 24 banned word,
   * 30 saturated. Absent where the gateway itself refused (`{"error": …}`).
   */
  declare readonly submitCode?: number;
  /** The API's own words, in English or Chinese; `""` where there were none. */
  declare readonly description: string;
}
/**
 * Nobody can say whether the submit was accepted: the connection broke, the answer is unreadable, the gateway could
 * not hear its upstream, or failed after the upstream had accepted. It was sent once and is not sent again by itself, since
 * that could be paid twice. Where the answer names tasks, `taskIds` has them, and `state` waits for them.
 */
export class SubmitUncertainError extends MidjourneyError {
  declare readonly code: "submit_uncertain";
  declare readonly maybeAccepted: true;
}
/** No task of this id is known to this key. */
export class TaskNotFoundError extends MidjourneyError {
  declare readonly code: "task_not_found";
}
/** The task ended without a result (`FAILURE`, `CANCEL`). */
export class TaskFailedError extends MidjourneyError {
  declare readonly code: "task_failed";
  declare readonly task: FailedTask;
  /** The API's own words, in any language. */
  declare readonly failReason?: string;
}
/** The wait's time is over; the task may still come: `pollUntilDone(error.state)`. */
export class PollTimeoutError extends MidjourneyError {
  declare readonly code: "poll_timeout";
  declare readonly state: PollState;
}
/** `maxPolls` are used up; the task may still come: `pollUntilDone(error.state)`. */
export class PollBudgetError extends MidjourneyError {
  declare readonly code: "poll_budget";
  declare readonly state: PollState;
}
/** What was to be gone on with is no saved state of this version. */
export class StateError extends MidjourneyError {
  declare readonly code: "state";
}
/**
 * The WebAssembly module could not be loaded, or failed (the next call runs on a fresh instance); or a function of the
 * options failed (`now`, `random`, `sleep`), which is the `cause`. `state` goes on with the wait, where there was one.
 */
export class InternalError extends MidjourneyError {
  declare readonly code: "internal";
  /** True where a submit was under way: it may have been accepted. */
  declare readonly maybeAccepted?: true;
}

const BRAND = Symbol.for("cometapi-midjourney.error");

const classes: Record<string, new (record: ErrorRecord) => MidjourneyError> = {
  InvalidArgumentError,
  AuthenticationError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnexpectedResponseError,
  ConnectionError,
  RequestTimeoutError,
  SubmitRejectedError,
  SubmitUncertainError,
  TaskNotFoundError,
  TaskFailedError,
  PollTimeoutError,
  PollBudgetError,
  StateError,
  InternalError,
};

/** `rate_limit` → `RateLimitError` */
const nameOf = (code: string) => code.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase()) + "Error";

// On the prototypes, since a minifier renames the classes; and there a stack trace's first line finds them, too.
const hidden = (of: { prototype: object }, key: PropertyKey, value: unknown) =>
  Object.defineProperty(of.prototype, key, { value, configurable: true, writable: true });
hidden(MidjourneyError, "name", "MidjourneyError");
hidden(MidjourneyError, BRAND, true);
for (const name in classes) hidden(classes[name]!, "name", name);

/** The class for a record of the core. */
export function toError(record: ErrorRecord): MidjourneyError {
  return new (classes[nameOf(record.code)] ?? MidjourneyError)(record);
}
