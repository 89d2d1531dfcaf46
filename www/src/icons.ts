/** Small drawings for the kinds of buttons, since not every system has a font with the API's emoji. */

/** On a grid of 16. */
const PATHS = {
  upscale: "M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5",
  vary: "M8 2l1.4 4.6L14 8l-4.6 1.4L8 14l-1.4-4.6L2 8l4.6-1.4z",
  region: "M2.5 4.5v-2h2M11.5 2.5h2v2M13.5 11.5v2h-2M4.5 13.5h-2v-2M5.5 8h5M8 5.5v5",
  reroll: "M13.3 6.5A5.5 5.5 0 1 0 13.5 9M13.5 2.5v4h-4",
  zoom: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.5 3.5M5 7h4",
  square: "M3 3h10v10H3z",
  left: "M13 8H3M7 4L3 8l4 4",
  right: "M3 8h10M9 4l4 4-4 4",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  animate: "M5 3.5v9l7-4.5z",
  heart: "M8 13.5L3 8.4a3.1 3.1 0 0 1 4.4-4.4l.6.6.6-.6A3.1 3.1 0 0 1 13 8.4z",
} as const;

export type IconName = keyof typeof PATHS;

/** The drawing; what it means is said by the text beside it. */
export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
