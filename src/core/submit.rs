use crate::api::{Json, Submission};
use serde::Serialize;

/// What became of a submit that was accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitResult {
    /// How it goes on.
    pub kind: SubmitKind,
    /// The new task.
    pub task_id: String,
    /// 1, 21 or 22.
    pub code: i32,
    /// For people.
    pub description: String,
    /// As sent; `{}` where there were none.
    pub properties: Json,
    /// For support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// How an accepted submit goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

impl SubmitResult {
    /// Of a submission with one of the three codes that accept.
    pub(super) fn new(submission: Submission, task_id: String, request_id: Option<String>) -> Self {
        let has_status = submission.properties.as_ref().and_then(|p| p.text("status")).is_some();
        Self {
            kind: match submission.code {
                22 => SubmitKind::Queued,
                21 if has_status => SubmitKind::Existing,
                21 => SubmitKind::Modal,
                _ => SubmitKind::Submitted,
            },
            task_id,
            code: submission.code,
            description: submission.description,
            properties: submission.properties.unwrap_or_else(Json::empty),
            request_id,
        }
    }
}
