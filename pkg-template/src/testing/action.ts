/** `POST /mj/submit/action`: a button is pressed. */

import type { Answer } from "./answers.js";
import type { SubmitBody } from "./body.js";
import { classify, readCustomId, type ModalKind, type Press } from "./buttons.js";
import { malformed, noChannel, refused, relayed, submitted } from "./refusals.js";
import { dropped } from "./respond.js";
import { accept, accepted, queueFull } from "./submit.js";
import { look, type TaskRecord } from "./task.js";
import { imageUrlOf, suggestionOf } from "./wire.js";
import { addRecord, buttonsNow, queueNow, type World } from "./world.js";

/** Presses the button, or says why not, in the order of the checks of the real gateway. */
export function submitAction(world: World, body: SubmitBody, speed: string | null, base: string): Answer {
  const upstream = world.settings.profile === "upstream";
  if (body.customId === "") {
    return upstream ? refused(world, 4, "customId不能为空", "") : malformed(world, "custom_id_is_required");
  }
  const press = readPress(world, body.customId);
  if ("status" in press) return press;
  if (body.taskId === "") return relayed(world, "task_id_is_required", 4, "taskId不能为空");
  const parent = world.tasks.get(body.taskId);
  if (!parent) return relayed(world, "task_not_found", 3, "关联任务不存在或已失效");
  if (look(parent, world.settings.now(), world.settings).status !== "SUCCESS") {
    return relayed(world, "task_status_not_success", 4, "关联任务状态错误");
  }
  if (!buttonsNow(world, parent).some((button) => button.customId === body.customId)) {
    return refused(world, 4, "关联按钮不存在", "parameter error: the task has no such button");
  }
  return pressed(world, parent, press, body, speed, base);
}

/** What the button does, or why it is refused. Throws where the gateway crashes, which closes the connection. */
function readPress(world: World, customId: string): Press | Answer {
  const { profile, everyButton } = world.settings;
  const press = readCustomId(customId);
  if (profile === "upstream") return press ?? refused(world, 4, "customId错误", "unknown_action");
  const read = classify(customId);
  if ("action" in read) return press ?? { action: read.action, kind: "grid", index: 0, modal: null, remixable: false };
  if (read.refusal === "crash") throw dropped("of the connection: the gateway crashes on this customId");
  if (read.refusal === "no_channel") return noChannel(world, "mj_");
  if (press !== null && everyButton) return press;
  return malformed(world, read.refusal);
}

function pressed(
  world: World,
  parent: TaskRecord,
  press: Press,
  body: SubmitBody,
  speed: string | null,
  base: string,
): Answer {
  const { customId } = body;
  if (press.kind === null) {
    // A favourite is no job: the answer is the task itself.
    parent.pressed.add(customId);
    return accepted(world, parent.id);
  }
  const made = {
    action: press.action,
    parentId: parent.id,
    customId,
    prompt: promptOf(parent, press),
    shownPrompt: parent.shownPrompt || parent.prompt,
    state: body.state,
    botType: parent.botType,
    speed,
  };
  if (press.kind === "all") {
    const ids = [1, 2, 3, 4].map((n) => addRecord(world, { ...made, kind: "grid", prompt: suggestionOf(parent.id, n) }).id);
    parent.pressed.add(customId);
    world.charges += 1;
    return accepted(world, ids.join(","));
  }
  const modal: ModalKind | null = press.modal ?? (body.enableRemix && press.remixable ? "remix" : null);
  if (modal !== null) {
    parent.pressed.add(customId);
    const task = addRecord(world, { ...made, kind: press.kind, modal, description: "Waiting for window confirm" });
    return modalOpened(world, task.id, modal, made.prompt);
  }
  const twin = world.settings.existing && press.kind === "single" ? pressedBefore(world, parent, customId) : null;
  if (twin) return existed(world, twin, base);
  const { ahead } = queueNow(world);
  if (ahead > world.settings.queueSize) return queueFull(world);
  parent.pressed.add(customId);
  return accept(world, { ...made, kind: press.kind, ...seedOf(parent, press) });
}

/** Code 21; the gateway keeps it for two kinds of modal, which are free, and makes 1 of it for the others. */
function modalOpened(world: World, id: string, modal: ModalKind, finalPrompt: string): Answer {
  const free = modal === "inpaint" || modal === "zoom";
  if (!free) world.charges += 1;
  const kept = free || world.settings.profile !== "gateway";
  return submitted(world, kept ? 21 : 1, "Waiting for window confirm", id, { finalPrompt, remix: true });
}

/** Code 21 in its other meaning: the same button was pressed before. The gateway charges for it again. */
function existed(world: World, twin: TaskRecord, base: string): Answer {
  // As its upstream sees it.
  const view = look(twin, world.settings.now(), { ...world.settings, tickMs: 0 });
  const properties = { status: view.status, imageUrl: imageUrlOf(world, twin, view, base) ?? "" };
  world.charges += 1;
  return submitted(world, world.settings.profile === "gateway" ? 1 : 21, "任务已存在", twin.id, properties);
}

function pressedBefore(world: World, parent: TaskRecord, customId: string): TaskRecord | null {
  for (const task of world.tasks.values()) {
    if (task.parentId === parent.id && task.customId === customId && task.frozen?.status !== "FAILURE") return task;
  }
  return null;
}

function promptOf(parent: TaskRecord, press: Press): string {
  return press.modal === "pick" && parent.kind === "describe" ? suggestionOf(parent.id, press.index || 1) : parent.prompt;
}

/** An upscale and a video show the picture they come from; all else is a new one. */
function seedOf(parent: TaskRecord, press: Press): { seed?: string } {
  if (press.kind === "single") return { seed: `${parent.seed}:${press.index}` };
  return press.kind === "hd" || press.kind === "video" || press.kind === "clip" ? { seed: parent.seed } : {};
}
