import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../target/npm/package/dist/testing/", import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".js"));

for (const file of files) {
  test(`${file} names nothing of Node and imports nothing but its neighbours and the endpoints`, () => {
    const text = readFileSync(new URL(file, FOLDER), "utf8");
    assert.doesNotMatch(text, /\brequire\(|\bprocess\.|\bBuffer\b|\bwindow\.|\bdocument\.|WebAssembly/);
    for (const [, from] of text.matchAll(/\bfrom\s*"([^"]+)"/g)) assert.match(from, /^(\.\/\w+|\.\.\/endpoints)\.js$/);
  });
}

test("importing does nothing: it works where there is no web, no timer and no clock", async () => {
  const names = ["fetch", "Request", "Response", "Headers", "URL", "ReadableStream", "TextEncoder", "setTimeout", "Date", "crypto"];
  // The same modules once more, as one script in a realm of the language alone.
  const { createContext, runInContext } = await import("node:vm");
  const order = [];
  const visit = (file) => {
    if (order.includes(file)) return;
    const text = readFileSync(new URL(file, FOLDER), "utf8");
    for (const [, from] of text.matchAll(/\bfrom\s*"\.\/([^"]+)"/g)) visit(from);
    order.push(file);
  };
  visit("index.js");
  const realm = createContext({});
  runInContext(names.map((name) => `delete globalThis.${name};`).join(""), realm);
  runInContext("Math.random = () => { throw new Error('random at import'); };", realm);
  for (const file of order) {
    const text = readFileSync(new URL(file, FOLDER), "utf8")
      .replace(/^import\b[^;]*;/gm, "")
      .replace(/^export\s*\{[^}]*\}(?:\s*from\s*"[^"]*")?;/gm, "")
      .replace(/^export (?=const|let|function|async|class)/gm, "");
    // What a module needs of its neighbours at its own evaluation would be missing here, and so be told.
    runInContext(`(() => {${text}\n})()`, realm, { filename: file });
  }
});
