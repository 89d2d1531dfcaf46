/**
 * `cometapi-midjourney/mask`: the mask of Vary (Region), made of what was painted, and checked before it is paid for.
 *
 * ```ts
 * import { toMaskBase64 } from "cometapi-midjourney/mask";
 *
 * const { naturalWidth: width, naturalHeight: height } = picture; // an <img> of the task's imageUrl
 * const maskBase64 = await toMaskBase64(canvas, { width, height });
 * ```
 */

import { invalid } from "./invalid.js";
import { encodePng } from "./png.js";
import { readPixels, type MaskSource, type Pixels } from "./pixels.js";
import { roundedToMask } from "./round.js";

export type { MaskCanvas, MaskPixels, MaskSource } from "./pixels.js";

/** What the mask is for, and how strictly it is looked at. */
export interface MaskOptions {
  /** The picture's own width (`naturalWidth`), in pixels. Where it is given, a mask of another is refused. */
  width?: number;
  /** The picture's own height (`naturalHeight`), in pixels. Where it is given, a mask of another is refused. */
  height?: number;
  /**
   * From this brightness on (1 to 255) a pixel is white. Where it is given, any colour is taken. Else greys are rounded
   * at 128, and what is more than the soft edges of black and white is refused: colours, and a picture a quarter grey.
   */
  threshold?: number;
  /** Without `data:image/png;base64,` in front. The API takes both. Default false. */
  raw?: boolean;
}

/**
 * The mask as `maskBase64` of `POST /mj/submit/modal`: a PNG of the source's size, white where the picture is to be
 * made anew, black where it stays. What is transparent stays, so white strokes on an empty canvas are a mask.
 *
 * Runs in pages and workers. Where there is no canvas (Node.js, Cloudflare Workers) it takes pixels only.
 *
 * @param source The mask as painted, or as a file of an image.
 * @throws {InvalidArgumentError} where it is no mask of the picture, with the remedy.
 */
export async function toMaskBase64(source: MaskSource, options: MaskOptions = {}): Promise<string> {
  check(options);
  const pixels = await readPixels(source);
  checkSize(pixels, options);
  const png = await encodePng(roundedToMask(pixels, options.threshold), pixels.width, pixels.height);
  const text = base64(png);
  return options.raw ? text : `data:image/png;base64,${text}`;
}

function check({ width, height, threshold }: MaskOptions): void {
  for (const [name, value] of Object.entries({ width, height })) {
    if (value === undefined || (Number.isInteger(value) && value > 0)) continue;
    throw invalid(
      `${name} is ${String(value)}: give the picture's own in pixels. An <img> has it as naturalWidth and ` +
        "naturalHeight, once it is loaded: await picture.decode() first.",
    );
  }
  if (threshold !== undefined && !(threshold >= 1 && threshold <= 255)) {
    throw invalid(`threshold is ${String(threshold)}: give a brightness from 1 to 255, or leave it out.`);
  }
}

function checkSize(mask: Pixels, { width = mask.width, height = mask.height }: MaskOptions): void {
  if (mask.width === width && mask.height === height) return;
  throw invalid(
    `The mask has ${mask.width}×${mask.height} pixels, the picture ${width}×${height}: paint on a canvas of the ` +
      "picture's own size (naturalWidth, naturalHeight) and let CSS show it smaller.",
  );
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // A call takes so many arguments and no more.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
