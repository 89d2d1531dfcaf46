/** Runs in workerd (Cloudflare Workers), which compiles modules itself and refuses bytes. */
export * from "./calls/workerd.js";
export * from "./public-errors.js";
