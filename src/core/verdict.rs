//! What an answer means. Every row of the API's tables of codes and errors is decided here.

use super::refusal::{sentence_of, Refusal};
use super::submit::{states, submitted};
use super::{Answer, Code, Error, Method, Output, PollState, Response};
use crate::api::{named_tasks, retry_after_ms, ErrorBody, Json, Row, Rows, Submission, Task};
use crate::text::{has, join};

/// What an answer means.
pub(super) enum Verdict {
    /// A task as it is now, and how long the server asks to be left alone, ms; NaN where it does not.
    Task(Row, f64),
    /// The tasks of a list, and the same.
    List(Rows, f64),
    /// A submit made a task, or the task asks for more, or was there already.
    Accepted(Output),
    /// A plain refusal of a submit for now, a passing fault of a read: it may be sent again.
    Again(Error),
    /// No such task. That passes where the task is known.
    NotFound(Error),
    /// A button of a task that the gateway does not know to be finished yet: worth another try after a while.
    TooEarly(Error),
    /// Over: sending it again is of no use, or could be paid twice.
    Ended(Error),
}

impl Verdict {
    /// Why the API does not list tasks, where an answer to a list says that: each is fetched then.
    pub(super) fn no_list(&self) -> Option<&Error> {
        match self {
            Self::Ended(error) if error.code != Code::Authentication && !error.is_callers() => Some(error),
            _ => None,
        }
    }
}

/// An answer that came, and what can be read of it.
pub(super) struct Reading<'a> {
    pub(super) response: &'a Response,
    /// Null where it is no JSON.
    pub(super) json: Json,
    pub(super) body: ErrorBody,
    /// How long the server asks to be left alone; NaN where it does not.
    retry_after_ms: f64,
}

/// Why there is nothing to be read.
enum Silence {
    /// The request has not left.
    NotSent(Error),
    /// The same; the caller's own mistake, or failure.
    Caller(Error),
    /// It may have arrived.
    Unknown(Error),
}

/// What became of a submit about a task (none for a new picture): pressing its button, or answering its modal.
pub(super) fn of_submit(answer: &Answer, method: Method, about: &str, now: f64) -> Verdict {
    use Verdict::{Accepted, Again, Ended, TooEarly};
    let what = join(&if about.is_empty() { ["The submit", ""] } else { ["The submit for task ", about] });
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(Silence::Caller(error)) => return Ended(error),
        Err(Silence::NotSent(error)) => return Again(later(error.preface(&[&what, " was not sent: "]))),
        Err(Silence::Unknown(error)) => return Ended(uncertain(error, &what, Vec::new(), now)),
    };
    let modal = if method == Method::SubmitModal { about } else { "" };
    // It may be the same task that goes on after its modal, and that the answer does not name.
    let named = named_tasks(&reading.json, &reading.response.body);
    let is_unnamed = named.task_ids.iter().all(|id| id == modal);
    let own = if is_unnamed { modal } else { "" };
    let submission = Submission::read(&reading.json).map(|submission| submission.or_of(own));
    match submission {
        Some(submission) if submission.accepts() && reading.is_ok() && !submission.task_ids.is_empty() => {
            return Accepted(submitted(submission, reading.response, modal));
        }
        _ => {}
    }
    let code = submission.as_ref().map_or(f64::NAN, |submission| submission.code);
    let failed = || reading.failure().preface(&[&what, " failed: "]);
    let rejected = || reading.rejection(code).preface(&[&what, " was refused, no task was made: "]);
    match Refusal::of(&reading, submission.as_ref(), &named) {
        Some(Refusal::Busy) if matches!(reading.response.status, 429 | 503) => Again(later(failed())),
        Some(Refusal::Busy) => Again(later(rejected())),
        Some(Refusal::TooEarly) => TooEarly(rejected()),
        Some(Refusal::Rejected) => Ended(rejected()),
        Some(Refusal::NotHeard) => Ended(failed()),
        None => Ended(uncertain(reading.failure(), &what, named.task_ids, now)),
    }
}

/// Whether a key was refused that is worth asking for once more: of a submit, where nothing that makes tasks heard it.
pub(super) fn refuses_key(answer: &Answer, method: Method) -> bool {
    let Answer::Response(response) = answer else { return false };
    if response.status != 401 {
        return false;
    }
    let is_read = matches!(method, Method::FetchTask | Method::ListTasks);
    is_read
        || read(answer, 0.0).is_ok_and(|reading| {
            let named = named_tasks(&reading.json, &reading.response.body);
            Refusal::of(&reading, None, &named).is_some()
        })
}

/// A task as it is now, or why it can't be told.
pub(super) fn of_fetch(answer: &Answer, task_id: &str, now: f64) -> Verdict {
    use Verdict::{Again, Ended, NotFound};
    const NO_TASK: &str = "this key has no such task. Check the id and the key";
    let failed = |error: Error| error.preface(&["Asking for task ", task_id, " failed: "]);
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(Silence::Caller(error)) => return Ended(error),
        Err(Silence::NotSent(error) | Silence::Unknown(error)) => return Again(later(failed(error))),
    };
    let Reading { response, json, body, .. } = &*reading;
    let is_ok = reading.is_ok();
    match Task::read(json, task_id) {
        Some(task) if is_ok && task.id == task_id => return Verdict::Task(Row::single(task), reading.retry_after_ms),
        _ => {}
    }
    let names_no_task = has(&body.message, "task_not_found") || has(&body.message, "task_no_found");
    let is_unknown = match response.status {
        404 => !reading.is_html(),
        // On this route the relay has no other parameter error than an unknown id.
        400 => body.code == 4.0 || names_no_task,
        // The shapes in which some upstreams say that they have no such task.
        _ if is_ok => names_no_task || matches!(response.body.trim(), "" | "null" | "{}" | "[]"),
        _ => false,
    };
    if is_unknown {
        return NotFound(failed(reading.error(Code::TaskNotFound, NO_TASK)));
    }
    let is_passing = match response.status {
        _ if is_ok => true,
        400 => body.code == 5.0,
        500 => !reading.has_token("invalid_request"),
        status => matches!(status, 408 | 429 | 501..),
    };
    let mut error = failed(reading.failure());
    if is_passing {
        return Again(later(error));
    }
    error.retryable = false;
    Ended(error)
}

/// Several tasks, or why there are none. A web page, and whatever is no list, is no passing fault here: such a gateway
/// has no such route.
pub(super) fn of_list(answer: &Answer, now: f64) -> Verdict {
    let failed = |error: Error| error.preface(&["Asking for tasks failed: "]);
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(Silence::Caller(error)) => return Verdict::Ended(error),
        Err(Silence::NotSent(error) | Silence::Unknown(error)) => return Verdict::Again(later(failed(error))),
    };
    let is_ok = reading.is_ok();
    if is_ok && (reading.json.items() > 0 || is_empty_list(&reading.response.body)) {
        return Verdict::List(Rows::read(&reading.json), reading.retry_after_ms);
    }
    let mut error = failed(reading.failure());
    // Broken text passes, and so does a gateway that could not reach its upstream.
    if is_ok && reading.json.is_null() && !reading.is_html()
        || matches!(reading.response.status, 408 | 429 | 500..)
        || reading.body.code == 5.0
    {
        return Verdict::Again(later(error));
    }
    error.retryable = false;
    Verdict::Ended(error)
}

fn is_empty_list(body: &str) -> bool {
    let body = body.trim();
    let inside = body.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    matches!(body, "" | "null") || inside.is_some_and(|inside| inside.trim().is_empty())
}

/// What is not found of a task that a list left out.
pub(super) fn left_out(task_id: &str) -> Error {
    Error::new(Code::TaskNotFound, &["Asking for task ", task_id, " failed: the API's list leaves it out."])
}

/// What may pass.
fn later(mut error: Error) -> Error {
    error.say(&[" Try again later."]);
    error
}

fn read(answer: &Answer, now: f64) -> Result<Box<Reading<'_>>, Silence> {
    match answer {
        Answer::Response(response) => {
            let json = Json::parse(&response.body).unwrap_or_else(Json::null);
            let body = ErrorBody::read(&json);
            let retry_after_ms = retry_after_ms(&response.headers, now);
            Ok(Box::new(Reading { response, json, body, retry_after_ms }))
        }
        Answer::NotSent(error) => Err(Silence::Caller(error.clone())),
        Answer::NoKey(thrown) => {
            let said = thrown.text("message");
            let colon = if said.is_empty() { "" } else { ": " };
            let message = ["The function apiKey failed, and the request was not sent", colon, said, ". Mend it."];
            Err(Silence::Caller(thrown_by(Code::Connection, &message, thrown)))
        }
        Answer::Said(_) | Answer::TimedOut => {
            Err(Silence::Unknown(Error::new(Code::RequestTimeout, &["no answer came within timeoutMs."])))
        }
        Answer::Dropped(dropped) => {
            let said = dropped.text("message");
            let unsent = dropped.text("unsent");
            if !unsent.is_empty() {
                let host = dropped.text("host");
                let at = if host.is_empty() { "" } else { " at " };
                let message = ["there is no connection (", unsent, at, host, "). Check the network."];
                return Err(Silence::NotSent(thrown_by(Code::Connection, &message, dropped.at("thrown"))));
            }
            let colon = if said.is_empty() { "" } else { ": " };
            let message = ["there was no connection", colon, said, ". Check the network and, in a page, CORS."];
            Err(Silence::Unknown(thrown_by(Code::Connection, &message, dropped.at("thrown"))))
        }
    }
}

fn thrown_by(code: Code, message: &[&str], thrown: &Json) -> Error {
    let mut error = Error::new(code, message);
    error.details.set("thrown", thrown.clone());
    error
}

impl Reading<'_> {
    pub(super) fn is_ok(&self) -> bool {
        matches!(self.response.status, 200..=299)
    }

    pub(super) fn has_token(&self, token: &str) -> bool {
        self.json.at("error").text("code") == token
    }

    pub(super) fn is_html(&self) -> bool {
        self.response.body.trim_start().starts_with('<')
    }

    fn error(&self, code: Code, sentence: &str) -> Error {
        let mut error = Error::of_response(code, sentence, self.response, &self.body);
        error.retry_after_ms = self.retry_after_ms;
        error
    }

    /// An answer that is neither a task nor the answer to a submit.
    fn failure(&self) -> Error {
        use Code::{Authentication, PermissionDenied, RateLimit, Server, UnexpectedResponse};
        let (code, sentence) = match self.response.status {
            401 => (Authentication, "the API key is missing, wrong or used up. Check apiKey or COMETAPI_KEY"),
            403 => (PermissionDenied, "the API key may not do this. Check its rights, its models and its IP list"),
            429 => (RateLimit, "too many requests"),
            0 | 300..=399 => (
                UnexpectedResponse,
                "the server redirects, and the key is not sent on. Check baseURL (https://api.cometapi.com, no /v1)",
            ),
            408 | 500.. => (Server, "the server is in trouble"),
            // Of the relay: it could not reach or read its upstream.
            _ if self.body.code == 5.0 => (Server, "the server is in trouble"),
            _ if self.is_html() => {
                (UnexpectedResponse, "the answer is a web page. Check baseURL (https://api.cometapi.com, no /v1)")
            }
            _ => (UnexpectedResponse, "the answer can't be read, or is not the one that was asked for. Check baseURL"),
        };
        let mut error = self.error(code, sentence);
        if code == RateLimit {
            error.details.set_number("submitCode", self.body.code);
        }
        error
    }

    /// The API says no to a submit.
    fn rejection(&self, code: f64) -> Error {
        let mut error = self.error(Code::SubmitRejected, sentence_of(code, &self.body.message));
        error.retryable = code == 23.0 || code == 30.0;
        error.details.set_number("submitCode", code);
        error.details.set("description", self.body.message.as_str());
        error
    }
}

/// A submit of which nobody can say whether it was accepted. Sent again, it could be paid twice. Where the answer holds
/// ids, the tasks can be waited for.
fn uncertain(cause: Error, what: &str, task_ids: Vec<String>, now: f64) -> Error {
    let mut error = Error::new(
        Code::SubmitUncertain,
        &[
            what,
            " may have been accepted, and paid: no clear answer came. It was not sent again. Look at your tasks or your \
             balance first. Behind it: ",
            &cause.message,
        ],
    );
    error.details = cause.details.clone();
    error.details.set("maybeAccepted", true);
    if !task_ids.is_empty() {
        error.details.set("taskIds", Json::texts(&task_ids));
        error.details.set("state", PollState::all_to_json(&states(&task_ids, now)));
    }
    error.details.set("cause", cause.into_json());
    error
}
