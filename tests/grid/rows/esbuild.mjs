/** esbuild, with no settings but to bundle. */

import { NAME, shipped, tool, toolVersion } from "../app.mjs";
import { browse, html, inPage, serveFolder } from "../chromium.mjs";

export default [
  {
    name: "esbuild",
    group: "Bundlers",
    version: () => toolVersion("esbuild"),
    async run(app) {
      app.write("main.js", inPage(`import * as library from "${NAME}";`));
      app.write("dist/index.html", html("/main.js"));
      await app.exec(tool("esbuild"), ["main.js", "--bundle", "--minify", "--format=esm", "--outdir=dist"]);
      const { report, requested } = await browse(await serveFolder(app, app.path("dist")));
      return { report, requested, shipped: shipped(app.path("dist")), wasmFiles: 0 };
    },
  },
];
