/** What an app bundles that imports a part: no bytes of the module, where it calls nothing that needs them. */

import { readFileSync, readdirSync } from "node:fs";
import { NAME, shipped, tool, toolVersion } from "../app.mjs";

const group = "Parts";
const keep = (names, from) => `import { ${names} } from "${from}";\nglobalThis.kept = [${names}];\n`;
const whole = (from) => `import * as library from "${from}";\nglobalThis.kept = library;\n`;

/** Each: what the app is, and whether the module's bytes are in it. `null`: not even a byte of ours. */
const CASES = {
  "all": [whole(NAME), true],
  "a client": [keep("Midjourney", NAME), true],
  "parseTask": [keep("parseTask", NAME), true],
  "findButton": [keep("findButton", NAME), true],
  "errors": [keep("MidjourneyError, RateLimitError", NAME), false],
  "types, the import left over": [`import "${NAME}";\n`, null],
  "parseTask of /slim": [keep("parseTask", `${NAME}/slim`), false],
  "errors of /slim": [keep("MidjourneyError, RateLimitError", `${NAME}/slim`), false],
};

const BUNDLERS = {
  esbuild: (app) => app.exec(tool("esbuild"), ["src/index.js", "--bundle", "--minify", "--format=esm", "--outdir=dist", "--log-level=error"]),
  rollup: (app) => app.exec(tool("rollup"), ["src/index.js", "--plugin=node-resolve", "--dir=dist", "--silent"]),
  webpack: (app) => app.exec(tool("webpack"), ["--mode=production"]),
};

/** The entries of package.json that are modules of their own. */
const { exports } = JSON.parse(readFileSync(new URL("../../../pkg-template/package.json", import.meta.url), "utf8"));
for (const entry of Object.keys(exports)) {
  if (/^\.\/[a-z-]+$/.test(entry) && entry !== "./slim") CASES[entry.slice(1)] = [whole(NAME + entry.slice(1)), false];
}

export default Object.entries(CASES).flatMap(([what, [script, carries]]) =>
  Object.entries(BUNDLERS).map(([bundler, bundle]) => ({
    name: `${what}, ${bundler}`,
    group,
    version: () => toolVersion(bundler),
    async run(app) {
      app.write("src/index.js", script);
      await bundle(app);
      const code = readdirSync(app.path("dist"), { recursive: true })
        .filter((file) => file.endsWith(".js"))
        .map((file) => readFileSync(app.path("dist", file), "utf8"))
        .join("");
      const { default: bytes } = await import(app.packaged("dist/bytes.js"));
      if (code.includes(bytes) !== !!carries) throw new Error(`the module's bytes are ${carries ? "not " : ""}in the bundle`);
      if (carries === null && /cometapi|Midjourney|class/.test(code)) throw new Error(`not empty: ${code.slice(0, 500)}`);
      return { shipped: shipped(app.path("dist")), wasmFiles: 0 };
    },
  })),
);
