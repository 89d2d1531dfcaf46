/** `bytes.js`, made by `cargo xtask build`: the packed module, and how many bytes it unpacks to. */
declare const bytes: string;
export default bytes;
export const length: number;
