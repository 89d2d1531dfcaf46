/** The simulator's names of the routes that the conformance script pays for. */
export const ACTION = "POST /mj/submit/action";
export const MODAL = "POST /mj/submit/modal";
