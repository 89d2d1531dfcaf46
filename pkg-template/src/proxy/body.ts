/** Bodies: the whole of one, or nothing. */

/** What is set aside at first for a body that does not say its length. */
const FIRST = 64 * 1024;

/**
 * Reads all of a stream.
 *
 * @returns undefined where it is longer than the limit; no more than that is ever held.
 * @throws what the stream throws; the signal's reason once it is aborted.
 */
export async function readAll(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  // One piece that grows: a list of a million small ones would cost many times their length.
  let bytes = new Uint8Array(Math.min(limit, FIRST));
  let length = 0;
  if (!stream) return bytes.subarray(0, 0);
  const reader = stream.getReader();
  let stop = () => {};
  // A stream need not settle its read when it is cancelled.
  const aborted = new Promise<never>((_, reject) => (stop = () => reject(signal.reason)));
  aborted.catch(() => {});
  signal.addEventListener("abort", stop);
  let isWhole = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) {
        isWhole = true;
        return bytes.subarray(0, length);
      }
      const needed = length + value.byteLength;
      if (needed > limit) return undefined;
      if (needed > bytes.byteLength) {
        const larger = new Uint8Array(Math.min(limit, Math.max(needed, 2 * bytes.byteLength)));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(value, length);
      length = needed;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    if (!isWhole) reader.cancel().catch(() => {});
  }
}
