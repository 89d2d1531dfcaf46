/**
 * `cometapi-midjourney/testing`: the whole Midjourney API in one function, for tests, demos and work without a key.
 *
 * ```ts
 * import { createSimulator, faults } from "cometapi-midjourney/testing";
 *
 * const simulator = createSimulator();
 * const mj = new Midjourney({ apiKey: "any", fetch: simulator.fetch });
 * simulator.fail("GET /mj/task/{id}/fetch", faults.rateLimited({ retryAfter: 2 }));
 * ```
 */

export { createSimulator } from "./simulator.js";
export { faults } from "./faults.js";
export { realPace } from "./options.js";
export type { Simulator, SimulatorFetch } from "./simulator.js";
export type { Profile, SimulatorOptions, UnknownTaskShape } from "./options.js";
export type { Fault, FaultMatch, FaultRule, FaultScript } from "./faults.js";
export type { Counts, SimulatedRequest } from "./log.js";
export type { SeedTask, SimulatedTask } from "./task.js";
export type { WireButton } from "./buttons.js";
