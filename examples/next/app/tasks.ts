import {
  Midjourney,
  MidjourneyError,
  type Button,
  type ModalTask,
  type PollTarget,
  type SubmitResult,
  type SucceededTask,
} from "cometapi-midjourney";
import { createStore, type TaskStore } from "cometapi-midjourney/store";
import { ignoreSecondHalves, once } from "./once";

/*
 * What the page waits for, outside of React: a component can be mounted twice, and its effects run twice, but a submit is paid
 * for each time that it is sent.
 */

/** A task on the page: how far it is, what came of it, or what it asks for. */
export interface Card {
  id: number;
  title: string;
  status: string;
  task?: SucceededTask;
  modal?: ModalTask;
}

// The proxy's address: the key stays on the server.
const midjourney = new Midjourney({ baseURL: "/api/mj" });

let opened: TaskStore<{ title: string }> | undefined;
/** Saves what is waited for, so that a reload loses nothing that was paid for. In a browser: the server has no part in it. */
const store = () => (opened ??= createStore(midjourney));

let cards: readonly Card[] = [];
const listeners = new Set<() => void>();

export const getCards = () => cards;

/** For `useSyncExternalStore`. The first one goes on with what an earlier page was waiting for. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  begun ??= begin();
  return () => void listeners.delete(listener);
}

let begun: Promise<void> | undefined;
async function begin() {
  ignoreSecondHalves();
  for (const { state, meta } of await store().list()) void follow(addCard(meta?.title ?? state.taskId), state);
}

export const imagine = (prompt: string) =>
  once(`imagine ${prompt}`, () => start(prompt, (meta) => store().submitImagine({ prompt }, { meta })));

export const press = (task: SucceededTask, { customId, label, emoji }: Button) =>
  once(`press ${customId} of ${task.id}`, () =>
    start(label || emoji, (meta) => store().submitAction({ taskId: task.id, customId }, { meta })),
  );

/** Custom Zoom and the like ask for a prompt. Left unanswered it can be asked for again, and nothing more is paid. */
export async function answer(id: number) {
  const { modal: task } = cardOf(id) ?? {};
  const prompt = task && window.prompt("Prompt", task.prompt ?? "");
  if (!task || prompt == null) return;
  // From here on it is answered: there is nothing left to press.
  change(id, { modal: undefined, status: "Submitting …" });
  try {
    void follow(id, await store().submitModal({ taskId: task.id, prompt }));
  } catch (error) {
    // Plainly refused: it can be answered otherwise. If not, it is not sent again; that the task goes on will tell.
    if (!maybeAccepted(error)) return change(id, { modal: task, status: wordsOf(error) });
    change(id, { status: wordsOf(error) });
    void follow(id, task.id);
  }
}

/** Submits, and follows the task. The promise ends when the API has answered. */
async function start(title: string, submit: (meta: { title: string }) => Promise<SubmitResult>) {
  const id = addCard(title);
  const from = document.activeElement;
  try {
    // Who has gone on to something else meanwhile is not asked at once: what is typed there would be the answer.
    void follow(id, await submit({ title }), () => document.activeElement === from && answer(id));
  } catch (error) {
    change(id, { status: wordsOf(error) });
  }
}

/** Waits for a task, and shows how far it is and what came of it. */
async function follow(id: number, target: PollTarget, onModal?: () => void) {
  try {
    const task = await store().wait(target, {
      onProgress: ({ status, percent }) => change(id, { status: `${status} ${percent ?? 0} %` }),
    });
    if (task.status === "SUCCESS") return change(id, { status: "", task });
    change(id, { status: "It asks for a prompt.", modal: task });
    onModal?.();
  } catch (error) {
    change(id, { status: wordsOf(error) });
  }
}

let count = 0;
function addCard(title: string): number {
  const id = ++count;
  set([{ id, title, status: "Submitting …" }, ...cards]);
  return id;
}

const cardOf = (id: number) => cards.find((card) => card.id === id);

const change = (id: number, news: Partial<Card>) => set(cards.map((card) => (card.id === id ? { ...card, ...news } : card)));

function set(next: readonly Card[]) {
  cards = next;
  for (const listener of listeners) listener();
}

const wordsOf = (error: unknown) => (MidjourneyError.isInstance(error) ? error.message : String(error));

/** Whether it may have been paid for. */
const maybeAccepted = (error: unknown) => MidjourneyError.isInstance(error) && "maybeAccepted" in error;
