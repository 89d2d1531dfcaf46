//! What an answer means. Every row of the API's tables of codes and errors is decided here.

use super::submit::submitted;
use super::{Answer, Code, Error, Output, Response};
use crate::api::{find, quote_long_integers, retry_after_ms, ErrorBody, Field, Json, Submission, Task};

/// What the answer to a submit means.
pub(super) enum SubmitVerdict {
    /// A task was made, or asks for more, or was there already.
    Accepted(Output),
    /// Plainly refused for now: it may be sent again.
    Busy(Error),
    /// Over: sending it again is of no use, or could be paid twice.
    Ended(Error),
}

/// What the answer to a read means.
pub(super) enum ReadVerdict {
    /// The task.
    Task(Task),
    /// No such task; right after its submit that can pass.
    NotFound(Error),
    /// It may pass: ask again.
    Passing(Error),
    /// Asking again is of no use.
    Fatal(Error),
}

/// What became of a submit.
pub(super) fn of_submit(answer: Answer, now: f64) -> SubmitVerdict {
    use SubmitVerdict::{Accepted, Busy, Ended};
    let response = match answer {
        Answer::Response(response) => response,
        Answer::NotSent(error) => return Ended(error),
        lost => return Ended(uncertain(no_answer(lost))),
    };
    let json = parse(&response.body);
    let body = json.as_ref().map(ErrorBody::read).unwrap_or_default();
    let has_no_channel = is_token(&body, "model_not_found");
    let submission = json.as_ref().and_then(Submission::read);
    let (status, code) = (response.status, submission.as_ref().map(|s| s.code as u8));
    match (status, code, submission) {
        (200..=299, Some(1 | 21 | 22), Some(mut submission)) => match submission.result.take() {
            Some(task_id) => Accepted(submitted(submission, task_id, &response)),
            None => Ended(uncertain(failure(&response, body, now))),
        },
        (429, ..) => Busy(failure(&response, body, now)),
        (503, ..) if has_no_channel => Busy(failure(&response, body, now)),
        // Of a redirect, a wrong key, a wrong route, too large a body nothing that makes tasks has heard.
        (0 | 300..=399 | 401 | 403 | 404 | 405 | 413, ..) => Ended(failure(&response, body, now)),
        (500.., ..) => Ended(uncertain(failure(&response, body, now))),
        (_, Some(23 | 30), _) => Busy(rejected(&response, body, true)),
        (_, Some(5), _) => Ended(uncertain(rejected(&response, body, false))),
        (_, Some(_), _) => Ended(rejected(&response, body, false)),
        // An envelope with a 4xx is a refusal, too, though without a code.
        (400.., None, _) if !body.message.is_empty() => Ended(rejected(&response, body, false)),
        _ => Ended(uncertain(failure(&response, body, now))),
    }
}

/// A task, or why there is none.
pub(super) fn of_fetch(answer: Answer, task_id: &str, now: f64) -> ReadVerdict {
    use ReadVerdict::{Fatal, NotFound, Passing};
    let response = match answer {
        Answer::Response(response) => response,
        Answer::NotSent(error) => return Fatal(error),
        lost => return Passing(no_answer(lost)),
    };
    let json = parse(&response.body);
    let body = json.as_ref().map(ErrorBody::read).unwrap_or_default();
    let names_no_task = || ["task_no_found", "task_not_found"].iter().any(|token| find(&body.message, token).is_some());
    let is_unknown = match response.status {
        404 => true,
        // On this route the relay has no other parameter error than an unknown id.
        400 => body.code == Some(4.0) || names_no_task(),
        // The shapes in which some upstreams say that they have no such task.
        200..=299 => matches!(response.body.trim_ascii(), "" | "null" | "{}" | "[]") || names_no_task(),
        _ => false,
    };
    if is_unknown {
        let sentence =
            ["Task ", task_id, " is not known to this key. Check the id, and whose key it was submitted with"];
        return NotFound(Error::of_response(Code::TaskNotFound, &sentence, &response, body));
    }
    let is_passing = match response.status {
        200..=299 => match json.and_then(|json| Task::read(&json, task_id)) {
            Some(task) if task.id == task_id => return ReadVerdict::Task(task),
            _ => true,
        },
        // Code 5: the relay could not reach its upstream.
        400 => body.code == Some(5.0),
        500 => !is_token(&body, "invalid_request"),
        status => matches!(status, 408 | 429 | 501..),
    };
    let mut error = failure(&response, body, now);
    if is_passing {
        return Passing(error);
    }
    error.retryable = false;
    Fatal(error)
}

fn parse(text: &str) -> Option<Json> {
    Json::parse(&quote_long_integers(text))
}

fn is_token(body: &ErrorBody, token: &str) -> bool {
    body.token.as_deref() == Some(token)
}

/// An answer that is neither a task nor the answer to a submit.
fn failure(response: &Response, body: ErrorBody, now: f64) -> Error {
    let is_html = response.body.trim_ascii_start().starts_with('<');
    let (code, sentence) = match response.status {
        401 => (Code::Authentication, "The API key is missing, wrong or used up. Check apiKey or COMETAPI_KEY"),
        403 => (Code::PermissionDenied, "The API key may not do this. Check its rights, its models and its IP list"),
        429 => (Code::RateLimit, "Too many requests; nothing was done. Try again later"),
        0 | 300..=399 => (
            Code::UnexpectedResponse,
            "The server redirects elsewhere, where the key is not sent. Check baseURL (https://api.cometapi.com, \
             without /v1)",
        ),
        408 | 500.. => (Code::Server, "The server is in trouble. Try again later"),
        _ if is_html => (
            Code::UnexpectedResponse,
            "The answer is a web page. Check baseURL (https://api.cometapi.com, without /v1)",
        ),
        _ => (Code::UnexpectedResponse, "The answer is not the one that was asked for, or can't be read"),
    };
    let mut error = Error::of_response(code, &[sentence], response, body);
    if code == Code::RateLimit {
        error.retry_after_ms = retry_after_ms(&response.headers, now);
    }
    error
}

/// The connection broke, or the time is up.
fn no_answer(answer: Answer) -> Error {
    let Answer::Dropped(thrown) = answer else {
        return Error::new(Code::RequestTimeout, &["No answer came in time (timeoutMs)."]);
    };
    let said = thrown.text("message").unwrap_or_default();
    let message = ["The connection failed, or the page may not read the answer (CORS): ", &said];
    let mut error = Error::new(Code::Connection, &message);
    error.details.set("thrown", Field::Json(thrown));
    error
}

/// The API says no to a submit.
fn rejected(response: &Response, body: ErrorBody, is_busy: bool) -> Error {
    let sentence = match body.code.map(|code| code as u8) {
        Some(3) => "no such task, or no provider is free",
        Some(4) | None => "a parameter is wrong, or the task is not in a state for it",
        Some(5) => "the gateway could not reach its upstream",
        Some(23 | 30) => "too busy, try again later",
        Some(24) => "the prompt has a banned word",
        _ => "see description",
    };
    let description = body.message.clone();
    let sentence = ["The submit was refused, no task was made: ", sentence];
    let mut error = Error::of_response(Code::SubmitRejected, &sentence, response, body);
    error.retryable = is_busy;
    error.details.set_text("description", description);
    error
}

/// A submit of which nobody can say whether it was accepted. Sent again, it could be paid twice.
fn uncertain(mut cause: Error) -> Error {
    let sentence =
        "The submit may have been accepted, and paid: no clear answer came, so it was not sent again. Look at \
                    your tasks or your balance before you submit it again. ";
    let mut error = Error::new(Code::SubmitUncertain, &[sentence, &cause.message]);
    std::mem::swap(&mut error.details, &mut cause.details);
    error.details.set("maybeAccepted", Field::Flag(true));
    error.cause = Some(Box::new(cause));
    error
}
