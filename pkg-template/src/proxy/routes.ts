/** What passes: the methods and paths of the API, letter by letter, and nothing beside them. */

import { ENDPOINTS } from "../endpoints.js";

/** Where a request goes at the API. */
export interface Route {
  method: string;
  /** Made of the table's text and an id of plain letters: nothing that a URL could be led astray by. */
  path: string;
  /** It can make a task that is paid for. */
  isSubmit: boolean;
  /** The API serves it without a key, and it is no text. */
  isImage: boolean;
}

/** A speed, which only submits take. */
const SPEED = /^\/mj-(?:fast|turbo|relax)(?=\/mj\/submit\/)/;
/** As the client takes them; the API's have up to 20 digits. */
const ID = /^[\w-]{1,128}$/;

const TABLE = ENDPOINTS.map((endpoint) => {
  const [method = "", pattern = ""] = endpoint.split(" ");
  const [before = "", after] = pattern.split("{id}");
  return { method, before, after, isSubmit: pattern.startsWith("/mj/submit/"), isImage: pattern.startsWith("/mj/image/") };
});

/** The route of a path as the URL has it: what is spelled otherwise (`//`, `..`, `%2f`) is another path. */
export function routeOf(pathname: string, basePath: string): Route | undefined {
  if (!pathname.startsWith(`${basePath}/`)) return undefined;
  const rest = pathname.slice(basePath.length);
  const [speed = ""] = SPEED.exec(rest) ?? [];
  const path = rest.slice(speed.length);
  for (const { before, after, ...route } of TABLE) {
    if (after === undefined) {
      if (path === before) return { ...route, path: speed + before };
      continue;
    }
    const id = path.slice(before.length, path.length - after.length);
    if (ID.test(id) && path === before + id + after) return { ...route, path: before + id + after };
  }
  return undefined;
}
