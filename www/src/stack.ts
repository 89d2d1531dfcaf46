/** The cards in their order: new pictures first, and what came of a button right after its card. */

import type { Card } from "./card.js";

export class Stack {
  constructor(readonly element: HTMLElement) {}

  /** `look`: the page moves so that it can be seen. */
  add(card: Card, parent: Card | null, look = true): void {
    if (parent) parent.element.after(card.element);
    else this.element.prepend(card.element);
    if (look) card.element.scrollIntoView({ block: "nearest" });
  }

  /** Takes away the cards of which nothing more comes; how many. */
  clear(): number {
    const over = this.element.querySelectorAll('[data-phase="done"], [data-phase="failed"], [data-phase="uncertain"]');
    for (const card of over) card.remove();
    return over.length;
  }

  remove(card: Card): void {
    card.element.remove();
  }
}
