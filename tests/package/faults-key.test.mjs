/** The key is seen by the API alone: not where a redirect leads, nor in what a call gives, throws or puts into a URL. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { play, serveFaults } from "../support/fault-server.mjs";
import { KEY, assertKeyless, rejection, turns } from "./app.mjs";
import { ACCEPTED, CHILD, DONE, PENDING, PICTURE, PRESS, failure, faultStage, library, row } from "./fault-stage.mjs";

const CALLS = {
  submitAction: (client) => client.submitAction(PRESS),
  fetchTask: (client) => client.fetchTask(CHILD),
  pollUntilDone: (client) => client.pollUntilDone(CHILD),
  submitModal: (client) => client.submitModal({ taskId: CHILD, prompt: "x" }),
  submitImagine: (client) => client.submitImagine({ prompt: "x" }),
  listTasks: (client) => client.listTasks([CHILD]),
  pollOnce: (client) => client.pollOnce(CHILD),
  act: (client) => client.act(PICTURE, "U1"),
  watch: (client) => client.watch(CHILD).next(),
};

for (const status of [300, 301, 302, 303, 307, 308]) {
  for (const [name, call] of Object.entries(CALLS)) {
    // To a submit a 303 says that it was carried out.
    const expected = status === 303 && /^submit|^act/.test(name) ? "SubmitUncertainError" : "UnexpectedResponseError";
    test(`${name}: ${status} to another origin is an ${expected}, and that origin is not asked`, async (t) => {
      const other = await serveFaults([play.answer({ ...DONE, ...ACCEPTED })]);
      t.after(other.close);
      const { server, client } = await faultStage(t, [play.redirect(`${other.url}/mj/task/${CHILD}/fetch`, status)]);
      const error = await failure(expected, call(client));
      await turns();
      assert.equal(other.count(), 0);
      assert.equal(server.count(), 1);
      assert.equal(error.status, status);
      row(`${name}: ${status} to another origin`, server, error);
    });
  }
}

test("a redirect on the same origin is not followed either", async (t) => {
  const { server, client } = await faultStage(t, [play.redirect("/mj/elsewhere", 307), play.answer(ACCEPTED)]);
  const error = await failure("UnexpectedResponseError", client.submitAction(PRESS));
  await turns();
  assert.equal(server.count(), 1);
  row("submitAction: 307 on the same origin", server, error);
});

/** Faults that say the request's headers back, and what can be seen of one call in each way. */
const ECHOES = [200, 400, 401, 403, 404, 408, 409, 429, 500, 503, 302];

for (const status of ECHOES) {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`${name}: the key is not in the error where ${status} says it back, in its body and its request id`, async (t) => {
      const { server, client } = await faultStage(t, [play.echo(status)], { maxRetries: 0 });
      assertKeyless(await rejection(call(client)));
      assert.ok(server.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`));
    });
  }
}

test("the key is not in an error's text where the client was given it as a header", async (t) => {
  const options = { apiKey: undefined, headers: { Authorization: `Bearer ${KEY}` } };
  const { server, client } = await faultStage(t, [play.echo(401)], options);
  await failure("AuthenticationError", client.submitAction(PRESS));
  assert.equal(server.requests[0].headers.authorization, `Bearer ${KEY}`);
});

test("the key is not in an error's text where a call was given it as a header", async (t) => {
  const { server, client } = await faultStage(t, [play.echo(401)], { apiKey: undefined });
  await failure("AuthenticationError", client.submitAction(PRESS, { headers: { authorization: `Bearer ${KEY}` } }));
  assert.equal(server.requests[0].headers.authorization, `Bearer ${KEY}`);
});

test("the key is not in an error's text where it was rotated between two polls", async (t) => {
  const keys = [`${KEY}-old`, `${KEY}-new`, `${KEY}-newest`];
  const { server, client } = await faultStage(t, [play.answer(PENDING), play.echo(401), play.echo(401)], { apiKey: () => keys.shift() });
  await failure("AuthenticationError", client.pollUntilDone(CHILD));
  assert.deepEqual(server.requests.map(({ headers }) => headers.authorization), [`Bearer ${KEY}-old`, `Bearer ${KEY}-new`, `Bearer ${KEY}-newest`]);
});

test("the key is not in a task, nor in the result of a submit, that the server puts it into", async (t) => {
  const leaky = (body) => (response, { headers }) =>
    play.answer({ ...body, description: headers.authorization, properties: { seen: headers.authorization } })(response);
  const { client } = await faultStage(t, [leaky(ACCEPTED), leaky(PENDING), leaky(DONE)]);
  const submitted = await client.submitAction(PRESS);
  const seen = [];
  const found = await client.pollUntilDone(submitted, { onProgress: (...given) => seen.push(given) });
  assert.ok(!JSON.stringify([submitted, seen, found]).includes(KEY));
});

test("the key is in one header of a request and nowhere else of it", async (t) => {
  const { server, client } = await faultStage(t, [play.answer(ACCEPTED), play.answer(PENDING), play.answer(DONE)]);
  await client.pollUntilDone(await client.submitAction(PRESS));
  assert.equal(server.count(), 3);
  for (const { path, body, headers } of server.requests) {
    const { authorization, ...others } = headers;
    assert.equal(authorization, `Bearer ${KEY}`);
    assert.ok(!JSON.stringify([path, body, others]).includes(KEY));
  }
});

test("the key is not in the error where nobody listens", async (t) => {
  const gone = await serveFaults([]);
  await gone.close();
  const { client } = await faultStage(t, [], { baseURL: gone.url, maxRetries: 0 });
  await failure("ConnectionError", client.submitAction(PRESS));
});

test("an impossible address is an InvalidArgumentError that does not repeat the key in it", async () => {
  for (const baseURL of ["https://", "https://:443", "https://host:99999", `https://${KEY}@host`, `https://host/?key=${KEY}`]) {
    const client = new library.Midjourney({ apiKey: KEY, baseURL, fetch: () => assert.fail("it was sent") });
    await failure("InvalidArgumentError", client.submitAction(PRESS));
  }
});
