/** What was painted: strokes and areas, in parts of the picture's width and height, so that each can be taken back. */

export interface Stroke {
  erase: boolean;
  /** The brush's diameter, in parts of the shorter side. */
  size: number;
  points: [x: number, y: number][];
}

export interface Area {
  erase: boolean;
  /** Left, top, width, height. */
  area: [number, number, number, number];
}

export type Mark = Stroke | Area;

/** Draws marks onto a canvas; `from`: of a stroke, from this point on. */
export function draw(canvas: HTMLCanvasElement, marks: readonly Mark[], colour: string, from = 0): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.lineCap = context.lineJoin = "round";
  context.fillStyle = context.strokeStyle = colour;
  for (const mark of marks) {
    context.globalCompositeOperation = mark.erase ? "destination-out" : "source-over";
    if ("area" in mark) {
      const [x, y, w, h] = mark.area;
      context.fillRect(x * width, y * height, w * width, h * height);
      continue;
    }
    context.lineWidth = mark.size * Math.min(width, height);
    context.beginPath();
    mark.points.slice(from).forEach(([x, y], index) => {
      // A dot is a very short line with round ends; one of no length is not drawn.
      if (index === 0) context.moveTo(x * width - 0.01, y * height);
      context.lineTo(x * width, y * height);
    });
    context.stroke();
  }
}

/** All of them on an empty canvas of this size. */
export function drawn(marks: readonly Mark[], width: number, height: number, colour: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  draw(canvas, marks, colour);
  return canvas;
}

const SAMPLE = 64;

/** How much of the picture is painted, 0 to 1. */
export function shareOf(marks: readonly Mark[]): number {
  const context = drawn(marks, SAMPLE, SAMPLE, "#fff").getContext("2d", { willReadFrequently: true });
  const { data } = context?.getImageData(0, 0, SAMPLE, SAMPLE) ?? { data: [] };
  let painted = 0;
  for (let at = 3; at < data.length; at += 4) painted += (data[at] ?? 0) >= 128 ? 1 : 0;
  return painted / (SAMPLE * SAMPLE);
}
