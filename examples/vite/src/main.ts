import {
  Midjourney,
  MidjourneyError,
  parseCustomId,
  type Button,
  type ModalTask,
  type PollTarget,
  type SubmitResult,
  type SucceededTask,
} from "cometapi-midjourney";
import { createStore } from "cometapi-midjourney/store";
import { addCard, type Card } from "./card";
import { ignoreSecondHalves, once } from "./once";

// No key in the page: the proxy has it.
const midjourney = new Midjourney({ baseURL: "/api/mj" });
// Saves what is waited for, so that a reload loses nothing that was paid for.
const store = createStore<{ title: string }>(midjourney);

const imagine = (prompt: string) =>
  once(`imagine ${prompt}`, () => start(prompt, (meta) => store.submitImagine({ prompt }, { meta })));

const press = (task: SucceededTask, { customId, label, emoji }: Button) =>
  once(`press ${customId} of ${task.id}`, () =>
    start(label || emoji || "button", (meta) => store.submitAction({ taskId: task.id, customId }, { meta })),
  );

/** Submits, and follows the task. The promise ends when the API has answered. */
async function start(title: string, submit: (meta: { title: string }) => Promise<SubmitResult>) {
  const card = addCard(title);
  try {
    follow(card, await submit({ title }));
  } catch (error) {
    card.status(wordsOf(error));
  }
}

/** Waits for a task, and shows how far it is and what came of it. */
async function follow(card: Card, target: PollTarget) {
  try {
    const onProgress = ({ status, percent }: { status: string; percent: number | null }) => card.status(`${status} ${percent ?? 0} %`);
    const task = await store.wait(target, { onProgress });
    if (task.status === "MODAL") ask(card, task);
    else card.show(task.imageUrl ?? "", task.buttons.filter(isOffered), (button) => press(task, button));
  } catch (error) {
    card.status(wordsOf(error));
  }
}

/** A modal asks for words. It is answered once. */
function ask(card: Card, task: ModalTask, problem?: string) {
  const answer = async (prompt: string) => {
    try {
      follow(card, await store.submitModal({ taskId: task.id, prompt }));
    } catch (error) {
      // Plainly refused: it can be answered otherwise. If not, it is not sent again; that the task goes on will tell.
      if (!maybeAccepted(error)) return ask(card, task, wordsOf(error));
      card.status(wordsOf(error));
      follow(card, task.id);
    }
  };
  card.ask(task.prompt ?? "", answer, problem);
}

/** Vary (Region) needs a mask, which is not painted here; a favourite makes no task. */
function isOffered({ customId }: Button) {
  return !["vary_region", "bookmark"].includes(parseCustomId(customId).kind);
}

const wordsOf = (error: unknown) => (MidjourneyError.isInstance(error) ? error.message : String(error));

/** Whether it may have been paid for. */
const maybeAccepted = (error: unknown) => MidjourneyError.isInstance(error) && "maybeAccepted" in error;

ignoreSecondHalves();

document.forms[0]?.addEventListener("submit", (event) => {
  event.preventDefault();
  imagine(String(new FormData(event.target as HTMLFormElement).get("prompt")));
});

// What an earlier page was waiting for.
for (const { state, meta } of await store.list()) follow(addCard(meta?.title ?? state.taskId), state);
