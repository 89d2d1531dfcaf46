/** What this tab remembers over a reload: `sessionStorage`, or nothing where there is none. Never a key. */

export function recall<T>(name: string, otherwise: T): T {
  try {
    const text = sessionStorage.getItem(`demo:${name}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(`demo:${name}`, JSON.stringify(value));
  } catch {
    // Full, or forbidden: the page works, and forgets.
  }
}

/** The same as the storage of a `cometapi-midjourney/store`. */
export const tabStorage = {
  get: (key: string): string | null => sessionStorage.getItem(key),
  set: (key: string, value: string): void => sessionStorage.setItem(key, value),
  delete: (key: string): void => sessionStorage.removeItem(key),
  keys: (): string[] => Object.keys(sessionStorage),
};
