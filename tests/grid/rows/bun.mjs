/** Bun, both ways. */

import { NAME, imported, printing, reportIn, requiring, runtime } from "../app.mjs";

const bun = () => runtime("bun");

const row = (way, file, text, entry) => ({
  name: `Bun, ${way}`,
  group: "Runtimes",
  version: () => bun().version,
  async run(app) {
    app.write(file, text);
    // No package may come from elsewhere, nor a script from an earlier run.
    const args = ["run", "--no-install", file, JSON.stringify(app.settings)];
    const stdout = await app.exec(bun().path, args, { env: { BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0" } });
    return { report: reportIn(stdout), shipped: imported(app.packaged(entry)) };
  },
});

export default [
  row("import", "main.mjs", printing(`import * as library from "${NAME}";`), "dist/inline.js"),
  row("require", "main.cjs", requiring, "dist/cjs/index.cjs"),
];
