use super::{Output, Response};
use crate::api::{ErrorBody, Json, Record, Submission};

/// The result of a submit that was accepted (code 1, 21 or 22): `SubmitResult` in the package's types. `modal` is the
/// task whose modal it answered.
pub(super) fn submitted(
    submission: Submission,
    json: &Json,
    body: &ErrorBody,
    response: &Response,
    modal: &str,
) -> Output {
    let properties = json.properties();
    let kind = match submission.code {
        22 => "queued",
        // Two meanings: with a status, the same button had been pressed before.
        21 if properties.has("status") => "existing",
        21 => "modal",
        _ => "submitted",
    };
    let mut view = Record::new();
    view.set("kind", kind);
    view.set("taskId", submission.result.as_str());
    view.set("code", f64::from(submission.code));
    view.set("description", body.message.as_str());
    view.set("properties", properties);
    view.set_text("requestId", &response.request_id);
    Output { view: view.into(), submitted: submission.result, modal: modal.into() }
}
