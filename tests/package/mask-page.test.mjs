/** `cometapi-midjourney/mask` in Chromium: files, pixels and canvases, in a page and in a worker of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { NAME, QUICK, stage } from "./app.mjs";
import { openPage } from "./page.mjs";
import { readMask } from "./png.mjs";

/** What the scripts have at hand: a round region with soft edges, and a browser's own reading of what was made of it. */
const PRELUDE = `
import { toMaskBase64 } from "${NAME}/mask";
import { Midjourney, InvalidArgumentError, MidjourneyError } from "${NAME}";

const { baseURL, picture, taskId } = Object.fromEntries(new URLSearchParams(globalThis.location.search));
const tell = (result) => (globalThis.document ? (globalThis.result = result) : postMessage(result));
const W = 61, H = 37;
const offscreen = (width = W, height = H) => new OffscreenCanvas(width, height);

/** White on black, or on nothing. */
function paint(canvas, { ground = "black", brush = "white" } = {}) {
  const context = canvas.getContext("2d");
  context.fillStyle = ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = brush;
  context.beginPath();
  context.arc(canvas.width * 0.4, canvas.height / 2, canvas.height / 3, 0, 7);
  context.fill();
  return canvas;
}
const pixelsOf = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);

/** What the browser itself decodes the mask to. */
async function decode(mask) {
  const [, base64] = /^data:image\\/png;base64,(.*)$/.exec(mask);
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
  const canvas = offscreen(bitmap.width, bitmap.height);
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return pixelsOf(canvas);
}

/** Compares a mask with what was painted: each pixel pure, and as bright as the painted one rounded. */
async function compare(mask, painted) {
  const { data, width, height } = await decode(mask);
  let [whites, edges, wrong] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const brightness = (painted.data[at] * painted.data[at + 3]) / 255;
    const expected = brightness >= 127.5 ? 255 : 0;
    if (brightness > 0 && brightness < 255) edges += 1;
    if (expected) whites += 1;
    if ([0, 1, 2].some((i) => data[at + i] !== expected) || data[at + 3] !== 255) wrong += 1;
  }
  return { width, height, whites, wrong, soft: edges > 0 };
}

async function refusal(source, options) {
  try {
    await toMaskBase64(source, options);
    return "no error";
  } catch (error) {
    const ours = error instanceof InvalidArgumentError && error.code === "invalid_argument" && MidjourneyError.isInstance(error);
    return { ours, message: error.message, cause: error.cause?.name };
  }
}
`;

/** A page's or a worker's sources of one region, compared. */
const SOURCES = `
const painted = paint(offscreen());
const pixels = pixelsOf(painted);
const file = await painted.convertToBlob();
const lossy = await painted.convertToBlob({ type: "image/jpeg", quality: 0.9 });
const size = { width: W, height: H };
const results = {
  "an OffscreenCanvas": await compare(await toMaskBase64(painted, size), pixels),
  "an ImageData": await compare(await toMaskBase64(pixels, size), pixels),
  "a Blob of a PNG": await compare(await toMaskBase64(file, size), pixels),
  "a File without a type": await compare(await toMaskBase64(new File([file], "mask.png"), size), pixels),
};
const clear = paint(offscreen(), { ground: "transparent" });
results["white on nothing"] = await compare(await toMaskBase64(clear), pixelsOf(clear));
results["a PNG of white on nothing"] = await compare(await toMaskBase64(await clear.convertToBlob()), pixelsOf(clear));
const bitmap = await createImageBitmap(lossy);
const decoded = offscreen();
decoded.getContext("2d").drawImage(bitmap, 0, 0);
results["a Blob of a JPEG"] = await compare(await toMaskBase64(lossy, size), pixelsOf(decoded));
const gl = offscreen().getContext("webgl");
if (gl) {
  gl.clearColor(0, 0, 0, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  gl.enable(gl.SCISSOR_TEST);
  gl.scissor(0, 0, 20, H);
  gl.clearColor(1, 1, 1, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  const half = offscreen();
  half.getContext("2d").fillStyle = "white";
  half.getContext("2d").fillRect(0, 0, 20, H);
  results["a canvas of WebGL"] = await compare(await toMaskBase64(gl.canvas), pixelsOf(half));
}
const later = pixelsOf(painted);
painted.getContext("2d").fillRect(0, 0, 5, 5);
results["a canvas that is painted on after"] = await compare(await toMaskBase64(paint(painted)), later);
`;

/** What is refused in both. */
const REFUSALS = `
const painted = paint(offscreen());
const file = await painted.convertToBlob();
const noise = offscreen().getContext("2d").createImageData(W, H);
noise.data.forEach((_, i, data) => (data[i] = i % 4 === 3 ? 255 : 60 + ((i >> 2) % 130)));
const moved = offscreen();
structuredClone(moved, { transfer: [moved] });
const results = {
  size: await refusal(painted, { width: 1024, height: 768 }),
  fileSize: await refusal(file, { width: 1024, height: 768 }),
  colour: await refusal(paint(offscreen(), { brush: "tomato" })),
  seeThrough: await refusal(paint(offscreen(), { ground: "transparent", brush: "rgb(255 255 255 / 0.3)" })),
  photograph: await refusal(noise),
  black: await refusal(paint(offscreen(), { brush: "black" })),
  unpainted: await refusal(offscreen()),
  white: await refusal(paint(offscreen(), { ground: "white" })),
  text: await refusal(new Blob(["no image"], { type: "image/png" })),
  cut: await refusal(file.slice(0, 40, "image/png")),
  empty: await refusal(new Blob([])),
  moved: await refusal(moved),
};
`;

const NAMED = {
  size: /mask has 61×37 pixels, the picture 1024×768/,
  fileSize: /mask has 61×37 pixels, the picture 1024×768/,
  // The first is of the soft edge.
  colour: /has a colour, rgb\(\d+, \d+, \d+\) at \d+, \d+: paint/,
  seeThrough: /black or transparent everywhere/,
  photograph: /100 % of the mask is grey/,
  black: /black or transparent everywhere/,
  unpainted: /black or transparent everywhere.*paint the region white/,
  white: /white everywhere/,
  text: /8 bytes, type "image\/png"\) is no image that can be read here: give a PNG/,
  cut: /40 bytes, type "image\/png"\) is no image/,
  empty: /0 bytes, type ""\) is no image/,
  moved: /0×0 pixels: give a canvas that was painted on and not transferred/,
};

const WORKER = `
const worker = new Worker("/worker.js" + location.search, { type: "module" });
worker.onmessage = ({ data }) => tell(data);
worker.onerror = ({ message }) => tell({ broken: message });
`;

async function told(t, script, { worker, api = "", query = {}, ...options } = {}) {
  const scripts = { "app.js": PRELUDE + script, ...(worker ? { "worker.js": PRELUDE + worker } : {}) };
  const { page, wrong, until } = await openPage(t, { scripts, api, query: new URLSearchParams(query), ...options });
  await until(() => globalThis.result !== undefined);
  assert.deepEqual(wrong, []);
  return page.evaluate(() => globalThis.result);
}

function assertSame(results, names) {
  assert.deepEqual(Object.keys(results), names);
  for (const [name, { width, height, whites, wrong, soft }] of Object.entries(results)) {
    assert.deepEqual({ width, height, wrong }, { width: 61, height: 37, wrong: 0 }, name);
    assert.ok(whites > 300 && whites < 61 * 37 - 300, `${name}: ${whites} are white`);
    assert.equal(soft, name !== "a canvas of WebGL", `${name}: soft edges`);
  }
}

const EVERYWHERE = [
  "an OffscreenCanvas",
  "an ImageData",
  "a Blob of a PNG",
  "a File without a type",
  "white on nothing",
  "a PNG of white on nothing",
  "a Blob of a JPEG",
  "a canvas of WebGL",
  "a canvas that is painted on after",
];

for (const where of ["page", "worker"]) {
  const run = (t, script) => told(t, where === "page" ? script : WORKER, where === "page" ? {} : { worker: script });

  test(`in a ${where} each source comes to what was painted, black and white`, async (t) => {
    const results = await run(t, `${SOURCES} tell(results);`);
    assertSame(results, EVERYWHERE.filter((name) => name !== "a canvas of WebGL" || results[name]));
  });

  test(`in a ${where} what is no mask is an InvalidArgumentError that says why`, async (t) => {
    const results = await run(t, `${REFUSALS} tell(results);`);
    for (const [name, message] of Object.entries(NAMED)) {
      assert.equal(results[name]?.ours, true, `${name}: ${JSON.stringify(results[name])}`);
      assert.match(results[name].message, message, name);
    }
    assert.ok(results.text.cause, "what the browser said is its cause");
  });
}

test("a canvas element, also another frame's, and pixels and a file of that frame", async (t) => {
  const results = await told(
    t,
    `const element = (document) => Object.assign(document.createElement("canvas"), { width: W, height: H });
    const frame = document.body.appendChild(document.createElement("iframe"));
    const [own, other] = [paint(element(document)), paint(element(frame.contentDocument))];
    const pixels = pixelsOf(own);
    const file = await new Promise((resolve) => own.toBlob(resolve));
    tell({
      own: await compare(await toMaskBase64(own, { width: W, height: H }), pixels),
      other: await compare(await toMaskBase64(other), pixels),
      "other's pixels": await compare(await toMaskBase64(pixelsOf(other)), pixels),
      "other's file": await compare(await toMaskBase64(new frame.contentWindow.Blob([file])), pixels),
    });`,
  );
  assertSame(results, ["own", "other", "other's pixels", "other's file"]);
});

test("a page without OffscreenCanvas reads by a canvas element", async (t) => {
  const results = await told(
    t,
    `const own = paint(Object.assign(document.createElement("canvas"), { width: W, height: H }));
    const pixels = pixelsOf(own);
    const file = await new Promise((resolve) => own.toBlob(resolve));
    const { OffscreenCanvas } = globalThis;
    delete globalThis.OffscreenCanvas;
    const masks = [await toMaskBase64(own), await toMaskBase64(file)];
    globalThis.OffscreenCanvas = OffscreenCanvas;
    tell({ canvas: await compare(masks[0], pixels), file: await compare(masks[1], pixels) });`,
  );
  assertSame(results, ["canvas", "file"]);
});

test("a canvas with the picture of another origin on it is told, with two remedies", async (t) => {
  const { url, simulator } = await stage(t);
  const { id } = simulator.addTask({ action: "UPSCALE" });
  const result = await told(
    t,
    `const image = new Image();
    image.src = picture;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: W, height: H });
    canvas.getContext("2d").drawImage(image, 0, 0);
    tell(await refusal(paint(canvas)));`,
    { api: url, query: { picture: `${url}/mj/image/${id}` } },
  );
  assert.equal(result.ours, true, JSON.stringify(result));
  assert.match(result.message, /of another origin .*an element of its own below it, or .*crossOrigin/);
  assert.equal(result.cause, "SecurityError");
});

test("Vary (Region) from the button to the picture, with a mask of the picture's size", async (t) => {
  // The gateway's first row is done with the second, so that the picture is there when the wait ends.
  const { url, simulator } = await stage(t, { simulator: { requireKey: false, modalLagMs: 0 } });
  const { id } = simulator.addTask({ action: "UPSCALE" });
  const result = await told(
    t,
    `const client = new Midjourney({ baseURL });
    const show = async ({ imageUrl }) => {
      const image = new Image();
      image.src = imageUrl;
      await image.decode();
      return { width: image.naturalWidth, height: image.naturalHeight };
    };
    const task = await client.fetchTask(taskId);
    const { customId } = task.buttons.find(({ label }) => label === "Vary (Region)");
    const asked = await client.submitAction({ taskId, customId });
    const modal = await client.pollUntilDone(asked, ${JSON.stringify(QUICK)});

    const size = await show(task);
    const canvas = Object.assign(document.createElement("canvas"), size);
    const maskBase64 = await toMaskBase64(paint(canvas, { ground: "transparent" }), size);
    const submitted = await client.submitModal({ taskId: modal.id, prompt: "a red door", maskBase64 });
    const done = await client.pollUntilDone(submitted, ${JSON.stringify(QUICK)});
    tell({ kind: asked.kind, modal, size, code: submitted.code, done, shown: await show(done) });`,
    { api: url, query: { baseURL: url, taskId: id } },
  );
  const { kind, modal, size, code, done, shown } = result;
  assert.deepEqual([kind, modal.status, code, done.status], ["modal", "MODAL", 1, "SUCCESS"]);
  assert.equal(simulator.task(done.id).action, "INPAINT");
  assert.ok(shown.width > 0);
  const mask = readMask(simulator.task(done.id).maskBase64);
  assert.deepEqual({ width: mask.width, height: mask.height }, size);
  const whites = mask.levels.filter((level) => level === 255).length;
  const circle = Math.PI * (size.height / 3) ** 2;
  assert.ok(Math.abs(whites - circle) < circle / 100, `${whites} are white, and about ${circle} should be`);
  assert.ok(mask.levels.every((level) => level === 0 || level === 255));
});
