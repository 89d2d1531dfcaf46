/** Which cards there are, so that they are there again after a reload. The store knows the tasks under way alone. */

import { recall, remember } from "./memory.js";

/** What is known of a card without its task. It is saved with the task, too: `meta` of the store. */
export interface About {
  /** What it is called: the prompt, or the button. */
  name: string;
  prompt: string;
  /** The task whose button was pressed. */
  parent?: string;
  customId?: string;
}

export interface Entry extends About {
  taskId: string;
  /** The proxy that knows it, `""` for the API itself; the simulator's tasks have none. */
  proxy?: string;
}

export class Album {
  #entries: Entry[];

  constructor(private readonly name: string) {
    this.#entries = recall<Entry[]>(name, []);
  }

  /** In the order in which they came. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(entry: Entry): void {
    if (this.#entries.some(({ taskId }) => taskId === entry.taskId)) return;
    this.#entries.push(entry);
    remember(this.name, this.#entries);
  }

  remove(taskId: string): void {
    this.#entries = this.#entries.filter((entry) => entry.taskId !== taskId);
    remember(this.name, this.#entries);
  }
}
