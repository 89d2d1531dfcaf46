/** Node.js, without a bundler: the package is found by its `exports`. The one that runs this, and the newest. */

import { NAME, imported, printing, reportIn, requiring, runtime } from "../app.mjs";

const group = "Runtimes";

const RUNNING = { path: process.execPath, version: process.versions.node };

const rowsOf = (name, node) => [
  {
    name: `${name}, import`,
    group,
    version: () => node().version,
    async run(app) {
      app.write("main.mjs", printing(`import * as library from "${NAME}";`));
      const report = reportIn(await app.exec(node().path, ["main.mjs", JSON.stringify(app.settings)]));
      return { report, shipped: imported(app.packaged("dist/inline.js")) };
    },
  },
  {
    name: `${name}, require`,
    group,
    version: () => node().version,
    async run(app) {
      app.write("main.cjs", requiring);
      const report = reportIn(await app.exec(node().path, ["main.cjs", JSON.stringify(app.settings)]));
      return { report, shipped: imported(app.packaged("dist/cjs/index.cjs")) };
    },
  },
];

export default [...rowsOf("Node.js", () => RUNNING), ...rowsOf("Node.js 26", () => runtime("node"))];
