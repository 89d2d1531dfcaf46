/** What the benches' servers answer, and the `fetch` that answers it without a socket. */

import { ours } from "./support.mjs";

export const KEY = "sk-bench";
export const BASE = "https://api.cometapi.com";

/** Text of such a length that the task has 3.2 kB, three times: prompt, promptEn, finalPrompt. */
const PROMPT =
  "a lighthouse on a cliff above the sea at dawn, low fog between the rocks, two gulls, long exposure, muted blue and ochre, " +
  "grain of an old film, wide angle, the light just going out, nobody in sight, wet stone, far ships --ar 16:9 --stylize 250 --v 7";

/** The text of a finished task as the gateway sends it: 3.2 kB, 15 buttons. */
export const finishedTask = () => taskText({ action: "UPSCALE", prompt: PROMPT });

/** The text of a task that is under way, with a short prompt and no button yet: 0.5 kB. */
export const pendingTask = () => taskText({ status: "IN_PROGRESS" });

async function taskText(seed) {
  const { createSimulator } = await ours("./testing");
  const simulator = createSimulator();
  const { id } = simulator.addTask(seed);
  const answer = await simulator.fetch(`${BASE}/mj/task/${id}/fetch`, { headers: { authorization: `Bearer ${KEY}` } });
  return answer.text();
}

export const submitAnswer = JSON.stringify({ code: 1, description: "Submit success", result: "1795034223305002", properties: {} });

/** The same to everyone: some clients read JSON only where the type says so. */
const headers = {
  "content-type": "application/json; charset=utf-8",
  date: "Sat, 28 Nov 2026 02:50:23 GMT",
  "x-oneapi-request-id": "20261128025023123456789Sim4t0r0",
};

export const answered = (text, status = 200) => new Response(text, { status, headers });

/** A `fetch` that answers each request with what `answer` makes of its method and body. */
export const fetchOf = (answer) => async (url, init) => answered(answer(init?.body, String(url)));
