/** Runs everywhere but at the edge: the module is in the code, so there is no second file to find. */
import bytes, { length } from "./bytes.js";
import { provide } from "./loader.js";
import { unpack } from "./unpack.js";

provide(
  async () => {
    const work = unpack(bytes, length);
    for (;;) {
      const { done, value } = work.next();
      if (done) return WebAssembly.compile(value);
      // A page draws, and answers, in between.
      await new Promise((go) => setTimeout(go));
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

export * from "./index.js";
