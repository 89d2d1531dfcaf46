/** The whole library but the module itself: an entry point plugs that in. */
export { Midjourney, findButton, parseCustomId, parseTask } from "./midjourney.js";
export { init, initSync } from "./loader.js";
export {
  MidjourneyError,
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
} from "./errors.js";
export type { ErrorCode, MidjourneyErrors } from "./errors.js";
export type * from "./types.js";
