/** The code that does what was just done. */

import type { Button } from "cometapi-midjourney";
import { announce, el } from "./dom.js";

/** How a button is found among a task's: never by a customId that was written down. */
function finder({ label, customId }: Button): string {
  if (label) return `(b) => b.label === ${JSON.stringify(label)}`;
  const kind = /::([a-z_]+)::/.exec(customId)?.[0] ?? customId;
  return `(b) => b.customId.includes(${JSON.stringify(kind)})`;
}

const BEGIN = `import { Midjourney } from "cometapi-midjourney";

// On a server: it reads COMETAPI_KEY.
const mj = new Midjourney();
`;

export const snippets = {
  /** A picture was started or opened. */
  wait: (taskId: string): string => `${BEGIN}
const taskId = ${JSON.stringify(taskId)};
const task = await mj.pollUntilDone(taskId, {
  onProgress: (t) => console.log(t.progress),
});
console.log(task.imageUrl, task.buttons);
`,
  /** A button was pressed. */
  press: (taskId: string, button: Button): string => `${BEGIN}
const taskId = ${JSON.stringify(taskId)};
const task = await mj.fetchTask(taskId);
const { customId } = task.buttons.find(
  ${finder(button)},
);

const result = await mj.submitAction({
  taskId,
  customId,
});
const done = await mj.pollUntilDone(result, {
  onProgress: (t) => console.log(t.progress),
});
console.log(done.imageUrl, done.buttons);
`,
};

const TOKEN = /(?<comment>\/\/.*)|(?<text>"(?:[^"\\]|\\.)*")|(?<word>\b(?:import|from|const|await|new)\b)/g;

export class Code {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement, copy: HTMLButtonElement) {
    this.#element = element;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(element.textContent ?? "");
        announce("Copied.");
      } catch {
        // No permission: it is selected, for the keyboard to copy.
        getSelection()?.selectAllChildren(element);
        announce("Selected: copy it with the keyboard.");
      }
    });
  }

  show(code: string): void {
    const parts: (Node | string)[] = [];
    let end = 0;
    for (const match of code.matchAll(TOKEN)) {
      const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? "";
      parts.push(code.slice(end, match.index), el("span", { class: `code-${kind}` }, match[0]));
      end = match.index + match[0].length;
    }
    this.#element.replaceChildren(...parts, code.slice(end));
  }
}
