import { Midjourney, MidjourneyError, parseCustomId, type Button, type ModalTask, type SucceededTask } from "cometapi-midjourney";
import { createStore } from "cometapi-midjourney/store";
import { addCard, type Card } from "./card";

// No key in the page: the proxy has it.
const midjourney = new Midjourney({ baseURL: "/api/mj" });
// Saves what is waited for, so that a reload loses nothing that was paid for.
const store = createStore<{ title: string }>(midjourney);

/** Shows a wait, from its submit to its picture. */
async function follow(card: Card, wait: () => Promise<SucceededTask | ModalTask>) {
  try {
    finish(card, await wait());
  } catch (error) {
    card.status(MidjourneyError.isInstance(error) ? error.message : String(error));
  }
}

/** The picture, and its buttons; a modal asks for words. */
function finish(card: Card, task: SucceededTask | ModalTask) {
  if (task.status === "MODAL") {
    card.ask(task.prompt ?? "", (prompt) => {
      follow(card, async () => store.wait(await store.submitModal({ taskId: task.id, prompt }), watching(card)));
    });
    return;
  }
  card.show(task.imageUrl ?? "", task.buttons.filter(isOffered), (button) => press(task, button));
}

/** Vary (Region) needs a mask, which is not painted here; a favourite makes no task. */
function isOffered({ customId }: Button) {
  return !["vary_region", "bookmark"].includes(parseCustomId(customId).kind);
}

function press(task: SucceededTask, button: Button) {
  const title = button.label || button.emoji || "button";
  const params = { taskId: task.id, customId: button.customId };
  const card = addCard(title);
  follow(card, async () => store.wait(await store.submitAction(params, { meta: { title } }), watching(card)));
}

const watching = (card: Card) => ({
  onProgress: ({ status, percent }: { status: string; percent: number | null }) => card.status(`${status} ${percent ?? 0} %`),
});

document.forms[0]?.addEventListener("submit", (event) => {
  event.preventDefault();
  const prompt = String(new FormData(event.target as HTMLFormElement).get("prompt"));
  const card = addCard(prompt);
  follow(card, async () => store.wait(await store.submitImagine({ prompt }, { meta: { title: prompt } }), watching(card)));
});

// What an earlier page was waiting for.
for (const { state, meta } of await store.list()) {
  const card = addCard(meta?.title ?? state.taskId);
  follow(card, () => store.wait(state, watching(card)));
}
