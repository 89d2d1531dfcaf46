/** Node.js, without a bundler: the package is found by its `exports`. */

import { NAME, imported, printing, reportIn } from "../app.mjs";

const group = "Runtimes";
const version = () => process.versions.node;

export default [
  {
    name: "Node.js, import",
    group,
    version,
    async run(app) {
      app.write("main.mjs", printing(`import * as library from "${NAME}";`));
      const report = reportIn(await app.exec(process.execPath, ["main.mjs", JSON.stringify(app.settings)]));
      return { report, shipped: imported(app.packaged("dist/inline.js")) };
    },
  },
  {
    name: "Node.js, require",
    group,
    version,
    async run(app) {
      app.write(
        "main.cjs",
        `const library = require("${NAME}");
import("./conformance.mjs").then(async ({ conform }) => {
  console.log("REPORT " + JSON.stringify(await conform(library, JSON.parse(process.argv[2]), { browser: false })));
});
`,
      );
      const report = reportIn(await app.exec(process.execPath, ["main.cjs", JSON.stringify(app.settings)]));
      return { report, shipped: imported(app.packaged("dist/cjs/index.cjs")) };
    },
  },
];
