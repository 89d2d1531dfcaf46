/** Clients that make a job and look at one: `{ name, submit, poll }`, each a single request to the given `fetch`. */

import { BASE, KEY } from "./answers.mjs";
import { Bare } from "./bare.mjs";
import { peer } from "./support.mjs";

const ID = "1795034223305002";
const press = { taskId: ID, customId: "MJ::JOB::upsample::1::eabb6e14-b069-492d-a11d-cb341da69817" };
const prompt = "a lighthouse on a cliff above the sea";

/** The answers' form is the same for all: none of them looks at its own API's. */
export function others(fetch) {
  const bare = new Bare({ apiKey: KEY, baseURL: BASE, fetch });
  const Replicate = peer("replicate");
  const replicate = new Replicate({ auth: KEY, fetch });
  const fal = peer("@fal-ai/client").createFalClient({ credentials: KEY, fetch });
  const RunwayML = peer("@runwayml/sdk").default;
  const runway = new RunwayML({ apiKey: KEY, fetch });
  const OpenAI = peer("openai").default;
  const { CometAPI } = peer("cometapi");
  const batch = { completion_window: "24h", endpoint: "/v1/images/generations", input_file_id: press.customId };
  const job = (client) => ({ submit: () => client.batches.create(batch), poll: () => client.batches.retrieve(ID) });
  return [
    { name: "bare", submit: () => bare.submitAction(press), poll: () => bare.fetchTask(ID) },
    {
      name: "replicate",
      submit: () => replicate.predictions.create({ version: press.customId, input: { prompt } }),
      poll: () => replicate.predictions.get(ID),
    },
    {
      name: "fal",
      submit: () => fal.queue.submit("fal-ai/flux/dev", { input: { prompt } }),
      poll: () => fal.queue.status("fal-ai/flux/dev", { requestId: ID }),
    },
    {
      name: "runway",
      submit: () => runway.textToImage.create({ model: "gen4_image", ratio: "1920:1080", promptText: prompt }),
      poll: () => runway.tasks.retrieve(ID),
    },
    { name: "openai", ...job(new OpenAI({ apiKey: KEY, fetch })) },
    { name: "cometapi", ...job(new CometAPI({ apiKey: KEY, fetch })) },
  ];
}

/** Ours: a submit, and two ways to look once. */
export function own({ Midjourney }, fetch, id) {
  const client = new Midjourney({ apiKey: KEY, fetch });
  return {
    submit: () => client.submitAction(press),
    fetchTask: () => client.fetchTask(id),
    pollOnce: () => client.pollOnce(id),
  };
}
