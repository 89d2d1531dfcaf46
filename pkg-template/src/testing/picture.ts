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

/** A sky, a sun or a moon, hills in three layers, water at times. */
function drawScene(seed: string, prompt: string, width: number, height: number, moves: boolean): string {
  const random = randomOf(fnv(seed));
  const id = `s${fnv(seed).toString(36)}`;
  // Pictures of one prompt are of one family of colours.
  const hue = (fnv(prompt) % 360) + random() * 46 - 23;
  const night = random() < 0.4;
  const colour = (turn: number, saturation: number, light: number, alpha = 1): string =>
    `hsla(${Math.round((((hue + turn) % 360) + 360) % 360)},${Math.round(saturation)}%,${Math.round(light)}%,${alpha})`;
  const sky = night
    ? [colour(0, 48, 10), colour(18, 46, 24), colour(42, 52, 44)]
    : [colour(0, 62, 46), colour(22, 68, 66), colour(46, 82, 82)];
  const horizon = height * (0.52 + random() * 0.16);
  const [sunX, sunY] = [width * (0.2 + random() * 0.6), horizon * (0.3 + random() * 0.5)];
  const sunSize = Math.min(width, height) * (0.05 + random() * 0.07);
  const light = night ? colour(48, 30, 92) : colour(40, 96, 88);
  let art =
    `<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">` +
    sky.map((stop, i) => `<stop offset="${i / 2}" stop-color="${stop}"/>`).join("") +
    `</linearGradient><radialGradient id="${id}g"><stop offset="0" stop-color="${light}" stop-opacity="0.85"/><stop offset="1" stop-color="${light}" stop-opacity="0"/></radialGradient></defs>` +
    `<rect width="${width}" height="${height}" fill="url(#${id})"/>`;
  for (let i = 0; night && i < 36; i += 1) {
    art += `<circle cx="${round(random() * width)}" cy="${round(random() * horizon)}" r="${round(0.6 + random() * 1.3)}" fill="#fff" opacity="${round(0.25 + random() * 0.6)}"/>`;
  }
  const drift = moves ? `<animateTransform attributeName="transform" type="translate" values="0 0;0 ${round(-sunSize)};0 0" dur="6s" repeatCount="indefinite"/>` : "";
  art += `<g>${drift}<circle cx="${round(sunX)}" cy="${round(sunY)}" r="${round(sunSize * 4)}" fill="url(#${id}g)"/><circle cx="${round(sunX)}" cy="${round(sunY)}" r="${round(sunSize)}" fill="${light}"/></g>`;
  for (let layer = 0; layer < 3; layer += 1) {
    const base = horizon + (height - horizon) * layer * 0.27;
    const tone = night ? 22 - layer * 6 : 50 - layer * 14;
    const sway = moves ? `<animateTransform attributeName="transform" type="translate" values="0 0;${4 + layer * 5} 0;0 0" dur="${8 - layer}s" repeatCount="indefinite"/>` : "";
    art += `<path d="${ridge(random, width, height, base, height * (0.15 - layer * 0.035))}" fill="${colour(layer * -14, 44 - layer * 4, tone)}">${sway}</path>`;
  }
  if (random() < 0.55) {
    const shore = height * (0.86 + random() * 0.05);
    art += `<rect y="${round(shore)}" width="${width}" height="${round(height - shore)}" fill="${colour(24, 50, night ? 18 : 58, 0.9)}"/>`;
    for (let i = 0; i < 7; i += 1) {
      const length = width * (0.03 + random() * 0.09);
      art += `<rect x="${round(sunX - length / 2 + (random() - 0.5) * sunSize * 2)}" y="${round(shore + 4 + (height - shore) * (i / 7))}" width="${round(length)}" height="2" rx="1" fill="${light}" opacity="0.55"/>`;
    }
  }
  return art;
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
