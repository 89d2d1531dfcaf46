/** The buttons under a picture, in groups. */

import type { Button, Task } from "cometapi-midjourney";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { GROUPS, nameOf, type Name } from "./names.js";

export interface Handlers {
  /** Presses it; the promise ends when the API has answered. */
  press(button: Button, words: string): Promise<void>;
  /** The eye is on a quarter of a grid, 0: on none. */
  spot(quarter: number): void;
}

/** The groups of a task's buttons: none is left out, whatever its kind. */
export function buttonGroups(task: Task, handlers: Handlers): HTMLElement[] {
  const named = task.buttons.map((button) => ({ button, name: nameOf(button) }));
  return GROUPS.flatMap((group) => {
    const members = named.filter(({ name }) => name.group === group);
    if (members.length === 0) return [];
    const keys = members.map(({ button, name }) => (button.customId ? key(button, name, handlers) : noKey(name)));
    const four = members.length === 4 && members.every(({ name }) => name.quarter > 0 || group === "Pan");
    return [
      el(
        "div",
        { class: four ? "group four" : "group", role: "group", "aria-label": group },
        el("span", { class: "group-name", "aria-hidden": "true" }, group),
        el("div", { class: "keys" }, ...keys),
      ),
    ];
  });
}

function key(button: Button, name: Name, handlers: Handlers): HTMLButtonElement {
  const element = el("button", { type: "button", class: "key", title: button.customId }, ...face(name));
  if (button.style === 1) element.dataset["pressed"] = "";
  // aria-disabled in place of disabled, which would take the focus away. It is for the eye: that one press is one submit is
  // the studio's affair.
  element.addEventListener("click", async () => {
    element.setAttribute("aria-disabled", "true");
    try {
      await handlers.press(button, name.words);
      element.dataset["pressed"] = "";
    } catch {
      // The new card tells it.
    } finally {
      element.removeAttribute("aria-disabled");
    }
  });
  if (name.quarter > 0) {
    for (const event of ["pointerenter", "focus"]) element.addEventListener(event, () => handlers.spot(name.quarter));
    for (const event of ["pointerleave", "blur"]) element.addEventListener(event, () => handlers.spot(0));
  }
  return element;
}

/** A link of Discord's: there is no customId to press. */
function noKey(name: Name): HTMLElement {
  return el("span", { class: "key", "data-dead": "", title: "A link of Discord's: it has no customId" }, ...face(name));
}

function face(name: Name): Node[] {
  // An arrow says it all to those who see it.
  const words = el("span", { class: name.group === "Pan" ? "unseen" : undefined }, name.words);
  return name.icon ? [icon(name.icon), words] : [words];
}
