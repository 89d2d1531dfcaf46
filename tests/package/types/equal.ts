/** The types are these and no others: what each call takes and gives, and what narrowing leaves. Compiled, never run. */

import type {
  ActOptions,
  AuthenticationError,
  Button,
  ButtonSelector,
  ClientEvent,
  ClientOptions,
  ConnectionError,
  ErrorCode,
  FailedTask,
  FallbackEvent,
  FinishedTask,
  InternalError,
  InvalidArgumentError,
  Midjourney,
  MidjourneyErrors,
  ModalTask,
  ParsedCustomId,
  PendingTask,
  PermissionDeniedError,
  PollAllOptions,
  PollBudgetError,
  PollInfo,
  PollOptions,
  PollState,
  PollStep,
  PollTarget,
  PollTimeoutError,
  RateLimitError,
  RequestEvent,
  RequestOptions,
  RequestTimeoutError,
  ResponseEvent,
  ServerError,
  StateError,
  SubmitActionParams,
  SubmitImagineParams,
  SubmitModalParams,
  SubmitRejectedError,
  SubmitResult,
  SubmitUncertainError,
  SucceededTask,
  Task,
  TaskFailedError,
  TaskNotFoundError,
  UnexpectedResponseError,
  UnknownTask,
  WaitEvent,
  WasmSource,
} from "cometapi-midjourney";
import * as main from "cometapi-midjourney";
import * as expected from "expect-type";

const { expectTypeOf } = expected;

export function calls(): void {
  type Submit<Params> = (params: Params, options?: RequestOptions) => Promise<SubmitResult>;
  type Done = SucceededTask | ModalTask;
  expectTypeOf<Pick<Midjourney, keyof Midjourney>>().toEqualTypeOf<{
    submitAction: Submit<SubmitActionParams>;
    submitModal: Submit<SubmitModalParams>;
    submitImagine: Submit<SubmitImagineParams>;
    fetchTask: (taskId: string, options?: RequestOptions) => Promise<Task>;
    listTasks: (taskIds: readonly string[], options?: RequestOptions) => Promise<Task[]>;
    pollUntilDone: (target: PollTarget, options?: PollOptions) => Promise<Done>;
    pollAllUntilDone: (targets: readonly PollTarget[], options?: PollAllOptions) => Promise<PromiseSettledResult<Done>[]>;
    pollOnce: (target: PollTarget, options?: RequestOptions) => Promise<PollStep>;
    watch: (target: PollTarget, options?: PollOptions) => AsyncIterableIterator<Task>;
    act: (task: Task, button: ButtonSelector, options?: ActOptions) => Promise<Done>;
  }>();
  expectTypeOf(main.Midjourney).toBeConstructibleWith();
  expectTypeOf<ConstructorParameters<typeof Midjourney>[0]>().toEqualTypeOf<ClientOptions | undefined>();
  expectTypeOf(main.init).toEqualTypeOf<(source?: WasmSource) => Promise<void>>();
  expectTypeOf(main.initSync).toBeCallableWith(new ArrayBuffer(8));
  expectTypeOf(main.initSync).toBeCallableWith(new DataView(new ArrayBuffer(8)));
  expectTypeOf(main.initSync).returns.toEqualTypeOf<void>();
  expectTypeOf(main.findButton).toEqualTypeOf<(task: Task, button: ButtonSelector) => Button>();
  expectTypeOf(main.parseCustomId).toEqualTypeOf<(customId: string) => ParsedCustomId>();
  expectTypeOf(main.parseTask).toEqualTypeOf<(payload: unknown) => Task>();
}

export function tasks(): void {
  expectTypeOf<Task>().toEqualTypeOf<SucceededTask | ModalTask | FailedTask | PendingTask | UnknownTask>();
  expectTypeOf<SucceededTask["status"]>().toEqualTypeOf<"SUCCESS">();
  expectTypeOf<ModalTask["status"]>().toEqualTypeOf<"MODAL">();
  expectTypeOf<FailedTask["status"]>().toEqualTypeOf<"FAILURE" | "CANCEL">();
  expectTypeOf<PendingTask["status"]>().toEqualTypeOf<"NOT_START" | "SUBMITTED" | "IN_PROGRESS">();
  expectTypeOf<FinishedTask>().toEqualTypeOf<SucceededTask | ModalTask | FailedTask>();
  expectTypeOf<Extract<Task, { rawStatus: string }>>().toEqualTypeOf<UnknownTask>();
  expectTypeOf<PollTarget>().toEqualTypeOf<string | SubmitResult | Task | PollState>();
  expectTypeOf<ButtonSelector>().toEqualTypeOf<string | { kind: string; index?: number } | Button>();
}

export function narrowed(task: Task, step: PollStep, event: ClientEvent): void {
  switch (task.status) {
    case "SUCCESS":
      return void expectTypeOf(task).toEqualTypeOf<SucceededTask>();
    case "MODAL":
      return void expectTypeOf(task).toEqualTypeOf<ModalTask>();
    case "FAILURE":
    case "CANCEL":
      return void expectTypeOf(task).toEqualTypeOf<FailedTask>();
    case "UNKNOWN":
      return void expectTypeOf(task).toEqualTypeOf<UnknownTask>();
    default:
      expectTypeOf(task).toEqualTypeOf<PendingTask>();
  }
  if (step.done) {
    expectTypeOf(step).toEqualTypeOf<{ done: true; task: FinishedTask; state: PollState }>();
  } else {
    expectTypeOf(step).toEqualTypeOf<{ done: false; task: Task; state: PollState; nextDelayMs: number }>();
  }
  switch (event.type) {
    case "request":
      return void expectTypeOf(event).toEqualTypeOf<RequestEvent>();
    case "response":
      return void expectTypeOf(event).toEqualTypeOf<ResponseEvent>();
    case "fallback":
      return void expectTypeOf(event).toEqualTypeOf<FallbackEvent>();
    default:
      expectTypeOf(event).toEqualTypeOf<WaitEvent>();
  }
}

export function errors(error: MidjourneyErrors): void {
  type Errors = {
    invalid_argument: InvalidArgumentError;
    authentication: AuthenticationError;
    permission_denied: PermissionDeniedError;
    rate_limit: RateLimitError;
    server: ServerError;
    unexpected_response: UnexpectedResponseError;
    connection: ConnectionError;
    request_timeout: RequestTimeoutError;
    submit_rejected: SubmitRejectedError;
    submit_uncertain: SubmitUncertainError;
    task_not_found: TaskNotFoundError;
    task_failed: TaskFailedError;
    poll_timeout: PollTimeoutError;
    poll_budget: PollBudgetError;
    state: StateError;
    internal: InternalError;
  };
  expectTypeOf<{ [Code in ErrorCode]: Extract<MidjourneyErrors, { code: Code }> }>().toEqualTypeOf<Errors>();
  expectTypeOf<ErrorCode>().toEqualTypeOf<keyof Errors>();
  if (error.code === "submit_uncertain") expectTypeOf(error.maybeAccepted).toEqualTypeOf<true>();
  if (error.code === "internal") expectTypeOf(error.maybeAccepted).toEqualTypeOf<true | undefined>();
  if (error.code === "poll_timeout" || error.code === "poll_budget") expectTypeOf(error.state).toEqualTypeOf<PollState>();
  if (error.code === "task_failed") expectTypeOf(error.task).toEqualTypeOf<FailedTask>();
  if (error.code === "rate_limit") expectTypeOf(error.retryAfterMs).toEqualTypeOf<number | undefined>();
  const caught: unknown = error;
  if (main.SubmitRejectedError.isInstance(caught)) expectTypeOf(caught).toEqualTypeOf<SubmitRejectedError>();
  if (main.MidjourneyError.isInstance(caught)) expectTypeOf(caught.code).toEqualTypeOf<string>();
}

export function options(given: PollOptions): void {
  // Not undefined: with exactOptionalPropertyTypes what is given is meant.
  expectTypeOf<Required<PollOptions>["timeoutMs"]>().toEqualTypeOf<number | null>();
  expectTypeOf<Required<ClientOptions>["apiKey"]>().toEqualTypeOf<string | (() => string | Promise<string>)>();
  expectTypeOf<Required<ClientOptions>["mode"]>().toEqualTypeOf<"fast" | "relax" | "turbo">();
  expectTypeOf<Required<ClientOptions>["fetch"]>().toEqualTypeOf<typeof fetch>();
  expectTypeOf<Required<SubmitImagineParams>["botType"]>().toEqualTypeOf<"MID_JOURNEY" | "NIJI_JOURNEY">();
  expectTypeOf<Parameters<Required<PollOptions>["onProgress"]>>().toEqualTypeOf<[task: Task, info: PollInfo]>();
  expectTypeOf(given.onModal).exclude<undefined>().parameter(0).toEqualTypeOf<ModalTask>();
}
