/** Small drawings for buttons that have an emoji alone, since not every system has a font with it. */

/** On a grid of 16. */
const PATHS = {
  reroll: "M13.3 6.5A5.5 5.5 0 1 0 13.5 9M13.5 2.5v4h-4",
  left: "M13 8H3M7 4L3 8l4 4",
  right: "M3 8h10M9 4l4 4-4 4",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
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
