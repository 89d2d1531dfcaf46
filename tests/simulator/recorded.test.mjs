// Every recorded answer of a real gateway, and how a user brings the simulator to give it: status, type and bytes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ORIGIN, faults, world } from "./world.mjs";

const RECORDED = JSON.parse(readFileSync(new URL("../gateway/recorded.json", import.meta.url), "utf8"));

const DOOR = { prompt: "a red door" };
const TEXT = { "content-type": "text/plain" };
const PAGE = { origin: "https://page.test" };
const U1 = "MJ::JOB::upsample::1::h";

/** One world, in which every request is remembered with its answer. */
function scene(options) {
  const w = world(options);
  const given = [];
  const ask = async (method, path, body, headers) => {
    const { status, headers: sent, text } = await (method === "GET" || method === "HEAD" || method === "OPTIONS"
      ? w.send(method, path, undefined, headers).then(async (it) => ({ status: it.status, headers: it.headers, text: await it.text() }))
      : w.post(path, body, headers));
    const answer = { method, path, status, contentType: sent.get("content-type") ?? "", body: text };
    given.push(answer);
    assert.match(sent.get("x-oneapi-request-id"), /^\w+$/);
    return text.startsWith("{") ? JSON.parse(text) : text;
  };
  const imagine = (body = DOOR, headers) => ask("POST", "/mj/submit/imagine", body, headers);
  const press = (taskId, customId) => ask("POST", "/mj/submit/action", { taskId, customId });
  const fetch = (id, headers) => ask("GET", `/mj/task/${id}/fetch`, undefined, headers);
  const list = (...ids) => ask("POST", "/mj/task/list-by-condition", { ids });
  /** A finished task of this name; with a button of one's own. */
  const door = (customId = U1) =>
    w.simulator.addTask({ ...DOOR, buttons: [{ customId, emoji: "", label: "U1", type: 2, style: 2 }] });
  return { ...w, given, ask, imagine, press, fetch, list, door };
}

/** A scene in which every request meets this fault, once each. */
const faulty = (...list) => {
  const s = scene();
  s.simulator.fail("*", list);
  return s;
};

const done = async ({ given }, ...awaited) => (await Promise.all(awaited), given);

/** The key was refused before anything else: a submit, and a fetch. */
const refusedKey = (fault, ask) => async () => {
  const s = faulty(fault());
  return done(s, ask(s));
};

/** What the upstream answered an imagine with, passed on. */
const passedOn = (status, body) => async () => {
  const s = faulty(faults.passedOn(status, body));
  return done(s, s.imagine());
};

/** An answer that is sent again, to one that is accepted. */
const thenFine = (...list) => async () => {
  const s = faulty(...list);
  for (let i = 0; i <= list.length; i += 1) await s.imagine();
  return s.given;
};

const submitOf = (s) => s.imagine();
const fetchOf = (s) => s.fetch(s.door().id);
const plain = (options) => async () => {
  const s = scene(options);
  return done(s, s.imagine());
};
const plainAt = (path) => async () => {
  const s = scene();
  return done(s, s.ask("POST", path, DOOR));
};
const pressing = (customId) => async () => {
  const s = scene();
  return done(s, s.press(s.door(customId).id, customId));
};
const relayed = (fault) => async () => {
  const s = faulty(fault());
  return done(s, s.imagine());
};
const door = async (ask, options) => {
  const s = scene(options);
  await ask(s, s.door().id);
  return s.given;
};

/** The cases in their order. Each gives its answers, in the order of the recorded ones. */
const CASES = {
  plain: plain(),
  "key wrong submit": async () => {
    const s = scene({ apiKey: "another" });
    return done(s, s.imagine());
  },
  "key wrong fetch": async () => {
    const s = scene({ apiKey: "another" });
    return done(s, s.fetch(s.door().id));
  },
  "key exhausted submit": refusedKey(faults.unauthorized, submitOf),
  "key exhausted fetch": refusedKey(faults.unauthorized, fetchOf),
  "key disabled submit": refusedKey(faults.unauthorized, submitOf),
  "key disabled fetch": refusedKey(faults.unauthorized, fetchOf),
  "key expired submit": refusedKey(faults.unauthorized, submitOf),
  "key expired fetch": refusedKey(faults.unauthorized, fetchOf),
  "key limited submit": plain(),
  "key limited fetch": refusedKey(() => faults.forbidden(""), fetchOf),
  "key poor submit": refusedKey(faults.quotaNotEnough, submitOf),
  "key poor fetch": () => door((s) => s.fetch("1790000000000000")),
  "key banned submit": refusedKey(faults.banned, submitOf),
  "key banned fetch": refusedKey(faults.banned, fetchOf),
  "key ip submit": refusedKey(faults.ipNotAllowed, submitOf),
  "key ip fetch": refusedKey(faults.ipNotAllowed, fetchOf),
  "key limited action": refusedKey(() => faults.forbidden("mj_upscale"), (s) => s.press(s.door().id, U1)),
  "key small: submit exhausts, then poll": async () => {
    const s = scene();
    s.simulator.fail("*", [null, faults.unauthorized()]);
    await s.fetch((await s.imagine()).result);
    return s.given;
  },
  "unknown task fetch": () => door((s) => s.fetch("1790000000000000")),
  "other user's task fetch": () => door((s) => s.fetch("1790000000000000")),
  "other user's task action": () => door((s) => s.press("1790000000000000", U1)),
  "unknown task action": () => door((s) => s.press("1790000000000000", U1)),
  "unknown task modal": () => door((s) => s.ask("POST", "/mj/submit/modal", { taskId: "1790000000000000", prompt: "x" })),
  list: () => door((s, id) => s.list(id)),
  "list unknown": () => door((s) => s.list("1790000000000000")),
  "list other user": () => door((s) => s.list("1790000000000000")),
  "customId MJ::JOB::upsample::x::h": pressing("MJ::JOB::upsample::x::h"),
  "customId MJ::BOOKMARK::h": pressing("MJ::BOOKMARK::h"),
  "customId MJ::JOB::animate_high::1::h::SOLO": pressing("MJ::JOB::animate_high::1::h::SOLO"),
  "customId MJ::Job::PicReader::1": pressing("MJ::Job::PicReader::1"),
  "customId MJ::JOB::upsample_v6_2x_subtle::1::h::SOLO": pressing("MJ::JOB::upsample_v6_2x_subtle::1::h::SOLO"),
  "customId MJ::JOB::pan_left::1::h::SOLO": pressing("MJ::JOB::pan_left::1::h::SOLO"),
  "action on unfinished": async () => {
    const s = scene();
    await s.press((await s.imagine()).result, U1);
    return s.given;
  },
  "act on stale (gateway lag), patient": async () => {
    const s = scene({ tickMs: 1_000 });
    const { result } = await s.imagine();
    s.pass(7_600); // It ended at 7 500; the look before was at 7 000.
    await s.press(result, U1);
    return s.given;
  },
  "no channel": relayed(faults.modelNotFound),
  "parent channel disabled": refusedKey(faults.channelDisabled, (s) => s.press(s.door().id, U1)),
  "upstream drop": relayed(faults.doRequestFailed),
  "upstream dead": relayed(faults.doRequestFailed),
  "up 3": relayed(faults.noAccount),
  "up 22": async () => {
    const s = scene({ concurrency: 1 });
    await s.imagine();
    await s.imagine();
    return s.given.slice(1);
  },
  "up 24": async () => {
    const s = scene({ bannedWords: ["nude"] });
    return done(s, s.imagine({ prompt: "nude body" }));
  },
  "up 204": passedOn(204),
  "up 500 html": relayed(faults.unmarshalFailed),
  "up 200 html": relayed(faults.unmarshalFailed),
  "up 502 json empty": passedOn(502, {}),
  "up 500 json code 9": passedOn(500, { code: 9, description: "x", result: null, properties: {} }),
  "up 200 code 9": relayed(faults.failure),
  "up 500 empty": passedOn(500),
  "up 200 empty": relayed(faults.empty),
  "up 404 empty": passedOn(404),
  "up 401 empty": passedOn(401),
  "up 401 text": relayed(faults.unmarshalFailed),
  "up 403 empty": passedOn(403),
  "up 429 empty": thenFine(faults.rateLimited()),
  "up 429 text": relayed(faults.unmarshalFailed),
  "up 429 json": thenFine(faults.passedOn(429, { message: "slow" })),
  "up 429 accepted?": passedOn(429, { code: 1, description: "ok", result: "1795034224292012", properties: {} }),
  "up integer result": plain({ resultType: "integer" }),
  "up null body": passedOn(200, "null"),
  "up list result": passedOn(200, { code: 1, description: "ok", result: ["https://x/y.png"], properties: {} }),
  "up result missing": passedOn(200, { code: 1, description: "ok" }),
  "up 21 existing done": () => existing(8_000),
  "up 21 existing running": () => existing(1_500),
  "up 21 with a space": passedOn(200, '{"code": 21, "description": "任务已存在", "result": "1795034224402018", "properties": {}}'),
  "up 22 with a space": passedOn(200, '{"code": 22, "result": "1795034224416019", "description": "q", "properties": {"numberOfQueues": 1}}'),
  "up 30 in 200": thenFine(faults.passedOn(200, { code: 30, description: "x", result: "", properties: {} })),
  "up 0 Result.Fail": passedOn(200, { success: false, code: 0, message: "操作失败" }),
  "up chained 503": thenFine(faults.passedOn(503, { error: { message: "No available channel", type: "new_api_error", code: "model_not_found" } })),
  "up chained 400": passedOn(400, { description: "task_not_found ", type: "upstream_error", code: 4 }),
  "up chained 400 code 5": passedOn(400, { description: "do_request_failed ", type: "upstream_error", code: 5 }),
  "up chained 400 insert failed": passedOn(400, { description: "insert_midjourney_task_failed ", type: "upstream_error", code: 4 }),
  "up chained 500 panic": passedOn(500, { error: { message: "Panic detected", type: "new_api_panic" } }),
  "up redirect": relayed(faults.doRequestFailed),
  "up code string": relayed(faults.unmarshalFailed),
  "up 23 x3": relayed(() => faults.queueFull("14001929738841620")),
  "up 429 then fine": thenFine(faults.passedOn(429)),
  "insert fails after acceptance": relayed(faults.insertFailed),
  "insert fails after acceptance, action": refusedKey(faults.insertFailed, (s) => s.press(s.door().id, U1)),
  "db down at auth": relayed(faults.databaseError),
  "db down at fetch (midjourneys)": refusedKey(faults.taskNotFound, fetchOf),
  "db down during a poll": async () => {
    const s = scene();
    s.simulator.fail("GET /mj/task/{id}/fetch", faults.taskNotFound());
    await s.fetch((await s.imagine()).result);
    return s.given;
  },
  // Its row is what came after; the 503 is below.
  "overloaded 503": plain(),
  "mode fast": plainAt("/mj-fast/mj/submit/imagine"),
  "mode turbo": plainAt("/mj-turbo/mj/submit/imagine"),
  "mode relax": plainAt("/mj-relax/mj/submit/imagine"),
  "wrong path": () => door((s) => s.ask("GET", "/mj/nothing")),
  "base with a path": () => door((s, id) => s.ask("GET", `/x/y/mj/task/${id}/fetch`)),
  image: async () => {
    const s = faulty(faults.imageBlocked(), null, faults.imageBlocked());
    const { id } = s.door();
    await s.ask("GET", `/mj/image/${id}`);
    await s.ask("GET", "/mj/image/1");
    await s.ask("GET", `/mj-fast/mj/image/${id}`);
    return s.given;
  },
  "image allowed": async () => {
    const s = scene();
    const { id } = s.door();
    await s.ask("GET", `/mj/image/${id}`);
    await s.ask("HEAD", `/mj/image/${id}`);
    return s.given;
  },
  cors: async () => {
    const s = scene({ apiKey: "another" });
    await s.ask("OPTIONS", "/mj/submit/action", undefined, PAGE);
    await s.ask("POST", "/mj/submit/action", {}, PAGE);
    await s.ask("OPTIONS", "/mj/nothing", undefined, PAGE);
    return s.given;
  },
  "notifyHook default": async () => {
    const s = scene();
    return done(s, s.imagine({ ...DOOR, notifyHook: "https://me.test/" }));
  },
  "notifyHook enabled": async () => {
    const s = scene();
    return done(s, s.imagine({ ...DOOR, notifyHook: "https://me.test/" }));
  },
  "no content-type, bad json, empty": async () => {
    const s = scene();
    await s.imagine('{"prompt":');
    await s.imagine(DOOR, TEXT);
    await s.imagine({ prompt: 5 });
    return s.given;
  },
  "image-seed": async () => {
    const s = faulty(faults.emptyResponseBody());
    return done(s, s.ask("GET", `/mj/task/${s.door().id}/image-seed`));
  },
  "accept-language": async () => {
    const s = scene({ apiKey: "another" });
    const { id } = s.door();
    await s.fetch(id, { "accept-language": "fr-FR" });
    await s.fetch(id, { "accept-language": "zh-CN,zh;q=0.9" });
    return s.given;
  },
  "rate limit of the web page": async () => {
    const s = scene();
    await s.ask("GET", "/mj/nothing");
    await s.fetch(s.door().id);
    return s.given;
  },
};

/** The same button for the second time, so long after the first. It is no imagine here: only a U button gives the task of the first time. */
async function existing(afterMs) {
  const s = scene({ existing: true });
  const { id } = s.door();
  await s.press(id, U1);
  s.pass(afterMs);
  await s.press(id, U1);
  return s.given.slice(1).map((answer) => ({ ...answer, path: "/mj/submit/imagine" }));
}

/** What the simulator can't answer as recorded, and why. */
const OTHERWISE = {
  "image allowed 1": "the simulator draws its pictures as SVG: image/svg+xml, where the recorded one was a PNG",
};

/** Ids, times, addresses and request ids of their own are none of an answer's meaning. */
function normalised({ method, path, status, contentType, body }) {
  const bytes = body
    .replaceAll(/\(request id: \d{23}\w{8}\)/g, "(request id)")
    .replaceAll(/\b\d{16,20}\b/g, "ID")
    .replaceAll(/"(submitTime|startTime|finishTime)":\d{13}\b/g, '"$1":TIME')
    .replaceAll(/"imageUrl":"[^"]+"/g, '"imageUrl":"ADDRESS"');
  return { method, path: path.replaceAll(/\d{16,20}/g, "ID"), status, contentType, body: bytes };
}

/** A recorded body that was cut off has only its beginning. */
const isCut = ({ body }) => /^\[?\{"id":/.test(body) && !/[\]}]$/.test(body);

for (const [name, answers] of Object.entries(CASES)) {
  const rows = RECORDED.filter((row) => row.case === name);
  test(`recorded: ${name}`, async () => {
    const given = (await answers()).map(normalised);
    assert.equal(given.length, rows.length);
    rows.forEach((row, i) => {
      const recorded = normalised(row);
      const answer = isCut(row) ? { ...given[i], body: given[i].body.slice(0, recorded.body.length) } : given[i];
      if (`${name} ${i + 1}` in OTHERWISE) assert.notDeepEqual(answer, recorded);
      else assert.deepEqual(answer, recorded);
    });
  });
}

test("every recorded answer is met here", () => {
  assert.deepEqual([...new Set(RECORDED.map((row) => row.case))], Object.keys(CASES));
  for (const row of Object.keys(OTHERWISE)) assert.ok(CASES[row.slice(0, row.lastIndexOf(" "))], row);
});

test("overloaded: 503 in an envelope of its own", async () => {
  for (const what of ["cpu", "memory", "disk"]) {
    const s = faulty(faults.overloaded(what));
    await s.imagine();
    const { status, contentType, body } = s.given[0];
    assert.deepEqual([status, contentType], [503, "application/json; charset=utf-8"]);
    assert.equal(body, `{"error":{"message":"system ${what} overloaded (current: 99.0%, threshold: 90%)","type":"new_api_error","param":"","code":"system_${what}_overloaded"}}`);
    assert.equal(s.simulator.charges, 0);
  }
});

for (const customId of ["nocolons", "MJ::JOB", "MJ::JOB::upsample", "MJ::JOB::variation"]) {
  test(`the customId ${customId} closes the connection`, async () => {
    const w = world();
    const { id } = w.simulator.addTask();
    await assert.rejects(w.press(id, customId), /^TypeError: simulated drop of the connection/);
    assert.equal(w.simulator.requests[0].status, null);
  });
}

test("after a modal: two rows of one id, as recorded", async () => {
  // Its upstream: 0.5 s in the queue, 5.5 s of work; its looks here: at 1, 3, 4, 6, 7, 9 s.
  const w = world({ tickMs: 1_000, queueMs: 500, workMs: 5_500 });
  const { id } = w.simulator.addTask({ status: "MODAL", action: "CUSTOM_ZOOM" });
  await w.submit("modal", { taskId: id, prompt: "x --zoom 2" });
  const seen = [];
  for (let s = 0; s <= 7; s += 1) {
    const { status, progress } = (await w.fetchTask(id)).json;
    const rows = (await w.post("/mj/task/list-by-condition", { ids: [id] })).json;
    seen.push(`${s}s fetch=${status}/${progress} list=${rows.map((row) => `${row.status}/${row.progress}`).join("+")}`);
    w.pass(1_000);
  }
  assert.deepEqual(seen, [
    "0s fetch=MODAL/0% list=MODAL/0%+/0%",
    "1s fetch=MODAL/0% list=MODAL/0%+IN_PROGRESS/0%",
    "2s fetch=MODAL/0% list=MODAL/0%+IN_PROGRESS/0%",
    "3s fetch=MODAL/0% list=MODAL/0%+IN_PROGRESS/46%",
    "4s fetch=MODAL/0% list=MODAL/0%+IN_PROGRESS/74%",
    "5s fetch=MODAL/0% list=MODAL/0%+IN_PROGRESS/74%",
    "6s fetch=MODAL/0% list=MODAL/0%+SUCCESS/100%",
    "7s fetch=SUCCESS/100% list=SUCCESS/100%+SUCCESS/100%",
  ]);
});
