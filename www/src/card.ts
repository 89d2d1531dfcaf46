/** A card: one task, from its submit to its buttons. It shows; what happens is the studio's. */

import type { Task } from "cometapi-midjourney";
import { buttonGroups, type Handlers } from "./buttons.js";
import { announce, el, jump } from "./dom.js";
import { Frame } from "./frame.js";
import { modalNote, type Modal } from "./modal.js";
import { maybeAccepted, problemBox } from "./problem.js";

type Phase = "sending" | "running" | "stopped" | "done" | "modal" | "failed" | "uncertain";

const WORDS: Readonly<Record<string, string>> = {
  NOT_START: "Queued",
  SUBMITTED: "Taken on",
  IN_PROGRESS: "Painting",
  SUCCESS: "Done",
  MODAL: "Wants input",
  FAILURE: "Failed",
  CANCEL: "Cancelled",
};

let count = 0;

export class Card {
  readonly id = `card-${(count += 1)}`;
  readonly element: HTMLElement;
  readonly #title: HTMLElement;
  readonly #frame: Frame;
  readonly #badge = el("span", { class: "badge" });
  readonly #task = el("span", { class: "task" });
  readonly #bar = el("progress", { max: 100, "aria-label": "Progress" });
  readonly #percent = el("span", { class: "percent", "aria-hidden": "true" });
  readonly #toggle = el("button", { type: "button", class: "quiet", hidden: true });
  readonly #work: HTMLElement;
  readonly #alert = el("div", { role: "alert" });
  readonly #rest = el("div", { class: "rest" });
  #onToggle: (() => void) | null = null;
  /** As last seen. */
  task: Task | undefined;

  /** `name`: what it is called, "U1" or the prompt; `parent`: the card whose button was pressed. */
  constructor(readonly name: string, readonly prompt: string, parent: Card | null) {
    this.#frame = new Frame(prompt);
    const title = parent ? [el("b", {}, name), " of ", jump(parent.id, parent.name)] : [name];
    this.#title = el("h3", { id: `${this.id}-title`, tabindex: -1 }, ...title);
    this.#work = el("div", { class: "work" }, this.#bar, this.#percent, this.#toggle);
    const facts = el("p", { class: "state" }, this.#badge, this.#task);
    const body = el("div", { class: "body" }, this.#title, facts, this.#work, this.#alert, this.#rest);
    const about = { id: this.id, class: parent ? "card" : "card root", "aria-labelledby": `${this.id}-title` };
    this.element = el("article", about, this.#frame.element, body);
    // One of several: which it is about is said, too.
    this.#toggle.setAttribute("aria-describedby", this.#title.id);
    this.#toggle.addEventListener("click", () => this.#onToggle?.());
    this.#enter("sending", "Sending");
  }

  /** The task as last seen: status, progress, preview. */
  show(task: Task): void {
    this.task = task;
    this.#task.textContent = task.id;
    this.#badge.textContent = task.status === "UNKNOWN" ? task.rawStatus || "Sent" : (WORDS[task.status] ?? task.status);
    // A bar that goes back tells nothing; the number does.
    if (task.percent !== null) this.#bar.value = Math.max(this.#bar.hasAttribute("value") ? this.#bar.value : 0, task.percent);
    this.#percent.textContent = task.progress;
    this.#frame.show(task);
  }

  /** It is being submitted. */
  sending(): void {
    this.#alert.replaceChildren();
    this.#rest.replaceChildren();
    this.#enter("sending", "Sending");
    this.#toggle.hidden = true;
  }

  /** An earlier page's, which can't go on by itself. */
  parked(words: string, taskId: string, goOn: () => void): void {
    this.#task.textContent = taskId;
    this.#enter("stopped", words);
    this.#offer("Go on waiting", goOn);
  }

  /** It is waited for. */
  waiting(taskId: string, stop: () => void): void {
    this.#task.textContent = taskId;
    this.#alert.replaceChildren();
    this.#rest.replaceChildren();
    this.#enter("running", this.#phase === "running" ? (this.#badge.textContent ?? "") : "Sent");
    this.#offer("Stop waiting", stop);
  }

  /** The wait was stopped, by hand or by an error after which it can go on. */
  stopped(words: string, goOn: () => void, error?: unknown): void {
    if (!this.element.isConnected) return;
    this.#enter("stopped", words);
    if (error !== undefined) this.#alert.replaceChildren(problemBox(error));
    this.#offer("Go on waiting", goOn);
    announce(`${this.name}: ${words}`);
  }

  /** Here it is, with what can follow. */
  done(task: Task, press: Handlers["press"]): void {
    this.show(task);
    this.#rest.replaceChildren(...buttonGroups(task, { press, spot: (quarter) => this.#frame.spot(quarter) }));
    this.#enter("done", "Done");
    announce(`${this.name} is done. ${task.buttons.length} buttons.`);
  }

  /** It wants more input, which `open` asks for; `error`: it did not take what it was given. */
  modal(modal: Modal, open: () => void, error?: unknown): void {
    this.#task.textContent = modal.taskId;
    this.#alert.replaceChildren(...(error === undefined ? [] : [problemBox(error)]));
    this.#rest.replaceChildren(modalNote(modal, open));
    this.#enter("modal", "Wants input");
    announce(`${this.name} wants more input.`);
  }

  /** It ends here. */
  failed(error: unknown): void {
    const uncertain = maybeAccepted(error);
    this.#enter(uncertain ? "uncertain" : "failed", uncertain ? "Not certain" : "No picture");
    this.#alert.replaceChildren(problemBox(error));
  }

  /** Whether there is nothing more to come of it. */
  get over(): boolean {
    return this.#phase === "done" || this.#phase === "failed" || this.#phase === "uncertain";
  }

  get hasFailed(): boolean {
    return this.#phase === "failed";
  }

  /** Whether it waits for more input. */
  get asks(): boolean {
    return this.#phase === "modal";
  }

  get #phase(): string | undefined {
    return this.element.dataset["phase"];
  }

  focus(): void {
    this.#title.focus();
  }

  #enter(phase: Phase, words: string): void {
    this.element.dataset["phase"] = phase;
    this.#badge.textContent = words;
    const over = phase !== "sending" && phase !== "running" && phase !== "stopped";
    const focused = this.#work.contains(document.activeElement);
    this.#work.hidden = over;
    this.element.setAttribute("aria-busy", String(phase === "sending" || phase === "running"));
    // What had the focus is gone: it goes to what came instead, not to the top of the page.
    if (over && focused) this.focus();
  }

  /** One button for both, so that who pressed it still has the focus on it. */
  #offer(words: string, action: () => void): void {
    this.#toggle.textContent = words;
    this.#toggle.hidden = false;
    this.#onToggle = action;
  }
}
