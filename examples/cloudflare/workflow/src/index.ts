/**
 * The Worker: a press of a button, a look. Each press is an instance of a Workflow (action.ts), named by the caller's key.
 *
 *     POST /submit     { key, taskId, customId, modal? }, with the access token: it is paid for
 *     GET  /tasks/KEY  how it stands
 */
import type { Body, Env, Modal } from "./action";

export { Action, Submit } from "./action";

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, route, word] = pathname.split("/");

    if (request.method === "POST" && pathname === "/submit") {
      if (!(await isAllowed(request, env))) return problem(401, "the access token is missing or wrong");
      const { key, taskId, customId, modal } = (await request.json<Partial<Body> | null>().catch(() => null)) ?? {};
      if (!isKey(key)) return problem(400, "key must be 16 to 64 letters, digits, - or _: crypto.randomUUID()");
      if (!isModal(modal)) return problem(400, "modal must be { prompt, maskBase64 }, both texts");
      const button = { taskId: taskId ?? "", customId: customId ?? "" };
      // Unlike create, it leaves an instance of that name alone.
      await env.ACTIONS.createBatch([{ id: key, params: { button, modal } }]);
      return Response.json({ key }, { status: 202 });
    }

    // It costs nothing; who knows the key may look.
    if (request.method === "GET" && route === "tasks") {
      const instance = isKey(word) ? await env.ACTIONS.get(word).catch(() => null) : null;
      if (!instance) return problem(404, "nothing was pressed under this key");
      const { status, output, error } = await instance.status();
      return Response.json({ key: word, status, task: output, error: error?.message });
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
