/** A page whose Content-Security-Policy allows nothing but what it needs; and the same without what WebAssembly needs. */

import { NAME, imported } from "../app.mjs";
import { ENGINES, versionOf, visit, writePage } from "../browsers.mjs";
import { inPage, serveFolder } from "../chromium.mjs";

const group = "Content-Security-Policy";
const LINE = "'wasm-unsafe-eval'";

const policy = ({ baseURL }, scripts) =>
  [
    "default-src 'none'",
    `script-src 'self' ${scripts}`,
    `connect-src 'self' ${baseURL}`,
    // WebKit looks for an icon.
    "img-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");

async function open(app, engine, scripts, main) {
  const requested = [];
  writePage(app);
  app.write("main.js", main);
  const url = await serveFolder(app, app.folder, { requested, headers: { "content-security-policy": policy(app.settings, scripts) } });
  return { report: await visit(engine, url), requested };
}

/** An import map would be an inline script. */
const library = `/node_modules/${NAME}/dist/inline.js`;

/** Nothing else is tried, either. */
const ALLOWED = `
const violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => violations.push(\`\${effectiveDirective} \${blockedURI}\`));
${inPage(`import * as library from "${library}";`)}
if (violations.length > 0) globalThis.report = { wrong: violations.join("\\n") };
`;

const allowed = (engine) => ({
  name: `${engine}, ${LINE}`,
  group,
  version: () => versionOf(engine),
  async run(app) {
    const outcome = await open(app, engine, LINE, ALLOWED);
    return { ...outcome, shipped: imported(app.packaged("dist/inline.js")), wasmFiles: 0 };
  },
});

/** Every way to the module, at once or awaited. */
const REFUSED = `
import { Midjourney, findButton, init, parseTask } from "${library}";
import * as slim from "/node_modules/${NAME}/dist/slim.js";
const settings = await (await fetch("/settings.json")).json();
const client = new Midjourney({ ...settings, dangerouslyAllowBrowser: true });
const wasm = "/node_modules/${NAME}/dist/midjourney.wasm";
const bytes = await (await fetch(wasm)).arrayBuffer();
const calls = {
  findButton: () => findButton({ id: "1", buttons: [] }, "U1"),
  parseTask: () => parseTask({ id: "1" }),
  fetchTask: () => client.fetchTask(settings.gridId),
  init: () => init(),
  "slim's init": () => slim.init(wasm),
  "slim's initSync": () => slim.initSync(bytes),
};
const report = {};
for (const [name, call] of Object.entries(calls)) {
  try {
    await call();
    report[name] = { message: "it was not refused" };
  } catch ({ name: error, message, cause }) {
    report[name] = { error, message, cause: \`\${cause}\` };
  }
}
globalThis.report = report;
`;

const refused = (engine) => ({
  name: `${engine}, no ${LINE}`,
  group,
  version: () => versionOf(engine),
  async run(app) {
    const { report } = await open(app, engine, "", REFUSED);
    const wrong = Object.values(report).filter(({ error, message }) => error !== "InternalError" || !message.includes(`Add ${LINE} to its script-src`));
    if (wrong.length > 0) throw new Error(`the remedy is not told: ${JSON.stringify(report, null, 2)}`);
    if (app.simulator.counts.total > 0) throw new Error("something was sent");
    return { told: true };
  },
});

export default ENGINES.flatMap((engine) => [allowed(engine), refused(engine)]);
