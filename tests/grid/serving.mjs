/** A program that serves an app until its row, or its test, ends. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { PATIENCE } from "./app.mjs";

/**
 * Starts it and gives the address, or the port, that it tells. It ends with all that it has started: they are a group of their own.
 *
 * @param {{ folder: string, environment: object, after(end: () => unknown): void }} app
 * @param {string} program
 * @param {string[]} args
 * @param {{ ready: RegExp, env?: Record<string, string> }} options `ready` finds what is to be given in what is printed
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
  const end = () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended, and its children with it.
    }
  };
  // Also where this process ends without `after`.
  process.once("exit", end);
  app.after(async () => {
    process.off("exit", end);
    end();
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
