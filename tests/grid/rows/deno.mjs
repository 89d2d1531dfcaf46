/** Deno, with the permission to reach the API and no other: importing needs none, and no file is read later. */

import { NAME, imported, printing, reportIn, runtime } from "../app.mjs";

const deno = () => runtime("deno");

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
        ["run", "--no-remote", "--no-prompt", permission, "main.mjs", JSON.stringify(app.settings)],
        { env: { DENO_DIR: app.path("deno"), DENO_NO_UPDATE_CHECK: "1" } },
      );
      return { report: reportIn(stdout), shipped: imported(app.packaged("dist/inline.js")) };
    },
  },
];
