/** Next.js: one app, built once by each of its two bundlers, and served anew for each row. */

import { NAME, tool, toolVersion } from "../app.mjs";
import { browse, loaded } from "../chromium.mjs";
import { startServer } from "../serving.mjs";

const version = () => toolVersion("next");
const QUIET = { NEXT_TELEMETRY_DISABLED: "1" };

/** What conforms, in each place that Next.js runs code in. The settings come with the server's environment. */
const FILES = {
  "app/layout.jsx": `export default ({ children }) => <html lang="en"><body>{children}</body></html>;
`,
  "app/settings.json/route.js": `export const dynamic = "force-dynamic";
export const GET = () => Response.json(JSON.parse(process.env.SETTINGS));
`,
  "app/client/page.jsx": `"use client";
import { useEffect } from "react";
import * as library from "${NAME}";
import { conform } from "../../conformance.mjs";

async function run() {
  const settings = await (await fetch("/settings.json")).json();
  globalThis.report = await conform(library, settings, { browser: true });
}

export default function Page() {
  useEffect(() => void (globalThis.running ??= run()), []);
  return <p>client component</p>;
}
`,
  "app/slim/page.jsx": `"use client";
import { useEffect } from "react";
import * as library from "${NAME}/slim";
import { conform } from "../../conformance.mjs";

async function run() {
  await library.init(new URL("${NAME}/midjourney.wasm", import.meta.url));
  const settings = await (await fetch("/settings.json")).json();
  globalThis.report = await conform(library, settings, { browser: true });
}

export default function Page() {
  useEffect(() => void (globalThis.running ??= run()), []);
  return <p>client component</p>;
}
`,
  "app/server/page.jsx": `import * as library from "${NAME}";
import { conform } from "../../conformance.mjs";

export const dynamic = "force-dynamic";

export default async function Page() {
  const report = await conform(library, JSON.parse(process.env.SETTINGS), { browser: false });
  return <script dangerouslySetInnerHTML={{ __html: "globalThis.report = " + JSON.stringify(report) }} />;
}
`,
  "app/node/route.js": handler(`export const dynamic = "force-dynamic";`),
};

/** By webpack, Next.js 16 fails on every edge route handler of the app folder, also on an empty one: there it is one of pages. */
const EDGE = {
  "--turbopack": { "app/edge/route.js": handler(`export const runtime = "edge";`) },
  "--webpack": { "pages/api/edge.js": handler(`export const config = { runtime: "edge" };`).replace("async function GET", "default async function GET") },
};

function handler(setting) {
  return `import * as library from "${NAME}";
import { conform } from "../../conformance.mjs";

${setting}

export async function GET() {
  return Response.json(await conform(library, JSON.parse(process.env.SETTINGS), { browser: false }));
}
`;
}

/** The folders of the apps that were built, by the bundler's option. */
const apps = new Map();

/** Builds the app, unless another row has. */
function built(app, bundler) {
  if (!apps.has(bundler)) apps.set(bundler, build(app, bundler));
  return apps.get(bundler);
}

async function build(app, bundler) {
  for (const [name, text] of Object.entries({ ...FILES, ...EDGE[bundler] })) app.write(name, text);
  await app.exec(tool("next"), ["build", bundler], { env: QUIET });
  return app.folder;
}

/** `next start` on a port of its own. */
function serve(app, folder) {
  const env = { ...QUIET, SETTINGS: JSON.stringify(app.settings) };
  return startServer(app, tool("next"), ["start", folder, "--port=0"], { ready: /(http:\/\/\S+:\d+)/, env });
}

const inChromium = (path, wasmFiles = 0) => async (url) => {
  const { report, requested } = await browse(url + path);
  return { report, requested, shipped: await loaded(requested), wasmFiles };
};
const byRequest = (path) => async (url) => {
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return { report: await response.json() };
};

const PLACES = {
  "client component": inChromium("/client"),
  "client component, new URL()": inChromium("/slim", 1),
  "server component": inChromium("/server"),
  "route handler": byRequest("/node"),
  "edge route handler": byRequest("/edge"),
  "edge API route": byRequest("/api/edge"),
};

const rows = (bundler, places, group = "Bundlers") =>
  places.map((place) => ({
    name: `Next.js ${place}${bundler === "--webpack" ? ", by webpack" : ""}`,
    group,
    version,
    run: async (app) => PLACES[place](await serve(app, await built(app, bundler))),
  }));

export default [
  ...rows("--turbopack", ["client component", "server component", "route handler", "edge route handler"]),
  ...rows("--webpack", ["client component", "server component", "route handler", "edge API route"]),
  ...rows("--turbopack", ["client component, new URL()"], `${NAME}/slim`),
  ...rows("--webpack", ["client component, new URL()"], `${NAME}/slim`),
];
