/** Reads: a task, several, a picture, a seed. */

import { json, jsonText, relay, type Answer } from "./answers.js";
import { faults } from "./faults.js";
import { drawPicture } from "./picture.js";
import { relayed, submitted } from "./refusals.js";
import { look } from "./task.js";
import { motifOf, writeTask } from "./wire.js";
import { fnv, type World } from "./world.js";

/** `GET /mj/task/{id}/fetch`. */
export function fetchTask(world: World, id: string, base: string): Answer {
  const task = world.tasks.get(id);
  if (task) return jsonText(200, writeTask(world, task, base));
  const { status = 200, body = null, headers = {} } = faults.taskNotFound(world.settings.unknownTask);
  return { status, body: body as string | null, headers };
}

/** `POST /mj/task/list-by-condition`: in the order of their making, each once, unknown ids left out. */
export function listTasks(world: World, ids: readonly string[], base: string): Answer {
  const wanted = new Set(ids);
  const found = [...world.tasks.values()].filter((task) => wanted.has(task.id));
  return jsonText(200, `[${found.map((task) => writeTask(world, task, base, true)).join(",")}]`);
}

/** `GET /mj/image/{id}`: no key is asked for. */
export function readImage(world: World, id: string): Answer {
  const task = world.tasks.get(id);
  if (!task) return json(400, { error: "midjourney_task_not_found" });
  const view = look(task, world.settings.now(), world.settings);
  if (view.share <= 0) return json(500, { error: "http_get_image_failed" });
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
  return submitted(world, 1, "success", String(fnv(task.hash)), {});
}
