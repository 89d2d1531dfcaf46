"use client";

import { parseCustomId, type Button } from "cometapi-midjourney";
import { useSyncExternalStore, type FormEvent } from "react";
import { answer, getCards, imagine, press, subscribe, type Card } from "./tasks";

const NONE: readonly Card[] = [];

/** From a prompt to pictures, and on by their buttons. */
export function Studio() {
  const cards = useSyncExternalStore(subscribe, getCards, () => NONE);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    imagine(String(new FormData(event.currentTarget).get("prompt")));
  }

  return (
    <>
      <form onSubmit={submit}>
        <label htmlFor="prompt">Prompt</label>
        <input id="prompt" name="prompt" required defaultValue="a lighthouse in a storm --ar 3:2" />
        <button>Imagine</button>
      </form>
      <main aria-live="polite">
        {cards.map(({ id, title, status, task, modal }) => (
          <article key={id}>
            <h2>{title}</h2>
            {status && <p>{status}</p>}
            {modal && <button onClick={() => answer(id)}>Answer</button>}
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
