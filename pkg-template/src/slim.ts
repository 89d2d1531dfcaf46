/** Runs everywhere, without the module: `init(source)` says where it is. */
export * from "./index.js";
