/** What each bundler makes of a page with one script: a `dist` for any web server, by its default settings. */

import { shipped, tool, toolVersion } from "./app.mjs";
import { browse, html, serveFolder } from "./chromium.mjs";

/** Each takes the app, the script, and further arguments. */
const BUILDS = {
  vite(app, script, args) {
    app.write("index.html", html("/main.js"));
    app.write("main.js", script);
    return app.exec(tool("vite"), ["build", ...args]);
  },
  webpack: (app, script, args) => bySource(app, script, tool("webpack"), ["--mode=production", ...args]),
  "@rspack/core": (app, script, args) => bySource(app, script, tool("rspack"), ["build", "--mode=production", ...args]),
  rollup: (app, script, args) => byMain(app, script, tool("rollup"), ["main.js", "--plugin=node-resolve", "--dir=dist", ...args]),
  esbuild: (app, script, args) => byMain(app, script, tool("esbuild"), ["main.js", "--bundle", "--minify", "--format=esm", "--outdir=dist", ...args]),
  parcel(app, script, args) {
    app.write("index.html", html("./main.js"));
    app.write("main.js", script);
    // It would ask npm for what it misses.
    return app.exec(tool("parcel"), ["build", "index.html", "--no-autoinstall", ...args]);
  },
};

function byMain(app, script, program, args) {
  app.write("main.js", script);
  app.write("dist/index.html", html("/main.js"));
  return app.exec(program, args);
}

/** For those who look for `src/index.js` and leave a `dist/main.js`. */
function bySource(app, script, program, args) {
  app.write("src/index.js", script.replace("./conformance.mjs", "../conformance.mjs"));
  app.write("dist/index.html", html("/main.js"));
  return app.exec(program, args);
}

/**
 * A row of a bundler, whose app runs in Chromium.
 *
 * @param {object} row
 * @param {keyof typeof BUILDS} row.of whose name the tool's package has
 * @param {number} row.wasmFiles how many the app ships and its page fetches
 * @param {string[]} [row.args] what its user would have to say
 * @param {(app) => unknown} [row.before] what its user would have to set
 * @param {(app) => unknown} [row.after] what its user would have to do with the result
 */
export const built = ({ name, group, of, script, wasmFiles, args = [], before, after }) => ({
  name,
  group,
  version: () => toolVersion(of),
  async run(app) {
    await before?.(app);
    await BUILDS[of](app, script, args);
    await after?.(app);
    const { report, requested } = await browse(await serveFolder(app, app.path("dist")));
    return { report, requested, shipped: shipped(app.path("dist")), wasmFiles };
  },
});
