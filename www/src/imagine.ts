/**
 * Starts a picture on the simulator, over HTTP: this version of the library presses buttons, and has no `submitImagine`
 * yet. When it has, this file goes.
 */

import { NOWHERE, type SimulatedSession } from "./client.js";

export async function imagine({ fetch }: SimulatedSession, prompt: string): Promise<string> {
  const response = await fetch(`${NOWHERE}/mj/submit/imagine`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt }),
  });
  const { code, result, description } = (await response.json()) as { code: number; result?: string; description?: string };
  if (code !== 1 || !result) throw new Error(`The simulator refused the prompt: code ${code}, ${description ?? ""}`);
  return result;
}
