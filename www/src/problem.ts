/** An error, in the library's own words. */

import { MidjourneyError, SubmitUncertainError } from "cometapi-midjourney";
import { el } from "./dom.js";

/** The box that tells it: its class, its message, and what else it knows. */
export function problemBox(error: unknown): HTMLElement {
  const uncertain = maybeAccepted(error);
  const lead = el("p", { class: "lead" }, "It may have been accepted. It was not sent again.");
  return el(
    "div",
    { class: uncertain ? "problem uncertain" : "problem" },
    el("p", { class: "class" }, nameOf(error)),
    ...(uncertain ? [lead] : []),
    el("p", {}, messageOf(error)),
    facts(error),
  );
}

/** Whether pressing again could be paid twice. */
export function maybeAccepted(error: unknown): boolean {
  return SubmitUncertainError.isInstance(error) || (MidjourneyError.isInstance(error) && "maybeAccepted" in error && error.maybeAccepted === true);
}

/** An abort is no error of the library's: it rejects with the signal's own reason. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "Thrown";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function facts(error: unknown): HTMLElement {
  const list = el("dl", { class: "facts" });
  if (!MidjourneyError.isInstance(error)) return list;
  const { code, retryable, status, taskId, taskIds, requestId, cause } = error;
  const rows: [string, unknown][] = [
    ["code", code],
    ["retryable", retryable],
    ["status", status],
    ["taskId", taskId],
    ["taskIds", taskIds?.join(", ")],
    ["requestId", requestId],
    ["cause", cause === undefined ? undefined : `${nameOf(cause)}: ${messageOf(cause)}`],
  ];
  for (const [name, value] of rows) {
    if (value !== undefined) list.append(el("div", {}, el("dt", {}, name), el("dd", {}, String(value))));
  }
  return list;
}
