/**
 * The Workflow of one action: its submit, then a poll and a sleep at a time. Each is a step, so it goes on where it was.
 */
import { DurableObject, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import {
  Midjourney,
  MidjourneyError,
  type FinishedTask,
  type PollState,
  type SubmitActionParams,
  type SubmitModalParams,
} from "cometapi-midjourney";

export interface Env {
  ACTIONS: Workflow<Params>;
  SUBMITS: DurableObjectNamespace<Submit>;
  /** Secrets. */
  COMETAPI_KEY: string;
  ACCESS_TOKEN: string;
}

/** What the task is told where it asks for more. */
export type Modal = Omit<SubmitModalParams, "taskId">;

/** A press of a button. `key` is the caller's own name for it: the same key again is the same press. */
export type Body = { key: string; taskId: string; customId: string; modal?: Modal };

export interface Params {
  button: SubmitActionParams;
  modal?: Modal | undefined;
}

/** Polls, and answers to a modal. With the submit's four tries within the 50 subrequests of an instance on the free plan. */
const MOST_LOOKS = 45;
/** The first ones come as the client says, for some four minutes; then one a minute: half an hour in all. */
const QUICK_LOOKS = 20;

/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const LOST =
  "It was submitted, but the answer was lost: it may have been accepted. Look at your account before you press again, " +
  "under another key.";

/** A task at its end. `others`: those that the same press has made. `error`: what is wrong with the answer to its modal. */
interface Ended {
  taskId: string;
  status: string;
  imageUrl?: string | undefined;
  others?: Ended[];
  error?: string;
}

/** What became of the submit: what to poll with, or why there is nothing to poll. */
interface Submitted {
  state?: PollState;
  error?: string;
}

/** What a look came to: what to go on with, or the end, or why there is none. `asks`: its modal is to be answered. */
interface Look {
  next?: { state: PollState; delayMs: number; asks?: true };
  task?: Ended;
  error?: string;
}

/** A server in trouble can ask for any wait: a quarter of an hour is kept. */
const patience = ({ retryAfterMs = 15_000 }: MidjourneyError) => Math.min(retryAfterMs, 900_000);

/** A SubmitUncertainError, and whatever else can't say that nothing was accepted. */
const isUncertain = (error: MidjourneyError) => "maybeAccepted" in error && error.maybeAccepted === true;

/** What to poll with after a submit. */
function stateOf([taskId = "", ...others]: readonly string[]): PollState {
  const state: PollState = { v: 1, taskId, submittedAt: Date.now(), polls: 0, delayMs: 2_000 };
  return others.length > 0 ? { ...state, taskIds: [taskId, ...others] } : state;
}

/** The end of a task; where the press has made several, all of them. */
function endOf({ id, status, imageUrl, siblings }: FinishedTask): Ended {
  const others = siblings?.map((other) => ({ taskId: other.id, status: other.status, imageUrl: other.imageUrl }));
  return { taskId: id, status, imageUrl, ...(others && { others }) };
}

export class Action extends WorkflowEntrypoint<Env, Params> {
  override async run({ instanceId, payload: { button, modal } }: WorkflowEvent<Params>, step: WorkflowStep) {
    const submits = () => this.env.SUBMITS.getByName(instanceId);
    // A step can be run twice: not this submit.
    const submitted = await step.do(
      "submit",
      { retries: { limit: 3, delay: "15 seconds", backoff: "exponential" } },
      () => submits().press(button),
    );
    if (!submitted.state) throw new Error(submitted.error);

    let { state } = submitted;
    let { delayMs } = state;
    let answer: Modal | undefined;
    for (let looks = 1; looks <= MOST_LOOKS; looks++) {
      if (delayMs > 0) await step.sleep(`wait ${looks}`, looks <= QUICK_LOOKS ? delayMs : Math.max(delayMs, 60_000));
      const { next, task, error } = answer
        ? await step.do(`answer ${looks}`, () => submits().answer(state, answer!))
        : await step.do(`poll ${looks}`, () => this.#look(state, modal !== undefined));
      if (task) return task;
      if (!next) throw new Error(error);
      ({ state, delayMs } = next);
      answer = next.asks && modal;
    }
    throw new Error(`Task ${state.taskId} is still under way, and is no longer waited for. fetchTask looks at it again.`);
  }

  /** One request. A fault that may pass ends nothing: the next poll is the retry. */
  async #look(state: PollState, canAnswer: boolean): Promise<Look> {
    try {
      const poll = await new Midjourney({ apiKey: this.env.COMETAPI_KEY }).pollOnce(state);
      if (!poll.done) return { next: { state: poll.state, delayMs: poll.nextDelayMs } };
      const { id: taskId, status, failReason, siblings } = poll.task;
      if (status === "MODAL" && canAnswer) return { next: { state: poll.state, delayMs: 0, asks: true } };
      if (status === "FAILURE" || status === "CANCEL") {
        if (!siblings) return { error: `Task ${taskId} ended as ${status}: ${failReason}` };
      }
      return { task: endOf(poll.task) };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (error.retryable && error.state) return { next: { state: error.state, delayMs: patience(error) } };
      return { error: `Task ${state.taskId} can't be polled: ${error.message}` };
    }
  }
}

/**
 * The submits of one action: its button, and the answer to its modal. Each is sent at most once, whoever asks for it and how
 * often; what was answered is kept.
 *
 * The API can't be told "the same as before", and a step of a Workflow can be run again after it has sent its request.
 */
export class Submit extends DurableObject<Env> {
  #pressing?: Promise<Submitted>;
  #answering?: Promise<Look>;

  /** A second call during the first one shares its answer. */
  press(params: SubmitActionParams): Promise<Submitted> {
    return (this.#pressing ??= this.#pressOnce(params).finally(() => (this.#pressing = undefined)));
  }

  async #pressOnce(params: SubmitActionParams): Promise<Submitted> {
    const { kv } = this.ctx.storage;
    const before = kv.get<Submitted>("submitted");
    if (before) return before;
    const after = await this.#submit(params);
    kv.put("submitted", after);
    return after;
  }

  async #submit(params: SubmitActionParams): Promise<Submitted> {
    const { kv } = this.ctx.storage;
    // Set without an answer: this object ended in between.
    if (kv.get("sent")) return { error: LOST };
    // The platform holds back what is sent until what was written is on disk.
    kv.put("sent", true);
    await this.ctx.storage.setAlarm(Date.now() + KEPT_MS);
    try {
      const { taskIds } = await new Midjourney({ apiKey: this.env.COMETAPI_KEY }).submitAction(params);
      return { state: stateOf(taskIds) };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      // Uncertain, but its answer names the task: that it goes on will tell.
      if (isUncertain(error) && error.state) return { state: error.state };
      if (isUncertain(error) || !error.retryable) return { error: error.message };
      // Plainly refused, for the moment: the step is retried.
      kv.delete("sent");
      throw error;
    }
  }

  /** Answers the modal of a task. A second call during the first one shares its answer. */
  answer(asking: PollState, modal: Modal): Promise<Look> {
    return (this.#answering ??= this.#answerOnce(asking, modal).finally(() => (this.#answering = undefined)));
  }

  async #answerOnce(asking: PollState, modal: Modal): Promise<Look> {
    const { kv } = this.ctx.storage;
    const before = kv.get<Look>("answered");
    if (before) return before;
    const modalAt = Date.now();
    const going = (state: PollState, delayMs = 2_000): Look => ({ next: { state, delayMs } });
    const keep = (look: Look) => (kv.put("answered", look), look);
    // What is found, should this object end in between: it is not sent again, and that the task goes on will tell.
    keep(going({ ...asking, modalAt }));
    const { taskId } = asking;
    try {
      const submitted = await new Midjourney({ apiKey: this.env.COMETAPI_KEY }).submitModal({ ...modal, taskId });
      return submitted.taskId === taskId ? going({ ...asking, modalAt }) : keep(going(stateOf(submitted.taskIds)));
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (isUncertain(error)) return going({ ...asking, modalAt });
      // Plainly refused: for the moment, or till somebody says something else.
      kv.delete("answered");
      if (error.retryable) return going(asking, patience(error));
      return keep({ task: { taskId, status: "MODAL", error: error.message } });
    }
  }

  override alarm(): Promise<void> {
    return this.ctx.storage.deleteAll();
  }
}
