/**
 * Pages and each kind of worker in each browser. Without a bundler the app's folder is served as it was installed, and
 * workers are modules; bundled, they are the classic scripts that they are everywhere.
 */

import { NAME, imported, shipped, tool } from "../app.mjs";
import { ENGINES, versionOf, visit, writePage } from "../browsers.mjs";
import { inPage, serveFolder } from "../chromium.mjs";

/** Import maps are a page's alone. */
const PATH = `/node_modules/${NAME}/dist/inline.js`;

/** How a page asks a worker at the address `script` for its report, and how the worker takes the question. */
const WORKERS = {
  "dedicated worker": {
    ask: `
  const worker = new Worker(script, options);
  worker.onerror = ({ message }) => fail(new Error(message ?? \`\${script} can't be loaded\`));
  worker.onmessage = ({ data }) => tell(data);`,
    take: "answer(globalThis);",
  },
  "shared worker": {
    ask: `
  const worker = new SharedWorker(script, options);
  worker.onerror = ({ message }) => fail(new Error(message ?? \`\${script} can't be loaded\`));
  worker.port.onmessage = ({ data }) => tell(data);`,
    take: "onconnect = ({ ports: [port] }) => answer(port);",
  },
  "service worker": {
    ask: `
  await navigator.serviceWorker.register(script, options);
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => tell(data);
  active.postMessage(null, [port2]);`,
    take: "onmessage = (event) => event.waitUntil(answer(event.ports[0]));",
  },
};

/** If a worker fails where another one, without the package, fails as well, the browser has no such workers. */
const inWorker = ({ ask }, type) => `
const options = { type: "${type}" };
const ask = async (script) => {
  const { promise, resolve: tell, reject: fail } = Promise.withResolvers();${ask}
  return promise;
};
try {
  globalThis.report = await ask("/worker.js");
} catch (error) {
  globalThis.report = await ask("/control.js").then(() => ({ wrong: \`\${error}\` }), (reason) => ({ missing: \`\${reason}\` }));
}
`;

const workerOf = ({ take }, library) => `
import { conform } from "./conformance.mjs";
import * as library from "${library}";
const settings = async () => (await fetch("/settings.json")).json();
const answer = async (port) => port.postMessage(await conform(library, await settings(), { browser: true }));
${take}
`;

const controlOf = ({ take }) => `
import { NAMES } from "./conformance.mjs";
const answer = async (port) => port.postMessage(NAMES);
${take}
`;

/** Gives the scripts that import something. */
function writeApp(app, place, { library, type, folder = "", imports }) {
  const worker = WORKERS[place];
  writePage(app, { folder, imports });
  if (!worker) return [app.write("main.js", inPage(`import * as library from "${NAME}";`))];
  app.write(`${folder}main.js`, inWorker(worker, type));
  return [app.write("worker.js", workerOf(worker, library)), app.write("control.js", controlOf(worker))];
}

const without = (engine, place) => ({
  name: `${engine}, ${place}`,
  group: "Browsers, without a bundler",
  version: () => versionOf(engine),
  async run(app) {
    const requested = [];
    writeApp(app, place, { library: PATH, type: "module", imports: { [NAME]: PATH } });
    const report = await visit(engine, await serveFolder(app, app.folder, { requested }));
    return { report, requested, shipped: imported(app.packaged("dist/inline.js")), wasmFiles: 0 };
  },
});

const bundled = (engine, place) => ({
  name: `${engine}, ${place}, bundled`,
  group: "Browsers, bundled by esbuild",
  version: () => versionOf(engine),
  async run(app) {
    const requested = [];
    const scripts = writeApp(app, place, { library: NAME, type: "classic", folder: "dist/" });
    await app.exec(tool("esbuild"), [...scripts, "--bundle", "--minify", `--format=${WORKERS[place] ? "iife" : "esm"}`, "--outdir=dist"]);
    const report = await visit(engine, await serveFolder(app, app.path("dist"), { requested }));
    const ofTest = (file) => file === "control.js" || file === "tell.js";
    return { report, requested, shipped: shipped(app.path("dist"), { skip: ofTest }), wasmFiles: 0 };
  },
});

const all = (row) => ENGINES.flatMap((engine) => ["page", ...Object.keys(WORKERS)].map((place) => row(engine, place)));

export default [...all(without), ...all(bundled)];
