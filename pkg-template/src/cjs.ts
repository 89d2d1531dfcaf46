/** Runs in Node.js where it is required: the default entry, bundled as CommonJS. */
export * from "./inline.js";
