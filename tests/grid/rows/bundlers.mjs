/** Bundlers with their default settings: `npm install`, `import`, and nothing else. Each app that they build runs in Chromium. */

import { NAME, shipped, tool, toolVersion } from "../app.mjs";
import { browse, html, inPage, loaded, serveFolder } from "../chromium.mjs";
import { devServer } from "../vite.mjs";

const group = "Bundlers";
const MAIN = inPage(`import * as library from "${NAME}";`);

/** A row of a bundler that leaves a `dist` for any web server. */
const built = (name, of, build) => ({
  name,
  group,
  version: () => toolVersion(of),
  async run(app) {
    await build(app);
    const { report, requested } = await browse(await serveFolder(app, app.path("dist")));
    return { report, requested, shipped: shipped(app.path("dist")), wasmFiles: 0 };
  },
});

export default [
  {
    name: "Vite, dev server",
    group,
    version: () => toolVersion("vite"),
    async run(app) {
      app.write("index.html", html("/main.js"));
      app.write("main.js", MAIN);
      const { report, requested, refused } = await browse(await devServer(app));
      const entry = requested.filter((url) => url.includes(NAME));
      if (entry.length !== 1) throw new Error(`the page asked for the package ${entry.length} times: ${entry.join(" ")}`);
      if (refused.length > 0) throw new Error(`the page was refused ${refused.join(" ")}`);
      return { report, requested, shipped: await loaded(requested), wasmFiles: 0 };
    },
  },
  built("Vite, build", "vite", async (app) => {
    app.write("index.html", html("/main.js"));
    app.write("main.js", MAIN);
    await app.exec(tool("vite"), ["build"]);
  }),
  built("webpack", "webpack", async (app) => {
    app.write("src/index.js", MAIN.replace("./conformance.mjs", "../conformance.mjs"));
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("webpack"), ["--mode=production"]);
  }),
  built("Rspack", "@rspack/core", async (app) => {
    app.write("src/index.js", MAIN.replace("./conformance.mjs", "../conformance.mjs"));
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("rspack"), ["build", "--mode=production"]);
  }),
  built("Rollup, with node-resolve", "rollup", async (app) => {
    app.write("main.js", MAIN);
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("rollup"), ["main.js", "--plugin=node-resolve", "--dir=dist"]);
  }),
  built("esbuild", "esbuild", async (app) => {
    app.write("main.js", MAIN);
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("esbuild"), ["main.js", "--bundle", "--minify", "--format=esm", "--outdir=dist"]);
  }),
  built("Parcel", "parcel", async (app) => {
    app.write("index.html", html("./main.js"));
    app.write("main.js", MAIN);
    await app.exec(tool("parcel"), ["build", "index.html", "--no-autoinstall"]);
  }),
];
