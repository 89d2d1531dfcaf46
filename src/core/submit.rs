use super::{Output, PollState, Response};
use crate::api::{ErrorBody, Json, Record, Submission};

/// The result of a submit that was accepted (code 1, 21 or 22): `SubmitResult` in the package's types. `modal` is the
/// task whose modal it answered.
pub(super) fn submitted(submission: Submission, response: &Response, modal: &str) -> Output {
    let Submission { code, task_ids, json } = submission;
    let properties = json.properties();
    let is_old = properties.has("status");
    let kind = match code {
        22.0 => "queued",
        // Two meanings: with a status, the same button had been pressed before.
        21.0 if is_old => "existing",
        21.0 => "modal",
        _ => "submitted",
    };
    let mut view = Record::new();
    view.set("kind", kind);
    view.set("taskId", task_ids.first().map_or("", |id| id));
    view.set("taskIds", Json::texts(&task_ids));
    view.set("code", code);
    view.set("description", ErrorBody::read(&json).message.as_str());
    view.set("properties", properties);
    view.set_text("requestId", &response.request_id);
    Output { view: view.into(), submitted: task_ids, modal: modal.into(), is_old }
}

/// What is waited with for the tasks of a submit.
pub(super) fn states(task_ids: &[String], now: f64) -> Vec<PollState> {
    task_ids.iter().map(|id| PollState::new(id.clone(), now)).collect()
}
