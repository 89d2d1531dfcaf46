/** What needs the module, with it in the code. */
import { decode } from "../decode.js";
import { provide } from "../loader.js";
import * as library from "../index.js";

// At once, for calls that could wait, too: so small a module is compiled sooner than a promise of it comes back.
provide(() => new WebAssembly.Module(decode()));

// Constants of this very module: bundlers follow a re-export to where it comes from, and leave out what it passes by.
export const Midjourney = library.Midjourney;
export const findButton = library.findButton;
export const parseCustomId = library.parseCustomId;
export const parseTask = library.parseTask;
export const init = library.init;
export const initSync = library.initSync;
