/** The other tabs: who polls (Web Locks), and what they hear of it (BroadcastChannel). Where neither is, each polls. */

/** Its place in every error of the package, in any copy of it: see errors.ts. */
const BRAND = Symbol.for("cometapi-midjourney.error");

export interface Tabs<Message> {
  /** Whether they can be heard. */
  readonly connected: boolean;
  /** Tells the others. */
  post(message: Message): void;
  /** Does the work once no other tab does the same; the signal ends the wait for that, not the work. */
  alone<T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  close(): void;
}

export function joinTabs<Message>(
  name: string,
  hear: (message: Message) => void,
  onError: (error: unknown) => void,
): Tabs<Message> {
  const channel = openChannel(name);
  if (channel) channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
  return {
    connected: !!channel,
    post(message) {
      try {
        channel?.postMessage(message);
      } catch (error) {
        onError(error);
      }
    },
    async alone(what, signal, work) {
      const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
      if (!locks) return work();
      let begun = false;
      try {
        return await locks.request(`${name}:${what}`, { signal }, () => ((begun = true), work()));
      } catch (error) {
        if (begun || signal.aborted) throw error;
        // A page without an origin, such as a sandboxed frame, may hold none.
        return work();
      }
    },
    close: () => channel?.close(),
  };
}

function openChannel(name: string): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel(name);
    // Node.js: a store that nobody uses any more keeps no process alive.
    (channel as { unref?(): void }).unref?.();
    return channel;
  } catch {
    return undefined;
  }
}

/** Whether nothing was accepted, as an error of the package says it. What is not of the package (an abort) says nothing. */
export function isRefusal(error: unknown): boolean {
  const { [BRAND]: isOurs, maybeAccepted } = (error ?? {}) as { [BRAND]?: boolean; maybeAccepted?: boolean };
  return !!isOurs && !maybeAccepted;
}

/** An error of the package as plain data: a structured clone would lose its name and code. */
export const packed = (error: Error): Record<string, unknown> =>
  JSON.parse(JSON.stringify({ ...error, name: error.name, message: error.message }));

/** The error again: `isInstance` of its class knows it. */
export function unpacked({ message, ...rest }: Record<string, unknown>): Error {
  return Object.assign(new Error(message as string), rest, { [BRAND]: true });
}
