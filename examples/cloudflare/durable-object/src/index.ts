/**
 * The Worker: a press of a button, a look, a page that waits. It lets in and passes on; what is pressed and what is
 * waited for is kept by one Durable Object (tasks.ts).
 *
 *     POST /submit        { key, taskId, customId, modal? }, with the access token: it is paid for
 *     GET  /tasks/KEY     how it stands
 *     GET  /watch?key=KEY a WebSocket that is told how it stands, now and at each change
 */
import type { Env, Modal, Press } from "./tasks";

export { Tasks } from "./tasks";

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const tasks = env.TASKS.getByName("all");

    if (request.method === "POST" && pathname === "/submit") {
      if (!(await isAllowed(request, env))) return problem(401, "the access token is missing or wrong");
      const { key, taskId, customId, modal } = (await request.json<Partial<Press> | null>().catch(() => null)) ?? {};
      if (!isKey(key)) return problem(400, "key must be 16 to 64 letters, digits, - or _: crypto.randomUUID()");
      if (!isModal(modal)) return problem(400, "modal must be { prompt, maskBase64 }, both texts");
      return Response.json(await tasks.submit({ key, taskId: taskId ?? "", customId: customId ?? "", modal }));
    }

    // These cost nothing; who knows the key may look.
    if (request.method === "GET" && pathname.startsWith("/tasks/")) {
      const key = pathname.slice("/tasks/".length);
      const wait = isKeyOfOne(key) ? await tasks.look(key) : null;
      return wait ? Response.json(wait) : problem(404, "nothing was pressed under this key");
    }
    if (pathname === "/watch") {
      const keys = searchParams.getAll("key");
      if (request.headers.get("upgrade") !== "websocket") return problem(426, "this is for a WebSocket");
      // A socket can have ten tags.
      if (!keys.every(isKeyOfOne) || keys.length < 1 || keys.length > 10) return problem(400, "one to ten keys are needed");
      return tasks.fetch(request);
    }
    return problem(404, "there is no such route");
  },
} satisfies ExportedHandler<Env>;

/** Without this anybody could press buttons at your cost. */
async function isAllowed(request: Request, env: Env): Promise<boolean> {
  if (!env.ACCESS_TOKEN) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const given = await digest(request.headers.get("authorization") ?? "");
  return crypto.subtle.timingSafeEqual(given, await digest(`Bearer ${env.ACCESS_TOKEN}`));
}

function isKey(key: unknown): key is string {
  return typeof key === "string" && /^[\w-]{16,64}$/.test(key);
}

/** Where one press makes several tasks, each after the first has a number behind the key. */
function isKeyOfOne(key: unknown): key is string {
  return typeof key === "string" && isKey(key.replace(/\.\d+$/, ""));
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
