/** What was sent and what was answered. Headers are not shown: the key is in them. */

import { announce, el } from "./dom.js";

type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;

interface Row {
  element: HTMLElement;
  count: HTMLElement;
  times: number;
}

const MOST = 80;

export class Log {
  readonly #list: HTMLOListElement;
  /** The rows of looks at tasks since the last submit: the same look again counts up. */
  readonly #looks = new Map<string, Row>();

  constructor(list: HTMLOListElement, clear: HTMLButtonElement) {
    this.#list = list;
    clear.addEventListener("click", () => {
      list.replaceChildren();
      this.#looks.clear();
      announce("The log is empty.");
    });
  }

  /** The same `fetch`, with everything that goes through it in the log. */
  watch(fetch: Fetch): typeof globalThis.fetch {
    return async (input, init) => {
      const address = input instanceof Request ? input.url : String(input);
      const method = init?.method ?? "GET";
      const path = new URL(address, location.href).pathname;
      const body = typeof init?.body === "string" ? init.body : "";
      try {
        const response = await fetch(input, init);
        this.#add(method, path, String(response.status), body);
        return response;
      } catch (error) {
        this.#add(method, path, init?.signal?.aborted ? "stopped" : "lost", body);
        throw error;
      }
    };
  }

  #add(method: string, path: string, status: string, body: string): void {
    const key = `${method} ${path} ${status}`;
    if (method !== "GET") this.#looks.clear();
    const again = this.#looks.get(key);
    if (again) {
      again.times += 1;
      again.count.textContent = `×${again.times}`;
      return;
    }
    const count = el("span", { class: "times" });
    const fine = /^2/.test(status);
    const parts = [
      el("span", { class: "method" }, method),
      el("span", { class: "path" }, path),
      el("span", { class: fine ? "answer" : "answer bad" }, status),
      count,
    ];
    if (body) parts.push(el("span", { class: "sent" }, shortened(body)));
    const row = { element: el("li", { "data-method": method }, ...parts), count, times: 1 };
    if (method === "GET") this.#looks.set(key, row);
    this.#list.prepend(row.element);
    while (this.#list.children.length > MOST) this.#list.lastElementChild?.remove();
  }
}

/** A mask is a long text. */
function shortened(body: string): string {
  return body.replace(/(data:image\/png;base64,.{12})[^"]{20,}/, "$1…");
}
