/**
 * `bench memory`: by how much wasm's memory, which never shrinks, grows by big pictures and big answers.
 *
 * Each row is a process of its own. Nothing in it depends on chance, so one is enough.
 */

import { randomBytes } from "node:crypto";
import { answered, finishedTask, KEY, submitAnswer } from "./answers.mjs";
import { watchBoundary } from "./boundary.mjs";
import { inProcess, ours, printTable, report, tell } from "./support.mjs";

const PICTURES = 8;
const BYTES = 5_000_000;
/** One page of wasm's memory. */
const MOST = 65_536;

/** What is done, and whether it is held to the bar. */
const ROWS = [
  { part: "modals", what: `${PICTURES} submitModal, one after the other`, barred: true },
  { part: "modalsAtOnce", what: `${PICTURES} submitModal at once`, barred: true },
  { part: "imagines", what: `${PICTURES} submitImagine, one after the other`, barred: true },
  { part: "imaginesAtOnce", what: `${PICTURES} submitImagine at once`, barred: true },
  { part: "refusal", what: "a refusal (502) of that size", barred: false },
  { part: "task", what: "a task of that size", barred: false },
];

await (process.argv[2] ? measure(process.argv[2]) : show());

function show() {
  const rows = ROWS.map((row) => ({ ...row, ...inProcess(import.meta.url, row.part) }));
  const kB = (bytes) => (bytes / 1_000).toFixed(0);
  printTable([
    [`${BYTES / 1e6} MB each; wasm's memory, kB`, "before", "grown by", "bar"],
    ...rows.map(({ what, before, grown, barred }) => [what, kB(before), kB(grown), barred ? kB(MOST) : ""]),
  ]);
  const bars = rows.filter(({ barred }) => barred).map(({ what, grown }) => ({ what: `bytes, ${what}`, is: grown, most: MOST }));
  report("memory", { rows }, bars);
}

async function measure(part) {
  const boundary = watchBoundary();
  const { Midjourney } = await ours();
  const finished = await finishedTask();
  const { id } = JSON.parse(finished);
  let answer = [submitAnswer];
  let sent = 0;
  const fetch = async (_, init) => {
    sent += init.body?.length ?? 0;
    return answered(...answer);
  };
  const client = new Midjourney({ apiKey: KEY, fetch, maxRetries: 0 });
  const modal = (maskBase64) => client.submitModal({ taskId: id, prompt: "a door", maskBase64 });
  const imagine = (picture) => client.submitImagine({ prompt: "a door", base64Array: picture ? [picture] : [] });
  const look = () => client.fetchTask(id);
  // What every call needs is there before.
  await modal();
  await imagine();
  answer = [finished];
  await look();

  const before = boundary.memory();
  answer = [submitAnswer];
  if (part === "modals") for (const picture of pictures()) await modal(picture);
  if (part === "modalsAtOnce") await Promise.all(pictures().map(modal));
  if (part === "imagines") for (const picture of pictures()) await imagine(picture);
  if (part === "imaginesAtOnce") await Promise.all(pictures().map(imagine));
  if (part === "refusal") {
    answer = ["<p>busy</p>".repeat(BYTES / 11), 502];
    await look().catch(() => {});
  } else if (part === "task") {
    answer = [finished.replace('"prompt":"', `"prompt":"${"a lighthouse ".repeat(BYTES / 13)}`)];
    await look();
  } else if (sent < PICTURES * BYTES) {
    throw new Error(`${sent} characters were sent, less than the pictures have`);
  }
  tell({ before, grown: boundary.memory() - before });
}

/** Data URLs of PNGs, going by how they begin; each with another content. */
function pictures() {
  const header = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const noise = () => randomBytes((BYTES / 4) * 3 - header.length);
  return Array.from({ length: PICTURES }, () => {
    return `data:image/png;base64,${Buffer.concat([header, noise()]).toString("base64")}`;
  });
}
