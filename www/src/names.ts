/** What a button is called and where it stands. For the eye only: what it does is its customId's affair. */

import type { Button } from "cometapi-midjourney";
import type { IconName } from "./icons.js";

/** The groups, in the order in which they are shown. */
export const GROUPS = ["Upscale", "Vary", "Again", "Zoom", "Pan", "Animate", "More"] as const;
export type Group = (typeof GROUPS)[number];

export interface Name {
  group: Group;
  /** What is read on it: the task's label, or words for its emoji, or that emoji. */
  words: string;
  icon: IconName | null;
  /** Which picture of a grid of four it is about, 0 where that means nothing. */
  quarter: number;
}

type Row = readonly [job: RegExp, group: Group, icon: IconName | null, words: string];

/** The first row whose pattern the customId has. */
const ROWS: readonly Row[] = [
  [/^MJ::JOB::upsample::\d/, "Upscale", null, "Upscale"],
  [/^MJ::JOB::upsample_|::video_virtual_upscale::/, "Upscale", null, "Upscale"],
  [/^MJ::JOB::variation::\d/, "Vary", null, "Vary"],
  [/^MJ::Inpaint::/, "Vary", null, "Vary (Region)"],
  [/^MJ::JOB::(?:low_|high_)?variation/, "Vary", null, "Vary"],
  [/::reroll::|^MJ::Picread::Retry/, "Again", "reroll", "Reroll"],
  [/^MJ::Outpaint::100::/, "Zoom", null, "Make Square"],
  [/^MJ::(?:Outpaint|CustomZoom)::/, "Zoom", null, "Zoom Out"],
  [/::pan_left::/, "Pan", "left", "Pan left"],
  [/::pan_right::/, "Pan", "right", "Pan right"],
  [/::pan_up::/, "Pan", "up", "Pan up"],
  [/::pan_down::/, "Pan", "down", "Pan down"],
  [/^MJ::JOB::animate_/, "Animate", null, "Animate"],
  [/^MJ::BOOKMARK::/, "More", "heart", "Favourite"],
];

/** A kind that came after this page was made is shown under More, as the task names it. */
export function nameOf({ customId, label, emoji }: Button): Name {
  const row = ROWS.find(([pattern]) => pattern.test(customId));
  const [, group, icon, words] = row ?? [null, "More" as const, null, emoji || customId || "Button"];
  const quarter = /^MJ::JOB::(?:upsample|variation)::([1-4])::/.exec(customId)?.[1] ?? 0;
  return { group, words: label || words, icon, quarter: Number(quarter) };
}
