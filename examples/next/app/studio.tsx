"use client";

import { Midjourney, MidjourneyError, parseCustomId, type Button, type ModalTask, type SucceededTask, type Task } from "cometapi-midjourney";
import { useState, type FormEvent } from "react";

/** A wait: what it is of, how far it is, what came of it. */
interface Card {
  id: number;
  title: string;
  status: string;
  task?: SucceededTask;
}

type Start = (onProgress: (task: Task) => void) => Promise<SucceededTask | ModalTask>;

// The proxy's address: the key stays on the server.
const midjourney = new Midjourney({ baseURL: "/api/mj" });

/** From a prompt to pictures, and on by their buttons. */
export function Studio() {
  const [cards, setCards] = useState<Card[]>([]);

  // Called by events, not by an effect: in development React runs effects twice, and a submit is paid for.
  async function follow(title: string, start: Start) {
    const card: Card = { id: Date.now(), title, status: "Submitting …" };
    const change = (news: Partial<Card>) => setCards((all) => all.map((other) => (other.id === card.id ? { ...other, ...news } : other)));
    setCards((all) => [card, ...all]);
    try {
      const task = await start(({ status, percent }) => change({ status: `${status} ${percent ?? 0} %` }));
      change(task.status === "SUCCESS" ? { status: "", task } : { status: "Not answered." });
    } catch (error) {
      change({ status: MidjourneyError.isInstance(error) ? error.message : String(error) });
    }
  }

  function imagine(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const prompt = String(new FormData(event.currentTarget).get("prompt"));
    follow(prompt, async (onProgress) => midjourney.pollUntilDone(await midjourney.submitImagine({ prompt }), { onProgress }));
  }

  function press(task: SucceededTask, button: Button) {
    follow(nameOf(button), (onProgress) => midjourney.act(task, button, { onProgress, onModal: ask }));
  }

  return (
    <>
      <form onSubmit={imagine}>
        <label htmlFor="prompt">Prompt</label>
        <input id="prompt" name="prompt" required defaultValue="a lighthouse in a storm --ar 3:2" />
        <button>Imagine</button>
      </form>
      <main aria-live="polite">
        {cards.map(({ id, title, status, task }) => (
          <article key={id}>
            <h2>{title}</h2>
            {status && <p>{status}</p>}
            {task && <img src={task.imageUrl} alt={title} />}
            <nav>
              {task?.buttons.filter(isOffered).map((button) => (
                <button key={button.customId} onClick={() => press(task, button)}>
                  {nameOf(button)}
                </button>
              ))}
            </nav>
          </article>
        ))}
      </main>
    </>
  );
}

/** Vary (Region) needs a mask, which is not painted here; a favourite makes no task. */
const isOffered = ({ customId }: Button) => !["vary_region", "bookmark"].includes(parseCustomId(customId).kind);

const nameOf = ({ label, emoji }: Button) => label || emoji;

/** Custom Zoom and the like ask for a prompt; null leaves them unanswered, and nothing more is paid. */
function ask({ id, prompt: last }: ModalTask) {
  const prompt = window.prompt("Prompt", last ?? "");
  return prompt === null ? null : { taskId: id, prompt };
}
