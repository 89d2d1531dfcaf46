/**
 * What the package has to do everywhere, over a real connection to the simulator: one script, the same in each row of
 * the grid. It imports nothing, so that every runtime and bundler takes it as it stands: the row hands it the library.
 */

/** Waits as short as they can be: the simulator's tasks take milliseconds. */
const QUICK = { initialDelayMs: 1, minDelayMs: 5, maxDelayMs: 10 };

/**
 * Runs every check and tells of each what was wrong, or null.
 *
 * @param {typeof import("cometapi-midjourney")} library the entry's exports
 * @param {{ baseURL: string, apiKey: string, gridId: string, singleId: string }} settings the simulator's address and
 *   key, a finished task of four pictures and one of a single picture
 * @param {{ browser: boolean }} place whether a key is refused here unless it is said to be meant
 * @returns {Promise<Record<string, string | null>>}
 */
export async function conform(library, settings, place) {
  const scene = { library, settings, place, client: clientOf(library, settings) };
  const report = {};
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check(scene);
      report[name] = null;
    } catch (error) {
      report[name] = `${error?.stack ?? error}`;
    }
  }
  return report;
}

function clientOf({ Midjourney }, { baseURL, apiKey }, options) {
  return new Midjourney({ apiKey, baseURL, dangerouslyAllowBrowser: true, ...options });
}

const CHECKS = {
  async journey({ library, settings, client }) {
    const grid = await client.fetchTask(settings.gridId);
    const { customId } = library.findButton(grid, "U1");
    const submitted = await client.submitAction({ taskId: grid.id, customId });
    equal(submitted.kind, "submitted");
    const percents = [];
    const task = await client.pollUntilDone(submitted, { ...QUICK, onProgress: ({ percent }) => void percents.push(percent) });
    equal(task.id, submitted.taskId);
    equal(task.status, "SUCCESS");
    equal(percents[percents.length - 1], 100);
    const picture = await fetch(task.imageUrl);
    equal(picture.headers.get("content-type").split(";")[0], "image/svg+xml");
    equal((await picture.text()).startsWith("<svg"), true);
  },

  async abort({ library, settings }) {
    let requests = 0;
    const client = clientOf(library, settings, { onEvent: ({ type }) => void (requests += type === "request" ? 1 : 0) });
    const grid = await client.fetchTask(settings.gridId);
    const submitted = await client.submitAction({ taskId: grid.id, customId: library.findButton(grid, "V1").customId });
    const stop = new AbortController();
    const reason = { why: "the user left" };
    const waiting = client.pollUntilDone(submitted, { ...QUICK, signal: stop.signal, onProgress: () => stop.abort(reason) });
    equal(await rejection(waiting), reason);
    const sent = requests;
    // Whatever was going to be sent would be by the time that others have come and gone.
    for (let i = 0; i < 5; i++) await clientOf(library, settings).fetchTask(settings.gridId);
    equal(requests, sent);
  },

  async unauthorized({ library, settings }) {
    const error = await rejection(clientOf(library, settings, { apiKey: "wrong" }).fetchTask(settings.gridId));
    equal(error.name, "AuthenticationError");
    equal(error instanceof library.AuthenticationError, true);
    equal(error instanceof library.MidjourneyError && error instanceof Error, true);
    equal(error.status, 401);
    equal(error.taskId, settings.gridId);
  },

  async modal({ settings, client }) {
    const single = await client.fetchTask(settings.singleId);
    const onModal = ({ id }) => ({ taskId: id, prompt: "a lighthouse --zoom 1.5" });
    const zoomed = await client.act(single, "Custom Zoom", { ...QUICK, onModal });
    equal(zoomed.status, "SUCCESS");
  },

  /** A key in a page is refused, unless it is said to be meant; elsewhere it is where it belongs. */
  guard({ library, settings, place }) {
    let refused = false;
    try {
      clientOf(library, settings, { dangerouslyAllowBrowser: false });
    } catch (error) {
      equal(error.name, "InvalidArgumentError");
      refused = true;
    }
    equal(refused, place.browser);
  },

  /** At once, no promise. */
  look({ library }) {
    const task = library.parseTask({ id: "1773314942177001", status: "SUCCESS", progress: "100%" });
    equal(task.id, "1773314942177001");
    equal(task.status, "SUCCESS");
  },
};

/** What `conform` reports on. */
export const NAMES = Object.keys(CHECKS);

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`resolved with ${JSON.stringify(value)}, though it should have been rejected`);
}
