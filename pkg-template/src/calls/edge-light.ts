/** What needs the module, with it compiled by Vercel's edge runtime. */
import module from "../midjourney.wasm?module";
import { provide } from "../loader.js";
import * as library from "../index.js";

provide(() => module);

// Constants of this very module: bundlers follow a re-export to where it comes from, and leave out what it passes by.
export const Midjourney = library.Midjourney;
export const findButton = library.findButton;
export const parseCustomId = library.parseCustomId;
export const parseTask = library.parseTask;
export const init = library.init;
export const initSync = library.initSync;
