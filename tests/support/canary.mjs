import { readFileSync } from "node:fs";

/**
 * The key in every test's client. Where it turns up in anything but an `authorization` header, it has leaked: servers
 * of tests look at what they are sent, and `cargo xtask test` at what the tests print.
 */
export const CANARY = readFileSync(new URL("canary.txt", import.meta.url), "utf8");

/** Tells of a request that has the key where it must not be; for a server to call with each. */
export function lookForLeak({ method, url, headers, body = "" }) {
  const { authorization, ...others } = headers;
  const seen = [url, JSON.stringify(others), body].filter((text) => text.includes(CANARY));
  // Whoever reads the output stops at the key itself.
  for (const text of seen) console.error(`the key has leaked in ${method} ${url}: ${text}`);
}
