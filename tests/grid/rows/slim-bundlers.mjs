/** `cometapi-midjourney/slim` in bundlers: the .wasm is a file of its own, shipped once and fetched once. */

import { copyFileSync, readFileSync } from "node:fs";
import { NAME, toolVersion } from "../app.mjs";
import { built } from "../builds.mjs";
import { browse, html, inPage, loaded } from "../chromium.mjs";
import { devServer } from "../vite.mjs";

const group = `${NAME}/slim`;
const WASM = `${NAME}/midjourney.wasm`;

/** The whole script, where the .wasm's address is told like this. */
const main = (address) => inPage(`import * as library from "${NAME}/slim";\n${address}\nawait library.init(url);`);
const BY_QUERY = main(`import url from "${WASM}?url";`);
const BY_URL = main(`const url = new URL("${WASM}", import.meta.url);`);

const byBundler = (name, of, script, more) => built({ name, group, of, script, wasmFiles: 1, ...more });

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
  byBundler("Vite, build, ?url", "vite", BY_QUERY),
  byBundler("webpack, new URL()", "webpack", BY_URL),
  byBundler("Rspack, new URL()", "@rspack/core", BY_URL),
  byBundler("Rollup, the file copied", "rollup", main(`const url = new URL("midjourney.wasm", import.meta.url);`), {
    after: (app) => copyFileSync(app.packaged("dist/midjourney.wasm"), app.path("dist/midjourney.wasm")),
  }),
  byBundler("esbuild, --loader:.wasm=file", "esbuild", main(`import url from "${WASM}";`), { args: ["--loader:.wasm=file"] }),
  byBundler("Parcel, url:, packageExports", "parcel", main(`import url from "url:${WASM}";`), {
    before(app) {
      const json = JSON.parse(readFileSync(app.path("package.json"), "utf8"));
      app.write("package.json", JSON.stringify({ ...json, "@parcel/resolver-default": { packageExports: true } }));
    },
  }),
];
