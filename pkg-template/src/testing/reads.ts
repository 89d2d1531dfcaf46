/** Reads: a task, several, a picture, a seed. */

import { json, jsonText, passedOn, relay, type Answer } from "./answers.js";
import { faults } from "./faults.js";
import { drawPicture } from "./picture.js";
import { relayed, submitted } from "./refusals.js";
import { look } from "./task.js";
import { motifOf, writeRows, writeTask } from "./wire.js";
import { fnv, type World } from "./world.js";

/** `GET /mj/task/{id}/fetch`: of several rows the first. */
export function fetchTask(world: World, id: string, base: string): Answer {
  const task = world.tasks.get(id);
  if (task) return tasksText(world, writeTask(world, task, base));
  const { status = 200, body = null, headers = {} } = faults.taskNotFound(world.settings.unknownTask);
  return { status, body: body as string | null, headers };
}

/** `POST /mj/task/list-by-condition`: every row in the order of its making, each once, unknown ids left out. */
export function listTasks(world: World, ids: readonly string[], base: string): Answer {
  const wanted = new Set(ids);
  const found = [...world.tasks.values()].filter((task) => wanted.has(task.id));
  const rows = found.flatMap((task) => writeRows(world, task, base)).sort((a, b) => a.row - b.row);
  return tasksText(world, `[${rows.map(({ text }) => text).join(",")}]`);
}

/** The gateway's reads have a type of their own. */
function tasksText(world: World, text: string): Answer {
  const answer = jsonText(200, text);
  if (world.settings.profile === "gateway") answer.headers["content-type"] = "application/json";
  return answer;
}

/** `GET /mj/image/{id}`: no key is asked for. Of several rows it is the first that has to have a picture. */
export function readImage(world: World, id: string): Answer {
  const task = world.tasks.get(id);
  if (!task) return json(400, { error: "midjourney_task_not_found" });
  const view = look(task, world.settings.now(), world.settings);
  if (view.share <= 0) {
    return world.settings.profile === "gateway"
      ? json(403, { error: "request blocked: unsupported protocol:  (only http/https allowed)" })
      : json(500, { error: "http_get_image_failed" });
  }
  return {
    status: 200,
    body: drawPicture(motifOf(task, view)),
    headers: {
      "content-type": "image/svg+xml; charset=utf-8",
      "cache-control": view.share >= 1 ? "public, max-age=3600" : "no-store",
      // It is only a picture, also where somebody opens it as a page.
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    },
  };
}

/** `GET /mj/task/{id}/image-seed`. */
export function readSeed(world: World, id: string): Answer {
  const task = world.tasks.get(id);
  if (!task) return relayed(world, "task_no_found", 3, "关联任务不存在或已失效");
  if (look(task, world.settings.now(), world.settings).status !== "SUCCESS") return relay(400, "task_status_not_success", 4);
  const seed = String(fnv(task.hash));
  if (world.settings.profile !== "gateway") return submitted(world, 1, "success", seed, {});
  // Which it does not pass on, but writes anew.
  return passedOn(200, JSON.stringify({ code: 1, description: "success", properties: {}, result: seed }));
}
