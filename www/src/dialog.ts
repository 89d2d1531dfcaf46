/** A question in a dialog. Esc, the cross and "Not now" leave it unanswered; the focus goes back to where it was. */

import { el } from "./dom.js";

export interface Question<T> {
  title: string;
  /** What it is about, one sentence. */
  hint: string;
  body: Node[];
  /** What is read on the button that answers it. */
  answer: string;
  /** The answer. What it throws is told in the dialog, which stays. */
  read(): T | Promise<T>;
}

let count = 0;

/** Null where it is left unanswered. */
export function ask<T>({ title, hint, body, answer, read }: Question<T>): Promise<T | null> {
  const id = `dialog-${(count += 1)}`;
  const wrong = el("p", { class: "wrong", role: "alert" });
  const cross = el("button", { type: "button", class: "quiet cross", "aria-label": "Close" }, "✕");
  const later = el("button", { type: "button", class: "quiet" }, "Not now");
  const send = el("button", { type: "submit", class: "main" }, answer);
  const form = el(
    "form",
    { class: "question" },
    el("div", { class: "head" }, el("h2", { id }, title), cross),
    el("p", { class: "hint", id: `${id}-hint` }, hint),
    ...body,
    wrong,
    el("div", { class: "answers" }, later, send),
  );
  const dialog = el("dialog", { "aria-labelledby": id, "aria-describedby": `${id}-hint` }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    let given: T | null = null;
    for (const button of [cross, later]) button.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(given);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      wrong.textContent = "";
      try {
        given = await read();
        dialog.close();
      } catch (error) {
        wrong.textContent = error instanceof Error ? error.message : String(error);
      }
    });
  });
}

/** A prompt, as a whole. */
export function promptField(label: string, prompt: string): { field: HTMLElement; text: HTMLTextAreaElement } {
  const text = el("textarea", { id: `prompt-${(count += 1)}`, rows: 3, maxlength: 2000, required: true });
  text.value = prompt;
  return { field: el("div", {}, el("label", { for: text.id }, label), text), text };
}
