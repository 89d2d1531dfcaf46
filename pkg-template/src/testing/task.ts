/** A task: what is kept of it, and what a look at it says at a given moment. */

import type { Kind, ModalKind, WireButton } from "./buttons.js";
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
  /** When the way to the result began: at the submit, or at the modal's. */
  began: number;
  queueMs: number;
  workMs: number;
  /** The modal that it waits or waited for. */
  modal: ModalKind | null;
  /** Whether that modal was submitted. */
  resumed: boolean;
  maskBase64: string | null;
  /** A status that no longer changes. */
  frozen: { status: string; progress: string; at: number } | null;
  failReason: string | null;
  pressed: Set<string>;
  /** In place of the usual buttons. */
  ownButtons: readonly WireButton[] | null | undefined;
  fields: Record<string, unknown>;
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

/** The task at `now`, by elapsed time alone. */
export function look(task: TaskRecord, now: number, settings: Settings): View {
  if (task.frozen) return frozenView(task, task.frozen);
  const since = Math.max(0, now - task.began);
  const view = (status: string, progress: string, more: Partial<View> = {}): View => ({
    status,
    progress,
    startTime: 0,
    finishTime: 0,
    share: 0,
    seen: true,
    ...more,
  });
  const elapsed = settings.tickMs > 0 ? Math.floor(since / settings.tickMs) * settings.tickMs : since;
  const unseen = settings.tickMs > 0 && elapsed === 0 && !task.resumed;
  if (unseen) return view("", "0%", { seen: false });
  if (task.modal && (!task.resumed || since < settings.modalLagMs)) return view("MODAL", "0%");
  const { queueMs, workMs } = task;
  if (elapsed < queueMs) return view(elapsed < queueMs / 2 ? "NOT_START" : "SUBMITTED", "0%");
  const startTime = task.began + queueMs;
  if (elapsed < queueMs + workMs) {
    const percent = STEPS[Math.floor(((elapsed - queueMs) / workMs) * STEPS.length)] ?? 0;
    return view("IN_PROGRESS", `${percent}%`, { startTime, share: percent / 100 });
  }
  return view("SUCCESS", "100%", { startTime, finishTime: startTime + workMs, share: 1 });
}

function frozenView(task: TaskRecord, frozen: { status: string; progress: string; at: number }): View {
  const { status, progress, at } = frozen;
  const done = status === "SUCCESS";
  const ended = done || status === "FAILURE" || status === "CANCEL";
  const working = status === "IN_PROGRESS";
  return {
    status,
    progress,
    startTime: done || working ? Math.min(task.began + task.queueMs, at) : 0,
    finishTime: ended ? at : 0,
    share: done ? 1 : working ? Math.min(1, (Number.parseFloat(progress) || 0) / 100) : 0,
    seen: status !== "",
  };
}

/** Whether a modal can be submitted for it: what upstream knows, whatever the gateway has seen of it. */
export function awaitsModal(task: TaskRecord): boolean {
  return task.modal !== null && !task.resumed && task.frozen === null;
}
