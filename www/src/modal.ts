/** A task that wants more input before it starts: what it wants, and the dialog that asks for it. */

import { parseCustomId, type SubmitModalParams } from "cometapi-midjourney";
import { ask, promptField } from "./dialog.js";
import { el } from "./dom.js";
import { askRegion } from "./region.js";
import { askZoom } from "./zoom.js";

type Kind = "region" | "zoom" | "prompt";

export type Answer = Omit<SubmitModalParams, "taskId"> & { width?: number; height?: number };

export interface Modal {
  taskId: string;
  /** The button that was pressed, where that is known. */
  customId?: string | undefined;
  /** The task's own word, where that is known. */
  action?: string | undefined;
  prompt: string;
  /** Where the picture is that it is about. */
  picture(): Promise<string>;
}

const ASKS: Readonly<Record<Kind, [asks: string, button: string]>> = {
  region: ["Vary (Region) wants to know which part of the picture, and what is to be there.", "Paint the region…"],
  zoom: ["Custom Zoom wants to know how far, and what is around the picture.", "Set the zoom…"],
  prompt: ["A remix: it wants another prompt.", "Write the prompt…"],
};

/** What it waits for, with the button that opens the dialog. */
export function modalNote(modal: Modal, open: () => void): HTMLElement {
  const [asks, words] = ASKS[kindOf(modal)];
  const button = el("button", { type: "button", class: "key" }, words);
  button.addEventListener("click", open);
  return el("div", { class: "notice" }, el("p", {}, asks, " Nothing is made until then, and it can wait."), el("div", {}, button));
}

/** Whether a question is open, or on its way: its picture has to be loaded first. */
let asking = false;

/** Null where it is to wait: there is one question at a time. */
export async function askModal(modal: Modal): Promise<Answer | null> {
  if (asking) return null;
  asking = true;
  try {
    return await askFor(modal);
  } finally {
    asking = false;
  }
}

async function askFor(modal: Modal): Promise<Answer | null> {
  const kind = kindOf(modal);
  if (kind === "region") return askRegion(modal.prompt, await modal.picture());
  if (kind === "zoom") return askZoom(modal.prompt, await modal.picture());
  const { field, text } = promptField("Prompt", modal.prompt);
  text.autofocus = true;
  return ask({
    title: "Remix",
    hint: "What the new picture is to be: the whole prompt.",
    body: [field],
    answer: "Go on",
    read: () => ({ prompt: text.value }),
  });
}

function kindOf({ customId, action = "" }: Modal): Kind {
  const kind = customId ? parseCustomId(customId).kind : "";
  if (kind === "vary_region" || action === "INPAINT") return "region";
  return kind === "custom_zoom" || action === "CUSTOM_ZOOM" ? "zoom" : "prompt";
}
