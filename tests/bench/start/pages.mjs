/** From `import()` to the server's first request, in Chromium: every app, on every kind of machine and network, in turns. */

import { chromium } from "playwright-core";
import { CHROMIUM, FLAGS } from "../../support/chromium.mjs";
import { PAGES } from "./apps.mjs";

const RUNS = Number(process.env.RUNS ?? 9);
const FASTER_THAN_ANY = -1;

const network = (megabits, latency) => ({ offline: false, latency, downloadThroughput: (megabits * 1e6) / 8, uploadThroughput: (megabits * 1e6) / 8 });
const NETWORKS = {
  "": { offline: false, latency: 0, downloadThroughput: FASTER_THAN_ANY, uploadThroughput: FASTER_THAN_ANY },
  " 4G": network(9, 60),
  " slow": network(1.6, 150),
};

export const CONDITIONS = Object.entries(NETWORKS).flatMap(([name, network]) => [1, 4].map((cpu) => ({ name: `${cpu}x${name}`, cpu, network, slow: name === " slow" })));

/** For each condition and app: every run's ms, and its longest task, ms (0: none that Chromium calls long). */
export async function measurePages(server) {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const ms = {};
  const tasks = {};
  try {
    await measure(browser, server, "bare", CONDITIONS[0]);
    for (let run = 0; run < RUNS; run++) {
      for (const condition of CONDITIONS) {
        for (const app of turned(Object.keys(PAGES), run)) {
          const found = await measure(browser, server, app, condition);
          ((ms[condition.name] ??= {})[app] ??= []).push(found.ms);
          ((tasks[condition.name] ??= {})[app] ??= []).push(found.task);
        }
      }
    }
  } finally {
    await browser.close();
  }
  return { ms, tasks };
}

/** Nobody is always behind the same one. */
const turned = (list, by) => list.map((_, at) => list[(at + by) % list.length]);

async function measure(browser, server, page, { cpu, network }) {
  // Of its own: no cache, no compiled code.
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    await tab.goto(server.url);
    const devtools = await context.newCDPSession(tab);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", network);
    const asked = server.asked();
    const { app, preload } = PAGES[page];
    const start = await tab.evaluate(begin, { app, preload });
    const ms = (await asked) - start;
    return { ms, task: await tab.evaluate(() => Promise.resolve().then(() => globalThis.longest)) };
  } finally {
    await context.close();
  }
}

/** In the page. */
function begin({ app, preload }) {
  globalThis.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
  }).observe({ type: "longtask" });
  return new Promise((done) => {
    // In a task of its own, so that this one's time is not the app's.
    setTimeout(() => {
      done(performance.timeOrigin + performance.now());
      if (preload) {
        document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: preload }));
      }
      void import(`/${app}.js`).then(({ submit }) => submit(`${location.origin}/api`));
    }, 50);
  });
}
