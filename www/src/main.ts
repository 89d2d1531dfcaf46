/** The page: which mode it is in, and what its two forms do. */

import { liveSession, simulatedSession } from "./client.js";
import { createClock, speedOf } from "./clock.js";
import { Code } from "./code.js";
import { the } from "./dom.js";
import { readWay } from "./live.js";
import { Log } from "./log.js";
import { Stack } from "./stack.js";
import { Studio } from "./studio.js";
import { troubleOf } from "./trouble.js";

const query = new URLSearchParams(location.search);
const trouble = troubleOf(the("trouble", HTMLSelectElement), the("trouble-hint", HTMLElement), query.get("fail"));
const log = new Log(the("log", HTMLOListElement), the("clear", HTMLButtonElement));
const code = new Code(the("code", HTMLElement), the("copy", HTMLButtonElement));
const studio = new Studio(code, trouble);

const simulated = { session: simulatedSession(createClock(speedOf(query)), log), stack: new Stack(the("simulated", HTMLElement)) };
const live = new Stack(the("live", HTMLElement));

the("mode", HTMLFormElement).addEventListener("change", (event) => {
  const mode = (event.target as HTMLInputElement).value;
  for (const part of document.querySelectorAll<HTMLElement>("[data-for]")) part.hidden = part.dataset["for"] !== mode;
});

the("imagine", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const prompt = the("prompt", HTMLInputElement).value.trim();
  if (prompt) void studio.start(simulated.session, simulated.stack, prompt);
});

the("open", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const wrong = the("open-wrong", HTMLElement);
  wrong.textContent = "";
  const way = readWay(the("key", HTMLInputElement).value, the("proxy", HTMLInputElement).value);
  if (typeof way === "string") return void (wrong.textContent = way);
  const taskId = the("task", HTMLInputElement).value.trim();
  try {
    void studio.open(liveSession(way, log), live, taskId);
  } catch (error) {
    wrong.textContent = error instanceof Error ? error.message : String(error);
  }
});

// A finished picture to begin with, read as any other: by fetchTask.
const example = "a lighthouse on a cliff, woodblock print";
const { id } = simulated.session.simulator.addTask({ prompt: example });
void studio.open(simulated.session, simulated.stack, id, example);
