/** The mask painter: a brush over the picture, for the pointer and for the keyboard. */

import { toMaskBase64 } from "cometapi-midjourney/mask";
import { el } from "./dom.js";
import { draw, drawn, shareOf, type Mark, type Stroke } from "./strokes.js";

const TINT = "#a99bff";

/** What the arrows move the brush by, in parts of the picture; with Shift. */
const [STEP, FINE] = [0.05, 0.01];

const AREAS: readonly [name: string, area: [number, number, number, number]][] = [
  ["Top", [0, 0, 1, 0.4]],
  ["Bottom", [0, 0.6, 1, 0.4]],
  ["Left", [0, 0, 0.4, 1]],
  ["Right", [0.6, 0, 0.4, 1]],
  ["Middle", [0.25, 0.25, 0.5, 0.5]],
];

export class Painter {
  readonly picture: HTMLElement;
  readonly tools: HTMLElement;
  readonly #canvas = el("canvas");
  readonly #ring = el("span", { class: "ring", "aria-hidden": "true" });
  readonly #share = el("p", { class: "hint", role: "status" });
  readonly #place = el("p", { class: "unseen", role: "status" });
  readonly #size = el("input", { type: "range", id: "brush", min: 4, max: 40, step: 2 });
  readonly #erase = el("input", { type: "radio", name: "tool", value: "erase" });
  readonly #undo = tool("Undo");
  readonly #clear = tool("Clear");
  #marks: Mark[] = [];
  /** The stroke that is being drawn. */
  #stroke: Stroke | null = null;
  /** Where the brush is. */
  #at: [number, number] = [0.5, 0.5];

  /** `image`: loaded. */
  constructor(image: HTMLImageElement) {
    this.#canvas.width = image.naturalWidth;
    this.#canvas.height = image.naturalHeight;
    const about = "Mask painter. Arrows move the brush, Space paints.";
    this.picture = el(
      "div",
      { class: "easel", role: "application", tabindex: 0, autofocus: true, "aria-label": about, "aria-describedby": "painter-keys" },
      image,
      this.#canvas,
      this.#ring,
    );
    this.#size.value = "14";
    const brush = el("input", { type: "radio", name: "tool", value: "paint", checked: true });
    const areas = AREAS.map(([name, area]) => {
      const button = tool(name);
      button.addEventListener("click", () => this.#add({ erase: this.#erase.checked, area }));
      return button;
    });
    const tools = el(
      "fieldset",
      {},
      el("legend", { class: "unseen" }, "Tool"),
      el("label", {}, brush, el("span", {}, "Paint")),
      el("label", {}, this.#erase, el("span", {}, "Erase")),
    );
    this.tools = el(
      "div",
      { class: "tools" },
      el(
        "div",
        { class: "row" },
        el("div", { class: "switch" }, tools),
        el("div", { class: "row" }, this.#undo, this.#clear),
      ),
      el("div", { class: "slide" }, el("label", { for: "brush" }, "Brush"), this.#size),
      el("div", { class: "row areas", role: "group", "aria-label": "Whole areas" }, ...areas),
      this.#share,
      this.#place,
      el("p", { class: "hint keys-hint", id: "painter-keys" }, "By keyboard: arrows move the brush (Shift: a little), Space paints, [ and ] change its size, Ctrl+Z takes back."),
    );
    this.#listen();
    this.#tell();
    this.#move(0.5, 0.5);
  }

  /** What `submitModal` takes: a PNG of the picture's own size. */
  toMask(): Promise<string> {
    const { width, height } = this.#canvas;
    if (shareOf(this.#marks) === 0) throw new Error("Paint first what is to be made anew.");
    return toMaskBase64(drawn(this.#marks, width, height, "#fff"), { width, height });
  }

  get size(): { width: number; height: number } {
    return { width: this.#canvas.width, height: this.#canvas.height };
  }

  #listen(): void {
    const { picture } = this;
    picture.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      picture.setPointerCapture(event.pointerId);
      this.#begin(...this.#where(event));
    });
    picture.addEventListener("pointermove", (event) => {
      const all = event.getCoalescedEvents?.() ?? [];
      for (const each of this.#stroke && all.length ? all : [event]) {
        this.#move(...this.#where(each));
        this.#extend();
      }
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) picture.addEventListener(end, () => this.#end());
    picture.addEventListener("keydown", (event) => this.#key(event));
    picture.addEventListener("keyup", ({ key }) => key === " " && this.#end());
    this.#size.addEventListener("input", () => this.#move(...this.#at));
    this.#undo.addEventListener("click", () => this.#takeBack());
    this.#clear.addEventListener("click", () => this.#reset([]));
  }

  #key(event: KeyboardEvent): void {
    const step = event.shiftKey ? FINE : STEP;
    const [x, y] = this.#at;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [x - step, y],
      ArrowRight: [x + step, y],
      ArrowUp: [x, y - step],
      ArrowDown: [x, y + step],
    };
    const to = moves[event.key];
    if (to) {
      this.#move(...to);
      this.#extend();
      this.#place.textContent = `${Math.round(this.#at[0] * 100)} % across, ${Math.round(this.#at[1] * 100)} % down`;
    } else if (event.key === " ") {
      if (!event.repeat) this.#begin(...this.#at);
    } else if (event.key === "[" || event.key === "]") {
      this.#size.value = String(this.#size.valueAsNumber + (event.key === "[" ? -2 : 2));
      this.#move(...this.#at);
      this.#place.textContent = `Brush ${this.#size.value}`;
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      this.#takeBack();
    } else {
      return;
    }
    event.preventDefault();
  }

  #where({ clientX, clientY }: PointerEvent): [number, number] {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  }

  #move(x: number, y: number): void {
    this.#at = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    const { width, height } = this.#canvas;
    const { style } = this.#ring;
    style.left = `${this.#at[0] * 100}%`;
    style.top = `${this.#at[1] * 100}%`;
    style.width = `${(this.#size.valueAsNumber * Math.min(width, height)) / width}%`;
  }

  #begin(x: number, y: number): void {
    this.#move(x, y);
    this.#stroke = { erase: this.#erase.checked, size: this.#size.valueAsNumber / 100, points: [this.#at] };
    this.#marks.push(this.#stroke);
    draw(this.#canvas, [this.#stroke], TINT);
  }

  #extend(): void {
    if (!this.#stroke) return;
    this.#stroke.points.push(this.#at);
    draw(this.#canvas, [this.#stroke], TINT, this.#stroke.points.length - 2);
  }

  #end(): void {
    if (!this.#stroke) return;
    this.#stroke = null;
    this.#tell();
  }

  #add(mark: Mark): void {
    this.#marks.push(mark);
    draw(this.#canvas, [mark], TINT);
    this.#tell();
  }

  #takeBack(): void {
    this.#stroke = null;
    this.#reset(this.#marks.slice(0, -1));
  }

  #reset(marks: Mark[]): void {
    this.#marks = marks;
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    draw(this.#canvas, marks, TINT);
    this.#tell();
  }

  #tell(): void {
    const share = Math.round(shareOf(this.#marks) * 100);
    this.#share.textContent = this.#marks.length ? `${share} % of the picture is painted.` : "Nothing is painted yet.";
    for (const button of [this.#undo, this.#clear]) button.setAttribute("aria-disabled", String(this.#marks.length === 0));
  }
}

function tool(name: string): HTMLButtonElement {
  return el("button", { type: "button", class: "quiet", "data-repeats": true }, name);
}
