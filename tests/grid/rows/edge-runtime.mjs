/** Vercel's edge, in its emulator: tests/support/edge.mjs tells in what it is made as strict as Vercel's own. */

import { copyFileSync } from "node:fs";
import { answering, reportOf, shipped, toolVersion } from "../app.mjs";
import { bundleEdge, startEdge } from "../../support/edge.mjs";

const LISTENING = `
import worker from "./worker.mjs";
addEventListener("fetch", (event) => event.respondWith(worker.fetch(event.request)));
`;

export default [
  {
    name: "edge-runtime",
    group: "Runtimes",
    version: () => toolVersion("edge-runtime"),
    async run(app) {
      app.write("worker.mjs", answering);
      const { code, modules } = await bundleEdge(app.folder, LISTENING, { minify: true });
      app.write("dist/worker.js", code);
      for (const [name, file] of Object.entries(modules)) copyFileSync(file, app.path(`dist/${name}.wasm`));
      const edge = startEdge(modules);
      edge.evaluate(code);
      const report = await reportOf(app, "http://edge.test/", (url, init) => edge.dispatchFetch(url, init));
      return { report, shipped: shipped(app.path("dist")), wasmFiles: 1 };
    },
  },
];
