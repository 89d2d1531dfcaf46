use super::{Output, Response};
use crate::api::{Field, Json, Record, Submission};

/// The result of a submit that was accepted (code 1, 21 or 22): `SubmitResult` in the package's types.
pub(super) fn submitted(submission: Submission, task_id: String, response: &Response) -> Output {
    let kind = match submission.code as u8 {
        22 => "queued",
        // Two meanings: with a status, the same button had been pressed before.
        21 if submission.status.is_some() => "existing",
        21 => "modal",
        _ => "submitted",
    };
    let mut view = Record::new();
    view.set_text("kind", kind);
    view.set_text("taskId", task_id.as_str());
    view.set("code", Field::Number(submission.code));
    view.set_text("description", submission.description);
    view.set("properties", submission.properties);
    view.set_some_text("requestId", response.request_id());
    Output { view: Json::of(&view), submitted: Some(task_id) }
}
