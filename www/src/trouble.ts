/** What can go wrong on purpose, so that it can be seen what the library makes of it. `?fail=ID` chooses one. */

import type { PollOptions } from "cometapi-midjourney";
import { faults, type Simulator } from "cometapi-midjourney/testing";
import type { Clock } from "./clock.js";
import type { World } from "./journal.js";
import { el } from "./dom.js";

export interface Trouble {
  id: string;
  label: string;
  /** What to expect. */
  hint: string;
  /** Plants it before a button is pressed; gives what takes it back. */
  plant?(simulator: Simulator): () => void;
  /** Once a task has been made. */
  after?(world: World, taskId: string, clock: Clock): void;
  /** How long, and how, the page waits. */
  poll?: Pick<PollOptions, "timeoutMs">;
}

const SUBMIT = "POST /mj/submit/action";
const FETCH = "GET /mj/task/{id}/fetch";

export const TROUBLES: readonly Trouble[] = [
  { id: "none", label: "Nothing", hint: "" },
  {
    id: "401",
    label: "The key is refused (401)",
    hint: "Press a button: AuthenticationError at once, and nothing is sent again.",
    plant: (simulator) => simulator.fail(SUBMIT, faults.unauthorized()),
  },
  {
    id: "429",
    label: "Too busy, twice (429)",
    hint: "Press a button: plainly refused, so the library waits and sends it again. It then works.",
    plant: (simulator) => simulator.fail(SUBMIT, faults.rateLimited({ retryAfter: 1 }), 2),
  },
  {
    id: "drop",
    label: "The line breaks after a submit",
    hint: "Press a button: SubmitUncertainError, and one POST in the log. Sending it again could be paid twice.",
    plant: (simulator) => simulator.fail(SUBMIT, faults.drop("after")),
  },
  {
    id: "24",
    label: "A banned word (code 24)",
    hint: "Press a button: SubmitRejectedError. No task was made.",
    plant: (simulator) => simulator.fail(SUBMIT, faults.bannedPrompt()),
  },
  {
    id: "polls",
    label: "Four bad answers in a row",
    hint: "Press a button: a drop, 502, 429 and broken JSON while it waits. The wait lives through all four.",
    plant: (simulator) =>
      simulator.fail(FETCH, [faults.drop("before"), faults.badGateway(), faults.rateLimited(), faults.badJson()]),
  },
  {
    id: "failure",
    label: "The task fails half-way",
    hint: "Press a button: TaskFailedError, with the API’s reason.",
    after: (world, taskId, clock) => {
      void clock.sleep(3_500).then(() => world.failTask(taskId, "[Invalid parameter] simulated"));
    },
  },
  {
    id: "patience",
    label: "We wait for two seconds only",
    hint: "Press a button: PollTimeoutError, whose state goes on where it stopped.",
    poll: { timeoutMs: 2_000 },
  },
];

/** Fills the page's list, and tells which is chosen. */
export function troubleOf(select: HTMLSelectElement, hint: HTMLElement, wanted: string | null): () => Trouble {
  for (const { id, label } of TROUBLES) select.append(el("option", { value: id }, label));
  const chosen = (): Trouble => TROUBLES.find(({ id }) => id === select.value) ?? (TROUBLES[0] as Trouble);
  const tell = (): void => void (hint.textContent = chosen().hint);
  if (TROUBLES.some(({ id }) => id === wanted)) select.value = wanted as string;
  select.addEventListener("change", tell);
  tell();
  return chosen;
}
