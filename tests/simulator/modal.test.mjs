import assert from "node:assert/strict";
import { test } from "node:test";
import { MASK, START, button, world } from "./world.mjs";

async function open(options, name, more = {}, action = "UPSCALE") {
  const w = world(options);
  const { id } = w.simulator.addTask({ action });
  const answer = await w.press(id, button(w.simulator, id, name), more);
  return { w, parent: id, answer: answer.json, id: String(w.simulator.tasks.at(-1).id) };
}

const ZOOM = { prompt: "x --zoom 2" };
const listed = async (w, id) => (await w.post("/mj/task/list-by-condition", { ids: [id] })).json;

for (const [name, action] of [["Vary (Region)", "INPAINT"], ["Custom Zoom", "CUSTOM_ZOOM"]]) {
  test(`${name} opens a modal: code 21, and the new task waits in MODAL`, async () => {
    const { w, answer, id, parent } = await open({}, name);
    assert.deepEqual([answer.code, answer.result], [21, id]);
    assert.notEqual(id, parent);
    w.pass(3_600_000);
    const { json } = await w.fetchTask(id);
    assert.deepEqual([json.status, json.action, json.buttons], ["MODAL", action, []]);
  });
}

test("a modal's task has no status before the gateway's first look", async () => {
  const { w, id } = await open({ tickMs: 750 }, "Custom Zoom");
  assert.equal((await w.fetchTask(id)).json.status, "");
  w.pass(750);
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
});

for (const mask of [MASK, `data:image/png;base64,${MASK}`]) {
  test(`Vary (Region) goes on with a mask ${mask.slice(0, 5)}… and a prompt, under the same id`, async () => {
    const { w, id } = await open({}, "Vary (Region)");
    const { json } = await w.submit("modal", { taskId: id, prompt: "a red door", maskBase64: mask });
    assert.deepEqual([json.code, json.result], [1, id]);
    w.pass(7_500);
    const task = (await w.fetchTask(id)).json;
    assert.deepEqual([task.status, task.promptEn, task.buttons.length], ["SUCCESS", "a red door", 9]);
    assert.equal(w.simulator.task(id).maskBase64, mask);
  });
}

for (const [what, body] of [
  ["no mask", { prompt: "a red door" }],
  ["no prompt", { maskBase64: MASK }],
  ["a mask that is no PNG", { prompt: "a red door", maskBase64: "/9j/4AAQSkZJRg==" }],
  ["a mask in another data URI", { prompt: "a red door", maskBase64: `data:image/webp;base64,${MASK}` }],
]) {
  test(`Vary (Region) with ${what} is refused with code 4, and can be tried again`, async () => {
    const { w, id } = await open({}, "Vary (Region)");
    assert.equal((await w.submit("modal", { taskId: id, ...body })).json.code, 4);
    assert.equal((await w.submit("modal", { taskId: id, prompt: "a red door", maskBase64: MASK })).json.code, 1);
  });
}

for (const prompt of ["a lighthouse --zoom 2", "a lighthouse --zoom 1.8 --v 7", "a lighthouse --zoom 1"]) {
  test(`Custom Zoom goes on with "${prompt}"`, async () => {
    const { w, id } = await open({}, "Custom Zoom");
    assert.equal((await w.submit("modal", { taskId: id, prompt })).json.code, 1);
    w.pass(7_500);
    assert.equal((await w.fetchTask(id)).json.status, "SUCCESS");
  });
}

for (const prompt of ["", "a lighthouse", "a lighthouse --zoom", "a lighthouse --zoom 3", "a lighthouse --zoom 0.5", "a --zoom 2x"]) {
  test(`Custom Zoom refuses "${prompt}" with code 4`, async () => {
    const { w, id } = await open({}, "Custom Zoom");
    assert.equal((await w.submit("modal", { taskId: id, prompt })).json.code, 4);
  });
}

test("a modal's banned word is code 24", async () => {
  const { w, id } = await open({}, "Custom Zoom");
  assert.equal((await w.submit("modal", { taskId: id, prompt: "bannedword --zoom 2" })).json.code, 24);
});

test("after its modal a fetch reads MODAL for the whole job and till the next look, and a list has both rows", async () => {
  const { w, id } = await open({ tickMs: 750 }, "Custom Zoom");
  w.pass(60_000);
  await w.submit("modal", { taskId: id, ...ZOOM });
  const changes = [];
  let before = "";
  for (let ms = 0; ms <= 10_500; ms += 250) {
    const fetched = (await w.fetchTask(id)).json.status;
    const now = `${fetched} | ${(await listed(w, id)).map(({ status }) => status).join(" ")}`;
    if (now !== before) changes.push(`${ms} ${now}`);
    before = now;
    w.pass(250);
  }
  assert.deepEqual(changes, [
    "0 MODAL | MODAL ",
    "750 MODAL | MODAL SUBMITTED",
    "2250 MODAL | MODAL IN_PROGRESS",
    "8250 MODAL | MODAL SUCCESS",
    "9750 SUCCESS | SUCCESS SUCCESS",
  ]);
});

test("modalLagMs is how long the first row lags behind the job's end", async () => {
  const { w, id } = await open({ modalLagMs: 2_000 }, "Custom Zoom");
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(9_499); // It ends at 7 500.
  assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["MODAL", "SUCCESS"]);
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
  w.pass(1);
  assert.equal((await w.fetchTask(id)).json.status, "SUCCESS");
});

test("the second row is that of the modal: its action, its answer's words, the same id", async () => {
  const { w, id } = await open({}, "Vary (Region)");
  await w.submit("modal", { taskId: id, prompt: "a red door", maskBase64: MASK });
  w.pass(8_000);
  const rows = await listed(w, id);
  assert.deepEqual(rows.map((row) => [row.id, row.action, row.description]), [
    [id, "INPAINT", "Waiting for window confirm"],
    [id, "MODAL", "Submit success"],
  ]);
  assert.deepEqual(rows[0].buttons, rows[1].buttons);
});

test("a list has the rows in the order of their making, whatever their task", async () => {
  const { w, id } = await open({}, "Custom Zoom");
  const { id: later } = w.simulator.addTask();
  await w.submit("modal", { taskId: id, ...ZOOM });
  const { json } = await w.post("/mj/task/list-by-condition", { ids: [later, id] });
  assert.deepEqual(json.map((row) => row.id), [id, later, id]);
});

test("a modal before the gateway's first look: the first row has no status till the end", async () => {
  const { w, id } = await open({ tickMs: 750 }, "Custom Zoom");
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(8_250);
  assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["", "SUCCESS"]);
  assert.equal((await w.fetchTask(id)).json.status, "");
});

test("till the first row is there, the task's buttons can't be pressed, and its picture is not given", async () => {
  const { w, id } = await open({ modalLagMs: 2_000 }, "Custom Zoom");
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(8_000);
  const [, { buttons }] = await listed(w, id);
  const u1 = buttons[0].customId;
  assert.equal((await w.press(id, u1)).json.description, "task_status_not_success ");
  assert.equal((await w.get(`/mj/image/${id}`)).status, 403);
  w.pass(2_000);
  assert.equal((await w.press(id, u1)).json.code, 1);
  assert.equal((await w.get(`/mj/image/${id}`)).status, 200);
});

test("a lost job leaves both rows as they are, a failed one ends both", async () => {
  const { w, id } = await open({ tickMs: 750 }, "Custom Zoom");
  w.pass(750);
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(4_000);
  w.simulator.loseTask(id);
  w.pass(1e9);
  assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["MODAL", "IN_PROGRESS"]);
  w.simulator.failTask(id);
  assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["FAILURE", "FAILURE"]);
  assert.equal((await w.fetchTask(id)).json.status, "FAILURE");
});

for (const [what, options] of [["docs", { profile: "docs" }], ["upstream", { profile: "upstream", resultType: "string" }], ["twinRows: false", { twinRows: false }]]) {
  test(`${what}: one row, which is worked on from the modal on, not from the action`, async () => {
    const { w, id } = await open(options, "Custom Zoom");
    w.pass(60_000);
    await w.submit("modal", { taskId: id, ...ZOOM });
    assert.equal((await w.fetchTask(id)).json.status, "NOT_START");
    assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["NOT_START"]);
  });
}

test("one row, with ticks: it says MODAL till the gateway's next look", async () => {
  const { w, id } = await open({ twinRows: false, tickMs: 750 }, "Custom Zoom");
  w.pass(60_000);
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(749);
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
  w.pass(1);
  assert.equal((await w.fetchTask(id)).json.status, "SUBMITTED");
});

test("modalId new goes on under a new id", async () => {
  const { w, id } = await open({ modalId: "new" }, "Custom Zoom");
  const { json } = await w.submit("modal", { taskId: id, prompt: "x --zoom 2" });
  assert.notEqual(json.result, id);
  w.pass(7_500);
  assert.equal((await w.fetchTask(json.result)).json.status, "SUCCESS");
  assert.equal((await w.fetchTask(id)).json.status, "MODAL");
});

for (const profile of ["docs", "upstream"]) {
  test(`${profile}: the same modal cannot be submitted twice`, async () => {
    for (const modalId of ["same", "new"]) {
      const { w, id } = await open({ profile, modalId, resultType: "string" }, "Custom Zoom");
      assert.equal((await w.submit("modal", { taskId: id, ...ZOOM })).json.code, 1);
      assert.equal((await w.submit("modal", { taskId: id, ...ZOOM })).json.code, 4);
      assert.equal(w.simulator.charges, 1);
    }
  });
}

test("gateway: the same modal is accepted and charged as often as it is submitted, while its job goes on and after it", async () => {
  const { w, id } = await open({ tickMs: 1_000 }, "Custom Zoom");
  assert.equal(w.simulator.charges, 0);
  w.pass(1_000);
  const rows = [];
  for (const [ms, charges] of [[0, 1], [4_000, 2], [13_000, 3]]) {
    w.pass(ms);
    rows.push((await listed(w, id)).map(({ status }) => status).join(" "));
    const { json } = await w.submit("modal", { taskId: id, ...ZOOM });
    assert.deepEqual([json.code, json.result, w.simulator.charges], [1, id, charges]);
  }
  // The second begins the job anew: at 13 000 both of its rows are done (9 000, 11 000), and the first is as well.
  assert.deepEqual(rows, ["MODAL", "MODAL IN_PROGRESS", "SUCCESS SUCCESS SUCCESS"]);
  assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["SUCCESS", "SUCCESS", "SUCCESS", ""]);
  assert.equal((await w.fetchTask(id)).json.status, "SUCCESS");
});

test("gateway: every further modal makes the first row lag by a look more", async () => {
  const { w, id } = await open({ tickMs: 1_000 }, "Custom Zoom");
  w.pass(1_000);
  await w.submit("modal", { taskId: id, ...ZOOM });
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(9_000);
  const rows = async () => (await listed(w, id)).map(({ status }) => status);
  assert.deepEqual(await rows(), ["MODAL", "", "SUCCESS"]);
  w.pass(2_000);
  assert.deepEqual(await rows(), ["MODAL", "SUCCESS", "SUCCESS"]);
  w.pass(2_000);
  assert.deepEqual(await rows(), ["SUCCESS", "SUCCESS", "SUCCESS"]);
});

test("gateway: a row that is done stays so when another modal comes, and the others wait for no look of it", async () => {
  const { w, id } = await open({ tickMs: 1_000 }, "Custom Zoom");
  w.pass(1_000);
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(10_000); // The job ended at 7 500, which was seen at 9 000. The first row would follow at 11 000.
  const rows = async () => (await listed(w, id)).map(({ status, finishTime }) => `${status} ${finishTime && finishTime - START}`);
  assert.deepEqual(await rows(), ["MODAL 0", "SUCCESS 8500"]);
  await w.submit("modal", { taskId: id, ...ZOOM });
  w.pass(9_000);
  assert.deepEqual(await rows(), ["MODAL 0", "SUCCESS 8500", "SUCCESS 18500"]);
  w.pass(2_000);
  assert.deepEqual(await rows(), ["SUCCESS 18500", "SUCCESS 8500", "SUCCESS 18500"]);
});

test("gateway with new ids: each modal of the same task is a task of its own", async () => {
  const { w, id } = await open({ modalId: "new" }, "Custom Zoom");
  const [one, two] = [await w.submit("modal", { taskId: id, ...ZOOM }), await w.submit("modal", { taskId: id, ...ZOOM })];
  assert.notEqual(one.json.result, two.json.result);
  assert.equal(w.simulator.charges, 2);
  assert.deepEqual((await listed(w, id)).map(({ status }) => status), ["MODAL"]);
});

test("charges: remix's modal is paid twice, a button that gives the task of the first time is paid again", async () => {
  const w = world({ existing: true });
  const { id } = w.simulator.addTask();
  const charged = async (name, more) => {
    const before = w.simulator.charges;
    const { json } = await w.press(id, button(w.simulator, id, name), more);
    assert.equal(json.code, 1);
    return [json.result, w.simulator.charges - before];
  };
  const [remixed, forAction] = await charged("V1", { enableRemix: true });
  await w.submit("modal", { taskId: remixed, prompt: "another" });
  assert.deepEqual([forAction, w.simulator.charges], [1, 2]);
  const [first, once] = await charged("U1");
  const [second, again] = await charged("U1");
  assert.deepEqual([once, again, second], [1, 1, first]);
});

test("the id of the parent task is refused", async () => {
  const { w, parent } = await open({}, "Custom Zoom");
  assert.equal((await w.submit("modal", { taskId: parent, prompt: "x --zoom 2" })).json.code, 4);
});

test("a modal for an unknown task is 400 task_not_found", async () => {
  const { status, json } = await world().submit("modal", { taskId: "1773314942177684" });
  assert.deepEqual([status, json.description], [400, "task_not_found "]);
});

for (const [profile, code] of [["gateway", 1], ["upstream", 21], ["docs", 21]]) {
  test(`remix opens a modal under code ${code} in ${profile}`, async () => {
    for (const [name, action] of [["V1", "IMAGINE"], ["🔄", "IMAGINE"], ["➡️", "UPSCALE"]]) {
      const { w, answer, id } = await open({ profile, resultType: "string" }, name, { enableRemix: true }, action);
      assert.deepEqual([answer.code, answer.result, answer.properties.remix], [code, id, true]);
      assert.equal((await w.fetchTask(id)).json.status, "MODAL");
      assert.equal((await w.submit("modal", { taskId: id, prompt: "another" })).json.code, 1);
    }
  });
}

test("remix on an upscale changes nothing", async () => {
  const { w, answer, id } = await open({}, "U1", { enableRemix: true }, "IMAGINE");
  assert.equal(answer.code, 1);
  assert.equal((await w.fetchTask(id)).json.status, "NOT_START");
});

test("a task seeded in MODAL takes its modal", async () => {
  const w = world({ tickMs: 750 });
  const { id, status } = w.simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  assert.equal(status, "MODAL");
  assert.equal((await w.submit("modal", { taskId: id, prompt: "x --zoom 2" })).json.code, 1);
});
