/** Runs in workerd (Cloudflare Workers), which compiles modules itself and refuses bytes. */
import module from "./midjourney.wasm";
import { provide } from "./loader.js";

provide(() => module, () => module);

export * from "./index.js";
