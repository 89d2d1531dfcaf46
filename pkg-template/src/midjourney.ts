import { environmentKey } from "./environment.js";
import { MidjourneyError, toError } from "./errors.js";
import { Host } from "./host.js";
import { pack, unpack } from "./pack.js";
import type { Look, Method, Outcome } from "./glue.js";
import { run, runNow, type About } from "./loader.js";
import { factsOf } from "./thrown.js";
import type {
  ActOptions,
  Button,
  ButtonSelector,
  ClientOptions,
  ModalTask,
  ParsedCustomId,
  PollAllOptions,
  PollOptions,
  PollState,
  PollStep,
  PollTarget,
  RequestOptions,
  SubmitActionParams,
  SubmitImagineParams,
  SubmitModalParams,
  SubmitResult,
  SucceededTask,
  Task,
} from "./types.js";

/**
 * A client of Midjourney through CometAPI.
 *
 * ```ts
 * const midjourney = new Midjourney();
 * const { taskId } = await midjourney.submitAction({ taskId: task.id, customId: findButton(task, "U1").customId });
 * const upscaled = await midjourney.pollUntilDone(taskId);
 * ```
 *
 * It holds no connection and nothing that must be freed; any number of calls run side by side.
 */
export class Midjourney {
  // Private for real: a client that is logged does not show its key.
  readonly #options: ClientOptions;
  /** The options as text, where no headers come to them. */
  #text: string | undefined;

  /**
   * @throws {InvalidArgumentError} for a key in a page without `dangerouslyAllowBrowser`. Other options are checked
   * by the first call.
   */
  constructor(options?: ClientOptions) {
    options ??= {};
    const apiKey = options.apiKey ?? environmentKey();
    this.#options = { ...options, ...(apiKey === undefined ? {} : { apiKey }) };
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
   * refusal (429, code 23 or 30, no free channel) or where nothing was sent, never after a drop or a time-out.
   *
   * @returns The new task's id and what became of it (codes 1, 21, 22).
   * @throws {InvalidArgumentError} the call is wrong; nothing was sent.
   * @throws {SubmitRejectedError} any other code: no task was made.
   * @throws {SubmitUncertainError} no clear answer: it may have been accepted.
   * @throws {AuthenticationError | PermissionDeniedError | RateLimitError | ServerError | UnexpectedResponseError}
   */
  submitAction(params: SubmitActionParams, options?: RequestOptions): Promise<SubmitResult> {
    return this.#call("submitAction", () => [params, options, { taskId: params?.taskId, maybeAccepted: true }]);
  }

  /**
   * Answers a task that asks for more (`MODAL`): the mask and prompt of Vary (Region), the prompt of Custom Zoom, the
   * prompt of a remix (`POST /mj/submit/modal`). Sent again only after a plain refusal, like every submit.
   *
   * After it, `MODAL` of the same task counts as under way until another status was seen, however long that takes: the
   * gateway keeps the old row until the job has ended. That holds for every client of the process, and for a wait that
   * goes on from a state.
   *
   * @throws {SubmitRejectedError | SubmitUncertainError | InvalidArgumentError} as `submitAction`.
   */
  submitModal(params: SubmitModalParams, options?: RequestOptions): Promise<SubmitResult> {
    return this.#call("submitModal", () => [params, options, { taskId: params?.taskId, maybeAccepted: true }]);
  }

  /**
   * Starts a new picture from a prompt (`POST /mj/submit/imagine`). Sent again only after a plain refusal, like every
   * submit.
   *
   * @throws {SubmitRejectedError | SubmitUncertainError | InvalidArgumentError} as `submitAction`.
   */
  submitImagine(params: SubmitImagineParams, options?: RequestOptions): Promise<SubmitResult> {
    return this.#call("submitImagine", () => [params, options, { maybeAccepted: true }]);
  }

  /**
   * Looks at a task once (`GET /mj/task/{id}/fetch`), again after a passing fault.
   *
   * @throws {TaskNotFoundError} no such task for this key.
   */
  fetchTask(taskId: string, options?: RequestOptions): Promise<Task> {
    return this.#call("fetchTask", () => [taskId, options, waitFor(taskId)]);
  }

  /**
   * Looks at several tasks with one request (`POST /mj/task/list-by-condition`), again after a passing fault.
   *
   * @returns Those that this key knows, in no certain order; the others are left out.
   */
  listTasks(taskIds: readonly string[], options?: RequestOptions): Promise<Task[]> {
    return this.#call("listTasks", () => [taskIds, options, {}]);
  }

  /**
   * Waits until the task has its result, or wants more input (`MODAL`). Where one submit made several tasks, for all of
   * them: the result is the first one's task, with the others as `siblings`.
   *
   * The first look is after 6 s, then one comes every 4 to 15 s: dense where the task's progress says that the end is near,
   * ever more seldom where it says nothing. Five faults in a row are lived through. The deadline of 15 minutes is wall
   * clock and ends the request in flight.
   *
   * @param target The task's id, the result of a submit, a task, or the `state` of an error of an earlier wait.
   * @throws {TaskFailedError} the task ended without a result.
   * @throws {PollTimeoutError} it is still under way; `error.state` goes on.
   * @throws {PollBudgetError} `maxPolls` are used up; `error.state` goes on.
   */
  pollUntilDone(target: PollTarget, options?: PollOptions): Promise<SucceededTask | ModalTask> {
    return this.#call("pollUntilDone", () => [target, options, waitFor(target)]);
  }

  /**
   * Waits for many tasks at the cost of one: a single request asks for all that are due
   * (`POST /mj/task/list-by-condition`). Each settles by itself, in the order of `targets`, as in `Promise.allSettled`.
   *
   * A task that an answer leaves out is fetched by itself. Where the route is refused, all are, one after the other, and
   * `onEvent` is told (`fallback`).
   *
   * @throws {InvalidArgumentError | StateError} one of the targets is none; nothing was sent.
   */
  async pollAllUntilDone(
    targets: readonly PollTarget[],
    options?: PollAllOptions,
  ): Promise<PromiseSettledResult<SucceededTask | ModalTask>[]> {
    const outcomes = await this.#call<Outcome[]>("pollAllUntilDone", () => {
      const { onSettled } = options ?? {};
      const settled = (outcome: Outcome, at: number) => onSettled?.(toSettled(outcome), at);
      return [targets, { ...options, onSettled: settled }, waitForAll(targets)];
    });
    return outcomes.map(toSettled);
  }

  /**
   * Polls exactly once, at once, with no timer: for runtimes that are not allowed to wait. Come back after
   * `nextDelayMs` with `state`. (Two requests go out where a list of tasks is asked for, which is after a modal, and the
   * API does not have the task in it, or refuses it.)
   *
   * @returns `done` with the finished task (`SUCCESS`, `MODAL`, `FAILURE`, `CANCEL`), or what to do next.
   * @throws {MidjourneyError} with a `state` to come back with; `retryable` says whether that has hope.
   */
  pollOnce(target: PollTarget, options?: RequestOptions): Promise<PollStep> {
    return this.#call("pollOnce", () => [target, options, waitFor(target)]);
  }

  /**
   * Follows a task: gives it each time that it has changed, and ends with it. Leaving the loop ends the wait.
   *
   * ```ts
   * for await (const task of midjourney.watch(taskId)) console.log(task.status, task.progress);
   * ```
   *
   * @throws as `pollUntilDone`, after the task has been given as last seen.
   */
  watch(target: PollTarget, options?: PollOptions): AsyncIterableIterator<Task> {
    const changed: Task[] = [];
    const left = new AbortController();
    const signal = options?.signal;
    let wait: Promise<unknown> | undefined;
    let over = false;
    let wake = () => {};
    let news: Promise<void> | undefined;
    const tell = () => {
      wake();
      news = new Promise((resolve) => (wake = resolve));
    };
    const begin = () => {
      tell();
      const follow = () => left.abort(signal!.reason);
      if (signal?.aborted) follow();
      signal?.addEventListener?.("abort", follow, { signal: left.signal });
      return this.pollUntilDone(target, {
        ...options,
        // What is no signal is told by the core.
        signal: signal && signal.aborted === undefined ? signal : left.signal,
        onProgress(task, info) {
          changed.push(task);
          tell();
          return options?.onProgress?.(task, info);
        },
      }).finally(() => {
        over = true;
        tell();
      });
    };
    const end = async (): Promise<IteratorResult<Task>> => {
      wait = Promise.resolve();
      over = true;
      changed.length = 0;
      left.abort();
      tell();
      return { done: true, value: undefined };
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        // What it rejects with is given out below; until then it must not count as unhandled.
        if (!wait) (wait = begin()).catch(() => {});
        while (!changed.length && !over) await news;
        const value = changed.shift();
        if (value) return { done: false, value };
        try {
          await wait;
        } finally {
          await end();
        }
        return { done: true, value };
      },
      return: end,
    };
  }

  /**
   * Presses a button and waits for what comes of it.
   *
   * ```ts
   * const upscaled = await midjourney.act(task, "U1");
   * ```
   *
   * Only a button of this very task goes out. One that the gateway does not take yet (`task_status_not_success`, right
   * after a success) is pressed again after 15 s, and once more after 30 s.
   *
   * @param button `"U1"`, `"Vary (Region)"`, `"pan left"`, an emoji, a `customId` of this task, `{ kind, index }`, a
   * `Button`. One that fits several buttons presses none.
   * @throws {InvalidArgumentError} the task has no such button, or several; the message lists them.
   * @throws as `submitAction` and `pollUntilDone`.
   */
  act(task: Task, button: ButtonSelector, options?: ActOptions): Promise<SucceededTask | ModalTask> {
    return this.#call("act", () => [task, { ...options, button }, { taskId: task?.id, maybeAccepted: true }]);
  }

  /** `given` reads what the call was given: a subject, its options, and what goes into the error if the module fails. */
  async #call<T>(method: Method, given: () => [subject: unknown, options: CallOptions, about: About]): Promise<T> {
    const longTexts: string[] = [];
    const [args, options, about] = readable(() => {
      const [subject, options, about] = given();
      return [`[${this.#packed(options)},${packed([subject, options], longTexts)}]`, options, about] as const;
    });
    const host = new Host(this.#options, options, longTexts, about);
    return resultOf<T>(await run((glue) => glue.call(method, args, host), about), longTexts);
  }

  #packed(options: CallOptions): string {
    if (!headersOf(this.#options) && !headersOf(options)) return (this.#text ??= this.#pack({}));
    return this.#pack(mergedHeaders(this.#options, options));
  }

  #pack(headers: Record<string, string>): string {
    // A key or a header is no picture, however long.
    return packed([{ ...this.#options, headers, hasOrigin: hasOrigin() }]);
  }
}

/** The options of any call. */
type CallOptions = object | null | undefined;

const headersOf = (options: CallOptions) => (options as RequestOptions | null | undefined)?.headers;

/** As one plain object with names in lower case; the call's win over the client's. */
function mergedHeaders(client: ClientOptions, call: CallOptions): Record<string, string> {
  try {
    const headers = new Headers(headersOf(client) ?? {});
    new Headers(headersOf(call) ?? {}).forEach((value, name) => headers.set(name, value));
    return Object.fromEntries(headers);
  } catch {
    // Not the platform's error: it quotes the value.
    throw invalid("headers has a name or a value that no header can have, such as one with a line break.");
  }
}

/**
 * The task of a webhook's body: parsed, or as text, which keeps ids exact in any form.
 *
 * @throws {UnexpectedResponseError} it is no task.
 */
export function parseTask(payload: unknown): Task {
  return look("parseTask", payload);
}

/**
 * The button of a task by its label, emoji, short name (`"U1"`, `"reroll"`, `"zoom 2x"`, `"pan left"`, …), kind and
 * index, or `customId`.
 *
 * @throws {InvalidArgumentError} the task has no such button, or several; the message lists them.
 */
export function findButton(task: Task, button: ButtonSelector): Button {
  return look("findButton", task, button);
}

/** What a `customId` says of its button. What is not known passes through: `kind` is the API's own word then. */
export function parseCustomId(customId: string): ParsedCustomId {
  return look("parseCustomId", customId);
}

function look<T>(method: Look, subject: unknown, selector?: unknown): T {
  const longTexts: string[] = [];
  // A webhook's body as text is what is to be read.
  const first = typeof subject === "string" ? undefined : longTexts;
  const args = readable(() => `[${packed([subject], first)},${packed([selector], longTexts)}]`);
  return resultOf<T>(runNow((glue) => glue.look(method, args)), longTexts);
}

/** JSON text of several values, without brackets. */
const packed = (values: unknown[], longTexts?: string[]) => pack(values, longTexts).slice(1, -1);

/** What is read of a caller's objects, which may throw. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (MidjourneyError.isInstance(thrown)) throw thrown;
    throw invalid(`The arguments can't be read: ${factsOf(thrown).message}`);
  }
}

function resultOf<T>(outcome: string, longTexts: readonly string[]): T {
  const { value, error } = JSON.parse(unpack(outcome, longTexts)) as Outcome;
  if (error) throw toError(error);
  return value as T;
}

/** Whether a path alone is an address here: in a page and its workers. */
function hasOrigin(): boolean {
  try {
    return (globalThis as Surroundings).location != null;
  } catch {
    return false;
  }
}

const toSettled = ({ value, error }: Outcome): PromiseSettledResult<SucceededTask | ModalTask> =>
  error
    ? { status: "rejected", reason: toError(error) }
    : { status: "fulfilled", value: value as SucceededTask | ModalTask };

const invalid = (message: string) => toError({ code: "invalid_argument", message, retryable: false });

/** What goes on with a wait, should the module fail. */
function waitFor(target: PollTarget | null | undefined): About {
  if (!target) return {};
  if (typeof target === "object" && "v" in target) return { ...several(target.taskIds), taskId: target.taskId, state: target };
  const result = typeof target === "object" && "taskId" in target ? target : undefined;
  const taskId = result?.taskId ?? (typeof target === "object" ? (target as Task).id : target);
  const taskIds = several(result?.taskIds);
  return { ...taskIds, taskId, state: { v: 1, taskId, ...taskIds, polls: 0, delayMs: 0 } satisfies PollState };
}

const several = (taskIds?: string[]): { taskIds?: string[] } => (taskIds && taskIds.length > 1 ? { taskIds } : {});

/** The ids of all. */
function waitForAll(targets: readonly PollTarget[] | null | undefined): About {
  if (!Array.isArray(targets)) return {};
  const ids = targets.flatMap((target: PollTarget) => {
    const { taskIds, taskId } = waitFor(target);
    return taskIds ?? taskId ?? [];
  });
  return { taskIds: ids };
}

interface Surroundings {
  document?: unknown;
  location?: unknown;
  navigator?: { userAgent?: string };
  WorkerGlobalScope?: unknown;
}

/**
 * A page, or a worker of one. Servers' runtimes have some of these things, but none calls itself Mozilla. What plays a
 * page for tests (jsdom, happy-dom) does, and is told what the page would be.
 */
function isBrowser(): boolean {
  try {
    const { document, navigator, WorkerGlobalScope } = globalThis as Surroundings;
    return !!(document || WorkerGlobalScope) && !!navigator?.userAgent?.startsWith("Mozilla/");
  } catch {
    // A server whose globals of a page tell who takes it for one.
    return false;
  }
}
