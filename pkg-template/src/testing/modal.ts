/** `POST /mj/submit/modal`: what a modal asked for. */

import type { Answer } from "./answers.js";
import type { SubmitBody } from "./body.js";
import { refused, relayed } from "./refusals.js";
import { accepted, bannedBy, queueFull } from "./submit.js";
import { awaitsModal, type TaskRecord } from "./task.js";
import { addRecord, nextRow, queueNow, type World } from "./world.js";

/** Goes on with a task that waits for its modal, or says why not. */
export function submitModal(world: World, body: SubmitBody, speed: string | null): Answer {
  if (body.taskId === "") return relayed(world, "task_id_is_required", 4, "taskId不能为空");
  const task = world.tasks.get(body.taskId);
  if (!task) return relayed(world, "task_not_found", 3, "关联任务不存在或已失效");
  // The gateway lets this pass whatever the status; the upstream looks.
  if (!awaitsModal(task, world.settings)) return refused(world, 4, "关联任务状态错误", "parameter error: the task waits for no modal");
  const refusal = checkModal(world, task, body) ?? bannedBy(world, body.prompt);
  if (refusal) return refusal;
  const { ahead, extraMs } = queueNow(world);
  if (ahead > world.settings.queueSize) return queueFull(world);
  const now = world.settings.now();
  const answer: Partial<TaskRecord> = {
    prompt: body.prompt.trim() === "" ? task.prompt : body.prompt,
    maskBase64: body.maskBase64 === "" ? null : body.maskBase64,
    queueMs: world.settings.queueMs + extraMs,
    speed: speed ?? task.speed,
  };
  task.modals += 1;
  world.charges += 1;
  if (world.settings.modalId === "same") {
    const twins = world.settings.twinRows ? [...task.twins, { row: nextRow(world), at: now }] : task.twins;
    Object.assign(task, answer, { goneOnAt: now, twins });
    return accepted(world, task.id, ahead);
  }
  const { action, kind, prompt, shownPrompt, parentId, customId, state, botType } = task;
  const next = addRecord(world, { action, kind, prompt, shownPrompt, parentId, customId, state, botType, ...answer });
  return accepted(world, next.id, ahead);
}

function checkModal(world: World, task: TaskRecord, body: SubmitBody): Answer | null {
  const wrong = (chinese: string, english: string): Answer => refused(world, 4, chinese, `parameter error: ${english}`);
  if (task.modal === "inpaint") {
    // What is behind the gateway cuts off exactly this, so that any other data URI breaks.
    const bytes = body.maskBase64.replace(/^data:image\/png;base64,/, "");
    if (bytes === "") return wrong("maskBase64不能为空", "maskBase64 is required");
    if (!bytes.startsWith("iVBORw0KGgo")) return wrong("maskBase64格式错误", "maskBase64 is no PNG");
  }
  const needed = task.modal === "inpaint" || task.modal === "zoom";
  if (needed && body.prompt.trim() === "") return wrong("prompt不能为空", "prompt is required");
  if (task.modal === "zoom") {
    const zoom = Number(/--zoom\s+(\d+(?:\.\d+)?)(?=\s|$)/.exec(body.prompt)?.[1] ?? Number.NaN);
    if (!(zoom >= 1 && zoom <= 2)) return wrong("zoom参数错误", "the prompt needs --zoom with 1 to 2");
  }
  return null;
}
