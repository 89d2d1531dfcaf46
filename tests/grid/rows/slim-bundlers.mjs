/** `cometapi-midjourney/slim` in bundlers: the .wasm is a file of its own, shipped once and fetched once. */

import { readFileSync } from "node:fs";
import { NAME, shipped, tool, toolVersion } from "../app.mjs";
import { browse, html, inPage, loaded, serveFolder } from "../chromium.mjs";
import { devServer } from "../vite.mjs";

const group = `${NAME}/slim`;
const WASM = `${NAME}/midjourney.wasm`;

/** The whole script, where the .wasm's address is told like this. */
const main = (address) => inPage(`import * as library from "${NAME}/slim";\n${address}\nawait library.init(url);`);
const BY_QUERY = main(`import url from "${WASM}?url";`);
const BY_URL = main(`const url = new URL("${WASM}", import.meta.url);`);
const AS_FILE = main(`import url from "${WASM}";`);

/** A row of a bundler that leaves a `dist` for any web server. */
const built = (name, of, build) => ({
  name,
  group,
  version: () => toolVersion(of),
  async run(app) {
    await build(app);
    const { report, requested } = await browse(await serveFolder(app, app.path("dist")));
    return { report, requested, shipped: shipped(app.path("dist")), wasmFiles: 1 };
  },
});

export default [
  {
    name: "Vite, dev server, ?url",
    group,
    version: () => toolVersion("vite"),
    async run(app) {
      app.write("index.html", html("/main.js"));
      app.write("main.js", BY_QUERY);
      // `?url` is answered with a module of a line; what it tells is fetched.
      const { report, requested } = await browse(await devServer(app));
      const files = requested.filter((url) => !/\.wasm\?.*\burl\b/.test(url));
      return { report, requested: files, shipped: await loaded(files), wasmFiles: 1 };
    },
  },
  built("Vite, build, ?url", "vite", async (app) => {
    app.write("index.html", html("/main.js"));
    app.write("main.js", BY_QUERY);
    await app.exec(tool("vite"), ["build"]);
  }),
  built("webpack, new URL()", "webpack", async (app) => {
    app.write("src/index.js", BY_URL.replace("./conformance.mjs", "../conformance.mjs"));
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("webpack"), ["--mode=production"]);
  }),
  built("Rspack, new URL()", "@rspack/core", async (app) => {
    app.write("src/index.js", BY_URL.replace("./conformance.mjs", "../conformance.mjs"));
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("rspack"), ["build", "--mode=production"]);
  }),
  built("Rollup, the file copied", "rollup", async (app) => {
    app.write("main.js", main(`const url = new URL("midjourney.wasm", import.meta.url);`));
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("rollup"), ["main.js", "--plugin=node-resolve", "--dir=dist"]);
    await app.exec("cp", [app.packaged("dist/midjourney.wasm"), "dist/"]);
  }),
  built("esbuild, --loader:.wasm=file", "esbuild", async (app) => {
    app.write("main.js", AS_FILE);
    app.write("dist/index.html", html("/main.js"));
    await app.exec(tool("esbuild"), ["main.js", "--bundle", "--minify", "--format=esm", "--outdir=dist", "--loader:.wasm=file"]);
  }),
  built("Parcel, url:, packageExports", "parcel", async (app) => {
    const json = JSON.parse(readFileSync(app.path("package.json"), "utf8"));
    app.write("package.json", JSON.stringify({ ...json, "@parcel/resolver-default": { packageExports: true } }));
    app.write("index.html", html("./main.js"));
    app.write("main.js", main(`import url from "url:${WASM}";`));
    await app.exec(tool("parcel"), ["build", "index.html", "--no-autoinstall"]);
  }),
];
