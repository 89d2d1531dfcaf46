/** Bodies. */

/** An answer as JSON. */
export function json(status: number, value: unknown): { status: number; body: string; headers: Record<string, string> } {
  return { status, body: JSON.stringify(value), headers: { "content-type": "application/json; charset=utf-8" } };
}
