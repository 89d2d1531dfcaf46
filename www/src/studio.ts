/** What happens: a picture is started or opened, its buttons are pressed, each task is waited for on its card. */

import { MidjourneyError, type Button, type PollTarget, type SubmitResult, type Task } from "cometapi-midjourney";
import { Card } from "./card.js";
import { snippets, type Code } from "./code.js";
import type { Session, SimulatedSession } from "./client.js";
import { imagine } from "./imagine.js";
import { isAbort } from "./problem.js";
import type { Stack } from "./stack.js";
import type { Trouble } from "./trouble.js";

export class Studio {
  /** Takes back the trouble that was planted last. */
  #takeBack: (() => void) | undefined;

  constructor(private readonly code: Code, private readonly trouble: () => Trouble) {}

  /** A new picture on the simulator. */
  async start(session: SimulatedSession, stack: Stack, prompt: string): Promise<void> {
    const card = new Card(prompt, prompt, null);
    stack.add(card, null);
    try {
      const taskId = await imagine(session, prompt);
      this.code.show(snippets.wait(taskId));
      await this.#wait(session, stack, card, taskId, taskId);
    } catch (error) {
      card.failed(error);
    }
  }

  /** A task that is there already, whatever its state. */
  async open(session: Session, stack: Stack, taskId: string, example?: string): Promise<void> {
    const card = new Card(example ?? `Task ${taskId}`, example ?? "", null);
    stack.add(card, null, example === undefined);
    this.code.show(snippets.wait(taskId));
    try {
      const task = await session.midjourney.fetchTask(taskId);
      if (task.status === "SUCCESS") return this.#finish(session, stack, card, task);
      card.show(task);
      await this.#wait(session, stack, card, task, task.id);
    } catch (error) {
      card.failed(error);
    }
  }

  /** A button of a finished task. */
  async #press(session: Session, stack: Stack, parent: Card, task: Task, button: Button, words: string): Promise<void> {
    const card = new Card(words, parent.prompt || (task.prompt ?? ""), parent);
    stack.add(card, parent);
    this.code.show(snippets.press(task.id, button));
    const trouble = this.#plant(session);
    let result: SubmitResult;
    try {
      result = await session.midjourney.submitAction({ taskId: task.id, customId: button.customId });
    } catch (error) {
      card.failed(error);
      throw error;
    }
    // A favourite makes no new task: the answer is the task itself.
    if (result.taskId === task.id) return stack.remove(card);
    if (result.kind === "modal") return card.modal(button.customId, result.taskId);
    if (isSimulated(session)) trouble?.after?.(session.simulator, result.taskId, session.clock);
    void this.#wait(session, stack, card, result, result.taskId, trouble);
  }

  /** Until it has its picture, wants more, fails or is stopped; from where it stopped it can go on. */
  async #wait(session: Session, stack: Stack, card: Card, target: PollTarget, taskId: string, trouble?: Trouble): Promise<void> {
    const stop = new AbortController();
    card.waiting(taskId, () => stop.abort());
    try {
      const task = await session.midjourney.pollUntilDone(target, {
        ...session.poll,
        ...trouble?.poll,
        signal: stop.signal,
        onProgress: (seen) => card.show(seen),
      });
      if (task.status === "MODAL") card.modal(task.action ?? "", task.id);
      else this.#finish(session, stack, card, task);
    } catch (error) {
      const state = MidjourneyError.isInstance(error) && error.retryable ? error.state : undefined;
      if (isAbort(error)) card.stopped("Stopped; the task goes on", () => void this.#wait(session, stack, card, taskId, taskId));
      else if (state) card.stopped("Not yet done", () => void this.#wait(session, stack, card, state, taskId), error);
      else card.failed(error);
    }
  }

  #finish(session: Session, stack: Stack, card: Card, task: Task): void {
    card.done(task, (button, words) => this.#press(session, stack, card, task, button, words));
  }

  #plant(session: Session): Trouble | undefined {
    if (!isSimulated(session)) return undefined;
    const trouble = this.trouble();
    this.#takeBack?.();
    this.#takeBack = trouble.plant?.(session.simulator);
    return trouble;
  }
}

function isSimulated(session: Session): session is SimulatedSession {
  return "simulator" in session;
}
