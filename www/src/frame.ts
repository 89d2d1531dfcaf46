/** The picture's place: as large from the start as the picture will be. */

import type { Task } from "cometapi-midjourney";
import { el, isImageAddress, link } from "./dom.js";

const BASE = 960;

export class Frame {
  readonly element: HTMLElement;
  readonly #image: HTMLImageElement;
  readonly #caption: HTMLElement;
  #prompt: string;

  /** `--ar 3:2` in the prompt says what shape the picture will have. */
  constructor(prompt: string) {
    this.#prompt = prompt;
    const [wide, high] = ratioOf(prompt);
    this.#image = el("img", { alt: "", width: BASE, height: Math.round((BASE * high) / wide), decoding: "async" });
    this.#image.src = blank(this.#image.width, this.#image.height);
    const spots = [1, 2, 3, 4].map((quarter) => el("span", { class: "spot", "data-quarter": quarter }));
    this.#caption = el("figcaption");
    const grid = el("div", { class: "spots", "aria-hidden": "true" }, ...spots);
    this.element = el("figure", { class: "frame" }, el("div", { class: "view" }, this.#image, grid), this.#caption);
  }

  /** A preview, or the picture. An address that is no picture's is not shown. */
  show(task: Task): void {
    const done = task.status === "SUCCESS";
    this.#prompt ||= task.prompt ?? "";
    const { imageUrl, videoUrl } = task;
    if (imageUrl && isImageAddress(imageUrl) && this.#image.src !== imageUrl) {
      this.#image.src = imageUrl;
      this.#image.alt = `${done ? "Picture" : "Preview"}: ${this.#prompt}`;
      this.element.dataset["shown"] = done ? "picture" : "preview";
    }
    if (!done) return;
    this.#image.alt = `Picture: ${this.#prompt}`;
    this.element.dataset["shown"] = "picture";
    const links = [imageUrl && link(imageUrl, "Open the picture"), videoUrl && link(videoUrl, "Open the video")];
    this.#caption.replaceChildren(...links.filter((node) => node instanceof HTMLElement));
  }

  /** Marks a quarter of a grid of four. */
  spot(quarter: number): void {
    this.element.dataset["spot"] = String(quarter);
  }
}

function ratioOf(prompt: string): [number, number] {
  const [, wide, high] = /--(?:ar|aspect)\s+(\d{1,3}):(\d{1,3})/.exec(prompt) ?? [];
  const ratio = Number(wide) / Number(high);
  return ratio >= 1 / 3 && ratio <= 3 ? [Number(wide), Number(high)] : [1, 1];
}

/** Nothing, of that size: an `<img>` without a picture would take no room. */
function blank(width: number, height: number): string {
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`)}`;
}
