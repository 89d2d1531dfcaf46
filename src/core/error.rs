use super::{PollState, Response};
use crate::api::{digits, ErrorBody, Json, Record};
use crate::text::{join, shorten};

/// The kinds of errors; each is a class of its own in the package's TypeScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// What the client stands on failed: here a function of its options, such as `sleep`.
    Internal,
}

impl Code {
    /// As it is given out.
    #[must_use]
    pub fn word(self) -> &'static str {
        const WORDS: [&str; 16] = [
            "invalid_argument",
            "authentication",
            "permission_denied",
            "rate_limit",
            "server",
            "unexpected_response",
            "connection",
            "request_timeout",
            "submit_rejected",
            "submit_uncertain",
            "task_not_found",
            "task_failed",
            "poll_timeout",
            "poll_budget",
            "state",
            "internal",
        ];
        WORDS[self as usize]
    }

    /// Whether the same call can be made again, as it is, with hope and without paying twice.
    fn is_retryable(self) -> bool {
        use Code::{Connection, PollBudget, PollTimeout, RateLimit, RequestTimeout, Server};
        matches!(self, RateLimit | Server | Connection | RequestTimeout | PollTimeout | PollBudget)
    }
}

/// What goes wrong, told so that the caller knows what happened, to which task, and what to do next.
///
/// Boxed: it is handed on in many places, and each copy of the whole is code.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Parts>);

/// What an [`Error`] consists of.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// The kind.
    pub code: Code,
    /// For people.
    pub message: String,
    /// Whether the same call can be made again, as it is, with hope and without paying twice.
    pub retryable: bool,
    /// What the server asked for (`Retry-After`); NaN where it did not.
    pub retry_after_ms: f64,
    /// Its further members: `status`, `requestId`, `body`, `taskId`, `taskIds`, `task`, `state`, `siblings`, `submitCode`, `description`,
    /// `failReason`, `maybeAccepted`, `thrown`, and `cause`, the error of ours behind this one.
    pub details: Record,
}

/// What every error says that comes once the tasks of a call are known: `taskId`, `taskIds` where there are several, and
/// the `state` that waits for them.
#[must_use]
pub(super) fn known(states: &[PollState]) -> Record {
    let mut known = Record::new();
    if let Some(first) = states.first() {
        let ids: Vec<String> = states.iter().map(|state| state.task_id.clone()).collect();
        known.set("taskId", first.task_id.as_str());
        known.set_several("taskIds", &ids);
        known.set("state", PollState::all_to_json(states));
    }
    known
}

/// `{ value }` or `{ error }`
#[must_use]
pub fn outcome(result: Result<Json, Error>) -> Json {
    let mut outcome = Record::new();
    match result {
        Ok(value) => outcome.set("value", value),
        Err(error) => outcome.set("error", error.into_json()),
    }
    outcome.into()
}

impl std::ops::Deref for Error {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

impl Error {
    /// An error with nothing but its message.
    #[must_use]
    pub fn new(code: Code, message: &[&str]) -> Self {
        Self(Box::new(Parts {
            code,
            message: join(message),
            retryable: code.is_retryable(),
            retry_after_ms: f64::NAN,
            details: Record::new(),
        }))
    }

    /// The caller's mistake, found before anything was sent.
    #[must_use]
    pub fn invalid(message: &[&str]) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// A function of the client's options failed that it can't do without: `now`, `random`, `sleep`. `known` is what is
    /// known of the call's tasks ([`Machine::known`](super::Machine::known)).
    #[must_use]
    pub fn of_function(name: &str, thrown: &Json, known: Record) -> Self {
        let said = thrown.text("message");
        let colon = if said.is_empty() { "" } else { ": " };
        let mut error = Self::new(Code::Internal, &["The function ", name, " failed", colon, said, "."]);
        if !known.get("state").is_null() {
            error.say(&[" Task ", known.get("taskId").as_str(), " goes on: pollUntilDone(error.state) waits for it."]);
        }
        error.details = known;
        error.details.set("thrown", thrown.clone());
        error
    }

    /// An answer that is no success: the sentence, and in brackets what the answer says.
    pub(super) fn of_response(code: Code, sentence: &str, response: &Response, body: &ErrorBody) -> Self {
        const BODY: usize = 2000;
        const QUOTED: usize = 200;
        let mut error = Self::new(code, &[sentence]);
        let status = f64::from(response.status);
        let colon = if body.message.is_empty() { "" } else { ": " };
        error.say(&[" (HTTP ", &digits(status), colon, shorten(body.message.trim_ascii(), QUOTED), ")."]);
        error.details.set("status", status);
        let mut request_id = response.request_id.clone();
        if request_id.is_empty() {
            request_id = body.request_id();
        }
        error.details.set_text("requestId", &request_id);
        error.details.set_text("body", shorten(&response.body, BODY));
        error
    }

    /// Whether it leaves open that a submit was accepted.
    pub(super) fn maybe_accepted(&self) -> bool {
        self.code == Code::SubmitUncertain
    }

    /// Whether the request was not sent by the caller's doing: a key that can't be used, or that could not be had.
    pub(super) fn is_callers(&self) -> bool {
        matches!(self.code, Code::InvalidArgument | Code::Connection)
    }

    /// Adds to the message.
    pub(super) fn say(&mut self, more: &[&str]) {
        for part in more {
            self.message.push_str(part);
        }
    }

    /// Puts something before the message.
    #[must_use]
    pub(super) fn preface(mut self, words: &[&str]) -> Self {
        self.message = join(&[&join(words), &self.message]);
        self
    }

    /// Says which task it is about.
    #[must_use]
    pub(super) fn about(mut self, task_id: &str) -> Self {
        self.details.set_text("taskId", task_id);
        self
    }

    /// Says how to go on waiting.
    #[must_use]
    pub(super) fn with_state(self, state: &PollState, task: Option<&Json>) -> Self {
        self.with_states(std::slice::from_ref(state), task)
    }

    /// Says how to go on waiting for all tasks of a submit.
    #[must_use]
    pub(super) fn with_states(mut self, states: &[PollState], task: Option<&Json>) -> Self {
        self.details.merge(known(states));
        if let Some(task) = task {
            self.details.set("task", task.clone());
        }
        self
    }

    /// The error as the package's TypeScript makes a class of it.
    #[must_use]
    pub fn into_json(self) -> Json {
        let mut parts = *self.0;
        parts.details.set("code", parts.code.word());
        parts.details.set("message", parts.message.as_str());
        parts.details.set("retryable", parts.retryable);
        parts.details.set_number("retryAfterMs", parts.retry_after_ms);
        parts.details.into()
    }
}
