/**
 * Presses buttons under pictures and waits for what comes of them, from a Queue.
 *
 *     PUT /ID   {"taskId": "…", "customId": "…"} is pressed; the same ID again presses nothing
 *     GET /ID   how far it is, and the picture
 */

import { DurableObject } from "cloudflare:workers";
import { Midjourney, MidjourneyError, type PollState, type SubmitActionParams } from "cometapi-midjourney";

interface Env {
  COMETAPI_KEY: string;
  QUEUE: Queue<Message>;
  JOBS: DurableObjectNamespace<Job>;
}

interface Message {
  id: string;
  params: SubmitActionParams;
}

/** How far a job is: under way, with the time to its next poll, or at its end, with a task or an error. */
interface Progress {
  state?: PollState;
  nextDelayMs?: number;
  task?: { taskId: string; status: string; imageUrl?: string };
  error?: string;
}

export default {
  async fetch(request, env) {
    const id = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") {
      await env.QUEUE.send({ id, params: await request.json() });
      return Response.json({ id }, { status: 202 });
    }
    return Response.json(await env.JOBS.getByName(id).progress());
  },

  /** One step of each job. A message stays in the queue, and is its job's clock, until the job is at its end. */
  async queue(batch, env) {
    await Promise.all(
      batch.messages.map(async (message) => {
        const { id, params } = message.body;
        try {
          const { nextDelayMs } = await env.JOBS.getByName(id).advance(params);
          if (nextDelayMs === undefined) message.ack();
          else message.retry({ delaySeconds: Math.ceil(nextDelayMs / 1000) });
        } catch (error) {
          console.error(id, error);
          message.retry({ delaySeconds: 15 });
        }
      }),
    );
  },
} satisfies ExportedHandler<Env, Message>;

/**
 * One action: its submit, sent at most once, then its polls.
 *
 * A queue delivers at least once, so sometimes twice, and the API can't be told "the same as before".
 */
export class Job extends DurableObject<Env> {
  #midjourney = new Midjourney({ apiKey: this.env.COMETAPI_KEY });
  #stepping?: Promise<Progress>;

  progress(): Progress {
    return this.ctx.storage.kv.get<Progress>("progress") ?? {};
  }

  /** The next step, one request: the submit, or a poll. A second delivery during the first one shares its step. */
  advance(params: SubmitActionParams): Promise<Progress> {
    return (this.#stepping ??= this.#step(params).finally(() => (this.#stepping = undefined)));
  }

  async #step(params: SubmitActionParams): Promise<Progress> {
    const before = this.progress();
    if (before.task || before.error) return before;
    const after = before.state ? await this.#poll(before.state) : await this.#submit(params);
    this.ctx.storage.kv.put("progress", after);
    return after;
  }

  async #submit(params: SubmitActionParams): Promise<Progress> {
    const { kv } = this.ctx.storage;
    // Set without an answer: this object ended in between.
    if (kv.get("sent")) {
      return { error: "It was submitted, but the answer was lost: it may have been accepted. Look at your account before you press again, under another ID." };
    }
    // The platform holds back what is sent until what was written is on disk.
    kv.put("sent", true);
    try {
      const { taskId } = await this.#midjourney.submitAction(params);
      const state: PollState = { v: 1, taskId, submittedAt: Date.now(), polls: 0, delayMs: 2_000 };
      return { state, nextDelayMs: state.delayMs };
    } catch (error) {
      if (!MidjourneyError.isInstance(error)) throw error;
      if (!error.retryable) return { error: error.message };
      // Plainly refused, for the moment: the next delivery tries again.
      kv.delete("sent");
      return { nextDelayMs: error.retryAfterMs ?? 15_000 };
    }
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
      if (error.retryable && error.state) return { state: error.state, nextDelayMs: error.retryAfterMs ?? 15_000 };
      return { error: error.message };
    }
  }
}
