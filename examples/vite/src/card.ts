import type { Button } from "cometapi-midjourney";

/** A task on the page. */
export interface Card {
  status(text: string): void;
  show(imageUrl: string, buttons: readonly Button[], press: (button: Button) => void): void;
  ask(prompt: string, answer: (prompt: string) => void): void;
}

export function addCard(title: string): Card {
  const card = document.createElement("article");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const status = document.createElement("p");
  status.textContent = "Submitting …";
  card.append(heading, status);
  document.querySelector("main")?.prepend(card);
  return {
    status: (text) => void (status.textContent = text),
    show(imageUrl, buttons, press) {
      const picture = document.createElement("img");
      picture.src = imageUrl;
      picture.alt = title;
      const bar = document.createElement("nav");
      bar.append(...buttons.map((button) => control(button.label || button.emoji || "?", () => press(button))));
      status.replaceWith(picture, bar);
    },
    ask(prompt, answer) {
      const input = document.createElement("input");
      input.value = prompt;
      input.setAttribute("aria-label", `Prompt for ${title}`);
      const submit = control("Submit", () => {
        form.replaceWith(status);
        status.textContent = "Submitting …";
        answer(input.value);
      });
      const form = document.createElement("p");
      form.append(input, submit);
      status.replaceWith(form);
    },
  };
}

function control(label: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", onClick);
  return button;
}
