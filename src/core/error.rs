use super::{digits, shorten, PollState, Response};
use crate::api::{ErrorBody, Json, Task};
use serde::Serialize;

/// The kinds of errors; each is a class of its own in the package's TypeScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The call itself is wrong; nothing was sent.
    InvalidArgument,
    /// 401: the key is missing or wrong.
    Authentication,
    /// 403: the key may not do this.
    PermissionDenied,
    /// 429: too many requests.
    RateLimit,
    /// 5xx.
    Server,
    /// An answer that is none of the API's: HTML, a redirect, broken JSON, another shape.
    UnexpectedResponse,
    /// No answer came.
    Connection,
    /// No answer came in time.
    RequestTimeout,
    /// A submit was plainly refused: no task was made.
    SubmitRejected,
    /// A submit may or may not have been accepted.
    SubmitUncertain,
    /// No such task for this key.
    TaskNotFound,
    /// The task ended without a result.
    TaskFailed,
    /// The wait's time is over; the task may still come.
    PollTimeout,
    /// The wait's requests are used up; the task may still come.
    PollBudget,
    /// A saved state that is none.
    State,
}

/// What goes wrong, told so that the caller knows what happened, to which task, and what to do next.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Error {
    /// The kind.
    pub code: Code,
    /// For people.
    pub message: String,
    /// Whether the same call can be made again, as it is, with hope and without paying twice.
    pub retryable: bool,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// For support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The answer's text, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The task that the call was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// The task as last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Box<Task>>,
    /// What to go on waiting with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<PollState>,
    /// What the server asked for (`Retry-After`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The code of a refused submit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit_code: Option<i32>,
    /// The API's words about a refused submit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The API's words about a failed task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<String>,
    /// Set where a submit may have been accepted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub maybe_accepted: bool,
    /// The error of ours behind this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<Error>>,
    /// What `fetch` or a callback threw, where that is behind this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thrown: Option<Json>,
}

impl Error {
    /// An error with nothing but its message.
    #[must_use]
    pub fn new(code: Code, message: &[&str]) -> Self {
        Self {
            code,
            message: message.concat(),
            retryable: matches!(
                code,
                Code::RateLimit
                    | Code::Server
                    | Code::Connection
                    | Code::RequestTimeout
                    | Code::PollTimeout
                    | Code::PollBudget
            ),
            status: None,
            request_id: None,
            body: None,
            task_id: None,
            task: None,
            state: None,
            retry_after_ms: None,
            submit_code: None,
            description: None,
            fail_reason: None,
            maybe_accepted: false,
            cause: None,
            thrown: None,
        }
    }

    /// The caller's mistake, found before anything was sent.
    #[must_use]
    pub fn invalid(message: &[&str]) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// What an answer that is no success says: `HTTP 503: no channel…` behind the sentence.
    pub(super) fn of_response(code: Code, sentence: &str, response: &Response, body: &ErrorBody) -> Self {
        const BODY: usize = 2000;
        const QUOTED: usize = 200;
        let status = digits(response.status.into());
        let mut message = vec![sentence, " (HTTP ", &status];
        let quoted = shorten(&body.message, QUOTED);
        if !quoted.is_empty() {
            message.extend([": ", &quoted]);
        }
        message.push(")");
        Self {
            status: Some(response.status),
            request_id: response.request_id.clone().or_else(|| body.request_id.clone()),
            body: Some(shorten(&response.body, BODY)).filter(|text| !text.is_empty()),
            ..Self::new(code, &message)
        }
    }

    /// Says which task it is about.
    #[must_use]
    pub(super) fn about(mut self, task_id: &str) -> Self {
        self.task_id = Some(task_id.into());
        self
    }
}
