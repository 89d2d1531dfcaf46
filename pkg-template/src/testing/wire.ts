/** A task as the answer to a fetch. */

import { idText } from "./answers.js";
import { buttonsOf, dress, type WireButton } from "./buttons.js";
import { pictureUrl, type Motif } from "./picture.js";
import { look, lookAtRows, type TaskRecord, type View } from "./task.js";
import { fnv, type World } from "./world.js";

/** The task as JSON text: its first row. `base` stands before `/mj/image/{id}`. */
export function writeTask(world: World, task: TaskRecord, base: string): string {
  const view = look(task, world.settings.now(), world.settings);
  return written(world, task, fieldsOf(world, task, view, base));
}

/** Every row of the task as JSON text, as a list has it, with the number of each. */
export function writeRows(world: World, task: TaskRecord, base: string): { row: number; text: string }[] {
  return lookAtRows(task, world.settings.now(), world.settings).map((view, i) => {
    const fields = fieldsOf(world, task, view, base);
    const twin = task.twins[i - 1];
    if (twin) Object.assign(fields, { action: "MODAL", description: "Submit success" });
    if (world.settings.profile === "docs") {
      for (const name of ["customId", "botType", "videoUrl", "maskBase64"]) delete fields[name];
    }
    return { row: twin?.row ?? task.row, text: written(world, task, fields) };
  });
}

function written(world: World, task: TaskRecord, fields: Record<string, unknown>): string {
  Object.assign(fields, task.fields);
  if ("id" in task.fields) return JSON.stringify(fields);
  const rest = JSON.stringify(fields).slice(1);
  const id = idText(task.id, world.settings.taskIdType === "integer");
  return `{"id":${id}${rest === "}" ? "" : ","}${rest}`;
}

/** What its picture is drawn from. */
export function motifOf(task: TaskRecord, view: View): Motif {
  return { seed: task.seed, kind: task.kind, prompt: task.prompt, action: task.action, share: view.share };
}

/** Where its picture is; null where there is none yet, or never will be. */
export function imageUrlOf(world: World, task: TaskRecord, view: View, base: string): string | null {
  if (view.share <= 0 || task.kind === "shorten") return null;
  if (world.settings.imageUrls === "data") return pictureUrl(motifOf(task, view));
  const url = `${base}/mj/image/${encodeURIComponent(task.id)}`;
  if (view.status === "SUCCESS" || world.settings.profile !== "gateway") return url;
  // Nanoseconds, so that it differs at every look.
  world.count += 1;
  return `${url}?rand=${Math.floor(world.settings.now())}${String(world.count % 1_000_000).padStart(6, "0")}`;
}

function fieldsOf(world: World, task: TaskRecord, view: View, base: string): Record<string, unknown> {
  const { profile } = world.settings;
  const image = imageUrlOf(world, task, view, base);
  const moves = task.kind === "video" || task.kind === "clip";
  const video = moves && view.status === "SUCCESS" ? image : null;
  const videoUrls = video === null ? (profile === "gateway" ? { videoUrls: null } : {}) : { videoUrls: [{ url: video }] };
  const promptEn = task.kind === "describe" ? (view.status === "SUCCESS" ? suggestionsOf(task.id) : "") : task.prompt;
  const buttons = buttonsWritten(world, task, view);
  if (profile === "upstream") {
    return {
      action: task.action,
      customId: task.customId,
      botType: task.botType,
      prompt: task.prompt,
      promptEn,
      description: "Submit success",
      state: task.state === "" ? null : task.state,
      submitTime: task.submitTime,
      startTime: view.startTime || null,
      finishTime: view.finishTime || null,
      imageUrl: image,
      videoUrl: video,
      ...videoUrls,
      status: view.status,
      progress: view.progress,
      failReason: task.failReason,
      buttons,
      maskBase64: null,
      properties: {
        finalPrompt: task.prompt,
        discordInstanceId: "1118138338562560102",
        discordChannelId: "1118138338562560102",
        messageHash: task.hash,
        flags: 0,
      },
    };
  }
  // Before its first look the gateway has stored no more than the submit.
  const seen = view.seen;
  return {
    action: task.action,
    customId: "",
    botType: "",
    prompt: profile === "docs" ? task.prompt : task.shownPrompt,
    promptEn: seen ? promptEn : "",
    description: profile === "gateway" ? task.description : "Submit success",
    state: seen ? task.state : "",
    submitTime: task.submitTime,
    startTime: view.startTime,
    finishTime: view.finishTime,
    imageUrl: image ?? "",
    videoUrl: video ?? "",
    ...videoUrls,
    status: view.status,
    progress: view.progress,
    failReason: task.failReason ?? "",
    buttons: seen ? buttons : task.ownButtons === undefined ? null : buttons,
    maskBase64: "",
    properties: seen ? { finalPrompt: view.status === "SUCCESS" ? task.prompt : "", finalZhPrompt: "" } : null,
  };
}

function buttonsWritten(world: World, task: TaskRecord, view: View): readonly WireButton[] | null {
  if (task.ownButtons !== undefined) return task.ownButtons;
  if (view.status === "SUCCESS") {
    return dress(buttonsOf(task.kind, task.hash, task.prompt, task.pressed), world.settings.profile);
  }
  return view.status === "FAILURE" ? null : [];
}

/** The four prompts of a describe, numbered, in one text. */
function suggestionsOf(id: string): string {
  return [1, 2, 3, 4].map((n) => `${n}\ufe0f\u20e3 ${suggestionOf(id, n)}`).join("\n\n");
}

/** One of the four prompts of a describe. */
export function suggestionOf(id: string, n: number): string {
  const of = (words: readonly string[], salt: string): string => words[fnv(`${id}/${n}/${salt}`) % words.length] as string;
  const subject = of(["a lighthouse above a quiet sea", "hills under a wide sky", "a lake between two ridges", "a valley in the mist"], "subject");
  const light = of(["at dawn", "in the last light", "under a full moon", "after the rain"], "light");
  const style = of(["flat illustration", "gouache on paper", "long exposure photograph", "woodblock print"], "style");
  return `${subject} ${light}, ${style} --ar 1:1`;
}
