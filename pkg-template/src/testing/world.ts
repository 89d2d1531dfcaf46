/** The tasks, and how new ones come about. */

import { buttonsOf, type WireButton } from "./buttons.js";
import type { Settings } from "./options.js";
import { hasJob, look, type TaskRecord } from "./task.js";

/** What a simulator holds. */
export interface World {
  readonly settings: Settings;
  readonly tasks: Map<string, TaskRecord>;
  /** Counts up at every use: what must differ at every look is made of it. */
  count: number;
  /** The number of the last id. */
  lastId: number;
  /** The number of the last row. */
  lastRow: number;
  /** How many submits were charged. */
  charges: number;
}

/** An empty one. */
export function createWorld(settings: Settings): World {
  return { settings, tasks: new Map(), count: 0, lastId: 0, lastRow: 0, charges: 0 };
}

/** Unix ms and three digits more; longer where `idDigits` says so. No two are the same. */
export function nextId(world: World): string {
  const { now, idDigits } = world.settings;
  // A clock of a test may begin at 0; an id has its digits all the same.
  const ms = Math.floor(now());
  const base = ms >= 1e12 && ms < 9e12 ? ms : 1_773_314_942_177 + (Math.abs(ms) % 1e12);
  world.lastId = Math.max(world.lastId + 1, base * 1_000 + ((world.tasks.size * 389 + 137) % 1_000));
  let id = String(world.lastId);
  while (id.length < idDigits) id += String((world.lastId * 7 + id.length * 3) % 10);
  return world.tasks.has(id) ? nextId(world) : id;
}

/** The number of a new row. */
export function nextRow(world: World): number {
  world.lastRow += 1;
  return world.lastRow;
}

/** A job's id: a uuid that follows from the task's id. */
export function hashOf(id: string): string {
  const hex = [1, 2, 3, 4].map((salt) => fnv(`${salt}/${id}`).toString(16).padStart(8, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** FNV-1a, 32 bits, stirred once more. */
export function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** A task that begins now. */
export function addRecord(
  world: World,
  made: Pick<TaskRecord, "action" | "kind" | "prompt"> & Partial<TaskRecord>,
): TaskRecord {
  const id = made.id ?? nextId(world);
  const now = world.settings.now();
  const task: TaskRecord = {
    parentId: null,
    customId: null,
    shownPrompt: made.prompt,
    state: "",
    botType: "MID_JOURNEY",
    hash: hashOf(id),
    seed: id,
    speed: null,
    submitTime: now,
    began: made.submitTime ?? now,
    row: nextRow(world),
    goneOnAt: null,
    modals: 0,
    twins: [],
    description: "Submit success",
    queueMs: world.settings.queueMs,
    workMs: world.settings.workMs,
    modal: null,
    maskBase64: null,
    frozen: null,
    lostAt: null,
    failReason: null,
    pressed: new Set(),
    ownButtons: undefined,
    fields: {},
    ...made,
    id,
  };
  world.tasks.set(id, task);
  return task;
}

/** How many tasks would be before a new one, and how much longer it would wait for them. */
export function queueNow(world: World): { ahead: number; extraMs: number } {
  const { concurrency, now } = world.settings;
  if (concurrency === Infinity) return { ahead: 0, extraMs: 0 };
  const at = now();
  const ends = [...world.tasks.values()]
    .filter(hasJob)
    .map((task) => (task.goneOnAt ?? task.began) + task.queueMs + task.workMs)
    .filter((end) => end > at)
    .sort((a, b) => a - b);
  const ahead = ends.length - Math.max(1, concurrency) + 1;
  if (ahead <= 0) return { ahead: 0, extraMs: 0 };
  return { ahead, extraMs: Math.max(0, (ends[ahead - 1] ?? at) - at) };
}

/** The buttons that can be pressed now. */
export function buttonsNow(world: World, task: TaskRecord): readonly WireButton[] {
  if (task.ownButtons !== undefined) return task.ownButtons ?? [];
  const { status } = look(task, world.settings.now(), world.settings);
  return status === "SUCCESS" ? buttonsOf(task.kind, task.hash, task.prompt, task.pressed) : [];
}
