/** Runs in Vercel's edge runtime, which compiles modules itself where their import says so. */
import module from "./midjourney.wasm?module";
import { provide } from "./loader.js";

provide(() => module, () => module);

export * from "./index.js";
