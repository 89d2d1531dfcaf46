/** docs: what is computed there is what the package does now. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "../package/app.mjs";

test("the page on costs says what docs/cost.mjs measures and computes", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["docs/cost.mjs", "--check"], { cwd: ROOT });
  assert.equal(stderr, "");
});
