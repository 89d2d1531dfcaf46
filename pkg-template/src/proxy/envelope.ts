/** What the proxy itself has to say, in the API's own words for an error. */

/** Ends a request with an answer of the proxy's own. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly message: string,
    readonly headers: Record<string, string> = {},
  ) {}

  toResponse(): Response {
    const error = { message: this.message, type: "proxy_error", param: "", code: this.code };
    return new Response(JSON.stringify({ error }), {
      status: this.status,
      headers: { "content-type": "application/json; charset=utf-8", ...this.headers },
    });
  }
}

/**
 * A function of the proxy's owner, or its way to the API, failed before anything was sent. Of the API's answers with a 5xx this is the one that
 * says of a submit that nothing was accepted: clients try again, and nobody fears to have paid.
 */
export function unavailable(what: string): Refusal {
  return new Refusal(503, "model_not_found", `The proxy's ${what} failed, and nothing was sent to the API.`);
}
