/** What needs the module, with it in the code. */
import bytes, { length } from "../bytes.js";
import { provide } from "../loader.js";
import { unpack } from "../unpack.js";
import * as library from "../index.js";

/** A page draws, and answers, in between. Not by a timer: a hidden page's are slow, and a test's may be fake. */
const pause = () =>
  new Promise<void>((go) => {
    if (typeof MessageChannel !== "function") return go();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(0);
  });

provide(
  async () => {
    const work = unpack(bytes, length);
    for (;;) {
      const { done, value } = work.next();
      if (done) return WebAssembly.compile(value);
      await pause();
    }
  },
  () => {
    const work = unpack(bytes, length);
    for (;;) {
      const { done, value } = work.next();
      if (done) return new WebAssembly.Module(value);
    }
  },
);

// Constants of this very module: bundlers follow a re-export to where it comes from, and leave out what it passes by.
export const Midjourney = library.Midjourney;
export const findButton = library.findButton;
export const parseCustomId = library.parseCustomId;
export const parseTask = library.parseTask;
export const init = library.init;
export const initSync = library.initSync;
