/** Submits that begin a task. */

import type { Answer } from "./answers.js";
import type { SubmitBody } from "./body.js";
import type { Kind } from "./buttons.js";
import { refused, relayed, submitted } from "./refusals.js";
import type { TaskRecord } from "./task.js";
import { addRecord, queueNow, type World } from "./world.js";

/** What `properties` says of the provider account. */
function accountOf(world: World): { discordInstanceId: string; discordChannelId?: string } {
  switch (world.settings.profile) {
    case "gateway":
      return { discordInstanceId: "1118" };
    case "upstream":
      return { discordInstanceId: "1118138338562560102" };
    case "docs":
      return { discordChannelId: "5e6ca8e1f40e4de6", discordInstanceId: "5e6ca8e1f40e4de6" };
  }
}

/** A task is made and put in the queue, or refused where that is full. */
export function accept(
  world: World,
  made: Pick<TaskRecord, "action" | "kind" | "prompt"> & Partial<TaskRecord>,
): Answer {
  const { ahead, extraMs } = queueNow(world);
  if (ahead > world.settings.queueSize) return queueFull(world);
  const task = addRecord(world, { ...made, queueMs: world.settings.queueMs + extraMs });
  if (ahead > 0) task.description = queueing(world, ahead);
  world.charges += 1;
  return accepted(world, task.id, ahead);
}

/** The answer for an accepted task: 1, or 22 where it has to wait (which the gateway rewrites to 1). */
export function accepted(world: World, id: string, ahead = 0): Answer {
  const { profile } = world.settings;
  if (ahead === 0) {
    const description = profile === "upstream" ? "提交成功" : "Submit success";
    return submitted(world, 1, description, id, profile === "gateway" ? {} : accountOf(world));
  }
  const properties = { numberOfQueues: ahead, ...accountOf(world) };
  return submitted(world, profile === "gateway" ? 1 : 22, queueing(world, ahead), id, properties);
}

function queueing(world: World, ahead: number): string {
  return world.settings.profile === "docs" ? `In queue, ${ahead} tasks ahead` : `排队中，前面还有${ahead}个任务`;
}

/** Code 23. */
export function queueFull(world: World): Answer {
  return refused(world, 23, "队列已满，请稍后尝试", "Queue is full, please try again later", accountOf(world));
}

/** Code 24, where the prompt has a banned word. */
export function bannedBy(world: World, prompt: string): Answer | null {
  const lower = prompt.toLowerCase();
  const word = world.settings.bannedWords.find((banned) => banned !== "" && lower.includes(banned.toLowerCase()));
  if (word === undefined) return null;
  const docs = world.settings.profile === "docs";
  const properties = { promptEn: prompt, bannedWord: word };
  return submitted(world, 24, docs ? "Banned prompt" : "可能包含敏感词", docs ? null : undefined, properties);
}

/** imagine, blend, describe, shorten, video, edits. */
export function submitNew(world: World, what: string, body: SubmitBody, speed: string | null): Answer {
  const botType = body.botType || "MID_JOURNEY";
  if (botType !== "MID_JOURNEY" && botType !== "NIJI_JOURNEY") {
    return refused(world, 4, "botType参数错误", "parameter error: botType");
  }
  const refusal = checkNew(world, what, body) ?? bannedBy(world, body.prompt);
  if (refusal) return refusal;
  const [action, kind] = MADE_BY[what] as readonly [string, Kind];
  return accept(world, { action, kind, prompt: body.prompt, state: body.state, botType, speed });
}

const MADE_BY: Readonly<Record<string, readonly [action: string, kind: Kind]>> = {
  imagine: ["IMAGINE", "grid"],
  blend: ["BLEND", "grid"],
  describe: ["DESCRIBE", "describe"],
  shorten: ["SHORTEN", "shorten"],
  video: ["VIDEO", "video"],
  edits: ["EDITS", "grid"],
};

function checkNew(world: World, what: string, body: SubmitBody): Answer | null {
  const images = body.base64Array;
  const badImages = refused(world, 4, "base64格式错误", "parameter error: an image must be a data URI");
  if (images.some((image) => !/^data:image\/[a-z+.-]+;base64,./i.test(image))) return badImages;
  switch (what) {
    case "imagine":
      return promptMissing(world, body.prompt);
    case "shorten":
      return promptEmpty(world, body.prompt);
    case "blend":
      if (images.length >= 2 && images.length <= 5) return null;
      return refused(world, 4, "base64List参数错误", "parameter error: base64Array takes 2 to 5 images");
    case "describe":
      if (body.base64 !== "" || body.link !== "") return null;
      return refused(world, 4, "base64不能为空", "parameter error: base64 or link is required");
    case "video":
      if (body.motion !== "low" && body.motion !== "high") {
        return refused(world, 4, "motion参数错误", "parameter error: motion must be low or high");
      }
      return body.image !== "" ? null : refused(world, 4, "image不能为空", "parameter error: image is required");
    default:
      if (body.image === "") return refused(world, 4, "image不能为空", "parameter error: image is required");
      return promptEmpty(world, body.prompt);
  }
}

/** Of an imagine, an empty prompt is the gateway's to refuse; blanks alone, and the other submits' prompts, are the upstream's. */
function promptMissing(world: World, prompt: string): Answer | null {
  return prompt === "" ? relayed(world, "prompt_is_required", 4, "prompt不能为空") : promptEmpty(world, prompt);
}

function promptEmpty(world: World, prompt: string): Answer | null {
  return prompt.trim() === "" ? refused(world, 4, "prompt不能为空", "parameter error: prompt is empty") : null;
}
