import assert from "node:assert/strict";
import { test } from "node:test";
import { ORIGIN, button, createSimulator, world } from "./world.mjs";

test("a list has the known tasks alone, each once, in the order of their making", async () => {
  const w = world();
  const [a, b] = [w.simulator.addTask().id, w.simulator.addTask().id];
  const { status, json } = await w.post("/mj/task/list-by-condition", { ids: [b, "1", a, b] });
  assert.equal(status, 200);
  assert.deepEqual(json.map(({ id }) => id), [a, b]);
});

for (const body of [{ ids: ["1"] }, { ids: [] }, {}, { ids: null }, "null"]) {
  test(`a list of ${JSON.stringify(body)} is []`, async () => {
    assert.equal((await world().post("/mj/task/list-by-condition", body)).text, "[]");
  });
}

for (const body of [{ ids: [1] }, { ids: "1" }, "{", "", "[]", "5"]) {
  test(`a list of ${JSON.stringify(body)} is 400`, async () => {
    for (const [profile, what] of [["gateway", /^do_request_failed $/], ["docs", /^bind_request_body_failed $|^Invalid request, /]]) {
      const { status, json } = await world({ profile }).post("/mj/task/list-by-condition", body);
      assert.equal(status, 400);
      assert.match(json.description ?? json.error.message, what);
    }
  });
}

test("docs: a list of null is 400", async () => {
  assert.equal((await world({ profile: "docs" }).post("/mj/task/list-by-condition", "null")).status, 400);
});

test("the image needs no key", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const response = await w.simulator.fetch(`${ORIGIN}/mj/image/${id}`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^image\/svg\+xml/);
});

test("an unknown image is 400 with a string as its error", async () => {
  const { status, text } = await world().get("/mj/image/1");
  assert.deepEqual([status, text], [400, '{"error":"midjourney_task_not_found"}']);
});

for (const [profile, status, error] of [
  ["gateway", 403, "request blocked: unsupported protocol:  (only http/https allowed)"],
  ["docs", 500, "http_get_image_failed"],
]) {
  test(`${profile}: an image that is not begun is ${status}`, async () => {
    const w = world({ profile });
    const { id } = w.simulator.addTask({ status: null });
    const answer = await w.get(`/mj/image/${id}`);
    assert.deepEqual([answer.status, answer.json], [status, { error }]);
  });
}

/** Checks nesting, attributes and entities: enough of XML for what is drawn here. */
function assertWellFormed(svg) {
  const open = [];
  let at = 0;
  for (const found of svg.matchAll(/<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<&]*")*)\s*(\/?)>/g)) {
    const between = svg.slice(at, found.index);
    assert.doesNotMatch(between, /[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/, "stray markup");
    at = found.index + found[0].length;
    const [, closes, name, attributes, empty] = found;
    const names = [...attributes.matchAll(/([\w:-]+)=/g)].map(([, attribute]) => attribute);
    assert.equal(new Set(names).size, names.length, `an attribute twice in ${found[0]}`);
    assert.doesNotMatch(attributes, /NaN|undefined|Infinity/);
    if (closes) assert.equal(open.pop(), name);
    else if (!empty) open.push(name);
  }
  assert.equal(at, svg.length, "text after the end");
  assert.deepEqual(open, []);
  const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, "an id twice");
  for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.includes(id), `no ${id}`);
}

for (const prompt of ["a lighthouse --ar 16:9", `<script>alert("1 & 2")</script> ]]> --ar 0:0`, "\u0000\u0008\ud800 half \udfff 🦊 --ar 1:999"]) {
  for (const action of ["IMAGINE", "UPSCALE", "VIDEO", "DESCRIBE"]) {
    test(`the ${action} picture of ${JSON.stringify(prompt)} is well-formed`, async () => {
      const w = world();
      for (const status of ["SUCCESS", "IN_PROGRESS"]) {
        const { id } = w.simulator.addTask({ action, prompt, status });
        assertWellFormed((await w.get(`/mj/image/${id}`)).text);
      }
    });
  }
}

test("the check of well-formedness sees what is not", () => {
  for (const bad of ["<a><b></a></b>", "<a>", "<a x=\"1\" x=\"2\"/>", "<a>&x</a>", "<a>1 < 2</a>", "<a/>b"]) {
    assert.throws(() => assertWellFormed(bad), bad);
  }
});

test("a grid has four scenes, an upscale one: that of its number", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const grid = (await w.get(`/mj/image/${id}`)).text;
  assert.equal(grid.match(/<svg x=/g).length, 4);
  const { json } = await w.press(id, button(w.simulator, id, "U3"));
  w.pass(8_000);
  const single = (await w.get(`/mj/image/${json.result}`)).text;
  assert.ok(!single.includes("<svg x="));
  const scene = /<rect [^>]*fill="#0d1016"\/>(.*)<\/svg>$/s.exec(single)[1];
  assert.ok(grid.includes(scene));
});

test("a picture is the same at every look, and another for another task", async () => {
  const w = world();
  const [a, b] = [w.simulator.addTask().id, w.simulator.addTask().id];
  const look = async (id) => (await w.get(`/mj/image/${id}`)).text;
  assert.equal(await look(a), await look(a));
  assert.notEqual(await look(a), await look(b));
});

test("a preview is drawn further as the work goes on", async () => {
  const w = world();
  const { json } = await w.submit("imagine", { prompt: "x" });
  w.pass(3_000);
  const early = (await w.get(`/mj/image/${json.result}`)).text;
  w.pass(3_000);
  const late = (await w.get(`/mj/image/${json.result}`)).text;
  assert.match(early, /feGaussianBlur/);
  assert.notEqual(early, late);
  w.pass(3_000);
  assert.doesNotMatch((await w.get(`/mj/image/${json.result}`)).text, /feGaussianBlur/);
});

test("a video moves", async () => {
  const w = world();
  const { id } = w.simulator.addTask({ action: "VIDEO" });
  assert.match((await w.get(`/mj/image/${id}`)).text, /<animateTransform/);
});

test("imageUrls data puts the picture itself into the task", async () => {
  const w = world({ imageUrls: "data" });
  const { id } = w.simulator.addTask({ prompt: "half \ud800" });
  const { imageUrl } = (await w.fetchTask(id)).json;
  assert.ok(imageUrl.startsWith("data:image/svg+xml,"));
  assertWellFormed(decodeURIComponent(imageUrl.slice("data:image/svg+xml,".length)));
});

test("imageUrl is on the origin of the request, under the base path", async () => {
  const w = world({ basePath: "/api/mj/" });
  const { id } = w.simulator.addTask();
  assert.equal((await w.get(`/api/mj/mj/task/${id}/fetch`)).json.imageUrl, `${ORIGIN}/api/mj/mj/image/${id}`);
});

test("imageBase puts imageUrl elsewhere", async () => {
  const w = world({ imageBase: "https://cdn.test/x/" });
  const { id } = w.simulator.addTask();
  assert.equal((await w.fetchTask(id)).json.imageUrl, `https://cdn.test/x/mj/image/${id}`);
});

test("image-seed gives digits for a finished task", async () => {
  const w = world();
  const { id } = w.simulator.addTask();
  const { json } = await w.get(`/mj/task/${id}/image-seed`);
  assert.equal(json.code, 1);
  assert.match(json.result, /^\d+$/);
});

test("a Request, a URL, a path alone and a body of any kind are taken", async () => {
  const simulator = createSimulator({ requireKey: false });
  const body = JSON.stringify({ prompt: "x" });
  const headers = { "content-type": "application/json" };
  const calls = [
    [new Request(`${ORIGIN}/mj/submit/imagine`, { method: "POST", headers, body })],
    [new URL(`${ORIGIN}/mj/submit/imagine`), { method: "post", headers, body: new TextEncoder().encode(body) }],
    ["/mj/submit/imagine", { method: "POST", body: new Blob([body], { type: "application/json" }) }],
  ];
  for (const call of calls) assert.equal((await (await simulator.fetch(...call)).json()).code, 1);
});

test("fetch is bound", async () => {
  const { fetch } = createSimulator();
  assert.equal((await fetch(`${ORIGIN}/mj/task/1/fetch`)).status, 401);
});

test("a prefix is for submits alone, but in the gateway", async () => {
  for (const [profile, answer] of [["gateway", /^\{"id":/], ["docs", /^<!doctype html>/], ["upstream", /^<!doctype html>/]]) {
    const w = world({ profile });
    const { id } = w.simulator.addTask();
    assert.match((await w.get(`/mj-fast/mj/task/${id}/fetch`)).text, answer);
  }
});

for (const path of ["/v1/mj/submit/action", "/mj/submit/nothing", "/", "/mj/task/1"]) {
  test(`${path} is a wrong path`, async () => {
    const { text, headers } = await world().post(path, {});
    assert.match(text, /^<!doctype html>/);
    assert.match(headers.get("content-type"), /^text\/html/);
  });
}

test("a wrong method is a wrong path", async () => {
  assert.match((await world().get("/mj/submit/action")).text, /^<!doctype html>/);
});

test("what is not under the base path is a wrong path", async () => {
  assert.match((await world({ basePath: "/api" }).get("/mj/task/1/fetch")).text, /^<!doctype html>/);
});
