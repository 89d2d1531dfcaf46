/**
 * The same by hand, as a careful person writes it for one app: the key, a time limit, the status, the JSON, the API's own code.
 * No retries, no checks of what goes in, no long ids, no signal of the caller's, no errors told apart.
 */
export class Bare {
  constructor({ apiKey, baseURL, fetch, sleep }) {
    Object.assign(this, { apiKey, baseURL, fetch, sleep });
  }

  async submitAction(params) {
    const answer = await this.request("/mj/submit/action", 75_000, params);
    if (![1, 21, 22].includes(answer.code)) throw new Error(`code ${answer.code}: ${answer.description}`);
    return { taskId: String(answer.result), code: answer.code };
  }

  async fetchTask(id) {
    const task = await this.request(`/mj/task/${encodeURIComponent(id)}/fetch`, 30_000);
    if (!task?.status) throw new Error(`no task ${id}`);
    return task;
  }

  async pollUntilDone(id) {
    for (;;) {
      await this.sleep(5_000);
      const task = await this.fetchTask(id);
      if (task.status === "SUCCESS" || task.status === "MODAL") return task;
      if (task.status === "FAILURE" || task.status === "CANCEL") throw new Error(task.failReason);
    }
  }

  async request(path, timeoutMs, body) {
    const headers = { authorization: `Bearer ${this.apiKey}` };
    if (body) headers["content-type"] = "application/json";
    const response = await this.fetch(this.baseURL + path, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
