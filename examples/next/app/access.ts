import { createHash, timingSafeEqual } from "node:crypto";

/** The cookie of somebody who knows ACCESS_CODE. Put the sessions of your own users in its place. */
export const COOKIE = "access";

const digest = (text: string) => createHash("sha256").update(text).digest();

/** What the cookie holds for a code. */
export const tokenOf = (code: string) => digest(`access:${code}`).toString("hex");

/** Whether a code, or a cookie, is the right one. Without an ACCESS_CODE there is none. */
export function allows(token: string | undefined): boolean {
  const code = process.env.ACCESS_CODE;
  return Boolean(code && token) && timingSafeEqual(digest(token as string), digest(tokenOf(code as string)));
}
