/** A program that serves an app until its row ends: a development server. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { PATIENCE } from "./app.mjs";

/**
 * Starts it and gives the address that it tells. It ends with all that it has started: they are a group of their own.
 *
 * @param {Awaited<ReturnType<typeof import("./app.mjs").makeApp>>} app
 * @param {string} program
 * @param {string[]} args
 * @param {{ ready: RegExp, env?: Record<string, string> }} options `ready` finds the address in what is printed
 * @returns {Promise<string>}
 */
export function startServer(app, program, args, { ready, env = {} }) {
  const child = spawn(program, args, {
    cwd: app.folder,
    env: { ...app.environment, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  app.after(async () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended, and its children with it.
    }
    await closed;
  });
  let told = "";
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`${program.split("/").pop()} ${args.join(" ")} is not ready: ${told}`));
    closed.then(failed, reject);
    setTimeout(failed, PATIENCE).unref();
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        told += chunk;
        const [, url] = ready.exec(told) ?? [];
        if (url) resolve(url);
      });
    }
  });
}
