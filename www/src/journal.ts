/**
 * The simulator over a reload. It lives in this page and goes with it; but what it is follows from what it was told and
 * when. So that is written down, in this tab, and told again to the next one.
 */

import { createSimulator, type Simulator, type SimulatorOptions } from "cometapi-midjourney/testing";
import type { Clock } from "./clock.js";
import { recall, remember } from "./memory.js";

/** No such host: should a request ever miss the simulator, it goes nowhere. */
export const NOWHERE = "https://simulator.invalid";

/** The prompt of the picture to begin with. */
export const EXAMPLE = "a lighthouse on a cliff, woodblock print";

type Told = { at: number } & ({ path: string; body: string } | { fails: string; reason: string });

export interface World {
  simulator: Simulator;
  fetch: typeof fetch;
  /** Ends a task as failed. */
  failTask(taskId: string, reason: string): void;
  /** The task that was there from the start. */
  example: string;
}

export async function openWorld(clock: Clock, options: SimulatorOptions): Promise<World> {
  const journal = recall<Told[]>("journal", []);
  // The moment of what is told, which must be the same when it is told again: ids are made of it.
  let moment: number | undefined = clock.start;
  const simulator = createSimulator({ ...options, sleep: clock.sleep, now: () => moment ?? clock.now() });
  const { id: example } = simulator.addTask({ prompt: EXAMPLE });
  for (const told of journal) {
    moment = told.at;
    if ("fails" in told) simulator.failTask(told.fails, told.reason);
    else await simulator.fetch(NOWHERE + told.path, post(told.body));
  }
  moment = undefined;

  const write = (told: Told): void => {
    journal.push(told);
    remember("journal", journal);
  };
  let turn: Promise<unknown> = Promise.resolve();

  async function submit(path: string, body: string, init: RequestInit): Promise<Response> {
    const at = (moment = clock.now());
    const before = simulator.tasks.length;
    try {
      return await simulator.fetch(NOWHERE + path, init);
    } finally {
      moment = undefined;
      const request = simulator.requests.filter(({ method }) => method === "POST").at(-1);
      // A planted fault stands in for the API, but for a line that breaks after it: there is a task then.
      if (!request?.faulted || simulator.tasks.length > before) write({ at, path, body });
    }
  }

  return {
    simulator,
    example,
    fetch: (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (!init || !pathname.startsWith("/mj/submit/")) return simulator.fetch(input, init);
      // One after the other, each at its moment.
      const submitted = turn.then(() => submit(pathname, String(init.body), init));
      turn = submitted.catch(() => undefined);
      return submitted;
    },
    failTask(taskId, reason) {
      simulator.failTask(taskId, reason);
      write({ at: clock.now(), fails: taskId, reason });
    },
  };
}

const post = (body: string): RequestInit => ({ method: "POST", headers: { "content-type": "application/json" }, body });
