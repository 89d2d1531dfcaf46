/**
 * `cometapi-midjourney/proxy`: the key stays on your server.
 *
 * ```ts
 * // app/api/mj/[...path]/route.ts of Next.js
 * import { createProxy } from "cometapi-midjourney/proxy";
 *
 * const proxy = createProxy({ authorize: (request) => isSignedIn(request) }); // COMETAPI_KEY from the environment
 * export { proxy as GET, proxy as POST };
 * ```
 *
 * Its pages make `new Midjourney({ baseURL: "/api/mj" })`, without a key. It holds neither WebAssembly nor a client.
 */

export { createProxy } from "./proxy.js";
export type { ProxyOptions, ProxySettings } from "./options.js";
