//! What an answer means. Every row of the API's tables of codes and errors is decided here.

use super::submit::submitted;
use super::{Answer, Code, Error, Method, Output, Response};
use crate::api::{retry_after_ms, ErrorBody, Json, Submission, Task};
use crate::text::join;

/// What an answer means.
pub(super) enum Verdict {
    /// A task as it is now, and how long the server asks to be left alone, ms; NaN where it does not.
    Task(Task, f64),
    /// Tasks, as they came.
    List(Json),
    /// A submit made a task, or the task asks for more, or was there already.
    Accepted(Output),
    /// A plain refusal of a submit for now, a passing fault of a read: it may be sent again.
    Again(Error),
    /// No such task; right after its submit that can pass.
    NotFound(Error),
    /// A button of a task that the gateway does not know to be finished yet: worth one more try after a while.
    TooEarly(Error),
    /// Over: sending it again is of no use, or could be paid twice.
    Ended(Error),
}

/// An answer that came, and what can be read of it.
struct Reading<'a> {
    response: &'a Response,
    /// Null where it is no JSON.
    json: Json,
    body: ErrorBody,
    /// How long the server asks to be left alone; NaN where it does not.
    retry_after_ms: f64,
}

/// What became of a submit about a task (none for a new picture): pressing its button, or answering its modal.
pub(super) fn of_submit(answer: &Answer, method: Method, about: &str, now: f64) -> Verdict {
    use Verdict::{Accepted, Again, Ended};
    let what = join(&if about.is_empty() { ["The submit", ""] } else { ["The submit for task ", about] });
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(error) if error.code == Code::InvalidArgument => return Ended(error),
        Err(error) if is_unsent(answer) => return Again(later(error.preface(&[&what, " failed: "]))),
        Err(error) => return Ended(uncertain(error, &what)),
    };
    let Reading { response, json, body, .. } = &*reading;
    let mut submission = Submission::read(json);
    let mut modal = "";
    if method == Method::SubmitModal {
        modal = about;
        // It may be the same task that goes on, and that its answer does not name.
        if submission.result.is_empty() {
            submission.result.push_str(about);
        }
    }
    let code = submission.code;
    let failed = || reading.failure().preface(&[&what, " failed: "]);
    let refused = || reading.rejection(code).preface(&[&what, " was refused, no task was made: "]);
    let uncertain = || uncertain(reading.failure(), &what);
    match (response.status, code) {
        (200..=299, 1 | 21 | 22) if !submission.result.is_empty() => {
            Accepted(submitted(submission, json, body, response, modal))
        }
        // It says yes, but not which task it made, or with a status that says no.
        (_, 1 | 21 | 22) => Ended(uncertain()),
        (429, _) => Again(later(failed())),
        (503, _) if reading.has_token("model_not_found") => Again(later(failed())),
        // Of a redirect, a wrong key, a wrong route, too large a body nothing that makes tasks has heard.
        (0 | 300..=399 | 401 | 403 | 405 | 413, _) | (404, 0) => Ended(failed()),
        // In the last of these the gateway could not reach or read its upstream.
        (408 | 500.., _) | (200..=299, 0) | (_, 5) => Ended(uncertain()),
        (_, 23 | 30) => Again(later(refused())),
        // An envelope with a 4xx is a refusal, too, though without a code.
        (_, 0) if body.message.is_empty() => Ended(uncertain()),
        _ if Json::matches(&body.message, "^task_status_not_success") => Verdict::TooEarly(refused()),
        _ => Ended(refused()),
    }
}

/// A task, or why there is none.
pub(super) fn of_fetch(answer: &Answer, task_id: &str, now: f64) -> Verdict {
    use Verdict::{Again, Ended, NotFound};
    const NO_TASK: &str = "this key has no such task. Check the id and the key";
    let failed = |error: Error| error.preface(&["Asking for task ", task_id, " failed: "]);
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(error) if error.code == Code::InvalidArgument => return Ended(error),
        Err(error) => return Again(later(failed(error))),
    };
    let Reading { response, json, body, .. } = &*reading;
    let is_ok = matches!(response.status, 200..=299);
    match Task::read(json, task_id) {
        Some(task) if is_ok && task.id == task_id => return Verdict::Task(task, reading.retry_after_ms),
        _ => {}
    }
    let names_no_task = Json::matches(&body.message, "task_not?_found");
    let is_unknown = match response.status {
        404 => !reading.is_html(),
        // On this route the relay has no other parameter error than an unknown id.
        400 => body.code == 4.0 || names_no_task,
        // The shapes in which some upstreams say that they have no such task.
        _ if is_ok => names_no_task || Json::matches(&response.body, r"^\s*(null|\{\}|\[\])?\s*$"),
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
        Err(error) if error.code == Code::InvalidArgument => return Verdict::Ended(error),
        Err(error) => return Verdict::Again(later(failed(error))),
    };
    let is_ok = matches!(reading.response.status, 200..=299);
    if is_ok && (reading.json.items() > 0 || Json::matches(&reading.response.body, r"^\s*(\[\s*\]|null)?\s*$")) {
        return Verdict::List(reading.json);
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

/// Whether the runtime says that nothing was sent.
fn is_unsent(answer: &Answer) -> bool {
    matches!(answer, Answer::Dropped(dropped) if dropped.has("unsent"))
}

/// What may pass.
fn later(mut error: Error) -> Error {
    error.say(&[" Try again later."]);
    error
}

fn read(answer: &Answer, now: f64) -> Result<Box<Reading<'_>>, Error> {
    match answer {
        Answer::Response(response) => {
            let json = Json::parse_exact(&response.body).unwrap_or_else(Json::null);
            let body = ErrorBody::read(&json);
            let retry_after_ms = retry_after_ms(&response.headers, now);
            Ok(Box::new(Reading { response, json, body, retry_after_ms }))
        }
        Answer::NotSent(error) => Err(error.clone()),
        Answer::Said(_) | Answer::TimedOut => {
            Err(Error::new(Code::RequestTimeout, &["no answer came within timeoutMs."]))
        }
        Answer::Dropped(dropped) => {
            let said = dropped.text("message");
            let colon = if said.is_empty() { "" } else { ": " };
            let mut error = Error::new(Code::Connection, &["there was no connection", colon, &said, "."]);
            if is_unsent(answer) {
                let host = dropped.text("host");
                let to = if host.is_empty() { "" } else { " to " };
                error.say(&[" Nothing was sent", to, &host, " (", &dropped.text("unsent"), "). Check the network."]);
            } else {
                error.say(&[" Check the network and, in a page, CORS."]);
            }
            let thrown = dropped.at("thrown");
            if !thrown.is_null() {
                error.details.set("thrown", thrown);
            }
            Err(error)
        }
    }
}

impl Reading<'_> {
    fn has_token(&self, token: &str) -> bool {
        self.json.at("error").text("code") == token
    }

    fn is_html(&self) -> bool {
        Json::matches(&self.response.body, r"^\s*<")
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
    fn rejection(&self, code: u8) -> Error {
        let sentence = match code {
            3 => "there is no such task, or no provider is free. Check taskId, or try again later",
            0 | 4 => {
                "a parameter is wrong, or the task is not ready for it. Take customId from the buttons of fetchTask()"
            }
            23 | 30 => "too busy",
            24 => "the prompt has a banned word. Change the prompt",
            _ => "see description",
        };
        let mut error = self.error(Code::SubmitRejected, sentence);
        error.retryable = matches!(code, 23 | 30);
        error.details.set_number("submitCode", self.body.code);
        error.details.set("description", self.body.message.as_str());
        error
    }
}

/// A submit of which nobody can say whether it was accepted. Sent again, it could be paid twice.
fn uncertain(cause: Error, what: &str) -> Error {
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
    error.details.set("cause", cause.into_json());
    error
}
