/**
 * The Workflow of one action: its submit, then a poll and a sleep at a time. Each is a step, so it goes on where it was.
 */
import { DurableObject, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { Midjourney, MidjourneyError, type PollState, type SubmitActionParams } from "cometapi-midjourney";

export interface Env {
  ACTIONS: Workflow<SubmitActionParams>;
  SUBMITS: DurableObjectNamespace<Submit>;
  /** Secrets. */
  COMETAPI_KEY: string;
  ACCESS_TOKEN: string;
}

/** With the submit's four tries within the 50 subrequests that an instance may make on the free plan. */
const MOST_POLLS = 45;
/** The first ones come as the client says, for some four minutes; then one a minute: half an hour in all. */
const QUICK_POLLS = 20;

/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const LOST =
  "It was submitted, but the answer was lost: it may have been accepted. Look at your account before you press again, " +
  "under another key.";

/** What became of the submit: what to poll with, or why there is nothing to poll. */
interface Submitted {
  state?: PollState;
  error?: string;
}

/** What a poll came to: what to go on with, or the end, or why there is none. */
interface Look {
  next?: { state: PollState; delayMs: number };
  task?: { taskId: string; status: string; imageUrl?: string };
  error?: string;
}

/** A server in trouble can ask for any wait: a quarter of an hour is kept. */
const patience = ({ retryAfterMs = 15_000 }: MidjourneyError) => Math.min(retryAfterMs, 900_000);

export class Action extends WorkflowEntrypoint<Env, SubmitActionParams> {
  override async run({ instanceId, payload }: WorkflowEvent<SubmitActionParams>, step: WorkflowStep) {
    // A step can be run twice: not this submit.
    const submitted = await step.do(
      "submit",
      { retries: { limit: 3, delay: "15 seconds", backoff: "exponential" } },
      () => this.env.SUBMITS.getByName(instanceId).press(payload),
    );
    if (!submitted.state) throw new Error(submitted.error);

    let { state } = submitted;
    let { delayMs } = state;
    for (let polls = 1; polls <= MOST_POLLS; polls++) {
      await step.sleep(`wait ${polls}`, polls <= QUICK_POLLS ? delayMs : Math.max(delayMs, 60_000));
      const { next, task, error } = await step.do(`poll ${polls}`, () => this.#look(state));
      if (task) return task;
      if (!next) throw new Error(error);
      ({ state, delayMs } = next);
    }
    throw new Error(`Task ${state.taskId} is still under way, and is no longer waited for. fetchTask looks at it again.`);
  }

  /** One request. A fault that may pass ends nothing: the next poll is the retry. */
  async #look(state: PollState): Promise<Look> {
    try {
      const poll = await new Midjourney({ apiKey: this.env.COMETAPI_KEY }).pollOnce(state);
      if (!poll.done) return { next: { state: poll.state, delayMs: poll.nextDelayMs } };
      const { id: taskId, status, imageUrl, failReason } = poll.task;
      if (status === "FAILURE" || status === "CANCEL") return { error: `Task ${taskId} ended as ${status}: ${failReason}` };
      return { task: { taskId, status, imageUrl } };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (error.retryable && error.state) return { next: { state: error.state, delayMs: patience(error) } };
      return { error: `Task ${state.taskId} can't be polled: ${error.message}` };
    }
  }
}

/**
 * One submit, sent at most once, whoever asks for it and how often. Its answer is kept.
 *
 * The API can't be told "the same as before", and a step of a Workflow can be run again after it has sent its request.
 */
export class Submit extends DurableObject<Env> {
  #pressing?: Promise<Submitted>;

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
      const { taskId } = await new Midjourney({ apiKey: this.env.COMETAPI_KEY }).submitAction(params);
      return { state: { v: 1, taskId, submittedAt: Date.now(), polls: 0, delayMs: 2_000 } };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (!error.retryable) return { error: error.message };
      // Plainly refused, for the moment: the step is retried.
      kv.delete("sent");
      throw error;
    }
  }

  override alarm(): Promise<void> {
    return this.ctx.storage.deleteAll();
  }
}
