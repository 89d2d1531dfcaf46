/** Runs everywhere but at the edge: the module is in the code, so there is no second file to find. */
export * from "./calls/inline.js";
export * from "./public-errors.js";
