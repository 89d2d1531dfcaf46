import type { Button } from "cometapi-midjourney";

/** A task on the page. */
export interface Card {
  status(text: string): void;
  show(imageUrl: string, buttons: readonly Button[], press: (button: Button) => void): void;
  /** Asks for a prompt; `answer` is called once. */
  ask(prompt: string, answer: (prompt: string) => void, problem?: string): void;
}

export function addCard(title: string): Card {
  const card = document.createElement("article");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const status = document.createElement("p");
  const rest = document.createElement("div");
  card.append(heading, status, rest);
  document.querySelector("main")?.prepend(card);
  const say = (text: string) => {
    status.textContent = text;
    rest.replaceChildren();
  };
  say("Submitting …");
  return {
    status: say,
    show(imageUrl, buttons, press) {
      const picture = document.createElement("img");
      picture.src = imageUrl;
      picture.alt = title;
      const bar = document.createElement("nav");
      bar.append(...buttons.map((button) => control(button.label || button.emoji || "?", () => press(button))));
      say("");
      rest.append(picture, bar);
    },
    ask(prompt, answer, problem = "") {
      const input = document.createElement("input");
      input.value = prompt;
      input.setAttribute("aria-label", `Prompt for ${title}`);
      const submit = (): void => {
        say("Submitting …");
        answer(input.value);
      };
      say(problem);
      rest.append(input, control("Submit", submit, { once: true }));
    },
  };
}

function control(label: string, onClick: () => void, options?: AddEventListenerOptions): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", onClick, options);
  return button;
}
