use super::{Output, Response};
use crate::api::{Record, Submission};

/// The result of a submit that was accepted (code 1, 21 or 22): `SubmitResult` in the package's types.
/// None where the answer names no task.
pub(super) fn submitted(submission: Submission, response: &Response) -> Option<Output> {
    let task_id = submission.result?;
    let kind = match submission.code as u8 {
        22 => "queued",
        // Two meanings: with a status, the same button had been pressed before.
        21 if submission.status.is_some() => "existing",
        21 => "modal",
        _ => "submitted",
    };
    let mut view = Record::new();
    view.set("kind", kind);
    view.set("taskId", task_id.as_str());
    view.set("code", submission.code);
    view.set("description", submission.description.as_str());
    view.set("properties", submission.properties);
    view.set_some("requestId", response.request_id().as_deref());
    Some(Output { view: view.into(), submitted: Some(task_id) })
}
