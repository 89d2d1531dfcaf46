/** Black and white, of what was painted. */

import { invalid } from "./invalid.js";
import type { Pixels } from "./pixels.js";

/** So far from black or from white a lossy file's black and white may be. */
const NEAR = 32;

/** More of the picture than this is grey where there is no mask but a photograph; a soft brush leaves less. */
const MOST_GREY = 1 / 4;

/** 255 for each pixel that is to be made anew, 0 for each that stays. */
export function roundedToMask({ data, width, height }: Pixels, threshold?: number): Uint8Array {
  const count = width * height;
  const mask = new Uint8Array(count);
  const from = threshold ?? 128;
  let greys = 0;
  let whites = 0;
  for (let pixel = 0; pixel < count; pixel += 1) {
    const at = pixel * 4;
    const [red, green, blue, alpha] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
    // What is transparent stays, as black does: as if it were painted on black.
    const brightness = Math.round(((0.2126 * red + 0.7152 * green + 0.0722 * blue) * alpha) / 255);
    if (threshold === undefined) {
      const spread = ((Math.max(red, green, blue) - Math.min(red, green, blue)) * alpha) / 255;
      if (spread > NEAR) throw coloured(pixel % width, Math.floor(pixel / width), [red, green, blue]);
      if (brightness > NEAR && brightness < 255 - NEAR) greys += 1;
    }
    if (brightness < from) continue;
    mask[pixel] = 255;
    whites += 1;
  }
  if (greys > count * MOST_GREY) {
    throw invalid(
      `${Math.round((100 * greys) / count)} % of the mask is grey, so it looks like a picture: paint what is to be made ` +
        "anew white and the rest black, or give a threshold.",
    );
  }
  if (whites === 0) {
    throw invalid(
      "The mask is black or transparent everywhere, so nothing would be made anew: paint the region white and opaque.",
    );
  }
  if (whites === count) {
    throw invalid(
      "The mask is white everywhere, so nothing of the picture would stay: paint black what is to stay, or press another " +
        "button to have all of it made anew.",
    );
  }
  return mask;
}

function coloured(x: number, y: number, colour: number[]): Error {
  return invalid(
    `The mask has a colour, rgb(${colour.join(", ")}) at ${x}, ${y}: paint what is to be made anew white and the rest ` +
      "black, or give a threshold and it goes by brightness.",
  );
}
