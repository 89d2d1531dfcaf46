/** How the real API is reached: what was typed, and whether that will do. */

import type { Way } from "./client.js";

/** A key or a proxy; a text says what is wrong. What is made of it, a client, is the only thing that keeps it. */
export function readWay(key: string, proxy: string): Way | string {
  const [ownKey, ownProxy] = [key.trim(), proxy.trim()];
  if (ownKey && ownProxy) return "Give one of the two: a proxy holds the key itself.";
  if (ownKey) return { key: ownKey };
  if (ownProxy) return { proxy: ownProxy };
  return "Give the URL of a proxy, or a key.";
}
