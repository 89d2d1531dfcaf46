/**
 * The Durable Object of one action: its submit, sent at most once, then its polls.
 *
 * A queue delivers at least once, so sometimes twice, and the API can't be told "the same as before".
 */
import { DurableObject } from "cloudflare:workers";
import { Midjourney, MidjourneyError, type PollState, type SubmitActionParams } from "cometapi-midjourney";

export interface Env {
  QUEUE: Queue<Message>;
  JOBS: DurableObjectNamespace<Job>;
  /** Secrets. */
  COMETAPI_KEY: string;
  ACCESS_TOKEN: string;
}

export interface Message {
  key: string;
  button: SubmitActionParams;
}

/** How it stands: under way, with the time to its next poll, or at its end, with a task or an error. */
interface Progress {
  state?: PollState;
  nextDelayMs?: number;
  task?: { taskId: string; status: string; imageUrl?: string };
  error?: string;
}

/** A server in trouble can ask for any wait: a quarter of an hour is kept. */
const patience = ({ retryAfterMs = 15_000 }: MidjourneyError) => Math.min(retryAfterMs, 900_000);

/** So long a key stays known after its press. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const LOST =
  "It was submitted, but the answer was lost: it may have been accepted. Look at your account before you press again, " +
  "under another key.";

export class Job extends DurableObject<Env> {
  #midjourney = new Midjourney({ apiKey: this.env.COMETAPI_KEY });
  #stepping?: Promise<Progress>;

  progress(): Progress {
    return this.ctx.storage.kv.get<Progress>("progress") ?? {};
  }

  /** The next step, one request: the submit, or a poll. A second delivery during the first one shares its step. */
  advance(button: SubmitActionParams): Promise<Progress> {
    return (this.#stepping ??= this.#step(button).finally(() => (this.#stepping = undefined)));
  }

  async #step(button: SubmitActionParams): Promise<Progress> {
    const before = this.progress();
    if (before.task || before.error) return before;
    const after = before.state ? await this.#poll(before.state) : await this.#submit(button);
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
      const { taskId } = await this.#midjourney.submitAction(button);
      const state: PollState = { v: 1, taskId, submittedAt: Date.now(), polls: 0, delayMs: 2_000 };
      return { state, nextDelayMs: state.delayMs };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (!error.retryable) return { error: error.message };
      // Plainly refused, for the moment: the next delivery tries again.
      kv.delete("sent");
      return { nextDelayMs: patience(error) };
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
      const { id: taskId, status, imageUrl, failReason } = poll.task;
      if (status === "FAILURE" || status === "CANCEL") return { error: `Task ${taskId} ended as ${status}: ${failReason}` };
      return { task: { taskId, status, imageUrl } };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (error.retryable && error.state) return { state: error.state, nextDelayMs: patience(error) };
      return { error: `Task ${state.taskId} can't be polled: ${error.message}` };
    }
  }
}
