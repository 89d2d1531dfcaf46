/** The API's endpoints, `{id}` standing for a task's id. The simulator has them, and the proxy lets them pass. */
export const ENDPOINTS: readonly string[] = [
  "POST /mj/submit/imagine",
  "POST /mj/submit/action",
  "POST /mj/submit/modal",
  "POST /mj/submit/blend",
  "POST /mj/submit/describe",
  "POST /mj/submit/shorten",
  "POST /mj/submit/video",
  "POST /mj/submit/edits",
  "POST /mj/task/list-by-condition",
  "GET /mj/task/{id}/fetch",
  "GET /mj/task/{id}/image-seed",
  "GET /mj/image/{id}",
];
