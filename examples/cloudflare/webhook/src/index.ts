/**
 * The Worker: a press of a button, the API's webhook, a look, a page that waits. It lets in and passes on; each press is
 * a Durable Object of its own (press.ts), named by the caller's key.
 *
 *     POST /submit        { key, taskId, customId, modal? }, with the access token: it is paid for
 *     POST /hook/SECRET   the task, from the API, at each change
 *     GET  /tasks/KEY     how it stands
 *     GET  /watch?key=KEY a WebSocket that is told how it stands, now and at each change
 */
import { parseTask, type Task } from "cometapi-midjourney";
import type { Body, Env, Modal } from "./press";

export { Press } from "./press";

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, route, word = ""] = pathname.split("/");

    if (request.method === "POST" && pathname === "/submit") {
      const given = request.headers.get("authorization") ?? "";
      if (!(await isSame(given, env.ACCESS_TOKEN && `Bearer ${env.ACCESS_TOKEN}`))) {
        return problem(401, "the access token is missing or wrong");
      }
      const { key, taskId, customId, modal } = (await request.json<Partial<Body> | null>().catch(() => null)) ?? {};
      if (!isKey(key)) return problem(400, "key must be 16 to 64 letters, digits, - or _: crypto.randomUUID()");
      if (!isModal(modal)) return problem(400, "modal must be { prompt, maskBase64 }, both texts");
      const button = { taskId: taskId ?? "", customId: customId ?? "" };
      return Response.json(await env.PRESSES.getByName(key).submit(key, button, modal));
    }

    if (request.method === "POST" && route === "hook") {
      if (!(await isSame(word, env.HOOK_SECRET))) return problem(404, "there is no such route");
      let task: Task;
      try {
        // From the text: JSON.parse would round long ids.
        task = parseTask(await request.text());
      } catch {
        return problem(400, "this is no task");
      }
      // The submit gave its key as `state`.
      if (isKey(task.state)) await env.PRESSES.getByName(task.state).hear(task.id, task.status);
      return new Response(null, { status: 204 });
    }

    // These cost nothing; who knows the key may look.
    if (request.method === "GET" && route === "tasks") {
      const outcome = isKey(word) ? await env.PRESSES.getByName(word).look() : null;
      return outcome ? Response.json(outcome) : problem(404, "nothing was pressed under this key");
    }
    if (pathname === "/watch") {
      const key = searchParams.get("key");
      if (request.headers.get("upgrade") !== "websocket") return problem(426, "this is for a WebSocket");
      return isKey(key) ? env.PRESSES.getByName(key).fetch(request) : problem(400, "a key is needed");
    }
    return problem(404, "there is no such route");
  },
} satisfies ExportedHandler<Env>;

/** Compares in a time that tells nothing of the secret. A secret that is not set is nobody's. */
async function isSame(given: string, secret: string): Promise<boolean> {
  if (!secret) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(given), await digest(secret));
}

function isKey(key: unknown): key is string {
  return typeof key === "string" && /^[\w-]{16,64}$/.test(key);
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
