/** Pictures: a quiet landscape as SVG, the same for the same task at every look. */

import { ratioOf, type Kind } from "./buttons.js";
import { fnv } from "./world.js";

/** What is drawn. */
export interface Motif {
  /** What the picture follows from. A single picture with the seed `S:2` is the second of the grid with the seed `S`. */
  seed: string;
  kind: Kind;
  prompt: string;
  /** `IMAGINE`, `UPSCALE`, … */
  action: string;
  /** How much is drawn, 0 to 1: a preview is blurred, and veiled from below. */
  share: number;
}

/** The picture as a whole SVG document. */
export function drawPicture(motif: Motif): string {
  const [wide, high] = ratioOf(motif.prompt);
  const ratio = Math.min(3, Math.max(1 / 3, wide / high));
  const width = Math.round(512 * Math.sqrt(ratio));
  const height = Math.round(512 / Math.sqrt(ratio));
  const single = motif.kind !== "grid";
  const gap = 8;
  const [allWide, allHigh] = single ? [width, height] : [2 * width + gap, 2 * height + gap];
  const moves = motif.kind === "video" || motif.kind === "clip";
  const scenes = single
    ? drawScene(motif.seed, motif.prompt, width, height, moves)
    : [1, 2, 3, 4]
        .map((n) => {
          const [x, y] = [((n - 1) % 2) * (width + gap), n > 2 ? height + gap : 0];
          return `<svg x="${x}" y="${y}" width="${width}" height="${height}">${drawScene(`${motif.seed}:${n}`, motif.prompt, width, height, moves)}</svg>`;
        })
        .join("");
  const title = `${motif.action} (simulated): ${motif.prompt}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${allWide} ${allHigh}" width="${allWide}" height="${allHigh}" role="img">` +
    `<title>${escapeXml(title)}</title><rect width="${allWide}" height="${allHigh}" fill="#0d1016"/>` +
    (motif.share >= 1 ? scenes : draft(scenes, motif, allWide, allHigh)) +
    `</svg>`
  );
}

/** The picture as an address that an `<img>` can show. */
export function pictureUrl(motif: Motif): string {
  return `data:image/svg+xml,${encodeURIComponent(drawPicture(motif))}`;
}

/** The scenes, half finished. */
function draft(scenes: string, motif: Motif, width: number, height: number): string {
  const id = `b${fnv(motif.seed).toString(36)}`;
  const drawn = Math.round(height * motif.share);
  const blur = Math.round(4 + 30 * (1 - motif.share));
  return (
    `<defs><filter id="${id}" x="0" y="0" width="1" height="1"><feGaussianBlur stdDeviation="${blur}"/></filter></defs>` +
    `<g filter="url(#${id})">${scenes}</g>` +
    `<rect y="${drawn}" width="${width}" height="${height - drawn}" fill="#0d1016" opacity="0.72"/>`
  );
}

/** The colours of an hour: three of the sky from above, the light, three of the hills from afar, the water. */
type Palette = readonly [string, string, string, string, string, string, string, string];

const DAYS: readonly Palette[] = [
  ["#3b4a7a", "#c4728a", "#f6c19a", "#fff0d2", "#8a5a78", "#5d3f63", "#33274a", "#d98f8c"],
  ["#2f6f8f", "#8ec5c4", "#f7e7c4", "#fffbe8", "#6c9a92", "#3f6f70", "#234a50", "#9cccc6"],
  ["#5470a8", "#a9bfe0", "#f4dfd6", "#fff8f0", "#8291b5", "#586890", "#343f63", "#b9c9e4"],
  ["#b2563f", "#e79a5b", "#fbe0a0", "#fff4c9", "#b0674a", "#7a4038", "#47252b", "#e9ab74"],
  ["#4a5d4f", "#a3b18a", "#ece5c8", "#fffbe6", "#7d9075", "#4f6a55", "#2c4437", "#b6c4a4"],
];
const NIGHTS: readonly Palette[] = [
  ["#0b1026", "#27325f", "#6a6ea3", "#f3f0e2", "#2c3563", "#1b2145", "#0d1128", "#39437a"],
  ["#0a1a24", "#15404f", "#3f8a8c", "#e9f6ee", "#18434f", "#0f2c37", "#081a21", "#1f5862"],
  ["#1a1030", "#4a2a63", "#a65a86", "#ffe9d6", "#43275a", "#2b1a41", "#170e27", "#6b3c74"],
];

/** A sky, a sun or a moon, hills in three layers, trees or water at times, and a lighthouse where the prompt says so. */
function drawScene(seed: string, prompt: string, width: number, height: number, moves: boolean): string {
  const random = randomOf(fnv(seed));
  const id = `s${fnv(seed).toString(36)}`;
  const night = random() < 0.4;
  const hours = night ? NIGHTS : DAYS;
  // Pictures of one prompt have their colours from the same two or three hours.
  const hour = hours[(fnv(prompt) + Math.floor(random() * 2)) % hours.length] as Palette;
  const [high, middle, low, light, far, mid, near, water] = hour;
  const horizon = height * (0.52 + random() * 0.16);
  const [sunX, sunY] = [width * (0.2 + random() * 0.6), horizon * (0.35 + random() * 0.5)];
  const unit = Math.min(width, height);
  const sunSize = unit * (0.05 + random() * 0.06);
  let art =
    `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">` +
    `<stop offset="0" stop-color="${high}"/><stop offset="0.4" stop-color="${middle}"/><stop offset="0.75" stop-color="${low}"/></linearGradient>` +
    `<radialGradient id="${id}g"><stop offset="0" stop-color="${light}" stop-opacity="0.75"/><stop offset="1" stop-color="${light}" stop-opacity="0"/></radialGradient></defs>` +
    `<rect width="${width}" height="${height}" fill="url(#${id})"/>`;
  for (let i = 0; night && i < 36; i += 1) {
    art += `<circle cx="${round(random() * width)}" cy="${round(random() * horizon)}" r="${round(0.6 + random() * 1.2)}" fill="#fff" opacity="${round(0.2 + random() * 0.6)}"/>`;
  }
  const [x, y] = [round(sunX), round(sunY)];
  art += `<g>${moving(moves, 0, -sunSize, 6)}<circle cx="${x}" cy="${y}" r="${round(sunSize * 4)}" fill="url(#${id}g)"/><circle cx="${x}" cy="${y}" r="${round(sunSize)}" fill="${light}"/></g>`;
  const tower = /lighthouse|tower|leuchtturm/i.test(prompt);
  [far, mid, near].forEach((colour, layer) => {
    const base = horizon + (height - horizon) * layer * 0.27;
    if (tower && layer === 1) art += drawTower(width * (0.2 + random() * 0.6), base, unit * 0.34, light, near);
    art += `<g fill="${colour}">${moving(moves, 4 + layer * 5, 0, 8 - layer)}<path d="${ridge(random, width, height, base, height * (0.15 - layer * 0.035))}"/>`;
    if (layer === 2) art += trees(random, width, base, unit);
    art += "</g>";
  });
  if (random() < 0.55) {
    const shore = height * (0.86 + random() * 0.05);
    art += `<rect y="${round(shore)}" width="${width}" height="${round(height - shore)}" fill="${water}"/>`;
    for (let i = 0; i < 7; i += 1) {
      const length = width * (0.03 + random() * 0.09);
      art += `<rect x="${round(sunX - length / 2 + (random() - 0.5) * sunSize * 2)}" y="${round(shore + 4 + (height - shore) * (i / 7))}" width="${round(length)}" height="2" rx="1" fill="${light}" opacity="0.6"/>`;
    }
  }
  return art;
}

/** There and back again, for ever, where the picture is a video's. */
function moving(moves: boolean, x: number, y: number, seconds: number): string {
  if (!moves) return "";
  return `<animateTransform attributeName="transform" type="translate" values="0 0;${round(x)} ${round(y)};0 0" dur="${seconds}s" repeatCount="indefinite"/>`;
}

/** A lighthouse whose foot is behind the hill at `base`. */
function drawTower(x: number, base: number, size: number, light: string, dark: string): string {
  const at = (dx: number, dy: number): string => `${round(x + dx * size)} ${round(base + dy * size)}`;
  return (
    `<path d="M${at(0, -0.93)}L${at(-8, -2)}L${at(-8, 0.2)}Z" fill="${light}" opacity="0.16"/>` +
    `<path d="M${at(-0.11, 0.2)}L${at(-0.07, -0.82)}L${at(0.07, -0.82)}L${at(0.11, 0.2)}Z" fill="#f4efe6"/>` +
    `<path d="M${at(-0.1, -0.12)}L${at(-0.085, -0.4)}L${at(0.085, -0.4)}L${at(0.1, -0.12)}Z" fill="#b5483c"/>` +
    `<path d="M${at(-0.1, -0.82)}L${at(-0.1, -0.86)}L${at(0.1, -0.86)}L${at(0.1, -0.82)}ZM${at(-0.07, -1)}L${at(0, -1.1)}L${at(0.07, -1)}Z" fill="${dark}"/>` +
    `<path d="M${at(-0.05, -0.86)}L${at(-0.05, -1)}L${at(0.05, -1)}L${at(0.05, -0.86)}Z" fill="${light}"/>`
  );
}

/** A few firs on the nearest hill. */
function trees(random: () => number, width: number, base: number, unit: number): string {
  let path = "";
  for (let i = Math.floor(random() * 9); i > 0; i -= 1) {
    const [x, size] = [random() * width, unit * (0.05 + random() * 0.06)];
    path += `M${round(x - size * 0.3)} ${round(base + size * 0.2)}l${round(size * 0.3)} ${round(-size * 1.2)}l${round(size * 0.3)} ${round(size * 1.2)}Z`;
  }
  return path === "" ? "" : `<path d="${path}"/>`;
}

/** A line of hills, closed at the picture's foot. It begins and ends outside of the picture. */
function ridge(random: () => number, width: number, height: number, base: number, swing: number): string {
  const steps = 5;
  const points = Array.from({ length: steps + 1 }, (_, i) => [
    -40 + (i * (width + 80)) / steps,
    base - random() * swing,
  ] as const);
  let path = `M-40 ${height}L-40 ${round(points[0]?.[1] ?? base)}`;
  for (let i = 1; i < points.length; i += 1) {
    const [fromX, fromY] = points[i - 1] as readonly [number, number];
    const [toX, toY] = points[i] as readonly [number, number];
    const middle = round((fromX + toX) / 2);
    path += `C${middle} ${round(fromY)} ${middle} ${round(toY)} ${round(toX)} ${round(toY)}`;
  }
  return `${path}L${width + 40} ${height}Z`;
}

/** A row of numbers from 0 up to 1 that follows from its start (mulberry32). */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text for XML: no markup, no character that XML does not have, no half of a surrogate pair. */
function escapeXml(text: string): string {
  return text
    .replace(/[\ud800-\udfff]/gu, "\ufffd")
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}
