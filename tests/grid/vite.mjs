/** Vite's dev server, started as its command does. */

import { pathToFileURL } from "node:url";
import { resolveIn } from "./app.mjs";

/**
 * @param {{ folder: string, after(end: () => unknown): void, write(name: string, text: string): string, settings: object }} app
 * @returns {Promise<string>} its address
 */
export async function devServer(app) {
  app.write("public/settings.json", JSON.stringify(app.settings));
  const { createServer } = await import(pathToFileURL(resolveIn(app, "vite")));
  const server = await createServer({ root: app.folder, logLevel: "silent", server: { host: "127.0.0.1", port: 0 } });
  app.after(() => server.close());
  await server.listen();
  return server.resolvedUrls.local[0];
}
