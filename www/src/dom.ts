/** Elements, made so that no text of the API can become markup, script or style. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string;

/** These take text without meaning. `src` and `href` do not: see `showImage` and `link`. */
const SAFE = /^(?:class|id|type|role|tabindex|title|alt|width|height|max|value|hidden|for|disabled|loading|decoding|min|step|rows|maxlength|required|autofocus|spellcheck|name|checked|data-[a-z-]+|aria-[a-z]+)$/;

/** An element with attributes (`true`: there, `false` and undefined: not) and children; text stays text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (!SAFE.test(name)) throw new TypeError(`el() sets no ${name}`);
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** The element of the page with this id. */
export function the<T extends Element>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`the page has no such #${id}`);
  return element;
}

/** Whether an address is a picture's: on the web, or the picture itself. `javascript:` and the like are none. */
export function isImageAddress(address: string): boolean {
  return /^(?:https?:\/\/|data:image\/|blob:)/i.test(address);
}

/** A link out, or its words alone where the address is none of the web. */
export function link(address: string, words: string): Node {
  if (!/^https?:\/\//i.test(address)) return document.createTextNode(words);
  const anchor = el("a", {}, words);
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noreferrer";
  return anchor;
}

/** A link to another place of this page. */
export function jump(id: string, words: string): HTMLAnchorElement {
  const anchor = el("a", {}, words);
  anchor.href = `#${encodeURIComponent(id)}`;
  return anchor;
}

/** Says it to a screen reader, once it has finished what it says. */
export function announce(words: string): void {
  the("news", HTMLElement).textContent = words;
}
