/** Vary (Region): what is to be made anew, and what is to be there. */

import { ask, promptField } from "./dialog.js";
import { el, isImageAddress } from "./dom.js";
import { Painter } from "./painter.js";

export interface Region {
  prompt: string;
  maskBase64: string;
  width: number;
  height: number;
}

/** Throws where the picture can't be shown: without its size there is no mask. */
export async function askRegion(prompt: string, picture: string): Promise<Region | null> {
  const image = el("img", { alt: "" });
  if (!isImageAddress(picture)) throw new Error("There is no picture to paint on: open the one that this came from.");
  image.src = picture;
  try {
    await image.decode();
  } catch {
    throw new Error("The picture could not be loaded, so its mask can't be painted. Try again.");
  }
  const painter = new Painter(image);
  const { field, text } = promptField("What to draw there", prompt);
  painter.tools.prepend(field);
  return ask({
    title: "Vary (Region)",
    hint: "Paint over what is to be made anew; the rest stays.",
    body: [el("div", { class: "sides" }, painter.picture, painter.tools)],
    answer: "Repaint",
    read: async () => ({ prompt: text.value, maskBase64: await painter.toMask(), ...painter.size }),
  });
}
