/** Bodies: the whole of one or nothing, or as it comes. */

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
  let isWhole = false;
  // Not all streams settle a read when they are cancelled. (One promise for all reads would remember each of them.)
  let stop = () => {};
  const stopped = () => stop();
  const read = () =>
    new Promise<ReadableStreamReadResult<Uint8Array>>((resolve, reject) => {
      stop = () => reject(signal.reason);
      reader.read().then(resolve, reject);
    });
  signal.addEventListener("abort", stopped);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await read();
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
    signal.removeEventListener("abort", stopped);
    if (!isWhole) reader.cancel().catch(() => {});
  }
}

/** A stream as it comes; `over` is called when it has ended, one way or another. */
export function passedOn(stream: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        over();
      },
      cancel(reason) {
        over();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
