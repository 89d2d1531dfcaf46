/**
 * The Worker: a press of a button, a look, and the queue's consumer. Each press is a message until it has ended, and a
 * Durable Object (job.ts), named by the caller's key.
 *
 *     POST /submit     { key, taskId, customId }, with the access token: it is paid for
 *     GET  /tasks/KEY  how it stands
 */
import type { Env, Message } from "./job";

export { Job } from "./job";

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, route, word] = pathname.split("/");

    if (request.method === "POST" && pathname === "/submit") {
      if (!(await isAllowed(request, env))) return problem(401, "the access token is missing or wrong");
      const { key, taskId, customId } = (await request.json<Record<string, string> | null>().catch(() => null)) ?? {};
      if (!isKey(key)) return problem(400, "key must be 16 to 64 letters, digits, - or _: crypto.randomUUID()");
      const button = { taskId: taskId ?? "", customId: customId ?? "" };
      await env.QUEUE.send({ key, button });
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
        const { key, button } = message.body;
        try {
          const { nextDelayMs } = await env.JOBS.getByName(key).advance(button);
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

function problem(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
