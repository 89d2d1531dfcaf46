/** How the real API is reached: what was typed, and whether that will do. */

/** A key or a proxy; a text says what is wrong. Read anew at every use, and kept nowhere else. */
export function readWay(key: string, proxy: string): { key: string } | { proxy: string } | string {
  const [ownKey, ownProxy] = [key.trim(), proxy.trim()];
  if (ownKey && ownProxy) return "Give one of the two: a proxy holds the key itself.";
  if (ownKey) return { key: ownKey };
  if (ownProxy) return { proxy: ownProxy };
  return "Give the URL of a proxy, or a key.";
}
