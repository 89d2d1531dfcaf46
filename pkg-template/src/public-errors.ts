/** What users see of errors.ts. An app that imports nothing else bundles no module. */
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
