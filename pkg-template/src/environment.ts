interface Surroundings {
  process?: { env?: Record<string, string | undefined> };
}

/** COMETAPI_KEY, where there is an environment. */
export function environmentKey(): string | undefined {
  try {
    return (globalThis as Surroundings).process?.env?.["COMETAPI_KEY"] || undefined;
  } catch {
    // Deno, without the permission to read it.
    return undefined;
  }
}
