/** Custom Zoom: the whole prompt, whose end says how far. */

import { ask, promptField } from "./dialog.js";
import { el, isImageAddress } from "./dom.js";

const [LEAST, MOST] = [1, 2];

export async function askZoom(prompt: string, picture: string): Promise<{ prompt: string } | null> {
  const { field, text } = promptField("Prompt", withZoom(prompt, zoomOf(prompt) ?? MOST));
  const slider = el("input", { type: "range", id: "zoom", min: LEAST, max: MOST, step: 0.1, autofocus: true });
  const number = el("output", { for: "zoom" });
  const image = el("img", { alt: "" });
  if (isImageAddress(picture)) image.src = picture;
  const preview = el("div", { class: "wider", "aria-hidden": "true", hidden: !image.src }, image);

  const show = (zoom: number): void => {
    slider.value = String(zoom);
    number.textContent = `${zoom}×`;
    slider.setAttribute("aria-valuetext", `${zoom} times`);
    image.style.scale = String(1 / zoom);
    text.value = withZoom(text.value, zoom);
  };
  slider.addEventListener("input", () => show(slider.valueAsNumber));
  text.addEventListener("change", () => show(zoomOf(text.value) ?? slider.valueAsNumber));
  show(zoomOf(text.value) ?? MOST);

  const distance = el("div", { class: "slide" }, el("label", { for: "zoom" }, "Zoom out"), slider, number);
  return ask({
    title: "Custom Zoom",
    hint: "The picture becomes the middle of a larger one. The prompt says what is around it.",
    body: [el("div", { class: "sides" }, preview, el("div", { class: "tools" }, distance, field))],
    answer: "Zoom out",
    read() {
      show(zoomOf(text.value) ?? slider.valueAsNumber);
      return { prompt: text.value };
    },
  });
}

const ZOOM = /(?:^|\s+)--zoom(?:\s+(\d[\d.]*))?(?=\s|$)/g;

/** The prompt with this zoom at its end, and no other. */
function withZoom(prompt: string, zoom: number): string {
  return `${prompt.replace(ZOOM, "").trim()} --zoom ${zoom}`.trim();
}

/** The last zoom that a prompt asks for, from 1 to 2; null where it asks for none. */
function zoomOf(prompt: string): number | null {
  const zoom = Number([...prompt.matchAll(ZOOM)].at(-1)?.[1] ?? Number.NaN);
  return Number.isNaN(zoom) ? null : Math.min(MOST, Math.max(LEAST, zoom));
}
