/** Buttons: which a task offers, and what pressing one does. */

import type { Profile } from "./options.js";

/** A button, as it stands in a task. */
export interface WireButton {
  customId: string | null;
  emoji: string | null;
  label: string | null;
  type: number;
  style: number;
}

/** What a task's result is, which decides its picture and its buttons. */
export type Kind = "grid" | "single" | "hd" | "video" | "clip" | "describe" | "shorten";

/** What a modal asks for: a mask, a zoom, another prompt, or the prompt of a pick. */
export type ModalKind = "inpaint" | "zoom" | "remix" | "pick";

/** What pressing a button does. */
export interface Press {
  /** The new task's `action`. */
  action: string;
  /** The new task's kind; null where no job comes of it, `all` where four do. */
  kind: Kind | "all" | null;
  /** Which picture of the grid, 0 where that means nothing. */
  index: number;
  /** The modal that it opens in any case. */
  modal: Exclude<ModalKind, "remix"> | null;
  /** Whether it opens a modal with remix. */
  remixable: boolean;
}

/**
 * Reads a customId as plain new-api does: the action that it makes of it, or why it refuses it. `crash`: it looks at a part that is not there;
 * `no_channel`: it makes a model's name of it that nobody offers.
 */
export function classify(customId: string): { action: string } | { refusal: string } {
  const parts = customId.split("::");
  const word = parts[1] === "JOB" ? parts[2] : parts[1];
  if (word === undefined) return { refusal: "crash" };
  if (word === "") return { refusal: "unknown_action" };
  const indexed = (action: string): { action: string } | { refusal: string } => {
    if (parts[3] === undefined) return { refusal: "crash" };
    return /^[+-]?\d+$/.test(parts[3]) ? { action } : { refusal: "index_parse_failed" };
  };
  if (word.includes("upsample")) return indexed("UPSCALE");
  if (word === "variation") return indexed("VARIATION");
  if (word === "low_variation") return { action: "LOW_VARIATION" };
  if (word === "high_variation") return { action: "HIGH_VARIATION" };
  if (word.includes("variation")) return { refusal: "no_channel" };
  if (word.includes("pan")) return { action: "PAN" };
  if (word.includes("reroll")) return { action: "REROLL" };
  const exact: Readonly<Record<string, string>> = { Outpaint: "ZOOM", CustomZoom: "CUSTOM_ZOOM", Inpaint: "INPAINT" };
  const action = Object.hasOwn(exact, word) ? exact[word] : undefined;
  return action === undefined ? { refusal: `unknown_action:${customId}` } : { action };
}

/** What pressing a button does, as Midjourney has it; null for a customId of no known kind. */
export function readCustomId(customId: string): Press | null {
  const parts = customId.split("::");
  const second = parts[1];
  const isJob = second === "JOB" || second === "Job";
  const word = isJob ? parts[2] : second;
  if (word === undefined) return null;
  const index = /^\d+$/.test(parts[3] ?? "") ? Number(parts[3]) : 0;
  const press = (action: string, kind: Press["kind"], more: Partial<Press> = {}): Press => ({
    action,
    kind,
    index,
    modal: null,
    remixable: false,
    ...more,
  });
  const indexed = word.includes("upsample") || word === "variation" || word === "video_virtual_upscale";
  if (indexed && !/^\d+$/.test(parts[3] ?? "")) return null;
  if (!isJob) {
    switch (word) {
      case "Outpaint":
        return press("ZOOM", "grid", { index: 0 });
      case "CustomZoom":
        return press("CUSTOM_ZOOM", "grid", { index: 0, modal: "zoom" });
      case "Inpaint":
        return press("INPAINT", "grid", { index: 0, modal: "inpaint" });
      case "BOOKMARK":
        return press("BOOKMARK", null, { index: 0 });
      case "Picread":
        return press("DESCRIBE", "describe", { index: 0 });
      default:
        return null;
    }
  }
  if (word === "PicReader" && parts[3] === "all") return press("IMAGINE", "all");
  if (word === "PicReader" || word.startsWith("PromptAnalyzer")) return press("IMAGINE", "grid", { modal: "pick" });
  if (word.includes("upsample")) return press("UPSCALE", word === "upsample" ? "single" : "hd");
  if (word === "video_virtual_upscale") return press("UPSCALE", "clip");
  if (word.includes("high_variation")) return press("HIGH_VARIATION", "grid", { index: 0, remixable: true });
  if (word.includes("low_variation")) return press("LOW_VARIATION", "grid", { index: 0, remixable: true });
  if (word.includes("variation")) return press("VARIATION", "grid", { remixable: true });
  if (word.startsWith("pan_")) return press("PAN", "grid", { index: 0, remixable: true });
  if (word.includes("reroll")) return press("REROLL", "grid", { index: 0, remixable: true });
  if (word.startsWith("animate_")) return press("VIDEO", "video", { remixable: true });
  if (word === "video") return press("VIDEO", "video", { modal: "pick" });
  return null;
}

/** What a task of this `action` gives. */
export function kindOf(action: string): Kind {
  switch (action) {
    case "UPSCALE":
      return "single";
    case "VIDEO":
      return "video";
    case "DESCRIBE":
      return "describe";
    case "SHORTEN":
      return "shorten";
    default:
      return "grid";
  }
}

/** The buttons of a finished task. A button that was pressed is blue (style 1). */
export function buttonsOf(kind: Kind, hash: string, prompt: string, pressed: ReadonlySet<string>): WireButton[] {
  return specsOf(kind, hash, prompt).map(([customId, emoji, label]) => ({
    customId,
    emoji,
    label,
    type: 2,
    style: pressed.has(customId) ? 1 : 2,
  }));
}

/** As the profile writes them: `upstream` has null for empty fields and a link at the end. */
export function dress(buttons: readonly WireButton[], profile: Profile): WireButton[] {
  if (profile !== "upstream") return [...buttons];
  const link: WireButton = { customId: null, emoji: null, label: "Web", type: 2, style: 5 };
  return [...buttons.map((button) => ({ ...button, emoji: button.emoji || null, label: button.label || null })), link];
}

type Spec = readonly [customId: string, emoji: string, label: string];

function specsOf(kind: Kind, hash: string, prompt: string): Spec[] {
  const oneToFour = [1, 2, 3, 4];
  const heart: Spec = [`MJ::BOOKMARK::${hash}`, "❤️", ""];
  switch (kind) {
    case "grid":
      return [
        ...oneToFour.map((n): Spec => [`MJ::JOB::upsample::${n}::${hash}`, "", `U${n}`]),
        [`MJ::JOB::reroll::0::${hash}::SOLO`, "🔄", ""],
        ...oneToFour.map((n): Spec => [`MJ::JOB::variation::${n}::${hash}`, "", `V${n}`]),
      ];
    case "single":
    case "hd":
      return [...singleSpecs(kind, hash, prompt), heart];
    case "video":
      return [...oneToFour.map((n): Spec => [`MJ::JOB::video_virtual_upscale::${n}::${hash}`, "", `U${n}`]), heart];
    case "clip":
      return [
        [`MJ::JOB::animate_high_extend::1::${hash}::SOLO`, "🎞️", "Extend (High motion)"],
        [`MJ::JOB::animate_low_extend::1::${hash}::SOLO`, "🎞️", "Extend (Low motion)"],
        heart,
      ];
    case "describe":
      return [
        ...oneToFour.map((n): Spec => [`MJ::Job::PicReader::${n}`, `${n}\ufe0f\u20e3`, ""]),
        ["MJ::Picread::Retry", "🔄", ""],
        ["MJ::Job::PicReader::all", "🎉", "Imagine all"],
      ];
    case "shorten":
      return [1, 2, 3, 4, 5].map((n): Spec => [`MJ::Job::PromptAnalyzer::${n}`, `${n}\ufe0f\u20e3`, ""]);
  }
}

function singleSpecs(kind: "single" | "hd", hash: string, prompt: string): Spec[] {
  const version = versionOf(prompt);
  const solo = (job: string, emoji: string, label: string): Spec => [`MJ::JOB::${job}::1::${hash}::SOLO`, emoji, label];
  const redo = kind === "hd" ? "Redo Upscale" : "Upscale";
  const upscales: Spec[] =
    version < 6
      ? [solo("upsample_v5_2x", "upscale_1", `${redo} (2x)`), solo("upsample_v5_4x", "upscale_1", `${redo} (4x)`)]
      : (["subtle", "creative"] as const).map((way) => {
          const family = version >= 7 ? "v7" : version > 6 ? "v6r1" : "v6";
          return solo(`upsample_${family}_2x_${way}`, "upscale_1", `${redo} (${way === "subtle" ? "Subtle" : "Creative"})`);
        });
  const varies: Spec[] = [
    solo("low_variation", "🪄", "Vary (Subtle)"),
    solo("high_variation", "🪄", "Vary (Strong)"),
    [`MJ::Inpaint::1::${hash}::SOLO`, "🖌️", "Vary (Region)"],
  ];
  const zooms: Spec[] = [
    [`MJ::Outpaint::50::1::${hash}::SOLO`, "🔍", "Zoom Out 2x"],
    [`MJ::Outpaint::75::1::${hash}::SOLO`, "🔍", "Zoom Out 1.5x"],
    [`MJ::CustomZoom::${hash}`, "🔍", "Custom Zoom"],
  ];
  const [wide, high] = ratioOf(prompt);
  if (version < 7 && wide !== high) {
    zooms.push([`MJ::Outpaint::100::1::${hash}::SOLO`, wide > high ? "↕️" : "↔️", "Make Square"]);
  }
  const pans: Spec[] = [
    solo("pan_left", "⬅️", ""),
    solo("pan_right", "➡️", ""),
    solo("pan_up", "⬆️", ""),
    solo("pan_down", "⬇️", ""),
  ];
  const animates: Spec[] = [
    solo("animate_high", "🎞️", "Animate (High motion)"),
    solo("animate_low", "🎞️", "Animate (Low motion)"),
  ];
  // No upscale, zoom or pan buttons were ever reported for version 8.
  if (version >= 8) return [...varies, ...animates];
  return [...upscales, ...varies, ...zooms, ...pans, ...(version >= 7 ? animates : [])];
}

/** The model's version that a prompt asks for; 7 where it says none. */
function versionOf(prompt: string): number {
  return Number(/--(?:v|version|niji)\s+(\d+(?:\.\d+)?)/.exec(prompt)?.[1] ?? 7);
}

/** The width and height that a prompt asks for by `--ar`. */
export function ratioOf(prompt: string): readonly [number, number] {
  const found = /--(?:ar|aspect)\s+(\d{1,3}):(\d{1,3})/.exec(prompt);
  const [wide, high] = [Number(found?.[1] ?? 1), Number(found?.[2] ?? 1)];
  return wide > 0 && high > 0 ? [wide, high] : [1, 1];
}
