// The Chromium that tests drive, and nothing but the page in it: xtask gives its WebDriver sessions the same flags.

import { readFileSync } from "node:fs";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = JSON.parse(readFileSync(new URL("./chromium-flags.json", import.meta.url), "utf8"));
