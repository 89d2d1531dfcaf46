/**
 * The Durable Object of one action: its submit, sent at most once, then its polls.
 *
 * A queue delivers at least once, so sometimes twice, and the API can't be told "the same as before".
 */
import { DurableObject } from "cloudflare:workers";
import {
  Midjourney,
  MidjourneyError,
  type FinishedTask,
  type PollState,
  type SubmitActionParams,
  type SubmitModalParams,
} from "cometapi-midjourney";

export interface Env {
  QUEUE: Queue<Message>;
  JOBS: DurableObjectNamespace<Job>;
  /** Secrets. */
  COMETAPI_KEY: string;
  ACCESS_TOKEN: string;
}

/** What the task is told where it asks for more. */
export type Modal = Omit<SubmitModalParams, "taskId">;

/** A press of a button. `key` is the caller's own name for it: the same key again is the same press. */
export type Body = { key: string; taskId: string; customId: string; modal?: Modal };

export interface Message {
  key: string;
  button: SubmitActionParams;
  modal?: Modal | undefined;
}

/** A task at its end. `others`: those that the same press has made. `error`: what is wrong with the answer to its modal. */
interface Ended {
  taskId: string;
  status: string;
  imageUrl?: string | undefined;
  others?: Ended[];
  error?: string;
}

/**
 * How it stands: under way, with the time to its next step, or at its end, with a task or an error. A task that reads MODAL
 * can be gone on with.
 */
interface Progress {
  state?: PollState;
  nextDelayMs?: number;
  task?: Ended;
  error?: string;
}

/** A server in trouble can ask for any wait: a quarter of an hour is kept. */
const patience = ({ retryAfterMs = 15_000 }: MidjourneyError) => Math.min(retryAfterMs, 900_000);

/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const LOST =
  "It was submitted, but the answer was lost: it may have been accepted. Look at your account before you press again, " +
  "under another key.";

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

export class Job extends DurableObject<Env> {
  #midjourney = new Midjourney({ apiKey: this.env.COMETAPI_KEY });
  #stepping?: Promise<Progress>;

  progress(): Progress {
    return this.ctx.storage.kv.get<Progress>("progress") ?? {};
  }

  /** The next step: the submit, a poll, the answer to a modal. A second delivery during the first one shares its step. */
  advance(button: SubmitActionParams, modal?: Modal): Promise<Progress> {
    return (this.#stepping ??= this.#step(button, modal).finally(() => (this.#stepping = undefined)));
  }

  async #step(button: SubmitActionParams, modal: Modal | undefined): Promise<Progress> {
    const { state, task, error } = this.progress();
    const asks = task?.status === "MODAL" && modal !== undefined;
    if (error || (task && !asks)) return this.progress();
    const after = asks ? await this.#answer(state!, modal) : state ? await this.#poll(state) : await this.#submit(button);
    // It asks, and the answer is in the message: that is its next step.
    if (after.task?.status === "MODAL" && modal && !after.task.error) after.nextDelayMs ??= 0;
    this.ctx.storage.kv.put("progress", after);
    return after;
  }

  async #submit(button: SubmitActionParams): Promise<Progress> {
    const { kv } = this.ctx.storage;
    // Set without an answer: this object ended in between.
    if (kv.get("sent")) return { error: LOST };
    // The platform holds back what is sent until what was written is on disk.
    kv.put("sent", true);
    await this.ctx.storage.setAlarm(Date.now() + KEPT_MS);
    try {
      const { taskIds } = await this.#midjourney.submitAction(button);
      const state = stateOf(taskIds);
      return { state, nextDelayMs: state.delayMs };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      // Uncertain, but its answer names the task: that it goes on will tell.
      if (isUncertain(error) && error.state) return { state: error.state, nextDelayMs: 2_000 };
      if (isUncertain(error) || !error.retryable) return { error: error.message };
      // Plainly refused, for the moment: the next delivery tries again.
      kv.delete("sent");
      return { nextDelayMs: patience(error) };
    }
  }

  /** Answers the modal of the task, once: that it is answered is on disk before the answer leaves. */
  async #answer(asking: PollState, modal: Modal): Promise<Progress> {
    const { kv } = this.ctx.storage;
    const { taskId } = asking;
    const going = (state: PollState, nextDelayMs = 2_000) => ({ state, nextDelayMs });
    // Set though it still asks: this object ended in between. That the task goes on will tell.
    const before = kv.get<number>("answered");
    if (before) return going({ ...asking, modalAt: before });
    const modalAt = Date.now();
    kv.put("answered", modalAt);
    try {
      const submitted = await this.#midjourney.submitModal({ ...modal, taskId });
      return going(submitted.taskId === taskId ? { ...asking, modalAt } : stateOf(submitted.taskIds));
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (isUncertain(error)) return going({ ...asking, modalAt });
      // Plainly refused: for the moment, or till somebody says something else.
      kv.delete("answered");
      if (error.retryable) return going(asking, patience(error));
      return { state: asking, task: { taskId, status: "MODAL", error: error.message } };
    }
  }

  override alarm(): Promise<void> {
    return this.ctx.storage.deleteAll();
  }

  /** A fault that may pass ends nothing: the next poll is the retry. */
  async #poll(state: PollState): Promise<Progress> {
    try {
      const poll = await this.#midjourney.pollOnce(state);
      if (!poll.done) return { state: poll.state, nextDelayMs: poll.nextDelayMs };
      const { id: taskId, status, failReason, siblings } = poll.task;
      if (status === "MODAL") return { task: endOf(poll.task), state: poll.state };
      if (status !== "SUCCESS" && !siblings) return { error: `Task ${taskId} ended as ${status}: ${failReason}` };
      return { task: endOf(poll.task) };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (error.retryable && error.state) return { state: error.state, nextDelayMs: patience(error) };
      return { error: `Task ${state.taskId} can't be polled: ${error.message}` };
    }
  }
}
