/** Which path is what. */

import { ENDPOINTS } from "../endpoints.js";

/** Where a request goes. */
export interface Route {
  /** `/mj/task/{id}/fetch`; `*` for a path that is none of the API's. */
  pattern: string;
  /** `METHOD /pattern` where that is an endpoint, else null. */
  endpoint: string | null;
  /** The id in the path. */
  id: string;
  /** `fast`, `turbo`, `relax` by the path's prefix. */
  speed: string | null;
}

/** Finds the route of a path. Submits take a speed prefix; reads do so where `prefixedReads` says it: the documentation has them on the plain path. */
export function routeOf(method: string, pathname: string, basePath: string, prefixedReads: boolean): Route {
  const nowhere: Route = { pattern: "*", endpoint: null, id: "", speed: null };
  if (!pathname.startsWith(`${basePath}/`)) return nowhere;
  const found = /^(?:\/mj-(fast|turbo|relax))?(\/mj\/.+)$/.exec(pathname.slice(basePath.length));
  const path = found?.[2];
  if (path === undefined) return nowhere;
  const speed = found?.[1] ?? null;
  const id = /^\/mj\/(?:task\/([^/]+)\/(?:fetch|image-seed)|image\/([^/]+))$/.exec(path);
  const text = id?.[1] ?? id?.[2];
  const pattern = text === undefined ? path : path.replace(`/${text}`, "/{id}");
  const known = ENDPOINTS.some((endpoint) => endpoint.endsWith(` ${pattern}`));
  if (!known || (speed !== null && !prefixedReads && !pattern.startsWith("/mj/submit/"))) return nowhere;
  const endpoint = `${method} ${pattern}`;
  return { pattern, endpoint: ENDPOINTS.includes(endpoint) ? endpoint : null, id: text === undefined ? "" : decode(text), speed };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
