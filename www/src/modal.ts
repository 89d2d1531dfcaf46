/** A task that wants more input before it starts. */

import { el } from "./dom.js";

const ASKS: readonly [pattern: RegExp, asks: string][] = [
  [/Inpaint|INPAINT|Region/, "Vary (Region) wants a mask (a PNG, white where it may repaint) and a prompt."],
  [/CustomZoom|CUSTOM_ZOOM|Custom Zoom/, "Custom Zoom wants a prompt that ends in --zoom and a number from 1 to 2."],
];

/** What it waits for. `about`: the customId, the action or the label, whatever is known. */
export function modalNote(about: string, taskId: string): HTMLElement {
  const asks = ASKS.find(([pattern]) => pattern.test(about))?.[1] ?? "This task wants more input, such as another prompt.";
  return el(
    "div",
    { class: "notice" },
    el("p", {}, asks),
    el("p", {}, "Nothing is made until it has that. Sending it, ", el("code", {}, "submitModal"), ", comes with the next version; keep the task’s id: ", el("code", {}, taskId)),
  );
}
