/** Scripted faults: which one is a request's. */

import type { Fault, FaultMatch, FaultRule } from "./faults.js";
import type { SimulatedRequest } from "./log.js";
import { checkRule } from "./rules.js";

/** The rules that are still to be played. */
export interface Script {
  /** Adds rules; gives a function that takes them back. */
  add(rules: readonly FaultRule[]): () => void;
  /** The fault of this request, if any: that of the first rule that matches, which is used up by it. */
  take(request: SimulatedRequest): Fault | null;
  clear(): void;
}

interface Line {
  match: FaultMatch;
  faults: readonly (Fault | null)[];
  left: number;
  next: number;
}

/** An empty script, for an API whose paths begin with `basePath`. */
export function createScript(basePath: string): Script {
  let lines: Line[] = [];
  return {
    add(rules) {
      for (const rule of rules) checkRule(rule, basePath);
      const added = rules.map(({ match, fault, times = 1 }): Line => {
        const faults = Array.isArray(fault) ? (fault as readonly (Fault | null)[]) : [fault as Fault];
        return { match, faults, left: faults.length === 0 ? 0 : times, next: 0 };
      });
      lines = [...lines, ...added].filter((line) => line.left > 0);
      return () => {
        lines = lines.filter((line) => !added.includes(line));
      };
    },
    take(request) {
      const line = lines.find(({ match }) => matches(match, request));
      if (!line) return null;
      const fault = line.faults[line.next] ?? null;
      line.next += 1;
      if (line.next === line.faults.length) {
        line.next = 0;
        line.left -= 1;
      }
      if (line.left <= 0) lines = lines.filter((other) => other !== line);
      return fault;
    },
    clear() {
      lines = [];
    },
  };
}

function matches(match: FaultMatch, request: SimulatedRequest): boolean {
  const { method, path, pattern } = request;
  if (typeof match === "string" && match.startsWith("OPTIONS ")) {
    return method === "OPTIONS" && fits(match.slice(8), path, pattern);
  }
  if (method === "OPTIONS") return false;
  if (typeof match === "function") return match(request);
  if (typeof match !== "string") {
    match.lastIndex = 0; // A regular expression with `g` remembers where it stopped.
    return match.test(`${method} ${path}`);
  }
  const [verb, place] = match.includes(" ") ? match.split(" ", 2) : [method, match];
  return verb === method && fits(place ?? "*", path, pattern);
}

function fits(place: string, path: string, pattern: string): boolean {
  return place === "*" || place === path || place === pattern;
}
