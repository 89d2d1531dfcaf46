/**
 * The demo page in Chromium, served by `$DEMO_SERVER demo --no-build --port 0`. One server and one browser for all of
 * it, and so one file for the runner; the tests are in `suites`.
 */

import { after, before, describe, it } from "node:test";
import { startStage, stopStage } from "./stage.mjs";
import { tests } from "./tests.mjs";

await import("./suites/opening.mjs");
await import("./suites/pictures.mjs");
await import("./suites/once.mjs");
await import("./suites/modals.mjs");
await import("./suites/waiting.mjs");
await import("./suites/reload.mjs");
await import("./suites/errors.mjs");
await import("./suites/keyboard.mjs");
await import("./suites/live.mjs");
await import("./suites/text.mjs");
await import("./suites/access.mjs");
await import("./suites/screens.mjs");

// Each has a page of its own.
describe("the demo page", { concurrency: 3 }, () => {
  before(startStage);
  after(stopStage);
  for (const { name, run } of tests) it(name, run);
});
