/** Whether a rule of a script can ever be played: a slip of the pen would be a test that tests nothing. */

import { ENDPOINTS } from "../endpoints.js";
import type { Fault, FaultRule } from "./faults.js";
import { routeOf } from "./routes.js";

// By their types, so that neither list can fall behind.
const RULE: Readonly<Record<keyof FaultRule, true>> = { match: true, fault: true, times: true };
const FAULT: Readonly<Record<keyof Fault, true>> = {
  delayMs: true,
  drop: true,
  hang: true,
  status: true,
  body: true,
  headers: true,
  truncate: true,
  accepted: true,
  cors: true,
};

/** Throws a TypeError that says what is wrong with the rule. */
export function checkRule(rule: FaultRule, basePath: string): void {
  checkFields("a rule", rule, RULE);
  const { match, fault, times = 1 } = rule;
  if (typeof match === "string") checkRoute(match, basePath);
  else if (typeof match !== "function" && typeof (match as RegExp | null | undefined)?.test !== "function") {
    throw new TypeError(`a fault is for a route, a regular expression or a predicate, not for ${String(match)}`);
  }
  if (!(typeof times === "number" && times >= 0)) throw new TypeError(`a fault is played 0 times or more, not ${String(times)}`);
  const list = Array.isArray(fault);
  for (const one of list ? (fault as readonly (Fault | null)[]) : [fault as Fault]) {
    if (!(list && one === null)) checkFields("a fault", one, FAULT);
  }
}

function checkFields(what: string, value: unknown, known: Readonly<Record<string, true>>): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError(`${what} is an object, not ${String(value)}`);
  const names = Object.keys(known);
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) throw new TypeError(`${what} has no ${JSON.stringify(name)}: did you mean ${JSON.stringify(nearest(name, names))}?`);
  }
}

function checkRoute(match: string, basePath: string): void {
  const at = match.indexOf(" ");
  const [method, place] = at < 0 ? [null, match] : [match.slice(0, at), match.slice(at + 1)];
  const known = ENDPOINTS.map((endpoint) => endpoint.split(" ") as [method: string, place: string]);
  const methods = method === null || method === "OPTIONS" ? known.map(([verb]) => verb) : [method];
  if (place === "*" && known.some(([verb]) => methods.includes(verb))) return;
  // As it is sent, or as the pattern of `counts`.
  const found = [basePath, ""].some((base) => methods.some((verb) => routeOf(verb, place, base, true).endpoint !== null));
  if (found) return;
  const routes = known.map(([verb, pattern]) => (method === null ? pattern : `${method === "OPTIONS" ? method : verb} ${pattern}`));
  throw new TypeError(`the API has no route ${JSON.stringify(match)}: did you mean ${JSON.stringify(nearest(match, routes))}?`);
}

/** The name that takes the fewest letters to change. */
function nearest(name: string, names: readonly string[]): string {
  return [...names].sort((a, b) => distance(name, a) - distance(name, b))[0] as string;
}

/** How many letters one has to add, leave out or replace (Levenshtein), whatever their case. */
function distance(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(same, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
