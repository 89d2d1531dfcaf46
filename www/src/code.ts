/** The code that does what was just done. */

import { findButton, parseCustomId, type Button, type ButtonSelector, type Task } from "cometapi-midjourney";
import { announce, el } from "./dom.js";

/** How a button is found among a task's: by the first name that is its alone. */
function finder(task: Task, { label, emoji, customId }: Button): string {
  const { kind, index } = parseCustomId(customId);
  const words = [label, kind.replaceAll("_", " "), emoji].filter((name) => name !== "");
  const names: ButtonSelector[] = [...words, index === null ? { kind } : { kind, index }];
  return JSON.stringify(names.find((name) => finds(task, name, customId)) ?? customId);
}

/** A name that fits several buttons throws, as one that fits none. */
function finds(task: Task, name: ButtonSelector, customId: string): boolean {
  try {
    return findButton(task, name).customId === customId;
  } catch {
    return false;
  }
}

const begin = (names: string, more = ""): string => `import { ${names} } from "cometapi-midjourney";
import { createStore } from "cometapi-midjourney/store";
${more}
// A proxy of yours holds the key.
const mj = new Midjourney({ baseURL: "/api/mj" });
const store = createStore(mj);
`;

const wait = (target: string): string => `const task = await store.wait(${target}, {
  onProgress: (t) => console.log(t.progress),
});
console.log(task.imageUrl, task.buttons);
`;

export const snippets = {
  /** A picture was started. */
  start: (prompt: string): string => `${begin("Midjourney")}
const submitted = await store.submitImagine({
  prompt: ${JSON.stringify(prompt)},
});
${wait("submitted")}`,
  /** One was opened. */
  open: (taskId: string): string => `${begin("Midjourney")}
const taskId = ${JSON.stringify(taskId)};
${wait("taskId")}`,
  /** After a reload. */
  resume: (): string => `${begin("Midjourney")}
// What an earlier page was waiting for.
await store.resumeAll({
  onProgress: (t) => console.log(t.id, t.progress),
  onSettled: (s) => console.log(s.value, s.reason),
});
`,
  /** A button was pressed. */
  press: (task: Task, button: Button, remix: boolean): string => `${begin("Midjourney, findButton")}
const before = await mj.fetchTask(
  ${JSON.stringify(task.id)},
);
const button = findButton(before, ${finder(task, button)});

const submitted = await store.submitAction({
  taskId: before.id,
  customId: button.customId,${remix ? "\n  enableRemix: true," : ""}
});
${wait("submitted")}`,
  /** What a task wanted was given. */
  modal: (taskId: string, prompt: string, size: { width: number; height: number } | null): string => {
    const mask = size && `
const maskBase64 = await toMaskBase64(canvas, {
  width: ${size.width},
  height: ${size.height},
});`;
    return `${begin("Midjourney", mask ? `import { toMaskBase64 } from "cometapi-midjourney/mask";\n` : "")}${mask ?? ""}
const submitted = await store.submitModal({
  taskId: ${JSON.stringify(taskId)},
  prompt: ${JSON.stringify(prompt)},${mask ? "\n  maskBase64," : ""}
});
${wait("submitted")}`;
  },
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
