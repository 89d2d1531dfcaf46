/** Pages in each browser: Chromium as in the other rows, the system's Firefox and WebKit by WebDriver. One browser a kind for all rows. */

import { BROWSERS, startBrowser } from "../support/webdriver.mjs";
import { Missing } from "./app.mjs";
import { browse, chromiumVersion, html } from "./chromium.mjs";

export const ENGINES = ["Chromium", "Firefox", "WebKit"];

const started = {};

function browser(engine) {
  const { driver, missing } = BROWSERS[engine];
  if (!driver) throw new Missing(missing);
  return (started[engine] ??= startBrowser(BROWSERS[engine]));
}

export async function closeBrowsers() {
  const all = await Promise.allSettled(Object.values(started));
  await Promise.all(all.map(({ value }) => value?.close()));
}

export const versionOf = async (engine) => (engine === "Chromium" ? chromiumVersion() : (await browser(engine)).version);

/** Opens a page that `writePage` wrote, and gives its report. */
export async function visit(engine, url) {
  const report = engine === "Chromium" ? (await browse(url)).report : await reportIn(await (await browser(engine)).open(), url);
  if (report.missing) throw new Missing(report.missing);
  if (report.wrong) throw new Error(report.wrong);
  return report;
}

async function reportIn(tab, url) {
  try {
    await tab.goto(url);
    return await tab.until("globalThis.report");
  } finally {
    await tab.close();
  }
}

/**
 * Writes a page whose script is `/main.js`. What goes wrong before that has a report is the report: not every driver
 * hands over what a page's console is told.
 *
 * @param {{ write(name: string, text: string): string }} app
 * @param {{ folder?: string, imports?: Record<string, string> }} [options] an import map
 */
export function writePage(app, { folder = "", imports } = {}) {
  const map = imports ? `<script type="importmap">${JSON.stringify({ imports })}</script>` : "";
  app.write(`${folder}index.html`, html("/main.js", `<script src="/tell.js"></script>${map}`));
  app.write(
    `${folder}tell.js`,
    `const tell = ({ error, reason, message, target }) => {
  const thrown = error ?? reason;
  globalThis.report ??= { wrong: thrown ? \`\${thrown} \${thrown.stack}\` : message ?? \`\${target.src} can't be loaded\` };
};
for (const type of ["error", "unhandledrejection"]) addEventListener(type, tell, true);
`,
  );
}
