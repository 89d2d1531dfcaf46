/**
 * Tells who reads a global: whatever an import may not do begins with one. It imports nothing itself, so that every
 * runtime takes it as it stands.
 */

/**
 * What it takes to evaluate a module that makes classes and tables, and what bundlers make of one. All of it is the
 * language's own, the same everywhere, and reaches neither network, clock, chance nor page.
 */
export const LANGUAGE = ["Error", "Map", "Object", "Set", "Symbol", "Uint8Array"];

/** Their members are watched, too, for code that has them by another way than their names, such as `node:process`. */
const HOLDERS = ["Math", "Date", "performance", "process", "WebAssembly", "crypto", "Intl", "Atomics", "console"];

/** A page's: to be told of where they are not, too. */
const PAGE = ["window", "self", "document", "navigator", "location", "localStorage", "sessionStorage", "indexedDB", "requestAnimationFrame"];

/**
 * Makes every global, and every member of the holders, throw for whoever reads or writes it, if `ours` says so of them.
 *
 * @param {() => boolean} [ours]
 */
export function poison(ours = () => true) {
  const touched = [];
  const left = [];
  const places = [];
  const { apply } = Reflect;
  // This script reads globals, too.
  let watching = false;

  const tell = (path) => {
    if (!watching) return;
    watching = false;
    const told = ours();
    watching = true;
    if (!told) return;
    touched.push(path);
    throw new Error(`the import touches ${path}`);
  };

  const watch = (object, name, path, { value, get, set, configurable }) => {
    if (!configurable) return void left.push(path);
    places.push({ object, name, path });
    Object.defineProperty(object, name, {
      configurable,
      get() {
        tell(path);
        return get ? apply(get, object, []) : value;
      },
      set(given) {
        tell(path);
        if (set) apply(set, object, [given]);
        else value = given;
      },
    });
  };

  const global = globalThis;
  // The members first: a holder is out of reach once its name is watched.
  for (const holder of HOLDERS) {
    if (!(holder in global)) continue;
    const described = describe(global[holder]);
    for (const name of described.keys()) watch(global[holder], name, `${holder}.${String(name)}`, described.get(name));
  }
  const globals = describe(global);
  for (const name of PAGE) if (!globals.has(name)) globals.set(name, { configurable: true });
  for (const name of LANGUAGE) globals.delete(name);
  for (const [name, described] of globals) watch(global, name, String(name), described);
  watching = true;

  return {
    /** What was read or written since the last time that this was asked. */
    take: () => touched.splice(0),
    /** What the runtime lets nobody watch. */
    left,
    /** What is watched. */
    paths: places.map(({ path }) => path),
    /** Reads each of them, to see the watch at work. `read` is `(object, name) => object[name]`. */
    readAll(read) {
      for (const { object, name } of places) {
        try {
          read(object, name);
        } catch {
          // As it should.
        }
      }
    },
    end: () => (watching = false),
  };
}

/** All properties of an object, its prototypes' included, as an own one would be. */
function describe(object) {
  const all = new Map();
  for (let from = object; from && from !== Object.prototype && from !== Function.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Reflect.ownKeys(from)) {
      if (all.has(name) || name === "constructor") continue;
      const described = Object.getOwnPropertyDescriptor(from, name);
      all.set(name, from === object ? described : { ...described, configurable: true });
    }
  }
  return all;
}
