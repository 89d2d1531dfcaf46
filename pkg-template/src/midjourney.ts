import { toError } from "./errors.js";
import type { Method } from "./glue.js";
import { run, type About } from "./loader.js";
import type {
  ClientOptions,
  ModalTask,
  PollOptions,
  PollState,
  PollTarget,
  RequestOptions,
  SubmitActionParams,
  SubmitResult,
  SucceededTask,
  Task,
} from "./types.js";

/**
 * A client of Midjourney through CometAPI.
 *
 * ```ts
 * const midjourney = new Midjourney();
 * const { taskId } = await midjourney.submitAction({ taskId: task.id, customId: task.buttons[0].customId });
 * const upscaled = await midjourney.pollUntilDone(taskId);
 * ```
 *
 * It holds no connection and nothing that must be freed; any number of calls run side by side.
 */
export class Midjourney {
  // Private for real: a client that is logged does not show its key.
  readonly #options: ClientOptions;

  /**
   * @throws {InvalidArgumentError} for a key in a page without `dangerouslyAllowBrowser`. Other options are checked
   * by the first call.
   */
  constructor(options?: ClientOptions) {
    options ??= {};
    const apiKey = options.apiKey ?? environmentKey();
    this.#options = apiKey === undefined ? options : { ...options, apiKey };
    if (apiKey && !options.dangerouslyAllowBrowser && isBrowser()) {
      throw invalid(
        "A key in a web page can be read by everyone who opens it. Keep it on a server and give the baseURL of a proxy; or, for a page of your own, set dangerouslyAllowBrowser: true.",
      );
    }
  }

  /**
   * Presses a button of a finished task: upscale, variation, reroll, zoom, pan, … (`POST /mj/submit/action`).
   *
   * The API charges for it, and has no way to say "the same as before": so it is sent again only after a plain
   * refusal (429, code 23 or 30, no free channel), never after a drop or a time-out.
   *
   * @returns The new task's id and what became of it (codes 1, 21, 22).
   * @throws {InvalidArgumentError} the call is wrong; nothing was sent.
   * @throws {SubmitRejectedError} any other code: no task was made.
   * @throws {SubmitUncertainError} no clear answer: it may have been accepted.
   * @throws {AuthenticationError | PermissionDeniedError | RateLimitError | ServerError | UnexpectedResponseError}
   */
  submitAction(params: SubmitActionParams, options?: RequestOptions): Promise<SubmitResult> {
    return this.#call("submitAction", params, options, { taskId: params?.taskId, maybeAccepted: true });
  }

  /**
   * Looks at a task once (`GET /mj/task/{id}/fetch`), again after a passing fault.
   *
   * @throws {TaskNotFoundError} no such task for this key.
   */
  fetchTask(taskId: string, options?: RequestOptions): Promise<Task> {
    return this.#call("fetchTask", taskId, options, waitFor(taskId));
  }

  /**
   * Waits until the task has its result, or wants more input (`MODAL`).
   *
   * The first look is after 2 s, then ever more seldom, up to every 15 s; five faults in a row are lived through. The
   * deadline of 15 minutes is wall clock and ends the request in flight.
   *
   * @param target The task's id, the result of a submit, a task, or the `state` of an error of an earlier wait.
   * @throws {TaskFailedError} the task ended without a result.
   * @throws {PollTimeoutError} it is still under way; `error.state` goes on.
   * @throws {PollBudgetError} `maxPolls` are used up; `error.state` goes on.
   */
  pollUntilDone(target: PollTarget, options?: PollOptions): Promise<SucceededTask | ModalTask> {
    return this.#call("pollUntilDone", target, options, waitFor(target));
  }

  /** `about` goes into the error if the module fails. */
  async #call<T>(method: Method, subject: unknown, options: object | undefined, about: About): Promise<T> {
    const client = { ...this.#options, headers: mergedHeaders(this.#options, options) };
    const { value, error } = await run((glue) => glue.call(method, client, subject, options), about);
    if (error) throw toError(error);
    return value as T;
  }
}

/** As one plain object with names in lower case; the call's win over the client's. */
function mergedHeaders(client: RequestOptions, call?: RequestOptions | null): Record<string, string> {
  try {
    const headers = new Headers(client.headers ?? {});
    new Headers(call?.headers ?? {}).forEach((value, name) => headers.set(name, value));
    return Object.fromEntries(headers);
  } catch {
    // Not the platform's error: it quotes the value.
    throw invalid("headers has a name or a value that no header can have, such as one with a line break.");
  }
}

const invalid = (message: string) => toError({ code: "invalid_argument", message, retryable: false });

/** What goes on with a wait, should the module fail. */
function waitFor(target: PollTarget | null | undefined): About {
  if (!target) return {};
  if (typeof target === "object" && "v" in target) return { taskId: target.taskId, state: target };
  const taskId = typeof target === "object" ? ("taskId" in target ? target.taskId : target.id) : target;
  return { taskId, state: { v: 1, taskId, polls: 0, delayMs: 0 } satisfies PollState };
}

interface Surroundings {
  process?: { env?: Record<string, string | undefined> };
  document?: unknown;
  navigator?: { userAgent?: string };
  WorkerGlobalScope?: unknown;
}

function environmentKey(): string | undefined {
  try {
    return (globalThis as Surroundings).process?.env?.["COMETAPI_KEY"] || undefined;
  } catch {
    // Deno, without the permission to read it.
    return undefined;
  }
}

/** A page, or a worker of one. Servers' runtimes have some of these things, but none calls itself Mozilla. */
function isBrowser(): boolean {
  const { document, navigator, WorkerGlobalScope } = globalThis as Surroundings;
  return !!(document || WorkerGlobalScope) && !!navigator?.userAgent?.startsWith("Mozilla/");
}
