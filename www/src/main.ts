/** The page: which mode it is in, and what its forms do. */

import { Album } from "./album.js";
import { Card } from "./card.js";
import { liveSession, simulatedSession, type Way } from "./client.js";
import { createClock, speedOf } from "./clock.js";
import { Code, snippets } from "./code.js";
import { announce, the } from "./dom.js";
import { guardGestures } from "./intent.js";
import { EXAMPLE } from "./journal.js";
import { readWay } from "./live.js";
import { Log } from "./log.js";
import { recall, remember } from "./memory.js";
import { Stack } from "./stack.js";
import { Studio, type Room } from "./studio.js";
import { troubleOf } from "./trouble.js";

guardGestures();
const query = new URLSearchParams(location.search);
const trouble = troubleOf(the("trouble", HTMLSelectElement), the("trouble-hint", HTMLElement), query.get("fail"));
const log = new Log(the("log", HTMLOListElement), the("clear", HTMLButtonElement));
const code = new Code(the("code", HTMLElement), the("copy", HTMLButtonElement));
code.show(snippets.start(the("prompt", HTMLInputElement).value));
const remix = (): boolean => the("remix", HTMLInputElement).checked;
const [key, proxy] = [the("key", HTMLInputElement), the("proxy", HTMLInputElement)];
const wrong = the("wrong", HTMLElement);

type Mode = "simulator" | "live";
const room = (mode: Mode): Room => ({
  stack: new Stack(the(mode === "live" ? "live" : "simulated", HTMLElement)),
  album: new Album(mode),
  code,
  trouble,
  remix,
});
const rooms = { simulator: room("simulator"), live: room("live") };

// The simulator, and a finished picture to begin with, read as any other.
const simulated = (async () => {
  const { album } = rooms.simulator;
  const session = await simulatedSession(createClock(speedOf(query)), log);
  if (album.entries.length === 0) album.add({ taskId: session.world.example, name: EXAMPLE, prompt: EXAMPLE });
  const studio = new Studio(session, rooms.simulator);
  await studio.restore(album.entries);
  return studio;
})();

// The real API: a studio for each way to it.
const studios = new Map<string, Studio>();
/** Cards of an earlier page whose key has to be given again. */
const parked = new Map<string, Card>();

/** The studio of a way; a new one goes on with what an earlier page had. */
async function reach(way: Way): Promise<Studio> {
  const address = "key" in way ? "" : way.proxy;
  const name = "key" in way ? `key ${way.key}` : address;
  const known = studios.get(name);
  if (known) return known;
  const studio = new Studio(liveSession(way, log), rooms.live);
  studios.set(name, studio);
  remember("proxy", address);
  const shown = rooms.live.album.entries.filter((entry) => entry.proxy === address);
  for (const { taskId } of shown) {
    parked.get(taskId)?.element.remove();
    parked.delete(taskId);
  }
  await studio.restore(shown);
  return studio;
}

/** By what is typed; null where that will not do, and the page says why. */
async function live(): Promise<Studio | null> {
  const way = readWay(key.value, proxy.value);
  wrong.textContent = "";
  try {
    if (typeof way !== "string") return await reach(way);
    wrong.textContent = way;
    key.focus();
  } catch (error) {
    wrong.textContent = error instanceof Error ? error.message : String(error);
  }
  return null;
}

function enter(mode: Mode): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-for]")) part.hidden = part.dataset["for"] !== mode;
  remember("mode", mode);
}

const mode = (): Mode => (the("simulator-mode", HTMLInputElement).checked ? "simulator" : "live");
the("mode", HTMLFormElement).addEventListener("change", () => enter(mode()));
the("way", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());

the("imagine", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  const prompt = the("prompt", HTMLInputElement).value.trim();
  if (prompt) void (await (mode() === "live" ? live() : simulated))?.start(prompt);
});

the("open", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  void (await live())?.open(the("task", HTMLInputElement).value.trim());
});

the("tidy", HTMLButtonElement).addEventListener("click", async () => {
  const all = mode() === "live" ? studios.values() : [await simulated];
  for (const studio of all) studio.clear();
  const gone = rooms[mode()].stack.clear();
  announce(gone ? `Cleared: ${gone}.` : "Nothing is done yet.");
});

// After a reload the mode is what it was, and a proxy is asked again. A key is not: it was not kept.
if (recall<Mode>("mode", "simulator") === "live") the("live-mode", HTMLInputElement).checked = true;
enter(mode());
proxy.value = recall("proxy", "");
for (const address of new Set(rooms.live.album.entries.map((entry) => entry.proxy ?? ""))) {
  if (address) void reach({ proxy: address });
  else park();
}

function park(): void {
  for (const { taskId, name, prompt, proxy } of rooms.live.album.entries) {
    if (proxy) continue;
    const card = new Card(name, prompt, null);
    parked.set(taskId, card);
    rooms.live.stack.add(card, null, false);
    card.parked("Waits for the key", taskId, () => void live());
  }
}
