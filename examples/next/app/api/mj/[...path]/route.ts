import { createProxy } from "cometapi-midjourney/proxy";
import { cookies } from "next/headers";
import { COOKIE, allows } from "../../../access";

/** The key is COMETAPI_KEY of this server; no page sees it, and nobody spends it who is not let in. */
const proxy = createProxy({ authorize: async () => allows((await cookies()).get(COOKIE)?.value) });

export { proxy as GET, proxy as POST };
