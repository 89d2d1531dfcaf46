import { InvalidArgumentError } from "../errors.js";
import { factsOf } from "../thrown.js";

/** The error of a call that is wrong; its message says how to put it right. */
export function invalid(message: string, thrown?: unknown): InvalidArgumentError {
  return new InvalidArgumentError({ code: "invalid_argument", message, retryable: false, thrown: factsOf(thrown) });
}
