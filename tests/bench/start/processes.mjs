/** CPU of a whole Node.js, user and system, that makes one job and ends: every app, in turns. */

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { FOLDER, PROCESSES } from "./apps.mjs";

const RUNS = Number(process.env.RUNS ?? 9) * 2 + 1;

/** For each app: every run's ms. */
export async function measureProcesses(server) {
  const file = join(FOLDER, "main.mjs");
  writeFileSync(
    file,
    `const [app, url] = process.argv.slice(2);
const { submit } = await import(\`./\${app}.mjs\`);
await submit(url);
const { user, system } = process.cpuUsage();
console.log((user + system) / 1_000);
`,
  );
  const ms = Object.fromEntries(PROCESSES.map((app) => [app, []]));
  for (let run = 0; run < RUNS; run++) {
    for (const app of PROCESSES) {
      const { stdout } = await promisify(execFile)(process.execPath, [file, app, `${server.url}/api`], { timeout: 60_000 });
      ms[app].push(Number(stdout));
    }
  }
  return ms;
}
