import assert from "node:assert/strict";
import { test } from "node:test";
import { button, createSimulator, realPace, world } from "./world.mjs";

test("a task goes from NOT_START over SUBMITTED and IN_PROGRESS to SUCCESS, in steps", async () => {
  const w = world({ queueMs: 1_000, workMs: 8_000 });
  const { json } = await w.submit("imagine", { prompt: "x" });
  const seen = [];
  for (let i = 0; i <= 18; i += 1) {
    const { status, progress } = (await w.fetchTask(json.result)).json;
    if (seen.at(-1) !== `${status} ${progress}`) seen.push(`${status} ${progress}`);
    w.pass(500);
  }
  assert.deepEqual(seen, [
    "NOT_START 0%", "SUBMITTED 0%",
    ...[0, 17, 31, 46, 58, 74, 87, 95].map((percent) => `IN_PROGRESS ${percent}%`),
    "SUCCESS 100%",
  ]);
});

test("times are 0 until known", async () => {
  const w = world();
  const { json } = await w.submit("imagine", { prompt: "x" });
  const at = w.now();
  const times = async () => {
    const { submitTime, startTime, finishTime } = (await w.fetchTask(json.result)).json;
    return [submitTime, startTime, finishTime];
  };
  assert.deepEqual(await times(), [at, 0, 0]);
  w.pass(1_500);
  assert.deepEqual(await times(), [at, at + 1_500, 0]);
  w.pass(6_000);
  assert.deepEqual(await times(), [at, at + 1_500, at + 7_500]);
});

test("the state moves in ticks, and before the first there is none", async () => {
  const w = world({ tickMs: 1_000 });
  const { json } = await w.submit("imagine", { prompt: "x", state: "mine" });
  const first = (await w.fetchTask(json.result)).json;
  assert.deepEqual([first.status, first.progress, first.state, first.buttons, first.properties], ["", "0%", "", null, null]);
  w.pass(999);
  assert.equal((await w.fetchTask(json.result)).json.status, "");
  w.pass(1);
  const second = (await w.fetchTask(json.result)).json;
  assert.deepEqual([second.status, second.state], ["SUBMITTED", "mine"]);
  w.pass(7_999); // It ends at 7 500; the looks before and after are at 7 000 and 9 000.
  assert.equal((await w.fetchTask(json.result)).json.status, "IN_PROGRESS");
  w.pass(1);
  assert.equal((await w.fetchTask(json.result)).json.status, "SUCCESS");
});

test("of the ticks some are left out, as the gateway does: its looks come after one or two", async () => {
  const looks = [];
  for (let tick = 0; tick <= 23; tick += 1) {
    // What ends at this tick is seen at the next look.
    const v = world({ tickMs: 1_000, queueMs: tick * 1_000, workMs: 0 });
    const { id } = v.simulator.addTask({ status: null });
    v.pass(tick * 1_000);
    if (v.simulator.task(id).status === "SUCCESS") looks.push(tick);
  }
  assert.deepEqual(looks, [1, 3, 4, 6, 7, 9, 11, 13, 14, 16, 17, 19, 21, 23]);
});

test("realPace is a real task's: its changes come when the gateway looks", async () => {
  const w = world({ ...realPace });
  const { json } = await w.submit("imagine", { prompt: "x" });
  const changes = [];
  let before = "";
  for (let second = 0; second <= 170; second += 1) {
    const { status, progress } = (await w.fetchTask(json.result)).json;
    const now = `${status} ${progress}`;
    if (now !== before) changes.push(`${second} s ${now}`);
    before = now;
    w.pass(1_000);
  }
  assert.deepEqual(changes, [
    "0 s  0%", "15 s NOT_START 0%", "45 s IN_PROGRESS 0%", "60 s IN_PROGRESS 17%", "90 s IN_PROGRESS 58%",
    "105 s IN_PROGRESS 74%", "135 s IN_PROGRESS 95%", "165 s SUCCESS 100%",
  ]);
});

test("by default a task takes some eight seconds", async () => {
  const w = world({ tickMs: undefined });
  const { json } = await w.submit("imagine", { prompt: "x" });
  w.pass(8_249);
  assert.equal((await w.fetchTask(json.result)).json.status, "IN_PROGRESS");
  w.pass(1);
  assert.equal((await w.fetchTask(json.result)).json.status, "SUCCESS");
});

test("no time at all makes a task that is done at once", async () => {
  const w = world({ queueMs: 0, workMs: 0 });
  const { json } = await w.submit("imagine", { prompt: "x" });
  assert.equal((await w.fetchTask(json.result)).json.status, "SUCCESS");
});

test("imageUrl is empty, then a preview that differs at every look, then one link", async () => {
  const w = world();
  const { json } = await w.submit("imagine", { prompt: "x" });
  const url = async () => (await w.fetchTask(json.result)).json.imageUrl;
  assert.equal(await url(), "");
  w.pass(4_000);
  const [one, two] = [await url(), await url()];
  assert.match(one, new RegExp(`^https://api.test/mj/image/${json.result}\\?rand=\\d{19}$`));
  assert.notEqual(one, two);
  w.pass(4_000);
  assert.equal(await url(), `https://api.test/mj/image/${json.result}`);
  assert.equal(await url(), await url());
});

test("two jobs have two hashes, each a uuid", () => {
  const { simulator } = world();
  const [a, b] = [simulator.addTask().hash, simulator.addTask().hash];
  assert.notEqual(a, b);
  assert.match(a, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("the prompt of a follow-up is the parent's", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ prompt: "a fox --v 7" });
  const { json } = await w.press(id, button(w.simulator, id, "U1"));
  assert.equal((await w.fetchTask(json.result)).json.prompt, "a fox --v 7");
});

for (const status of ["SUCCESS", "FAILURE", "CANCEL", "MODAL", "NOT_START", "IN_PROGRESS", "FAILED", "PENDING", "whatever", ""]) {
  test(`a task can be seeded as ${status || "nothing"}`, async () => {
    const w = world();
    const { id } = w.simulator.addTask({ status });
    w.pass(100_000);
    assert.equal((await w.fetchTask(id)).json.status, status);
  });
}

test("a seed's fields go out as they are", async () => {
  const w = world();
  w.simulator.addTask({ id: "7", status: "IN_PROGRESS", progress: "31%", fields: { buttons: [null], videoUrl: 5, id: 7 } });
  const { json } = await w.fetchTask("7");
  assert.deepEqual([json.id, json.progress, json.buttons, json.videoUrl], [7, "31%", [null], 5]);
});

test("a seed can have buttons of its own, and those can be pressed", async () => {
  const w = world();
  const own = { customId: "MJ::JOB::upsample::9::mine", emoji: "", label: "U9", type: 2, style: 3 };
  const { id } = w.simulator.addTask({ buttons: [own] });
  assert.deepEqual((await w.fetchTask(id)).json.buttons, [own]);
  assert.equal((await w.press(id, own.customId)).json.code, 1);
  const { id: none } = w.simulator.addTask({ buttons: null });
  assert.equal((await w.fetchTask(none)).json.buttons, null);
});

test("failTask ends a task with a reason, on 100%", async () => {
  const w = world();
  const { json } = await w.submit("imagine", { prompt: "x" });
  w.simulator.failTask(json.result, "[Image denied] no");
  const task = (await w.fetchTask(json.result)).json;
  assert.deepEqual([task.status, task.progress, task.failReason, task.buttons], ["FAILURE", "100%", "[Image denied] no", null]);
  assert.equal(task.finishTime, w.now());
});

test("cancelTask ends a task as CANCEL", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ status: null });
  w.simulator.cancelTask(id);
  assert.equal((await w.fetchTask(id)).json.status, "CANCEL");
});

test("a lost task never ends", async () => {
  const w = world();
  const { json } = await w.submit("imagine", { prompt: "x" });
  w.pass(4_000);
  w.simulator.loseTask(json.result);
  w.pass(1e9);
  const task = (await w.fetchTask(json.result)).json;
  assert.deepEqual([task.status, task.progress], ["IN_PROGRESS", "46%"]);
});

test("a task can be frozen at 100%, still IN_PROGRESS", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ status: "IN_PROGRESS", progress: "100%" });
  w.pass(1e9);
  const { status, progress, buttons } = (await w.fetchTask(id)).json;
  assert.deepEqual([status, progress, buttons], ["IN_PROGRESS", "100%", []]);
});

test("a removed task is unknown", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  w.simulator.removeTask(id);
  assert.equal((await w.fetchTask(id)).status, 400);
});

test("a handle on a task that is not there says so", () => {
  assert.throws(() => world().simulator.failTask("1"), RangeError);
});

test("looking at tasks is no request", () => {
  const { simulator } = world();
  const { id } = simulator.addTask();
  assert.equal(simulator.task(id).status, "SUCCESS");
  assert.equal(simulator.tasks.length, 1);
  assert.equal(simulator.task("1"), undefined);
  assert.equal(simulator.counts.total, 0);
});

test("the default clock is the real one", async () => {
  const simulator = createSimulator({ queueMs: 0, workMs: 20, tickMs: 0 });
  const { id } = simulator.addTask({ status: null });
  assert.equal(simulator.task(id).status, "IN_PROGRESS");
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(simulator.task(id).status, "SUCCESS");
});

test("idDigits out of range is told", () => {
  assert.throws(() => createSimulator({ idDigits: 15 }), /16 to 20/);
});
