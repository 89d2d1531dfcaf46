/** What users do, and what they can't: compiled by types.test.mjs, never run. */

import * as main from "cometapi-midjourney";
import * as mask from "cometapi-midjourney/mask";
import * as proxy from "cometapi-midjourney/proxy";
import * as store from "cometapi-midjourney/store";
import * as testing from "cometapi-midjourney/testing";
import type { ActOptions, Button, ButtonSelector, ClientEvent, ErrorCode, FinishedTask, MidjourneyErrors, ModalTask, ParsedCustomId, PollAllOptions, PollState, PollStep, PollTarget, SubmitModalParams, SucceededTask, Task, WasmSource } from "cometapi-midjourney";

const { Midjourney, MidjourneyError, PollTimeoutError, RateLimitError, SubmitRejectedError, SubmitUncertainError, findButton, init, initSync, parseCustomId, parseTask } = main;
const { createSimulator, faults, realPace } = testing;

export async function journey(parent: Task, signal: AbortSignal): Promise<string> {
  const simulator = createSimulator({ profile: "upstream", queueMs: 10 });
  createSimulator({ ...realPace, twinRows: false, everyButton: true }).charges satisfies number;
  simulator.fail("POST /mj/submit/action", faults.rateLimited({ retryAfter: 2 }));
  const count: number = simulator.counts["POST /mj/submit/action"] ?? 0;
  const client = new Midjourney({
    apiKey: async () => "key",
    baseURL: "https://api.cometapi.com",
    fetch: simulator.fetch,
    sleep: (ms, stop) => new Promise<void>((resolve) => (stop?.aborted ? resolve() : setTimeout(resolve, ms))),
    now: Date.now,
    random: () => 0.5,
  });
  const button: Button | undefined = parent.buttons[0];
  if (!button) return String(count);
  const submitted = await client.submitAction({ taskId: parent.id, customId: button.customId, state: "x" }, { signal });
  const targets: PollTarget[] = [submitted, submitted.taskId, parent];
  const done = await client.pollUntilDone(targets[0]!, {
    signal,
    timeoutMs: null,
    onProgress: (task, info) => void [task.percent?.toFixed(), info.polls.toFixed(), info.elapsedMs.toFixed()],
  });
  switch (done.status) {
    case "SUCCESS":
      return done.imageUrl ?? done.videoUrl ?? "";
    case "MODAL":
      return done.id;
    default:
      return done satisfies never;
  }
}

export function told(task: Task): string {
  switch (task.status) {
    case "SUCCESS":
      return task.imageUrl ?? "";
    case "MODAL":
      return "more";
    case "FAILURE":
    case "CANCEL":
      return task.failReason ?? "";
    case "NOT_START":
    case "SUBMITTED":
    case "IN_PROGRESS":
      return task.progress;
    case "UNKNOWN":
      return task.rawStatus;
    default:
      return task satisfies never;
  }
}

export async function once(client: InstanceType<typeof Midjourney>, taskId: string, customId: string): Promise<string | true> {
  try {
    return (await client.submitAction({ taskId, customId })).taskId;
  } catch (e) {
    if (e instanceof SubmitUncertainError) return e.maybeAccepted;
    throw e;
  }
}

export function why(error: unknown): PollState | number | string | undefined {
  if (error instanceof PollTimeoutError) return error.state;
  if (RateLimitError.isInstance(error)) return error.retryAfterMs;
  if (SubmitRejectedError.isInstance(error)) return error.description;
  if (MidjourneyError.isInstance(error)) {
    const code: string = error.code;
    return error.requestId ?? error.state ?? error.status ?? code;
  }
  return undefined;
}

export function ofAll(error: MidjourneyErrors): boolean {
  const code: ErrorCode = error.code;
  // Told apart by code alone.
  if (error.code === "submit_uncertain") return error.maybeAccepted;
  if (error.code === "poll_timeout") return error.state.v === 1;
  return code === "internal";
}

interface Card { card: number }

export async function saved(client: InstanceType<typeof Midjourney>, parent: Task): Promise<number | undefined> {
  const tasks = store.createStore<Card>(client, { storage: new Map<string, string>(), onError: (error, taskId) => void [error, taskId] });
  const end: () => void = tasks.subscribe((event) => {
    if (event.type === "settled" && event.settled.status === "fulfilled") void event.settled.value.imageUrl;
    if (event.type === "progress") void [event.task.progress, event.info.saved.meta?.card, event.elsewhere];
  });
  const submitted = await tasks.submitAction({ taskId: parent.id, customId: "a::b" }, { meta: { card: 3 }, timeoutMs: 1 });
  const tracked: typeof submitted = await tasks.track(client.submitAction({ taskId: parent.id, customId: "a::b" }), { card: 4 });
  const done = await tasks.wait(tracked, { timeoutMs: null, onProgress: (task, { elsewhere, polls }) => void [task.percent, elsewhere, polls] });
  const all = await tasks.resumeAll({ onSettled: async ({ saved, kept }) => void [saved.state.taskId, kept] });
  const first = all[0];
  if (first?.status === "rejected" && MidjourneyError.isInstance(first.reason)) void first.reason.code;
  for (const { state } of await tasks.list()) await client.pollUntilDone(state);
  await tasks.forget(done.id);
  end();
  tasks.close();
  // @ts-expect-error meta is of the store's own type
  void tasks.submitAction({ taskId: parent.id, customId: "a::b" }, { meta: "card" });
  // @ts-expect-error a store has no set of its own
  store.createStore(client, { storage: new Set<string>() });
  // @ts-expect-error a page needs no budget of requests
  void tasks.wait(done, { maxPolls: 3 });
  return first?.saved.meta?.card;
}

export async function workflow(client: InstanceType<typeof Midjourney>, signal: AbortSignal): Promise<SucceededTask | ModalTask> {
  const submitted = await client.submitImagine({ prompt: "x", botType: "NIJI_JOURNEY", base64Array: [], state: "s", accountFilter: { modes: ["FAST"] } }, { signal });
  const grid = await client.pollUntilDone(submitted, {
    onModal: async ({ id, status }): Promise<SubmitModalParams | null> => (status === "MODAL" ? { taskId: id, prompt: "x" } : null),
    onProgress: (_, { state }) => void (state.modalAt ?? 0).toFixed(),
  });
  const options: ActOptions = {
    refresh: true,
    state: "s",
    enableRemix: false,
    timeoutMs: null,
    onSubmitted: async ({ taskId, kind }) => void [taskId, kind satisfies "submitted" | "queued" | "modal" | "existing"],
    onModal: () => null,
  };
  const selectors: ButtonSelector[] = ["U1", { kind: "variation", index: 2 }, { kind: "reroll" }, grid.buttons[0]!];
  for (const selector of selectors) await client.act(grid, selector, options);
  await client.submitModal({ taskId: grid.id, prompt: "x", maskBase64: "iVBORw0KGgo=" });
  return client.act(grid, "V1");
}

export function stepped(step: PollStep): FinishedTask | number {
  if (step.done) {
    const status: "SUCCESS" | "MODAL" | "FAILURE" | "CANCEL" = step.task.status;
    return status === "SUCCESS" ? step.task : 0;
  }
  const state: PollState = step.state;
  return step.nextDelayMs + state.delayMs + (step.task.percent ?? 0);
}

export async function several(client: InstanceType<typeof Midjourney>, ids: readonly string[]): Promise<string[]> {
  const options: PollAllOptions = {
    chunkSize: 50,
    onSettled: (result, index) => void [result.status === "fulfilled" ? result.value.id : String(result.reason), index.toFixed()],
  };
  const results: PromiseSettledResult<SucceededTask | ModalTask>[] = await client.pollAllUntilDone(ids, options);
  const tasks: Task[] = await client.listTasks(ids);
  for await (const task of client.watch(ids[0]!, { maxPolls: 5 })) tasks.push(task);
  const step: PollStep = await client.pollOnce(ids[0]!, { timeoutMs: 1 });
  tasks.push(step.task);
  return results.map((result) => (result.status === "fulfilled" ? result.value.status : MidjourneyError.isInstance(result.reason) ? result.reason.code : ""));
}

export function looks(payload: unknown): [Button, ParsedCustomId] {
  const task: Task = parseTask(payload);
  const button: Button = findButton(task, { kind: "zoom_2x" });
  const { kind, index, raw } = parseCustomId(button.customId);
  return [button, { kind: kind.toUpperCase(), index: index === null ? null : index + 1, raw }];
}

export function logged(event: ClientEvent): string {
  switch (event.type) {
    case "request":
      return event.method + event.url;
    case "response":
      return String(event.status ?? event.error) + event.elapsedMs.toFixed();
    case "wait":
    case "retry":
      return event.delayMs.toFixed();
    case "fallback":
      return event.reason;
    default:
      return event satisfies never;
  }
}

export async function load(source: WasmSource, bytes: Uint8Array): Promise<void> {
  await init();
  await init(source);
  await init(new URL("https://example.com/midjourney.wasm"));
  await init(fetch("/midjourney.wasm"));
  initSync(bytes);
}

export function wrong(client: InstanceType<typeof Midjourney>, task: Task): void {
  // @ts-expect-error an id is text: a number loses digits
  void client.fetchTask(1773314942177001);
  // @ts-expect-error the button is missing
  void client.submitAction({ taskId: task.id });
  // @ts-expect-error there is no such parameter
  void client.submitAction({ taskId: task.id, customId: "a::b", prompt: "x" });
  // @ts-expect-error a time-out is a number
  void client.fetchTask(task.id, { timeoutMs: "1s" });
  // @ts-expect-error null is no time-out of a single request
  void client.fetchTask(task.id, { timeoutMs: null });
  // @ts-expect-error the signal, not its controller
  void client.pollUntilDone(task.id, { signal: new AbortController() });
  // @ts-expect-error nothing to wait for
  void client.pollUntilDone();
  // @ts-expect-error an option that is given is not undefined
  void new Midjourney({ baseURL: undefined });
  // @ts-expect-error there is no such option
  void new Midjourney({ key: "x" });
  // @ts-expect-error only an unknown task has a rawStatus
  void task.rawStatus;
  // @ts-expect-error there is no such profile
  void createSimulator({ profile: "other" });
  // @ts-expect-error at once, so from something (what is not told from a Module, which TypeScript's DOM leaves empty)
  initSync();
  // @ts-expect-error a modal is answered for a task
  void client.submitModal({ prompt: "x" });
  // @ts-expect-error a modal has no customId
  void client.submitModal({ taskId: task.id, customId: "a::b" });
  // @ts-expect-error nothing to draw
  void client.submitImagine({ state: "x" });
  // @ts-expect-error there is no such bot
  void client.submitImagine({ prompt: "x", botType: "OTHER" });
  // @ts-expect-error a list of them
  void client.submitImagine({ prompt: "x", base64Array: "data:…" });
  // @ts-expect-error a task, not its id: the button must be of it
  void client.act(task.id, "U1");
  // @ts-expect-error which button
  void client.act(task);
  // @ts-expect-error an index alone is no button
  void client.act(task, { index: 1 });
  // @ts-expect-error the prompt is a modal's
  void client.act(task, "U1", { prompt: "x" });
  // @ts-expect-error a list
  void client.listTasks(task.id);
  // @ts-expect-error a list
  void client.pollAllUntilDone(task.id);
  // @ts-expect-error an option of many waits
  void client.pollUntilDone(task.id, { chunkSize: 5 });
  // @ts-expect-error there is no deadline of a single look
  void client.pollOnce(task.id, { timeoutMs: null });
  // @ts-expect-error no wait, so nothing to hear of
  void client.pollOnce(task.id, { onProgress: () => {} });
  // @ts-expect-error only a step that is not done has a next delay
  void client.pollOnce(task.id).then((step) => step.nextDelayMs);
  // @ts-expect-error a text is no answer to a modal
  void client.pollUntilDone(task.id, { onModal: () => "a boat" });
  // @ts-expect-error it can have been rejected
  void client.pollAllUntilDone([task]).then(([first]) => first?.value);
  // @ts-expect-error not a promise
  void client.watch(task.id).then;
  // @ts-expect-error a customId is text
  parseCustomId(task.buttons[0]);
  // @ts-expect-error of a task
  findButton(task.buttons, "U1");
  // @ts-expect-error there is no such speed
  void new Midjourney({ mode: "slow" });
  // @ts-expect-error read only
  new PollTimeoutError({ code: "poll_timeout", message: "", retryable: true }).code = "x";
}

export async function masked(blob: Blob, picture: mask.MaskPixels): Promise<string[]> {
  // @ts-expect-error a picture, not its address
  void mask.toMaskBase64("https://cdn.test/1.png");
  return [await mask.toMaskBase64(blob), await mask.toMaskBase64(picture, { width: 64, height: 64 })];
}

export async function relayed(request: Request): Promise<Response[]> {
  const { fetch } = createSimulator();
  const signedIn: proxy.ProxyOptions = { authorize: async ({ headers }) => headers.has("cookie"), rateLimit: () => 1_000, fetch };
  const own = proxy.createProxy({ authorize: () => new Response(null, { status: 404 }), onError: (error, { url }) => void [error, url] });
  // @ts-expect-error who may use it
  proxy.createProxy({ apiKey: "key" });
  // @ts-expect-error one or the other
  proxy.createProxy({ public: true, authorize: () => true });
  return [await proxy.createProxy(signedIn)(request), await own(request), await proxy.createProxy({ public: true })(request)];
}
