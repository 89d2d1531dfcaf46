/** The pixels of what a mask can come as. */

import { invalid } from "./invalid.js";

/** Pixels as an `ImageData` has them; a plain object will do. */
export interface MaskPixels {
  /** Red, green, blue and alpha of each pixel, row by row, 0 to 255. */
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** An `HTMLCanvasElement` or an `OffscreenCanvas`. Said like this, the types need no DOM. */
export interface MaskCanvas {
  readonly width: number;
  readonly height: number;
  getContext(contextId: "2d"): unknown;
}

/** A file of an image, pixels, or a canvas, in a page or in a worker. */
export type MaskSource = Blob | MaskPixels | MaskCanvas;

export type Pixels = MaskPixels;

const PIXELS = "{ data, width, height } with four bytes a pixel";

/** Reads a source, or says why it can't be. */
export async function readPixels(source: MaskSource): Promise<Pixels> {
  // By name, not by class: a page's frames have classes of their own, and not every runtime has each.
  switch (Object.prototype.toString.call(source)) {
    case "[object Blob]":
    case "[object File]":
      return decoded(source as Blob);
    case "[object HTMLCanvasElement]":
    case "[object OffscreenCanvas]":
      return drawn(source as unknown as CanvasImageSource & MaskCanvas);
    default:
      return checked(source as MaskPixels);
  }
}

async function decoded(file: Blob): Promise<Pixels> {
  if (typeof createImageBitmap !== "function") {
    throw invalid(`This runtime can't read image files: decode the mask yourself and give ${PIXELS}.`);
  }
  let bitmap: ImageBitmap;
  try {
    // As the file has them: a colour profile would make other colours of black and white.
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch (thrown) {
    throw invalid(
      `The mask (${file.size} bytes, type "${file.type}") is no image that can be read here: give a PNG file.`,
      thrown,
    );
  }
  try {
    return drawn(bitmap);
  } finally {
    bitmap.close();
  }
}

/** Read from a copy: a canvas that is read itself may lose its speed, and one of WebGL can't be. */
function drawn(image: CanvasImageSource & { readonly width: number; readonly height: number }): Pixels {
  const { width, height } = image;
  if (!(width > 0 && height > 0)) {
    throw invalid(`The mask has ${width}×${height} pixels: give a canvas that was painted on and not transferred.`);
  }
  const context = contextOf(width, height);
  if (!context) {
    throw invalid(`This runtime can't make a canvas of ${width}×${height} pixels: read the mask yourself and give ${PIXELS}.`);
  }
  context.drawImage(image, 0, 0);
  try {
    return context.getImageData(0, 0, width, height);
  } catch (thrown) {
    throw invalid(
      "The mask can't be read, since something of another origin was drawn on its canvas: keep the picture on an " +
        'element of its own below it, or load it with crossOrigin = "anonymous".',
      thrown,
    );
  }
}

function contextOf(width: number, height: number): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null {
  const settings: CanvasRenderingContext2DSettings = { willReadFrequently: true };
  if (typeof OffscreenCanvas === "function") return new OffscreenCanvas(width, height).getContext("2d", settings);
  if (typeof document === "undefined") return null;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  return canvas.getContext("2d", settings);
}

function checked(source: MaskPixels): Pixels {
  const { data, width, height } = Object(source) as Partial<MaskPixels>;
  if (!/^\[object Uint8(Clamped)?Array\]$/.test(Object.prototype.toString.call(data))) {
    throw invalid(`The mask is none of a Blob, an ImageData and a canvas: give one of them, or ${PIXELS}.`);
  }
  const { length } = data as Uint8Array;
  const whole = [width, height].every((side) => Number.isInteger(side) && (side as number) > 0);
  if (!whole || length !== (width as number) * (height as number) * 4) {
    throw invalid(
      `The mask has ${length} bytes for ${String(width)}×${String(height)} pixels: give ${PIXELS}, red, green, blue and alpha.`,
    );
  }
  return source;
}
