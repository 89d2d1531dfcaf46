/** The proxy's types, for the strictest of users: who may use it has to be said, once. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { NAME, ROOT, app } from "./app.mjs";

const STRICT = { target: "ES2022", lib: ["ES2022", "DOM"], types: [], strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, skipLibCheck: false, noEmit: true };

const CONSUMER = `
const handler: (request: Request) => Promise<Response> = createProxy({ authorize: () => true });
createProxy({ public: true });
const options: ProxyOptions = {
  authorize: async (request) => (request.headers.has("cookie") ? true : new Response("sign in", { status: 401 })),
  apiKey: async () => "key",
  basePath: "/",
  origins: ["https://app.example.com"],
  rateLimit: ({ headers }) => (headers.get("x-user") ? 1_000 : false),
  maxBodyBytes: 1,
  timeoutMs: 1,
  fetch: (url, init) => fetch(url.toUpperCase(), init),
  onError: (error, request) => void [error, request.url],
};
createProxy(options);
const settings: ProxySettings = { apiKey: "key" };
createProxy({ ...settings, public: true });
// @ts-expect-error nobody has said who may use it
createProxy({});
// @ts-expect-error nor here
createProxy(settings);
// @ts-expect-error nor here
createProxy();
// @ts-expect-error it is said twice
createProxy({ public: true, authorize: () => true });
// @ts-expect-error public is said by true alone
createProxy({ public: false });
// @ts-expect-error a function that says it
createProxy({ authorize: true });
// @ts-expect-error a user is neither yes nor no
createProxy({ authorize: () => ({ id: 1 }) });
// @ts-expect-error the API's address is no option
createProxy({ public: true, baseURL: "https://example.com" });
// @ts-expect-error a list
createProxy({ public: true, origins: "https://app.example.com" });
`;

const from = `"${NAME}/proxy"`;
const MODULE = `import { createProxy, type ProxyOptions, type ProxySettings } from ${from};\n${CONSUMER}export { handler };\n`;
const COMMONJS = `import proxy = require(${from});\nimport type { ProxyOptions, ProxySettings } from ${from};\nconst { createProxy } = proxy;\n${CONSUMER}export = { handler };\n`;
const RUNS = {
  "node16, a module": ["proxy16.mts", MODULE, { module: "node16" }],
  "node16, CommonJS": ["proxy16.cts", COMMONJS, { module: "node16" }],
  "nodenext, CommonJS": ["proxynext.cts", COMMONJS, { module: "nodenext" }],
  "a bundler": ["proxy.ts", MODULE, { module: "esnext", moduleResolution: "bundler" }],
};

for (const [what, [name, source, options]] of Object.entries(RUNS)) {
  test(`${what}: right options compile, wrong ones do not`, async () => {
    app.write(name, source);
    const config = app.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [name] }));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const told = await new Promise((resolve) => execFile(process.execPath, [tsc, "-p", config], { cwd: app.folder }, (error, stdout) => resolve(error ? stdout || String(error) : "")));
    assert.equal(told, "");
  });
}
