/** `bytes.js`, made by `cargo xtask build`: the module as text. */
declare const text: string;
export default text;
/** The byte values that are one sign each. */
export const frequent: readonly number[];
/** How many bytes the text stands for. */
export const length: number;
