/** What tests do with tasks without a request. */

import { kindOf, type ModalKind } from "./buttons.js";
import { look, type SeedTask, type SimulatedTask, type TaskRecord } from "./task.js";
import { addRecord, buttonsNow, type World } from "./world.js";

/** The handles on tasks. */
export interface TaskHandles {
  /**
   * How many submits were accepted, and so paid for, whatever became of their answers. What only opens Vary (Region) or Custom Zoom is
   * free, its modal is not, each time that it is submitted; a button that gives the task of the first time is paid again. A failed task's refund is not
   * taken off.
   */
  readonly charges: number;
  /** Every task, oldest first, as they stand now. */
  readonly tasks: readonly SimulatedTask[];
  /** One task as it stands now; undefined where there is none of that id. */
  task(id: string): SimulatedTask | undefined;
  /** Puts a task there without a request. */
  addTask(seed?: SeedTask): SimulatedTask;
  /** Ends a task as FAILURE, now. */
  failTask(id: string, reason?: string): void;
  /** Ends a task as CANCEL, now. */
  cancelTask(id: string): void;
  /** Upstream lost it: the task stays as it is and never ends. */
  loseTask(id: string): void;
  /** Removes a task: from now on nobody knows it. */
  removeTask(id: string): void;
}

/** The handles of one world. */
export function createHandles(world: World): TaskHandles {
  const { settings } = world;
  const known = (id: string): TaskRecord => {
    const task = world.tasks.get(id);
    if (!task) throw new RangeError(`the simulator has no task ${JSON.stringify(id)}`);
    return task;
  };
  const end = (id: string, status: string): TaskRecord => {
    const task = known(id);
    const progress = settings.profile === "upstream" ? "" : "100%";
    task.frozen = { status, progress, at: settings.now() };
    return task;
  };
  return {
    get charges() {
      return world.charges;
    },
    get tasks() {
      return [...world.tasks.values()].map((task) => snapshot(world, task));
    },
    task(id) {
      const task = world.tasks.get(id);
      return task && snapshot(world, task);
    },
    addTask: (seed = {}) => snapshot(world, plant(world, seed)),
    failTask(id, reason = "[Internal error] simulated") {
      end(id, "FAILURE").failReason = reason;
    },
    cancelTask(id) {
      end(id, "CANCEL");
    },
    loseTask(id) {
      known(id).lostAt ??= settings.now();
    },
    removeTask(id) {
      world.tasks.delete(id);
    },
  };
}

function snapshot(world: World, task: TaskRecord): SimulatedTask {
  const { status, progress } = look(task, world.settings.now(), world.settings);
  const { id, parentId, customId, action, prompt, state, hash, maskBase64, speed, submitTime, failReason } = task;
  return {
    id,
    parentId,
    customId,
    action,
    prompt,
    state,
    status,
    progress,
    hash,
    buttons: buttonsNow(world, task),
    maskBase64,
    speed,
    submitTime,
    failReason,
  };
}

function plant(world: World, seed: SeedTask): TaskRecord {
  const { settings } = world;
  const action = seed.action ?? "IMAGINE";
  const status = seed.status === undefined ? "SUCCESS" : seed.status;
  const now = settings.now();
  const task = addRecord(world, {
    ...(seed.id === undefined ? {} : { id: seed.id }),
    action,
    kind: kindOf(action),
    prompt: seed.prompt ?? "a lighthouse --v 7",
    state: seed.state ?? "",
    submitTime: seed.submitTime ?? now,
    failReason: seed.failReason ?? (status === "FAILURE" ? "[Internal error] simulated" : null),
    ownButtons: seed.buttons,
    fields: seed.fields ?? {},
  });
  if (status === "MODAL") {
    const modals: Readonly<Record<string, ModalKind>> = { INPAINT: "inpaint", CUSTOM_ZOOM: "zoom" };
    task.modal = modals[action] ?? "remix";
    // The gateway has looked at it already.
    task.began = Math.min(task.began, now - settings.tickMs);
  } else if (status !== null) {
    task.frozen = { status, progress: seed.progress ?? progressOf(status, settings.profile === "upstream"), at: now };
  }
  if (seed.progress !== undefined && task.frozen === null) task.fields = { progress: seed.progress, ...task.fields };
  return task;
}

function progressOf(status: string, upstream: boolean): string {
  if (status === "SUCCESS") return "100%";
  if (status === "FAILURE" || status === "CANCEL") return upstream ? "" : "100%";
  return status === "IN_PROGRESS" ? "46%" : "0%";
}
