/** The slim entry, which modules alone have, is the same library. */

import type { Midjourney } from "cometapi-midjourney";
import * as main from "cometapi-midjourney";
import * as slim from "cometapi-midjourney/slim";

export const client: Midjourney = new slim.Midjourney();
export const same: typeof main = slim;
