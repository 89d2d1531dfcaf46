/**
 * `bench batch`: what a task costs at each poll of `pollAllUntilDone`, by how many tasks there are and how many go into one request.
 *
 * Virtual time; each task is seen pending three times and then done. What the server takes to make its answers is left out. Each
 * process runs all cases in turns; a case's figures are first put in relation to the mean of its process, since the machine is not
 * as quick at all times.
 */

import { answered, finishedTask, KEY } from "./answers.mjs";
import { cpu, inProcess, medians, ours, printTable, report, tell } from "./support.mjs";

const PROCESSES = 3;
const POLLS = 4;
/** Of each case, in each process and turn, at least. */
const TASKS = 1_000;
const TURNS = 2;
const MOST = 1.3;
/** What the bar is on: the number of tasks with the default of 100 in one request, and how many of 1,000 tasks go into one. */
const CASES = [
  { tasks: 100, chunkSize: 100 },
  { tasks: 1_000, chunkSize: 100 },
  { tasks: 5_000, chunkSize: 100 },
  { tasks: 1_000, chunkSize: 10 },
  { tasks: 1_000, chunkSize: 1_000 },
];
const nameOf = ({ tasks, chunkSize }) => `${tasks} tasks, ${chunkSize} in a request`;

await (process.argv[2] ? measure() : show());

function show() {
  const runs = Array.from({ length: PROCESSES }, () => inProcess(import.meta.url, "measure"));
  const us = medians(runs);
  const relative = medians(runs.map(relativeToMean));
  const spread = Math.max(...Object.values(relative)) / Math.min(...Object.values(relative));
  printTable([
    ["pollAllUntilDone", "CPU of a task and poll, µs", ": mean"],
    ...Object.keys(us).map((name) => [name, us[name].toFixed(0), relative[name].toFixed(2)]),
    ["the largest : the smallest", "", spread.toFixed(2)],
  ]);
  const what = "µs a task and poll, the largest : the smallest of 100, 1,000, 5,000 tasks and of 10, 100, 1,000 in a request";
  report("batch", { us, relative, runs }, [{ what, is: spread, most: MOST }]);
}

function relativeToMean(run) {
  const values = Object.values(run);
  const mean = values.reduce((sum, us) => sum + us) / values.length;
  return Object.fromEntries(Object.entries(run).map(([name, us]) => [name, us / mean]));
}

async function measure() {
  const { Midjourney } = await ours();
  const texts = await textsOfLooks();
  const run = ({ tasks, chunkSize }) => spent(Midjourney, texts, tasks, chunkSize);
  for (const each of CASES) await run({ ...each, tasks: Math.min(each.tasks, 200) });
  const sums = new Map(CASES.map((each) => [each, { us: 0, looks: 0 }]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [each, sum] of sums) {
      if (turn && each.tasks > TASKS) continue;
      for (let done = 0; done < TASKS; done += each.tasks) {
        sum.us += await run(each);
        sum.looks += each.tasks * POLLS;
      }
    }
  }
  tell(Object.fromEntries([...sums].map(([each, { us, looks }]) => [nameOf(each), us / looks])));
}

/** CPU of one call, without the server's, µs. */
async function spent(Midjourney, texts, tasks, chunkSize) {
  const looks = new Map();
  let served = 0;
  const fetch = async (_, init) => {
    const before = cpu();
    const listed = JSON.parse(init.body).ids.map((id) => {
      const look = looks.get(id) ?? 0;
      looks.set(id, look + 1);
      return texts[look].replace("ID", id);
    });
    const answer = answered(`[${listed.join(",")}]`);
    served += cpu() - before;
    return answer;
  };
  let time = Date.now();
  const sleep = async (ms) => void (time += ms);
  const client = new Midjourney({ apiKey: KEY, fetch, sleep, now: () => time });
  const ids = Array.from({ length: tasks }, (_, at) => String(1_795_034_223_000_000 + at));
  const before = cpu();
  const results = await client.pollAllUntilDone(ids, { chunkSize });
  const all = cpu() - before;
  const wrong = results.find(({ status }) => status !== "fulfilled") ?? [...looks.values()].find((count) => count !== POLLS);
  if (wrong || results.length !== tasks) throw new Error(`not as meant: ${JSON.stringify(wrong)}`);
  return all - served;
}

/** What each look finds, `ID` for the id: three times pending without buttons, then done with 15 of them. */
async function textsOfLooks() {
  const finished = JSON.parse(await finishedTask());
  const pending = { ...finished, status: "IN_PROGRESS", buttons: [], finishTime: 0 };
  const looks = [7, 46, 93].map((percent) => ({ ...pending, progress: `${percent}%` }));
  return [...looks, finished].map((task) => JSON.stringify({ ...task, id: "ID" }));
}
