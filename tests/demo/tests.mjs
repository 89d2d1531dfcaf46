/** The tests of `suites`, gathered: demo.test.mjs runs several at a time, since most of a test is waiting. */

export const tests = [];

export function test(name, run) {
  tests.push({ name, run });
}
