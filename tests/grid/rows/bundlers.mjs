/** Bundlers with their default settings: `npm install`, `import`, and nothing else. Each app that they build runs in Chromium. */

import { NAME, toolVersion } from "../app.mjs";
import { built } from "../builds.mjs";
import { browse, html, inPage, loaded } from "../chromium.mjs";
import { devServer } from "../vite.mjs";

const group = "Bundlers";
const script = inPage(`import * as library from "${NAME}";`);

const BUNDLERS = {
  "Vite, build": "vite",
  "webpack": "webpack",
  "Rspack": "@rspack/core",
  "Rollup, with node-resolve": "rollup",
  "esbuild": "esbuild",
  "Parcel": "parcel",
};

export default [
  {
    name: "Vite, dev server",
    group,
    version: () => toolVersion("vite"),
    async run(app) {
      app.write("index.html", html("/main.js"));
      app.write("main.js", script);
      const { report, requested, refused } = await browse(await devServer(app));
      const entry = requested.filter((url) => url.includes(NAME));
      if (entry.length !== 1) throw new Error(`the page asked for the package ${entry.length} times: ${entry.join(" ")}`);
      if (refused.length > 0) throw new Error(`the page was refused ${refused.join(" ")}`);
      return { report, requested, shipped: await loaded(requested), wasmFiles: 0 };
    },
  },
  ...Object.entries(BUNDLERS).map(([name, of]) => built({ name, group, of, script, wasmFiles: 0 })),
];
