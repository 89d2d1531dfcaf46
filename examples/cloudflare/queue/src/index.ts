/**
 * The Worker: a press of a button, a look, and the queue's consumer. Each press is a message until it has ended, and a
 * Durable Object (job.ts), named by the caller's key.
 *
 *     POST /submit     { key, taskId, customId, modal? }, with the access token: it is paid for
 *     GET  /tasks/KEY  how it stands
 */
import type { Body, Env, Message, Modal } from "./job";

export { Job } from "./job";

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, route, word] = pathname.split("/");

    if (request.method === "POST" && pathname === "/submit") {
      if (!(await isAllowed(request, env))) return problem(401, "the access token is missing or wrong");
      const { key, taskId, customId, modal } = (await request.json<Partial<Body> | null>().catch(() => null)) ?? {};
      if (!isKey(key)) return problem(400, "key must be 16 to 64 letters, digits, - or _: crypto.randomUUID()");
      if (!isModal(modal)) return problem(400, "modal must be { prompt, maskBase64 }, both texts");
      // With what else is in it a message may have 128 kB.
      if (JSON.stringify(modal ?? "").length > 120_000) return problem(413, "modal is too large for a message of the queue");
      const button = { taskId: taskId ?? "", customId: customId ?? "" };
      await env.QUEUE.send({ key, button, modal });
      return Response.json({ key }, { status: 202 });
    }

    // It costs nothing; who knows the key may look.
    if (request.method === "GET" && route === "tasks" && isKey(word)) {
      return Response.json({ key: word, ...(await env.JOBS.getByName(word).progress()) });
    }
    return problem(404, "there is no such route");
  },

  /** One step of each job. A message stays in the queue, and is its job's clock, until the job has ended. */
  async queue(batch, env) {
    await Promise.all(
      batch.messages.map(async (message) => {
        const { key, button, modal } = message.body;
        try {
          const { nextDelayMs } = await env.JOBS.getByName(key).advance(button, modal);
          if (nextDelayMs === undefined) message.ack();
          else message.retry({ delaySeconds: Math.ceil(nextDelayMs / 1000) });
        } catch (error) {
          console.error(key, error);
          message.retry({ delaySeconds: 15 });
        }
      }),
    );
  },
} satisfies ExportedHandler<Env, Message>;

/** Without this anybody could press buttons at your cost. */
async function isAllowed(request: Request, env: Env): Promise<boolean> {
  if (!env.ACCESS_TOKEN) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const given = await digest(request.headers.get("authorization") ?? "");
  return crypto.subtle.timingSafeEqual(given, await digest(`Bearer ${env.ACCESS_TOKEN}`));
}

function isKey(key: unknown): key is string {
  return typeof key === "string" && /^\w[\w-]{15,63}$/.test(key);
}

/** Told before anything is paid for. */
function isModal(modal: unknown): modal is Modal | undefined {
  if (modal === undefined) return true;
  const isText = (value: unknown) => value === undefined || typeof value === "string";
  const { prompt, maskBase64 } = (modal ?? {}) as Record<string, unknown>;
  return typeof modal === "object" && modal !== null && isText(prompt) && isText(maskBase64);
}

function problem(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
