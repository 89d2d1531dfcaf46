/**
 * The types of what goes in and what comes out, as the Rust core reads and writes it.
 * Names are the API's own; each doc comment says the unit and the wire field behind it.
 */

/** What `new Midjourney()` takes. Everything is optional. */
export interface ClientOptions {
  /**
   * The CometAPI key, or a function that gives it (asked before each request, and once more after a 401, so a key can be
   * rotated).
   * Default: the environment variable `COMETAPI_KEY`, where there is an environment.
   * Leave it out in a page whose `baseURL` is a proxy of yours that holds the key.
   */
  apiKey?: string | (() => string | Promise<string>);
  /**
   * Where the API is. Default `https://api.cometapi.com`. `http:` is taken for loopback only; no `/v1` at the end.
   * A path alone (`/api/mj`) is a proxy on the page's own origin, and is sent the page's cookies.
   */
  baseURL?: string;
  /** The speed of submits, as a prefix of their path (`/mj-fast/mj/…`). Default: the account's own. */
  mode?: "fast" | "relax" | "turbo";
  /**
   * A key in a page, or in a worker of a page, can be read by everyone who opens it, so it is refused
   * unless this says that it is meant. Not needed without a key. What plays a page for tests (jsdom, happy-dom) counts
   * as one.
   */
  dangerouslyAllowBrowser?: boolean;
  /** The longest that one request may take, in ms. Default 75 000 for a submit, 30 000 for a read. */
  timeoutMs?: number;
  /**
   * How often a call is sent again where that is safe. Default 2. A submit: only after a plain refusal, or where nothing
   * was sent. A pause longer than `timeoutMs` (the first is 1 to 2 s) is not made.
   */
  maxRetries?: number;
  /** Headers that go with every request. */
  headers?: Record<string, string>;
  /** The `fetch` to use. Default: the global one. */
  fetch?: typeof fetch;
  /** How to wait. Default: `setTimeout`. For tests, and for durable engines that sleep by themselves. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** The clock, in ms since 1970. Default: `Date.now`. */
  now?: () => number;
  /** A number from 0 up to 1, for the jitter of waits. Default: `Math.random`. */
  random?: () => number;
  /** Told of every request, answer, retry and wait; for logs. Holds no header. What it throws is ignored. */
  onEvent?: (event: ClientEvent) => void;
}

/** What `onEvent` is told. */
export type ClientEvent = RequestEvent | ResponseEvent | WaitEvent | FallbackEvent;

/** A request goes out. */
export interface RequestEvent {
  type: "request";
  method: "GET" | "POST";
  url: string;
}
/** What came of a request. */
export interface ResponseEvent {
  type: "response";
  method: "GET" | "POST";
  url: string;
  /** Since the request, ms. */
  elapsedMs: number;
  /** The HTTP status, where there was an answer. */
  status?: number;
  requestId?: string;
  /** Why there was no answer. */
  error?: string;
}
/** A pause: `retry` after something failed, else `wait`. */
export interface WaitEvent {
  type: "wait" | "retry";
  delayMs: number;
}

/** What every call takes beside its own parameters. */
export interface RequestOptions {
  /** Ends the call: its promise rejects with the signal's own reason, and nothing is sent after. */
  signal?: AbortSignal;
  /** In place of the client's `timeoutMs`, in ms, for each request of this call. */
  timeoutMs?: number;
  /** In place of the client's `maxRetries`. */
  maxRetries?: number;
  /** Added to the client's headers; the same name wins here. */
  headers?: Record<string, string>;
}

/** The body of `POST /mj/submit/action`. */
export interface SubmitActionParams {
  /** The task that has the button. Text: a number would lose digits. */
  taskId: string;
  /** The button's `customId`, from the newest `buttons` of that task. Never a stored one: they change. */
  customId: string;
  /** Your own text; it comes back as `task.state`. */
  state?: string;
  /** Force remix mode where the action knows it. */
  enableRemix?: boolean;
  /** Prefer the provider account that the task ran on. */
  chooseSameChannel?: boolean;
}

/** The API does not list tasks (`POST /mj/task/list-by-condition`): each is asked for by itself from now on. */
export interface FallbackEvent {
  type: "fallback";
  /** What was answered instead. */
  reason: string;
}

/** The body of `POST /mj/submit/modal`. */
export interface SubmitModalParams {
  /** The task that reads `MODAL`: the id that the action returned. */
  taskId: string;
  /** For Vary (Region) what to draw there; for Custom Zoom the whole prompt, with `--zoom 1` to `--zoom 2`. */
  prompt?: string;
  /** For Vary (Region): a PNG of the picture's size, white where it is to be drawn anew (`cometapi-midjourney/mask`). */
  maskBase64?: string;
}

/** The body of `POST /mj/submit/imagine`. */
export interface SubmitImagineParams {
  /** What to draw, with Midjourney's own parameters (`--ar 3:2`). */
  prompt: string;
  /** Default `MID_JOURNEY`. */
  botType?: "MID_JOURNEY" | "NIJI_JOURNEY";
  /** Pictures to begin from, as data URLs. */
  base64Array?: string[];
  /** Your own text; it comes back as `task.state`. */
  state?: string;
  /** Which of the gateway's accounts may draw it: `{ modes: ["FAST"] }`. */
  accountFilter?: Record<string, unknown>;
}

/** What became of a submit that was accepted. */
export interface SubmitResult {
  /**
   * `submitted` (code 1) or `queued` (22): poll `taskId`. `modal` (21): it waits for input.
   * `existing` (21 with `properties.status`): the same button was pressed before; `taskId` is that task.
   */
  kind: "submitted" | "queued" | "modal" | "existing";
  /** The new task (`result`), exact to the last digit; the first of them where there are several. */
  taskId: string;
  /** All new tasks: "Imagine all" of a describe makes four with one submit. */
  taskIds: string[];
  /** The code of the answer: 1, 21 or 22. */
  code: number;
  /** The API's words, in English or Chinese; for people, not for decisions. */
  description: string;
  /** `properties` as sent, `{}` where there were none: `numberOfQueues`, `discordInstanceId`, … */
  properties: Record<string, unknown>;
  /** The request's id, for support: from a response header, where the page may read it. */
  requestId?: string;
}

/** A button under a finished task. */
export interface Button {
  /** What `submitAction` wants. `""` for a link. */
  customId: string;
  /** `"U1"`, `"Vary (Region)"`; `""` where the emoji says it. */
  label: string;
  /** `"🔄"`, or a name such as `"upscale_1"`; `""` where the label says it. */
  emoji: string;
  /** Discord's component type: 2 is a button. */
  type: number | null;
  /** Discord's button style: 1 blue, 2 grey, 3 green, 4 red, 5 a link. */
  style: number | null;
}

/**
 * Which button: text (a label, an emoji, a short name such as `U1`, `reroll`, `zoom 2x`, `pan left`, `vary region`, or
 * a `customId` of the task), a kind with an index, or the button itself.
 */
export type ButtonSelector = string | { kind: string; index?: number } | Button;

/** What a `customId` says. */
export interface ParsedCustomId {
  /**
   * `upscale` (U), `variation` (V), `reroll`, `vary_subtle`, `vary_strong`, `vary_region`, `upscale_subtle`,
   * `upscale_creative`, `upscale_2x`, `upscale_4x`, `zoom_2x`, `zoom_1.5x`, `custom_zoom`, `make_square`, `pan_left`,
   * `pan_right`, `pan_up`, `pan_down`, `animate_high`, `animate_low`, `bookmark`, `pic_reader`; else the API's own word.
   */
  kind: string;
  /** Of the picture, 1 to 4, where it says one. */
  index: number | null;
  /** The `customId` itself. */
  raw: string;
}

/** What every task has, whatever its status. */
export interface TaskBase {
  /** Exact, as text. */
  id: string;
  /** As sent: `"58%"`, `""`. It can go backwards, and a failed task can end on `"100%"`. */
  progress: string;
  /** `progress` as a number from 0 to 100, or null where it says none. */
  percent: number | null;
  /** The buttons that can be pressed now; empty until the task has finished. */
  buttons: Button[];
  /** `IMAGINE`, `UPSCALE`, `VARIATION`, `REROLL`, `ZOOM`, `PAN`, `INPAINT`, … */
  action?: string;
  prompt?: string;
  promptEn?: string;
  description?: string;
  /** The `state` of the submit. */
  state?: string;
  /** Unix time in ms; absent until known. */
  submitTime?: number;
  /** Unix time in ms; absent until known. */
  startTime?: number;
  /** Unix time in ms; absent until known. */
  finishTime?: number;
  /** The picture; before `SUCCESS` a preview whose address changes at every look. */
  imageUrl?: string;
  videoUrl?: string;
  failReason?: string;
  /** As sent, `{}` where there were none: `finalPrompt`, … */
  properties: Record<string, unknown>;
  /** The other tasks of the same submit, where it made several, in their order, as they ended. */
  siblings?: Task[];
  /** The whole payload as sent; integers of 16 digits and more are text. */
  raw: Record<string, unknown>;
}

/** Done: `imageUrl` or `videoUrl` has the result, `buttons` what can follow. */
export interface SucceededTask extends TaskBase {
  status: "SUCCESS";
}
/** Waits for more input (`POST /mj/submit/modal`): Vary (Region), Custom Zoom, remix. */
export interface ModalTask extends TaskBase {
  status: "MODAL";
}
/** Ended without a result; `failReason` says why. */
export interface FailedTask extends TaskBase {
  status: "FAILURE" | "CANCEL";
}
/** Still to come. */
export interface PendingTask extends TaskBase {
  status: "NOT_START" | "SUBMITTED" | "IN_PROGRESS";
}
/** A status that this version does not know; treated as pending. */
export interface UnknownTask extends TaskBase {
  status: "UNKNOWN";
  /** The word as sent. */
  rawStatus: string;
}
/** A task that goes no further by itself. */
export type FinishedTask = SucceededTask | ModalTask | FailedTask;
/** A task as last seen, told apart by `status`. */
export type Task = SucceededTask | ModalTask | FailedTask | PendingTask | UnknownTask;

/** What to go on waiting with after an error, a reload, another worker: plain JSON, no key, no URL. */
export interface PollState {
  v: 1;
  /** The task that is waited for; the first of them where there are several. */
  taskId: string;
  /** All tasks of the submit, where there are several. */
  taskIds?: string[];
  /** When it was submitted, Unix ms, where that is known. */
  submittedAt?: number;
  /** The API has shown the task: should it say later that there is none, that passes. */
  seen?: true;
  /**
   * When its modal was answered, or may have been, Unix ms. As long as it stands here, `MODAL` of the task is stale,
   * however long ago that was. It goes when another status was seen.
   */
  modalAt?: number;
  /** With several tasks: those whose modal `modalAt` is about. */
  modalOf?: string[];
  /** The API refuses to list tasks: each is fetched. */
  noList?: true;
  /** How often it was asked for. */
  polls: number;
  /** The wait before the next poll, ms. */
  delayMs: number;
  /** From when its age counts, Unix ms, where that is not `submittedAt`: its wait began then, or its modal was answered. */
  beganAt?: number;
  /** When its work began, Unix ms, as far as looks can tell; before it has, the last look that showed none. */
  workedFrom?: number;
  /** How far it was at the last look, from 1 to 99. */
  percent?: number;
  /** When that was first seen, Unix ms. */
  percentAt?: number;
}

/** What can be waited for: a task's id, the result of a submit, a task, or the state of an earlier wait. */
export type PollTarget = string | SubmitResult | Task | PollState;

/** Beside the task in `onProgress`. */
export interface PollInfo {
  /** Polls sent so far in this wait. */
  polls: number;
  /** Since the wait began, ms. */
  elapsedMs: number;
  /** Hand it to `pollUntilDone` to go on from here: after a reload, in another worker. */
  state: PollState;
}

/** What `pollOnce` comes to. */
export type PollStep =
  | { done: false; task: Task; state: PollState; /** When to come back, ms. */ nextDelayMs: number }
  | { done: true; task: FinishedTask; state: PollState };

export interface PollOptions {
  /** Ends the wait within 50 ms; nothing is sent after. The promise rejects with the signal's own reason. */
  signal?: AbortSignal;
  /** The longest wait, wall clock, ms. Default 900 000 (15 minutes); `null` has none. */
  timeoutMs?: number | null;
  /** The most requests, for runtimes that count them. Default: no limit. */
  maxPolls?: number;
  /** The wait before the first poll, ms. Default 6 000; 1 000, or `minDelayMs`, where a wait goes on from its state. */
  initialDelayMs?: number;
  /** The shortest wait between polls, ms. Default 4 000. The task's progress decides how much longer each is. */
  minDelayMs?: number;
  /** The longest wait between polls, ms. Default 15 000: the gateway looks no oftener itself. */
  maxDelayMs?: number;
  /** How many faults in a row are lived through. Default 5. */
  maxConsecutiveErrors?: number;
  /** Called when the task has changed. What it throws ends the wait. */
  onProgress?: (task: Task, info: PollInfo) => void;
  /**
   * Called when the task asks for more. What it returns is submitted (`submitModal`), and the wait goes on; with `null`
   * the task itself is the result, as without this function.
   */
  onModal?: (task: ModalTask) => SubmitModalParams | null | Promise<SubmitModalParams | null>;
}

/** What `pollAllUntilDone` takes: of each wait, and of all. */
export interface PollAllOptions extends PollOptions {
  /** The most ids in one request. Default 100. */
  chunkSize?: number;
  /** Called with each wait that has ended, and the index of its target. What it throws ends all of them. */
  onSettled?: (result: PromiseSettledResult<SucceededTask | ModalTask>, index: number) => void;
}

/** What `act` takes: how to press, and how to wait. */
export interface ActOptions extends PollOptions, Pick<SubmitActionParams, "state" | "enableRemix" | "chooseSameChannel"> {
  /** Fetch the task first: its buttons change. */
  refresh?: boolean;
  /** Called with the new task's id before the wait, and awaited: the moment to save it. */
  onSubmitted?: (result: SubmitResult) => void | Promise<void>;
}

/** `WebAssembly.Module`. Said like this, the types need no DOM: Node.js's own do not know it. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;

/** Where the wasm is: its address, its response, its bytes, or the compiled module. */
export type WasmSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | ArrayBufferView
  | WasmModule
  | Promise<Response | ArrayBuffer | ArrayBufferView | WasmModule>;
