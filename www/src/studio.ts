/** What happens: a picture is started or opened, its buttons are pressed, each task is waited for on its card. */

import {
  InvalidArgumentError,
  MidjourneyError,
  TaskFailedError,
  TaskNotFoundError,
  type Button,
  type PollTarget,
  type SubmitResult,
  type Task,
} from "cometapi-midjourney";
import type { SavedTask } from "cometapi-midjourney/store";
import type { About, Album, Entry } from "./album.js";
import { Card } from "./card.js";
import { snippets, type Code } from "./code.js";
import type { Session, SimulatedSession } from "./client.js";
import { createOnce } from "./intent.js";
import { askModal, type Modal } from "./modal.js";
import { isAbort, maybeAccepted } from "./problem.js";
import type { Stack } from "./stack.js";
import type { Trouble } from "./trouble.js";

/** What of the page it works with. */
export interface Room {
  stack: Stack;
  album: Album;
  code: Code;
  trouble(): Trouble;
  /** Whether a variation asks for a prompt first. */
  remix(): boolean;
}

interface More extends Pick<Trouble, "poll"> {
  /** Told once it wants input. */
  ask?(open: () => void): void;
}

export class Studio {
  /** By their tasks. */
  readonly #cards = new Map<string, Card>();
  readonly #once = createOnce();
  /** Takes back the trouble that was planted last. */
  #takeBack: (() => void) | undefined;

  constructor(private readonly session: Session, private readonly room: Room) {
    session.store.subscribe((event) => {
      if (event.type === "saved" && event.elsewhere) this.#heard(event.saved);
    });
  }

  /** A new picture. The promise ends when the API has answered. */
  start(prompt: string): Promise<void> {
    return this.#once(`start ${prompt}`, () => this.#start(prompt));
  }

  async #start(prompt: string): Promise<void> {
    const card = new Card(prompt, prompt, null);
    this.room.stack.add(card, null);
    this.room.code.show(snippets.start(prompt));
    const about = { name: prompt, prompt };
    try {
      const submitted = await this.session.store.submitImagine({ prompt }, { meta: saved(about) });
      this.#keep(card, { ...about, taskId: submitted.taskId });
      void this.#wait(card, about, submitted, submitted.taskId);
    } catch (error) {
      card.failed(error);
    }
  }

  /** A task that is there already, whatever its state. */
  async open(taskId: string): Promise<void> {
    this.room.code.show(snippets.open(taskId));
    const known = this.#cards.get(taskId);
    // One card a task: two could each answer the same modal.
    if (known?.element.isConnected && !known.hasFailed) return known.focus();
    if (known) this.room.stack.remove(known);
    await this.#look({ taskId, name: `Task ${taskId}`, prompt: "" }, true);
  }

  /**
   * What an earlier page had: its cards, and tasks under way, which go on. Those of the store that have no card here,
   * since the tab was closed, get one.
   */
  async restore(shown: readonly Entry[]): Promise<void> {
    const { store } = this.session;
    const waits = new Map((await store.list()).map((task) => [task.taskId, task]));
    const lost = [...waits.values()].filter(({ taskId }) => !shown.some((entry) => entry.taskId === taskId));
    const entries = [...shown, ...lost.map(({ taskId, meta }) => ({ name: `Task ${taskId}`, prompt: "", ...meta, taskId }))];
    if (waits.size > 0) this.room.code.show(snippets.resume());
    for (const entry of entries) {
      const wait = waits.get(entry.taskId);
      if (!wait) {
        void this.#look(entry, false);
        continue;
      }
      const card = this.#card(entry, false);
      this.#keep(card, entry);
      void this.#wait(card, entry, wait.state, entry.taskId);
    }
  }

  /** Takes away the cards of which nothing more comes. */
  clear(): void {
    for (const [taskId, card] of this.#cards) {
      if (!card.over) continue;
      this.#cards.delete(taskId);
      this.room.album.remove(taskId);
    }
  }

  /** Reads a task once, and waits for it where it is not done. */
  async #look(entry: Entry, look: boolean): Promise<void> {
    const card = this.#card(entry, look);
    try {
      const task = await this.session.midjourney.fetchTask(entry.taskId);
      this.#keep(card, entry);
      if (task.status === "SUCCESS") return this.#finish(card, task);
      card.show(task);
      await this.#wait(card, entry, task, task.id);
    } catch (error) {
      card.failed(error);
    }
  }

  /** A button of a finished task. The promise ends when the API has answered. */
  #press(parent: Card, task: Task, button: Button, words: string): Promise<void> {
    return this.#once(`press ${button.customId} of ${task.id}`, () => this.#pressed(parent, task, button, words));
  }

  async #pressed(parent: Card, task: Task, button: Button, words: string): Promise<void> {
    const { session, room } = this;
    const from = document.activeElement;
    // The very one that was seen: a name could fit another, too.
    const { customId } = button;
    const about = { name: words, prompt: parent.prompt || (task.prompt ?? ""), parent: task.id, customId };
    const card = new Card(words, about.prompt, parent);
    room.stack.add(card, parent);
    const remix = room.remix();
    room.code.show(snippets.press(task, button, remix));
    const trouble = this.#plant();
    let result: SubmitResult;
    try {
      const params = { taskId: task.id, customId, ...(remix ? { enableRemix: true } : {}) };
      result = await session.store.submitAction(params, { meta: saved(about) });
    } catch (error) {
      card.failed(error);
      throw error;
    }
    const known = this.#cards.get(result.taskId);
    if (known || result.taskId === task.id) {
      // No new task: a favourite's answer is the task itself, that of an upscale can be the one of the first time.
      room.stack.remove(card);
      if (known !== parent) known?.focus();
      return;
    }
    this.#keep(card, { ...about, taskId: result.taskId });
    if (result.kind === "modal") {
      const { finalPrompt } = result.properties;
      this.#modal(card, typeof finalPrompt === "string" ? { ...about, prompt: finalPrompt } : about, result.taskId)();
      return;
    }
    if (isSimulated(session)) trouble?.after?.(session.world, result.taskId, session.clock);
    // A remix is told only later. Who has gone on to something else meanwhile finds the question on the card.
    const ask = (open: () => void): void => void (document.activeElement === from && open());
    void this.#wait(card, about, result, result.taskId, { ...(trouble?.poll && { poll: trouble.poll }), ask });
  }

  /** Until it has its picture, wants more, fails or is stopped; from where it stopped it can go on. */
  async #wait(card: Card, about: About, target: PollTarget, taskId: string, more: More = {}): Promise<void> {
    const stop = new AbortController();
    card.waiting(taskId, () => stop.abort());
    try {
      const task = await this.session.store.wait(target, {
        ...this.session.poll,
        ...more.poll,
        signal: stop.signal,
        onProgress: (seen) => card.show(seen),
      });
      this.#others(about, task.siblings);
      if (task.status === "MODAL") {
        card.show(task);
        const open = this.#modal(card, { ...about, prompt: task.prompt || about.prompt }, taskId);
        more.ask?.(open);
      } else this.#finish(card, task);
    } catch (error) {
      if (isAbort(error)) card.stopped("Stopped; the task goes on", () => void this.#wait(card, about, taskId, taskId));
      else if (isOver(error)) {
        card.failed(error);
        this.#others(about, MidjourneyError.isInstance(error) ? error.siblings : undefined);
      } else card.stopped("Not yet done", () => void this.#wait(card, about, stateOf(error) ?? taskId, taskId), error);
    }
  }

  /** It wants more: the card says what. Gives what asks for it, now or later. */
  #modal(card: Card, about: About, taskId: string, problem?: unknown): () => void {
    const { customId, prompt, parent } = about;
    const modal: Modal = { taskId, customId, action: card.task?.action, prompt, picture: () => this.#pictureOf(parent) };
    const open = (): void => void this.#ask(card, about, modal);
    card.modal(modal, open, problem);
    return open;
  }

  /** Asks, and submits the answer, if the card still waits for one: it may have been given in another tab. */
  async #ask(card: Card, about: About, modal: Modal): Promise<void> {
    const { taskId } = modal;
    const from = document.activeElement;
    try {
      const answer = await askModal(modal);
      if (!answer || !card.asks) return;
      const { width = 0, height = 0, ...params } = answer;
      this.room.code.show(snippets.modal(taskId, params.prompt ?? "", width ? { width, height } : null));
      card.sending();
      // Where the button that asked is gone, the card has the focus.
      if (!from?.isConnected) card.focus();
      const submitted = await this.session.store.submitModal({ ...params, taskId });
      if (submitted.taskId !== taskId) this.#keep(card, { ...about, taskId: submitted.taskId });
      void this.#wait(card, about, submitted, submitted.taskId);
    } catch (error) {
      // It is never sent again: whether it was taken is seen by the task going on.
      if (maybeAccepted(error)) card.stopped("Not certain", () => void this.#wait(card, about, taskId, taskId), error);
      else this.#modal(card, about, taskId, error);
    }
  }

  /** What another tab has saved: where it has answered a modal, that is no question here any more. */
  #heard({ taskId, state, meta }: SavedTask<About>): void {
    const card = this.#cards.get(taskId);
    if (!card?.asks || state.modalAt === undefined) return;
    void this.#wait(card, meta ?? { name: card.name, prompt: card.prompt }, state, taskId);
  }

  /** The further tasks of a submit that has made several, each on a card of its own. */
  #others(about: About, siblings: readonly Task[] = []): void {
    for (const { id } of siblings) if (!this.#cards.has(id)) void this.#look({ ...about, taskId: id }, false);
  }

  async #pictureOf(taskId: string | undefined): Promise<string> {
    if (!taskId) return "";
    const task = this.#cards.get(taskId)?.task ?? (await this.session.midjourney.fetchTask(taskId));
    return task.imageUrl ?? "";
  }

  #finish(card: Card, task: Task): void {
    card.done(task, (button, words) => this.#press(card, task, button, words));
  }

  /** An earlier page's card. */
  #card(entry: Entry, look: boolean): Card {
    const parent = (entry.parent !== undefined && this.#cards.get(entry.parent)) || null;
    const card = new Card(entry.name, entry.prompt, parent);
    this.room.stack.add(card, parent, look);
    // Its own children find it, whatever becomes of it.
    this.#cards.set(entry.taskId, card);
    return card;
  }

  #keep(card: Card, entry: Entry): void {
    const { proxy } = this.session;
    this.#cards.set(entry.taskId, card);
    this.room.album.add(proxy === undefined ? entry : { ...entry, proxy });
  }

  #plant(): Trouble | undefined {
    if (!isSimulated(this.session)) return undefined;
    const trouble = this.room.trouble();
    this.#takeBack?.();
    this.#takeBack = trouble.plant?.(this.session.world.simulator);
    return trouble;
  }
}

/** What a store saves with a task has its limit. */
const saved = (about: About): About => ({ ...about, name: about.name.slice(0, 200), prompt: about.prompt.slice(0, 1_000) });

/** Whether a wait's error is the task's own end, and not that of our patience, key or line. */
function isOver(error: unknown): boolean {
  if (!MidjourneyError.isInstance(error)) return true;
  return [TaskFailedError, TaskNotFoundError, InvalidArgumentError].some((end) => end.isInstance(error));
}

const stateOf = (error: unknown): PollTarget | undefined => (MidjourneyError.isInstance(error) ? error.state : undefined);

function isSimulated(session: Session): session is SimulatedSession {
  return "world" in session;
}
