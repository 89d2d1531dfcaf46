/**
 * What passes between JavaScript and wasm, seen from outside, whatever the glue looks like. To be called before the package is
 * loaded: it takes the place of `WebAssembly.Instance` and `WebAssembly.instantiate`.
 */

export function watchBoundary() {
  const seen = { into: 0, out: 0, memories: new Set() };
  const { Instance, Module, compile } = WebAssembly;

  const watched = (members, side) => {
    const entries = Object.entries(members).map(([name, member]) => {
      if (member instanceof WebAssembly.Memory) seen.memories.add(member);
      if (typeof member !== "function") return [name, member];
      const counted = (...args) => {
        seen[side]++;
        return member(...args);
      };
      return [name, counted];
    });
    return Object.fromEntries(entries);
  };

  class Watched extends Instance {
    #exports;
    constructor(module, imports = {}) {
      const modules = Object.entries(imports).map(([name, members]) => [name, watched(members, "out")]);
      super(module, Object.fromEntries(modules));
      this.#exports = watched(super.exports, "into");
    }
    get exports() {
      return this.#exports;
    }
  }
  WebAssembly.Instance = Watched;
  WebAssembly.instantiate = async (source, imports) => {
    if (source instanceof Module) return new Watched(source, imports);
    const module = await compile(source);
    return { module, instance: new Watched(module, imports) };
  };

  return {
    /** Calls into wasm, and out of it, so far. */
    crossings: () => ({ into: seen.into, out: seen.out }),
    /** Bytes of all memories. */
    memory: () => [...seen.memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  };
}
