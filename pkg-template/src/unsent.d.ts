/** `unsent.js`, which `cargo xtask build` makes from src/core/unsent.in: regular expressions, each with a word. */
export const UNSENT: readonly (readonly [rule: string, word: string])[];
