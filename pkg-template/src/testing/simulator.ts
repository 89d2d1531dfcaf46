/** The simulator: a request goes in, is counted, meets its fault, is carried out, and comes out as a Response. */

import { ENDPOINTS } from "../endpoints.js";
import { submitAction } from "./action.js";
import type { Answer } from "./answers.js";
import { readBody, readIds } from "./body.js";
import { pause, forever, throwIfAborted } from "./clock.js";
import { corsHeaders, preflight } from "./cors.js";
import type { FaultMatch, FaultRule, FaultScript } from "./faults.js";
import { createHandles, type TaskHandles } from "./handles.js";
import { createLog, type Counts, type SimulatedRequest } from "./log.js";
import { submitModal } from "./modal.js";
import { settle, type SimulatorOptions } from "./options.js";
import { fetchTask, listTasks, readImage, readSeed } from "./reads.js";
import { nextRequestId, unauthorized, wrongPath } from "./refusals.js";
import { readIncoming, type Incoming } from "./request.js";
import { answerOf, dropped, toResponse } from "./respond.js";
import { routeOf, type Route } from "./routes.js";
import { createScript } from "./script.js";
import { submitNew } from "./submit.js";
import { createWorld, type World } from "./world.js";

/** A standard fetch handler, which can also be passed where a `fetch` is wanted. */
export type SimulatorFetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;

/** The whole API. Every function is bound. */
export interface Simulator extends TaskHandles {
  /**
   * A request in, its answer out. Takes a Request, or an address (a path alone will do) and its options. An abort rejects with the
   * signal's reason, a connection that breaks (a scripted drop, a customId that crashes the gateway) with a TypeError that begins with `simulated drop`:
   * what serves the simulator should then close the connection. A redirect is handed out as it is, save for `redirect: "error"`, which rejects.
   * Where a body breaks off, or is aborted while it stalls, Chromium's `text()` and `json()` reject with its own `TypeError: Failed to fetch`,
   * whatever the reason; a reader of `body` gets the reason itself.
   */
  readonly fetch: SimulatorFetch;
  /** The latest requests, oldest first. */
  readonly requests: readonly SimulatedRequest[];
  /** How many requests came in, by `"METHOD /pattern"` and in `total`, whatever became of them. */
  readonly counts: Counts;
  /**
   * Plays a fault on matching requests, `times` times (default 1). Rules are tried in the order they came. Gives a function that takes the rule back.
   * A route that is none of the API's, and a field that no fault has, is a TypeError.
   */
  fail(match: FaultMatch, fault: FaultScript, times?: number): () => void;
  /** Several rules at once. Gives a function that takes them back. */
  script(rules: readonly FaultRule[]): () => void;
  /** Forgets tasks, charges, requests, counts and rules. */
  reset(): void;
}

/** Makes a simulator of its own: nothing is shared between two. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const settings = settle(options);
  const world = createWorld(settings);
  const log = createLog(settings.maxRequests, ENDPOINTS);
  const script = createScript(settings.basePath);

  const simulate = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = await readIncoming(input, init);
    const { signal } = request;
    throwIfAborted(signal);
    const route = routeOf(request.method, request.url.pathname, settings.basePath, settings.profile === "gateway");
    const entry = entryOf(request, route, settings.now());
    log.add(entry);
    const fault = script.take(entry);
    entry.faulted = fault !== null;

    const scripted = fault ? answerOf(fault) : null;
    const stalls = fault?.hang === true && fault.truncate === undefined;
    const early = fault?.accepted === true ? perform(world, request, route) : null;
    const delayMs = settings.latencyMs + (fault?.delayMs ?? 0);
    if (delayMs > 0) await pause(settings.sleep, delayMs, signal);
    throwIfAborted(signal);
    if (fault?.drop === "before") throw dropped("before the request was carried out");
    if (stalls) return forever(signal);
    const real = early ?? (scripted === null ? perform(world, request, route) : null);
    if (fault?.drop === "after") throw dropped("after the request was carried out");

    const answer = scripted ?? (real as Answer);
    if (answer.status >= 300 && answer.status < 400 && request.redirect === "error") {
      throw new TypeError(`simulated redirect to ${answer.headers.location}, which the request does not take`);
    }
    entry.status = answer.status;
    const extra: Record<string, string> = { "x-oneapi-request-id": nextRequestId(world) };
    if (fault?.cors !== false) Object.assign(extra, request.method === "OPTIONS" ? {} : corsHeaders(settings, request.headers));
    if (scripted === null) Object.assign(extra, fault?.headers);
    return toResponse(request.method === "HEAD" ? { ...answer, body: null } : answer, extra, fault, signal);
  };

  // Object.assign onto the handles: a spread would take `tasks` once and for all.
  return Object.assign(createHandles(world), {
    fetch: simulate,
    requests: log.requests,
    counts: log.counts,
    fail: (match: FaultMatch, fault: FaultScript, times?: number) => script.add([{ match, fault, ...(times === undefined ? {} : { times }) }]),
    script: (rules: readonly FaultRule[]) => script.add(rules),
    reset(): void {
      world.tasks.clear();
      world.charges = 0;
      log.reset();
      script.clear();
    },
  });
}

/** What the API itself does with a request. */
function perform(world: World, request: Incoming, route: Route): Answer {
  const { settings } = world;
  if (request.method === "OPTIONS") {
    const answer = preflight(settings, request.headers);
    if (answer) return answer;
  }
  if (route.endpoint === null) return wrongPath(settings, request.url.origin);
  if (route.endpoint === "GET /mj/image/{id}") return readImage(world, route.id);
  const stranger = unauthorized(world, request.headers);
  if (stranger) return stranger;

  const base = settings.imageBase ?? request.url.origin + settings.basePath;
  switch (route.endpoint) {
    case "GET /mj/task/{id}/fetch":
      return fetchTask(world, route.id, base);
    case "GET /mj/task/{id}/image-seed":
      return readSeed(world, route.id);
    case "POST /mj/task/list-by-condition": {
      const ids = readIds(world, request);
      return Array.isArray(ids) ? listTasks(world, ids, base) : ids;
    }
    default: {
      const body = readBody(world, request);
      if ("status" in body) return body;
      const what = route.pattern.slice("/mj/submit/".length);
      if (what === "action") return submitAction(world, body, route.speed, base);
      if (what === "modal") return submitModal(world, body, route.speed);
      return submitNew(world, what, body, route.speed);
    }
  }
}

function entryOf(request: Incoming, route: Route, at: number): SimulatedRequest {
  const headers: Record<string, string> = {};
  request.headers.forEach((value, name) => {
    headers[name] = name === "authorization" ? (/^Bearer /i.test(value) ? "Bearer ***" : "***") : value;
  });
  return {
    method: request.method,
    path: request.url.pathname,
    pattern: route.pattern,
    query: request.url.search,
    at,
    headers,
    body: bodyOf(request.text),
    text: request.text,
    status: null,
    faulted: false,
  };
}

function bodyOf(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
