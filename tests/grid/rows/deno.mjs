/** Deno, with the permission to reach the API and no other: importing needs none, and no file is read later. */

import { NAME, Missing, imported, printing, reportIn } from "../app.mjs";
import { program } from "../../support/programs.mjs";

function deno() {
  const found = program("deno");
  if (!found) throw new Missing("npm has no package of it for this platform");
  return found;
}

export default [
  {
    name: "Deno",
    group: "Runtimes",
    version: () => deno().version,
    async run(app) {
      app.write("main.mjs", printing(`import * as library from "${NAME}";`));
      const permission = `--allow-net=${new URL(app.settings.baseURL).host}`;
      const stdout = await app.exec(
        deno().path,
        ["run", "--no-remote", "--node-modules-dir=manual", "--no-prompt", permission, "main.mjs", JSON.stringify(app.settings)],
        { env: { DENO_DIR: app.path("deno"), DENO_NO_UPDATE_CHECK: "1" } },
      );
      return { report: reportIn(stdout), shipped: imported(app.packaged("dist/inline.js")) };
    },
  },
];
