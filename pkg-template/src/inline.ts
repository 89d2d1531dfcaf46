/** Runs everywhere but at the edge: the module is in the code, so there is no second file to find. */
import bytes from "./bytes.js";
import { provide } from "./loader.js";

provide(async () => {
  const deflated = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
});

export * from "./index.js";
