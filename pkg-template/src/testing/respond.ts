/** From an answer to a Response, with what a fault does to it on the way. */

import type { Answer } from "./answers.js";
import { forever, reasonOf } from "./clock.js";
import type { Fault } from "./faults.js";

/** The answer that a fault puts in place of the real one; null where it leaves that as it is. */
export function answerOf(fault: Fault): Answer | null {
  if (fault.status === undefined && fault.body === undefined) return null;
  const body = fault.body === undefined ? null : typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body);
  const json = typeof fault.body === "object" || body === "null";
  const headers = { ...(json ? { "content-type": "application/json; charset=utf-8" } : {}), ...fault.headers };
  return { status: fault.status ?? 200, body, headers };
}

/** What a `fetch` rejects with when the connection breaks. A server that has the simulator as its handler knows it by its first two words. */
export function dropped(when: string): TypeError {
  return new TypeError(`simulated drop ${when}`);
}

/** The Response. */
export function toResponse(
  answer: Answer,
  extra: Record<string, string>,
  fault: Fault | null,
  signal: AbortSignal | null,
): Response {
  const { status } = answer;
  const headers = new Headers({ ...answer.headers, ...extra });
  const noBody = status === 204 || status === 205 || status === 304;
  const text = noBody ? null : answer.body;
  if (fault?.truncate === undefined || text === null) return new Response(text, { status, headers });
  return new Response(brokenBody(text, fault.truncate, fault.hang === true, signal), { status, headers });
}

/** So many bytes of the text, and then an error, or nothing more. */
function brokenBody(text: string, bytes: number, stalls: boolean, signal: AbortSignal | null): ReadableStream<Uint8Array> {
  const all = new TextEncoder().encode(text);
  const part = all.slice(0, Math.max(0, Math.min(bytes, all.length - 1)));
  let sent = part.length === 0;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        signal?.addEventListener("abort", () => controller.error(reasonOf(signal)), { once: true });
      },
      async pull(controller) {
        if (!sent) {
          sent = true;
          controller.enqueue(part);
          return;
        }
        if (stalls) await forever(signal);
        controller.error(new TypeError(`simulated truncation after ${part.length} bytes`));
      },
    },
    { highWaterMark: 0 },
  );
}
