/** `cometapi-midjourney/mask` where there is no canvas: pixels in, a PNG out, and what is no mask told. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { NAME, ROOT, app, rejection } from "./app.mjs";
import { readMask, readPng } from "./png.mjs";
import { startWorker } from "./worker.mjs";

const { toMaskBase64 } = await app.load(`${NAME}/mask`);

const BLACK = [0, 0, 0, 255];
const WHITE = [255, 255, 255, 255];
const CLEAR = [0, 0, 0, 0];
const grey = (level) => [level, level, level, 255];

/** A picture of a row or more of such pixels. */
function pixels(colours, width = colours.length) {
  return { data: new Uint8ClampedArray(colours.flat()), width, height: colours.length / width };
}

/** The levels of the mask that pixels come to. */
const levels = async (source, options) => readMask(await toMaskBase64(source, options)).levels;

async function refused(source, options) {
  const error = await rejection(toMaskBase64(source, options));
  assert.equal(error.name, "InvalidArgumentError", error.stack);
  assert.deepEqual([error.code, error.retryable], ["invalid_argument", false]);
  return error;
}

test("white stays white, black and what is transparent are black, at the source's size", async () => {
  const mask = await toMaskBase64(pixels([WHITE, BLACK, CLEAR, [255, 255, 255, 0], BLACK, WHITE], 2));
  assert.deepEqual(readMask(mask), { width: 2, height: 3, levels: [255, 0, 0, 0, 0, 255] });
});

for (const [width, height] of [[1, 2], [2, 1], [255, 3], [257, 31], [1024, 640]]) {
  test(`each pixel is where it was, ${width}×${height}`, async () => {
    const whites = Array.from({ length: width * height }, (_, i) => (i * i + i * 7) % 11 < 5 || i === 0);
    whites[1] = false;
    const mask = readMask(await toMaskBase64(pixels(whites.map((white) => (white ? WHITE : BLACK)), width)));
    assert.deepEqual([mask.width, mask.height], [width, height]);
    assert.ok(mask.levels.every((level, i) => level === (whites[i] ? 255 : 0)));
  });
}

test("a mask that hardly can be compressed comes through, too", async () => {
  let state = 1;
  const colours = Array.from({ length: 700 * 600 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 31 ? WHITE : BLACK;
  });
  const mask = await toMaskBase64(pixels(colours, 700));
  assert.ok(mask.length > 100_000, `${mask.length} characters`);
  assert.ok(readMask(mask).levels.every((level, i) => level === colours[i][0]));
});

test("raw is the same without the prefix", async () => {
  const source = pixels([WHITE, BLACK]);
  const [text, raw] = await Promise.all([toMaskBase64(source), toMaskBase64(source, { raw: true })]);
  assert.equal(text, `data:image/png;base64,${raw}`);
  assert.match(raw, /^iVBORw0KGgo[A-Za-z0-9+/]+=*$/);
  assert.deepEqual(readPng(Buffer.from(raw, "base64")).levels, [255, 0]);
});

test("a Uint8Array or a Buffer will do, and the source is left as it was", async () => {
  for (const kind of [Uint8Array, Buffer, Uint8ClampedArray]) {
    const source = { ...pixels([WHITE, BLACK]), data: kind.from([...WHITE, ...BLACK]) };
    const before = [...source.data];
    assert.deepEqual(await levels(Object.freeze(source)), [255, 0], kind.name);
    assert.deepEqual([...source.data], before);
  }
});

test("a large mask comes through, and is small", async () => {
  const side = 2048;
  const data = new Uint8ClampedArray(side * side * 4);
  data.fill(255, 0, side * side);
  const mask = await toMaskBase64({ data, width: side, height: side });
  assert.ok(mask.length < 60_000, `${mask.length} characters`);
  const read = readMask(mask);
  assert.ok(read.levels.every((level, i) => level === (i < (side * side) / 4 ? 255 : 0)));
});

const edge = (level, more = []) => pixels([WHITE, WHITE, BLACK, BLACK, BLACK, BLACK, BLACK, BLACK, grey(level), ...more]);

test("soft edges are rounded at 128", async () => {
  for (const [level, rounded] of [[1, 0], [127, 0], [128, 255], [254, 255]]) {
    assert.equal((await levels(edge(level))).at(-1), rounded, level);
  }
  // An edge of white on nothing is as soft.
  assert.equal((await levels(edge(0, [[255, 255, 255, 127]]))).at(-1), 0);
  assert.equal((await levels(edge(0, [[255, 255, 255, 128]]))).at(-1), 255);
});

test("a threshold rounds elsewhere", async () => {
  for (const [level, threshold, rounded] of [[1, 1, 255], [99, 100, 0], [100, 100, 255], [254, 255, 0], [255, 255, 255]]) {
    assert.equal((await levels(edge(level), { threshold })).at(-1), rounded, `${level} at ${threshold}`);
  }
});

test("the black and white of a lossy file are black and white", async () => {
  const source = pixels([[250, 240, 245, 255], [240, 255, 250, 255], [12, 5, 20, 255], [0, 30, 10, 255]]);
  assert.deepEqual(await levels(source), [255, 255, 0, 0]);
});

test("a colour is told with its place, and that a threshold takes it", async () => {
  const source = pixels([WHITE, BLACK, BLACK, [200, 30, 30, 255]], 2);
  const { message } = await refused(source);
  assert.match(message, /rgb\(200, 30, 30\) at 1, 1: paint .* white .* black, or give a threshold/);
  // By brightness: 0.2126 × 200 + 0.7874 × 30 = 66.
  assert.deepEqual(await levels(source, { threshold: 66 }), [255, 0, 0, 255]);
  assert.deepEqual(await levels(source, { threshold: 67 }), [255, 0, 0, 0]);
});

test("a colour that can't be seen is none", async () => {
  assert.deepEqual(await levels(pixels([WHITE, [255, 0, 0, 0], [255, 0, 0, 20]])), [255, 0, 0]);
});

test("a picture in grey is no mask, unless there is a threshold", async () => {
  const photograph = pixels([WHITE, BLACK, BLACK, grey(100), BLACK, grey(160), BLACK]);
  assert.match((await refused(photograph)).message, /29 % of the mask is grey.*paint.*or give a threshold/);
  assert.deepEqual(await levels(photograph, { threshold: 128 }), [255, 0, 0, 0, 0, 255, 0]);
  assert.deepEqual(await levels(pixels([WHITE, BLACK, BLACK, grey(160)])), [255, 0, 0, 255], "a quarter is not too much");
});

for (const [what, source] of [
  ["black", pixels([BLACK, BLACK])],
  ["transparent", pixels([CLEAR, [255, 255, 255, 0]])],
  ["too dark", pixels([BLACK, BLACK, BLACK, BLACK, grey(127)])],
]) {
  test(`all ${what}: nothing would be made anew`, async () => {
    assert.match((await refused(source)).message, /black or transparent everywhere.*paint the region white/);
  });
}

test("all white: nothing would stay", async () => {
  assert.match((await refused(pixels([WHITE, WHITE]))).message, /white everywhere.*paint black what is to stay/);
  await refused(pixels([grey(250), WHITE]), { threshold: 200 });
});

test("another size than the picture's is told with both", async () => {
  const source = pixels([WHITE, BLACK]);
  await toMaskBase64(source, { width: 2, height: 1 });
  await toMaskBase64(source, { width: 2 });
  for (const [options, both] of [
    [{ width: 1024, height: 512 }, /mask has 2×1 pixels, the picture 1024×512: .*naturalWidth/],
    [{ width: 1, height: 2 }, /mask has 2×1 pixels, the picture 1×2/],
    [{ width: 3 }, /mask has 2×1 pixels, the picture 3×1/],
    [{ height: 2 }, /mask has 2×1 pixels, the picture 2×2/],
  ]) {
    assert.match((await refused(source, options)).message, both);
  }
});

test("a size or a threshold that is none is told", async () => {
  const source = pixels([WHITE, BLACK]);
  for (const width of [0, -2, 1.5, Number.NaN, "2", null]) {
    assert.match((await refused(source, { width, height: 1 })).message, /^width is .*naturalWidth.*decode\(\)/);
  }
  assert.match((await refused(source, { height: 0 })).message, /^height is 0/);
  for (const threshold of [0, 256, -1, Number.NaN, "x", null]) {
    assert.match((await refused(source, { threshold })).message, /^threshold is .*from 1 to 255/);
  }
});

for (const [what, source, remedy] of [
  ["nothing", undefined, /none of a Blob, an ImageData and a canvas/],
  ["null", null, /none of a Blob/],
  ["text", "data:image/png;base64,iVBORw0KGgo", /none of a Blob/],
  ["bytes without a size", new Uint8Array(4), /none of a Blob/],
  ["floating numbers", { data: new Float32Array(8), width: 2, height: 1 }, /none of a Blob/],
  ["too few bytes", { data: new Uint8Array(7), width: 2, height: 1 }, /7 bytes for 2×1 pixels: give .* red, green, blue and alpha/],
  ["too many bytes", { data: new Uint8Array(9), width: 2, height: 1 }, /9 bytes for 2×1 pixels/],
  ["three bytes a pixel", { data: new Uint8Array(6), width: 2, height: 1 }, /6 bytes for 2×1/],
  ["no size", { data: new Uint8Array(8) }, /8 bytes for undefined×undefined/],
  ["no pixel", { data: new Uint8Array(0), width: 0, height: 0 }, /0 bytes for 0×0/],
  ["half pixels", { data: new Uint8Array(8), width: 0.5, height: 4 }, /8 bytes for 0.5×4/],
  ["a file, which nothing here decodes", new Blob(["x"], { type: "image/png" }), /can't read image files: decode .* and give \{ data, width, height \}/],
]) {
  test(`${what}: told, with what to give`, async () => {
    assert.match((await refused(source)).message, remedy);
  });
}

test("its errors are of the same classes as the client's", async () => {
  const { InvalidArgumentError, MidjourneyError } = await app.load();
  const error = await refused(null);
  assert.ok(error instanceof InvalidArgumentError);
  assert.ok(MidjourneyError.isInstance(error));
});

test("required, it is the same, and its errors are known by isInstance", async () => {
  const require = createRequire(app.path("index.cjs"));
  const required = require(`${NAME}/mask`);
  const source = pixels([WHITE, BLACK]);
  assert.equal(await required.toMaskBase64(source), await toMaskBase64(source));
  const error = await rejection(required.toMaskBase64(null));
  const { InvalidArgumentError } = require(NAME);
  assert.ok(InvalidArgumentError.isInstance(error));
});

test("it is small, and brings neither the client nor the module", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { toMaskBase64 } from "${NAME}/mask";`, resolveDir: app.folder },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  const parts = Object.keys(metafile.inputs).map((file) => file.split("/dist/")[1]).filter(Boolean);
  assert.ok(parts.every((file) => /^(errors|thrown)\.js$/.test(file) || file.startsWith("mask/")), `${parts}`);
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  assert.ok(bytes < 3_300, `${bytes} bytes`);
});

test("workerd makes a mask of pixels, and says that it decodes no file", async (t) => {
  const worker = await startWorker(`
    import { toMaskBase64 } from "${NAME}/mask";
    export default {
      async fetch() {
        const data = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255);
        const mask = await toMaskBase64({ data, width: 2, height: 1 }, { width: 2, height: 1 });
        const { name, message } = await toMaskBase64(new Blob(["x"])).catch((error) => error);
        return Response.json({ mask, name, message });
      },
    };`);
  t.after(() => worker.dispose());
  const { mask, name, message } = await (await worker.dispatchFetch("http://worker.test/")).json();
  assert.deepEqual(readMask(mask), { width: 2, height: 1, levels: [255, 0] });
  assert.equal(name, "InvalidArgumentError");
  assert.match(message, /can't read image files/);
});

const RIGHT = `
export const masks = (file: Blob, data: Uint8Array): Promise<string>[] => [
  toMaskBase64(file),
  toMaskBase64({ data, width: 2, height: 1 }, { width: 2, height: 1, threshold: 200, raw: true }),
];
// @ts-expect-error an address is no mask
void toMaskBase64("https://example.com/mask.png");
// @ts-expect-error numbers with fractions are no pixels
void toMaskBase64({ data: new Float32Array(8), width: 2, height: 1 });
// @ts-expect-error there is no such option
void toMaskBase64(new Blob(), { size: 2 });
`;
const OFFSCREEN = `
export const more = (image: ImageData, canvas: OffscreenCanvas, file: File) => [image, canvas, file].map((source) => toMaskBase64(source));
`;
const DOM = `
export const most = (canvas: HTMLCanvasElement) => toMaskBase64(canvas);
// @ts-expect-error an <img> has no pixels of its own
void toMaskBase64(new Image());
`;
const IMPORT = `import { toMaskBase64 } from "${NAME}/mask";\n`;

for (const [what, name, source, options] of [
  ["a page", "mask-page.ts", IMPORT + RIGHT + OFFSCREEN + DOM, { module: "esnext", moduleResolution: "bundler", lib: ["ES2022", "DOM"] }],
  ["a page's worker", "mask-worker.mts", IMPORT + RIGHT + OFFSCREEN, { module: "nodenext", lib: ["ES2022", "WebWorker"] }],
  [
    "CommonJS",
    "mask-cjs.cts",
    `import mask = require("${NAME}/mask");\nconst { toMaskBase64 } = mask;\n${RIGHT.replace("export ", "")}export = masks;\n`,
    { module: "node16", lib: ["ES2022", "WebWorker"] },
  ],
]) {
  test(`types for ${what}: right calls compile, wrong ones do not`, async () => {
    const strict = { target: "ES2022", types: [], strict: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true, noEmit: true };
    app.write(name, source);
    const config = app.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...strict, ...options }, files: [name] }));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const told = await new Promise((resolve) => {
      execFile(process.execPath, [tsc, "-p", config], { cwd: app.folder }, (error, stdout) => resolve(error ? stdout || error.message : ""));
    });
    assert.equal(told, "");
  });
}

test("the types have their comments", () => {
  assert.match(readFileSync(app.packaged("dist/mask.d.ts"), "utf8"), /@throws \{InvalidArgumentError\}/);
});
