/**
 * Browsers by WebDriver, as far as the tests need it: Playwright can't drive the system's Firefox and WebKit, and says of
 * every tab that it is seen.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { CHROMIUM, FLAGS } from "./chromium.mjs";

/** How long something in a page may take, ms. Nothing waits as long as this but a test that fails. */
const PATIENCE = 30_000;

const preferences = JSON.parse(readFileSync(new URL("./firefox-preferences.json", import.meta.url), "utf8"));

/** The browsers, each with its driver: `cargo xtask test` says where they are, or why they are not. */
export const BROWSERS = {
  Chromium: {
    driver: process.env.CHROMEDRIVER ?? "/usr/bin/chromedriver",
    capabilities: { "goog:chromeOptions": { binary: CHROMIUM, args: ["--headless=new", ...FLAGS] } },
  },
  Firefox: {
    driver: process.env.GECKODRIVER,
    missing: process.env.NO_FIREFOX ?? "GECKODRIVER is not set",
    capabilities: {
      "moz:firefoxOptions": { binary: process.env.FIREFOX ?? "/usr/bin/firefox-esr", args: ["-headless"], prefs: preferences },
    },
  },
  WebKit: {
    driver: process.env.WEBKITDRIVER,
    missing: process.env.NO_WEBKIT ?? "WEBKITDRIVER is not set",
    capabilities: {},
    // It has no headless mode, and the driver does not say where it listens.
    needsDisplay: true,
    silent: true,
  },
};

/** Starts a browser. It ends with `close`. */
export async function startBrowser({ driver, capabilities, needsDisplay, silent }) {
  const display = needsDisplay ? await startDisplay() : undefined;
  const port = silent ? await freePort() : 0;
  const child = start(driver, [`--port=${port}`], display ? { DISPLAY: display.name } : {});
  const address = `http://127.0.0.1:${port || (await said(child, /(?:Listening on 127\.0\.0\.1:|successfully on port )(\d+)/))}`;
  const send = async (method, path, body) => {
    const answer = await fetch(address + path, {
      method,
      signal: AbortSignal.timeout(PATIENCE),
      ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path.replace(/[\w-]{30,}/, "…")}: ${value.error}: ${value.message}`);
    return value;
  };
  const end = async () => {
    await stop(child);
    if (display) await stop(display.child);
  };
  let path;
  let version;
  try {
    if (silent) await listening(child, port);
    const session = await send("POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    path = `/session/${session.sessionId}`;
    version = session.capabilities.browserVersion;
  } catch (error) {
    await end();
    throw error;
  }
  const minimizes = "goog:chromeOptions" in capabilities;
  const ask = (method, rest, body) => send(method, path + rest, body);
  let current = await ask("GET", "/window");

  async function turnTo(handle) {
    if (current === handle) return;
    current = undefined;
    await ask("POST", "/window", { handle });
    current = handle;
  }

  const tab = (handle) => {
    /** Commands go to one tab; that others are seen meanwhile, or not, is what some tests are about. */
    const here = async (method, rest, body) => {
      await turnTo(handle);
      return ask(method, rest, body);
    };
    const run = (script) => here("POST", "/execute/sync", { script: `return (${script})`, args: [] });
    return {
      /** Chromium's windows are minimised for this; in Firefox another tab is brought to the front. */
      hide: minimizes ? () => here("POST", "/window/minimize", {}) : async () => turnTo((await here("POST", "/window/new", { type: "tab" })).handle),
      show: minimizes ? () => here("POST", "/window/rect", { width: 800, height: 600 }) : () => run("1"),
      goto: (url) => here("POST", "/url", { url }),
      reload: () => here("POST", "/refresh", {}),
      /** The value of an expression in the page. */
      run,
      /** Waits until an expression holds in the page, and gives it. */
      async until(script) {
        for (const end = Date.now() + PATIENCE; ; ) {
          const value = await run(script).catch((error) => ({ error }));
          if (value && !value.error) return value;
          if (Date.now() > end) throw new Error(`never in the page: ${script}\n${value?.error ?? ""}`);
        }
      },
      /** Ends it without a goodbye: Chromium's process of the page dies, Firefox's tab is closed. */
      async kill() {
        if (minimizes) await here("POST", "/goog/cdp/execute", { cmd: "Page.crash", params: {} }).catch(() => {});
        else await here("DELETE", "/window");
        current = undefined;
      },
      async close() {
        await here("DELETE", "/window");
        current = undefined;
      },
    };
  };

  const first = current;
  return {
    version,
    /** A new window, empty and seen. */
    async open() {
      // The drivers ask a window for it, which has to be there.
      await turnTo(first);
      return tab((await ask("POST", "/window/new", { type: "window" })).handle);
    },
    async close() {
      await ask("DELETE", "").catch(() => {});
      await end();
    },
  };
}

/** A program that ends with this one, at the latest. */
function start(program, args, environment = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, ...environment } });
  process.once("exit", () => child.kill());
  return child;
}

async function stop(child) {
  if (child.exitCode === null && child.kill()) await once(child, "exit");
}

/** An X server that shows nothing. */
async function startDisplay() {
  const child = start("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
  return { child, name: `:${await said(child, /^(\d+)\n/)}` };
}

/** What a program prints when it is ready. What it prints later is read, too, or it would stop. */
function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${child.spawnfile} ended: ${text}`)));
    child.stdout.on("data", (chunk) => {
      text = (text + chunk).slice(-2_000);
      const [, found] = pattern.exec(text) ?? [];
      if (found) resolve(found);
    });
  });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Waits for a driver that does not say when it listens. */
async function listening(child, port) {
  child.stdout.resume();
  let failed;
  child.once("error", (error) => (failed = error));
  while (!(await fetch(`http://127.0.0.1:${port}/status`).catch(() => undefined))) {
    failed ??= child.exitCode === null ? undefined : new Error(`${child.spawnfile} ended`);
    if (failed) throw failed;
  }
}
