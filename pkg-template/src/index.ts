/** The whole library but the module itself: an entry point plugs that in. */
export { Midjourney, findButton, parseCustomId, parseTask } from "./midjourney.js";
export { init, initSync } from "./loader.js";
export * from "./public-errors.js";
export type * from "./types.js";
