/** Runs in Vercel's edge runtime, which compiles modules itself where their import says so. */
export * from "./calls/edge-light.js";
export * from "./public-errors.js";
