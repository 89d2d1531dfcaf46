/** A task: what is kept of it, and what a look at it says at a given moment. */

import type { Kind, ModalKind, WireButton } from "./buttons.js";
import { looksOf } from "./looks.js";
import type { Settings } from "./options.js";

/** A task to begin with, for `simulator.addTask`. */
export interface SeedTask {
  /** Default: the next id. Any text, of any number of digits. */
  id?: string;
  /** The status it has and keeps, any word. Default `SUCCESS`. `null`: it lives by the clock, as a task that was submitted now. */
  status?: string | null;
  /** `IMAGINE` (default), `UPSCALE`, `VIDEO`, `DESCRIBE`, …: decides its picture and its buttons. */
  action?: string;
  /** Default `a lighthouse --v 7`. */
  prompt?: string;
  /** Default `""`. */
  state?: string;
  /** Default: what belongs to the status. */
  progress?: string;
  /** Default: those of the action, once it is `SUCCESS`. `null` is written as null. */
  buttons?: readonly WireButton[] | null;
  /** Why it failed. */
  failReason?: string;
  /** Default: now. */
  submitTime?: number;
  /** Fields of the answer to a fetch, in place of what they would be: whatever should be tried. */
  fields?: Record<string, unknown>;
}

/** A task as it stands at this moment, by the simulator's clock. Looking at it is no request. */
export interface SimulatedTask {
  readonly id: string;
  /** The task whose button was pressed. */
  readonly parentId: string | null;
  /** The button that was pressed. */
  readonly customId: string | null;
  readonly action: string;
  readonly prompt: string;
  readonly state: string;
  /** As a fetch would say now. */
  readonly status: string;
  /** As a fetch would say now. */
  readonly progress: string;
  /** The job's id in its buttons' customIds. */
  readonly hash: string;
  /** What can be pressed now. */
  readonly buttons: readonly WireButton[];
  /** The mask that its modal came with. */
  readonly maskBase64: string | null;
  /** By the path's prefix: `fast`, `turbo`, `relax`, or null. */
  readonly speed: string | null;
  readonly submitTime: number;
  readonly failReason: string | null;
}

/** What is kept of a task. Its state is not: that follows from the clock. */
export interface TaskRecord {
  id: string;
  parentId: string | null;
  customId: string | null;
  action: string;
  kind: Kind;
  prompt: string;
  /** What the gateway's `prompt` field says: for a follow-up, the parent's. */
  shownPrompt: string;
  state: string;
  botType: string;
  hash: string;
  /** What its picture is drawn from. */
  seed: string;
  speed: string | null;
  submitTime: number;
  /** When it was submitted: the way to the result begins, or the wait for a modal. */
  began: number;
  /** When the latest modal came that goes on under this id: the way to the result begins (anew) there. */
  goneOnAt: number | null;
  /** The number of its row at the gateway, which are numbered as they come. */
  row: number;
  /** How many of its modals were accepted. */
  modals: number;
  /** With `twinRows`: the further rows, one for each modal. */
  twins: readonly Twin[];
  /** What its submit was answered. */
  description: string;
  queueMs: number;
  workMs: number;
  /** The modal that it waits or waited for. */
  modal: ModalKind | null;
  maskBase64: string | null;
  /** A status that no longer changes. */
  frozen: { status: string; progress: string; at: number } | null;
  /** Since when its upstream knows nothing of it, so that it stays as it was. */
  lostAt: number | null;
  failReason: string | null;
  pressed: Set<string>;
  /** In place of the usual buttons. */
  ownButtons: readonly WireButton[] | null | undefined;
  fields: Record<string, unknown>;
}

/** A row of a task, beside its first. */
export interface Twin {
  row: number;
  /** When the modal came. */
  at: number;
}

/** What a look says. */
export interface View {
  status: string;
  progress: string;
  startTime: number;
  finishTime: number;
  /** How much of the picture is drawn, 0 to 1. */
  share: number;
  /** Whether the gateway has looked at it at least once. */
  seen: boolean;
}

/** The steps of `progress` while a task is worked on. */
const STEPS: readonly number[] = [0, 17, 31, 46, 58, 74, 87, 95];

/** The task at `now`, by elapsed time alone: what a fetch reads, which of several rows is the first. */
export function look(task: TaskRecord, now: number, settings: Settings): View {
  return lookAtRows(task, now, settings)[0] as View;
}

/** Every row of the task at `now`, the first first. */
export function lookAtRows(task: TaskRecord, now: number, settings: Settings): View[] {
  const at = task.lostAt === null ? now : Math.min(now, task.lostAt);
  const { twins, frozen } = task;
  if (frozen) return [frozenView(task, frozen), ...twins.map(() => frozenView(task, frozen))];
  if (twins.length === 0) return [lookAtOnly(task, at, settings)];
  let rows = [lookAtModal(task.began, (twins[0] as Twin).at, settings)];
  twins.forEach((twin, i) => {
    const until = i + 1 < twins.length ? (twins[i + 1] as Twin).at : at;
    rows = withTwin(rows, task, twin.at, until, settings);
  });
  return rows;
}

/**
 * What becomes of the rows in the time of one more. The gateway keeps what it reads by the task's id: it is the latest unfinished row that learns of a
 * look. So the others stay as they were for the whole job, and then finish one after the other, each at one look more.
 */
function withTwin(rows: readonly View[], task: TaskRecord, began: number, at: number, settings: Settings): View[] {
  const { queueMs, workMs } = task;
  const looks = looksOf(settings.tickMs);
  const last = looks.firstFrom(queueMs + workMs);
  const done = finished(began, queueMs, workMs);
  let before = 0;
  const older = [...rows].reverse().map((row) => {
    if (row.status === "SUCCESS") return row;
    before += 1;
    const lag = settings.modalLagMs;
    const turn = lag === null ? looks.at(last + before, queueMs + workMs) : looks.at(last, queueMs + workMs) + lag;
    return at - began >= turn ? done : row;
  });
  return [...older.reverse(), lookAtJob(began, queueMs, workMs, at, settings)];
}

/** A task of one row. */
function lookAtOnly(task: TaskRecord, at: number, settings: Settings): View {
  const { modal, began, goneOnAt, queueMs, workMs } = task;
  if (modal === null) return lookAtJob(began, queueMs, workMs, at, settings);
  if (goneOnAt === null) return lookAtModal(began, at, settings);
  // Till its next look the gateway has what it had.
  const view = lookAtJob(goneOnAt, queueMs, workMs, at, settings);
  return view.seen ? view : lookAtModal(began, goneOnAt, settings);
}

/** A task that waits for its modal. */
function lookAtModal(began: number, at: number, settings: Settings): View {
  return looksOf(settings.tickMs).seenBy(at - began) === null ? { ...BLANK, seen: false } : { ...BLANK, status: "MODAL" };
}

/** A task on its way. */
function lookAtJob(began: number, queueMs: number, workMs: number, at: number, settings: Settings): View {
  const elapsed = looksOf(settings.tickMs).seenBy(at - began);
  if (elapsed === null) return { ...BLANK, seen: false };
  if (elapsed < queueMs) return { ...BLANK, status: elapsed < queueMs / 2 ? "NOT_START" : "SUBMITTED" };
  if (elapsed >= queueMs + workMs) return finished(began, queueMs, workMs);
  const percent = STEPS[Math.floor(((elapsed - queueMs) / workMs) * STEPS.length)] ?? 0;
  return { ...BLANK, status: "IN_PROGRESS", progress: `${percent}%`, startTime: began + queueMs, share: percent / 100 };
}

const BLANK: View = { status: "", progress: "0%", startTime: 0, finishTime: 0, share: 0, seen: true };

function finished(began: number, queueMs: number, workMs: number): View {
  const startTime = began + queueMs;
  return { status: "SUCCESS", progress: "100%", startTime, finishTime: startTime + workMs, share: 1, seen: true };
}

function frozenView(task: TaskRecord, frozen: { status: string; progress: string; at: number }): View {
  const { status, progress, at } = frozen;
  const done = status === "SUCCESS";
  const ended = done || status === "FAILURE" || status === "CANCEL";
  const working = status === "IN_PROGRESS";
  return {
    status,
    progress,
    startTime: done || working ? Math.min((task.goneOnAt ?? task.began) + task.queueMs, at) : 0,
    finishTime: ended ? at : 0,
    share: done ? 1 : working ? Math.min(1, (Number.parseFloat(progress) || 0) / 100) : 0,
    seen: status !== "",
  };
}

/** Whether a modal can be submitted for it: what upstream knows, whatever the gateway has seen of it. */
export function awaitsModal(task: TaskRecord, settings: Settings): boolean {
  // The gateway's upstream takes one as often as it comes.
  return task.modal !== null && task.frozen === null && (task.modals === 0 || settings.profile === "gateway");
}

/** Whether a job is under way, or was: not for a task that waits for its modal. */
export function hasJob(task: TaskRecord): boolean {
  return task.frozen === null && (task.modal === null || task.goneOnAt !== null);
}
