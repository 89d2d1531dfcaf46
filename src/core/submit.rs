use crate::api::{Json, Record, Submission};

/// What became of a submit that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    /// How it goes on.
    pub kind: SubmitKind,
    /// The new task.
    pub task_id: String,
    /// The result as the caller gets it: `SubmitResult` in the package's types.
    pub view: Json,
}

/// How an accepted submit goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmitKind {
    /// Code 1: poll it.
    Submitted,
    /// Code 22: poll it.
    Queued,
    /// Code 21: it waits for `POST /mj/submit/modal`.
    Modal,
    /// Code 21 with a status in its properties: the same button had been pressed before.
    Existing,
}

impl Submitted {
    /// Of a submission with one of the three codes that accept.
    pub(super) fn new(submission: Submission, task_id: String, request_id: Option<String>) -> Self {
        let (kind, word) = match submission.code {
            22 => (SubmitKind::Queued, "queued"),
            21 if submission.status.is_some() => (SubmitKind::Existing, "existing"),
            21 => (SubmitKind::Modal, "modal"),
            _ => (SubmitKind::Submitted, "submitted"),
        };
        let mut view = Record::new();
        view.set_text("kind", word);
        view.set_text("taskId", task_id.as_str());
        view.set_count("code", submission.code.unsigned_abs().into());
        view.set_text("description", submission.description);
        view.set("properties", submission.properties);
        if let Some(id) = request_id {
            view.set_text("requestId", id);
        }
        Self { kind, task_id, view: Json::of(&view) }
    }
}
