/** `bytes.js`, made by `cargo xtask build`: the module as raw deflate in base64. */
declare const bytes: string;
export default bytes;
