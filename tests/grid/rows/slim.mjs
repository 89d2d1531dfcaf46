/** cometapi-midjourney/slim without a bundler: the app says where the module is, in each way that there is. */

import { NAME, imported, printing, reportIn } from "../app.mjs";
import { ENGINES, versionOf, visit, writePage } from "../browsers.mjs";
import { inPage, serveFolder } from "../chromium.mjs";

const group = `${NAME}/slim`;
const SLIM = `import * as library from "${NAME}/slim";`;
const WASM = `import.meta.resolve("${NAME}/midjourney.wasm")`;

const sizes = (app) => imported(app.packaged("dist/slim.js"), app.packaged("dist/midjourney.wasm"));

const inBrowser = (engine, way, init) => ({
  name: `${engine}, slim, ${way}`,
  group,
  version: () => versionOf(engine),
  async run(app) {
    const requested = [];
    const files = { [`${NAME}/slim`]: "slim.js", [`${NAME}/midjourney.wasm`]: "midjourney.wasm" };
    const imports = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, `/node_modules/${NAME}/dist/${file}`]));
    writePage(app, { imports });
    app.write("main.js", inPage(`${SLIM}\n${init}`));
    const report = await visit(engine, await serveFolder(app, app.folder, { requested }));
    return { report, requested, shipped: sizes(app), wasmFiles: 1 };
  },
});

const inNode = (way, init) => ({
  name: `Node.js, slim, ${way}`,
  group,
  version: () => process.versions.node,
  async run(app) {
    const read = `import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
const bytes = await readFile(fileURLToPath(${WASM}));`;
    app.write("main.mjs", printing(`${SLIM}\n${read}\n${init}`));
    const report = reportIn(await app.exec(process.execPath, ["main.mjs", JSON.stringify(app.settings)]));
    return { report, shipped: sizes(app), wasmFiles: 1 };
  },
});

export default [
  inNode("bytes", "await library.init(bytes);"),
  inNode("Module", "library.initSync(new WebAssembly.Module(bytes));"),
  ...ENGINES.map((engine) => inBrowser(engine, "URL", `await library.init(new URL("/node_modules/${NAME}/dist/midjourney.wasm", location));`)),
  inBrowser("Chromium", "Response", `await library.init(fetch(${WASM}));`),
  inBrowser("Chromium", "Module", `await library.init(WebAssembly.compileStreaming(fetch(${WASM})));`),
  inBrowser("Chromium", "bytes", `await library.init(await (await fetch(${WASM})).arrayBuffer());`),
  inBrowser("Chromium", "initSync", `library.initSync(await WebAssembly.compileStreaming(fetch(${WASM})));`),
];
