//! What an answer means. Every row of the API's tables of codes and errors is decided here.

use super::{Answer, Code, Error, Response, Submitted};
use crate::api::{find, quote_long_integers, retry_after_ms, ErrorBody, Field, Json, Submission, Task};

/// What the answer to a submit means.
pub(super) enum SubmitVerdict {
    /// A task was made, or asks for more, or was there already.
    Accepted(Submitted),
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
pub(super) fn of_submit(answer: Answer, now: u64) -> SubmitVerdict {
    use SubmitVerdict::{Accepted, Busy, Ended};
    let response = match answer {
        Answer::Response(response) => response,
        Answer::NotSent(error) => return Ended(error),
        Answer::Dropped(thrown) => return Ended(uncertain(dropped(thrown))),
        Answer::TimedOut => return Ended(uncertain(timed_out())),
    };
    let json = parse(&response.body);
    let body = json.as_ref().map(ErrorBody::read).unwrap_or_default();
    let is_refused_for_now = body.token.as_deref() == Some("model_not_found");
    match response.status {
        401 | 403 => return Ended(denied(&response, &body)),
        429 => return Busy(rate_limited(&response, &body, now)),
        0 | 300..=399 => return Ended(redirected(&response)),
        503 if is_refused_for_now => return Busy(server(&response, &body)),
        500.. => return Ended(uncertain(server(&response, &body))),
        _ => {}
    }
    let Some(mut submission) = json.as_ref().and_then(Submission::read) else {
        return Ended(match response.status {
            // A plain "no such route", "too large": nothing that makes tasks has seen it.
            404 | 405 | 413 => unexpected(&response, &body),
            // An envelope with a 4xx is a refusal, too, though without a code.
            400.. if !body.message.is_empty() => rejected(&response, &body, None),
            _ => uncertain(unexpected(&response, &body)),
        });
    };
    match (submission.code, submission.result.take()) {
        (1 | 21 | 22, Some(task_id)) if response.status < 300 => {
            Accepted(Submitted::new(submission, task_id, response.request_id))
        }
        (1 | 21 | 22, _) => Ended(uncertain(unexpected(&response, &body))),
        (23 | 30, _) => Busy(rejected(&response, &body, Some(submission.code))),
        (5, _) => Ended(uncertain(rejected(&response, &body, Some(submission.code)))),
        _ => Ended(rejected(&response, &body, Some(submission.code))),
    }
}

/// A task, or why there is none.
pub(super) fn of_fetch(answer: Answer, task_id: &str, now: u64) -> ReadVerdict {
    use ReadVerdict::{Fatal, NotFound, Passing};
    let response = match answer {
        Answer::Response(response) => response,
        Answer::NotSent(error) => return Fatal(error),
        Answer::Dropped(thrown) => return Passing(dropped(thrown)),
        Answer::TimedOut => return Passing(timed_out()),
    };
    let json = parse(&response.body);
    let body = json.as_ref().map(ErrorBody::read).unwrap_or_default();
    let is_unknown = match response.status {
        404 => true,
        // On this route the relay has no other parameter error than an unknown id; 5 is that it could not look.
        400 => body.code == Some(4) || names_no_task(&body),
        // The shapes in which some upstreams say that they have no such task.
        200..=299 => matches!(response.body.trim_ascii(), "" | "null" | "{}" | "[]") || names_no_task(&body),
        _ => false,
    };
    if is_unknown {
        let sentence = [
            "Task ",
            task_id,
            " is not known to this key. Check the id, and that the key is of the account that submitted it",
        ];
        return NotFound(Error::of_response(Code::TaskNotFound, &sentence, &response, &body));
    }
    match response.status {
        401 | 403 => Fatal(denied(&response, &body)),
        429 => Passing(rate_limited(&response, &body, now)),
        0 | 300..=399 => Fatal(redirected(&response)),
        500 if body.token.as_deref() == Some("invalid_request") => {
            let mut error = server(&response, &body);
            error.retryable = false;
            Fatal(error)
        }
        408 | 500.. => Passing(server(&response, &body)),
        400 if body.code == Some(5) => Passing(server(&response, &body)),
        400.. => Fatal(unexpected(&response, &body)),
        _ => match json.and_then(|json| Task::read(&json, task_id)) {
            Some(task) if task.id == task_id => ReadVerdict::Task(task),
            Some(task) => {
                let sentence = ["Asked for task ", task_id, ", the answer is about task ", &task.id];
                Passing(Error::of_response(Code::UnexpectedResponse, &sentence, &response, &body))
            }
            None => Passing(unexpected(&response, &body)),
        },
    }
}

fn parse(text: &str) -> Option<Json> {
    Json::parse(&quote_long_integers(text))
}

fn names_no_task(body: &ErrorBody) -> bool {
    ["task_no_found", "task_not_found"].iter().any(|token| find(&body.message, token).is_some())
}

fn unexpected(response: &Response, body: &ErrorBody) -> Error {
    let sentence = if response.body.trim_ascii_start().starts_with('<') {
        "The answer is a web page. Check baseURL (https://api.cometapi.com, without /v1), or the gateway is in trouble"
    } else {
        "The answer can't be read as one of the API's"
    };
    Error::of_response(Code::UnexpectedResponse, &[sentence], response, body)
}

fn redirected(response: &Response) -> Error {
    let sentence =
        "The server redirects elsewhere, where the key is not sent. Check baseURL (https://api.cometapi.com, \
                    without /v1)";
    Error::of_response(Code::UnexpectedResponse, &[sentence], response, &ErrorBody::default())
}

fn denied(response: &Response, body: &ErrorBody) -> Error {
    let (code, sentence) = match response.status {
        401 => (Code::Authentication, "The API key is missing, wrong or used up. Check apiKey or COMETAPI_KEY"),
        _ => (Code::PermissionDenied, "The API key may not do this. Check its rights, its models and its IP list"),
    };
    Error::of_response(code, &[sentence], response, body)
}

fn rate_limited(response: &Response, body: &ErrorBody, now: u64) -> Error {
    let sentence = "Too many requests; nothing was done. Try again later";
    let mut error = Error::of_response(Code::RateLimit, &[sentence], response, body);
    error.retry_after_ms = retry_after_ms(response.retry_after_ms.as_deref(), response.retry_after.as_deref(), now);
    if let Some(code) = body.code {
        error.details.set("submitCode", Field::Number(Some(code.into())));
    }
    error
}

fn server(response: &Response, body: &ErrorBody) -> Error {
    Error::of_response(Code::Server, &["The server is in trouble. Try again later"], response, body)
}

fn dropped(thrown: Json) -> Error {
    let mut error =
        Error::new(Code::Connection, &["The connection failed, or the page may not read the answer (CORS)"]);
    if let Some(said) = thrown.text("message") {
        error.say(&[": ", &said]);
    }
    error.say(&["."]);
    error.details.set("thrown", Field::Json(thrown));
    error
}

fn timed_out() -> Error {
    Error::new(Code::RequestTimeout, &["No answer came in time (timeoutMs)."])
}

fn rejected(response: &Response, body: &ErrorBody, code: Option<i32>) -> Error {
    let sentence = match code {
        Some(3) => "no such task, or no provider is free",
        Some(4) | None => "a parameter is wrong, or the task is not in a state for it",
        Some(5) => "the gateway could not reach its upstream",
        Some(23 | 30) => "too busy. Try again later",
        Some(24) => "the prompt has a banned word",
        Some(_) => "see description",
    };
    let sentence = ["The submit was refused; no task was made: ", sentence];
    let mut error = Error::of_response(Code::SubmitRejected, &sentence, response, body);
    error.retryable = matches!(code, Some(23 | 30));
    if let Some(code) = code {
        error.details.set("submitCode", Field::Number(Some(code.into())));
    }
    error.details.set_text("description", body.message.as_str());
    error
}

/// A submit of which nobody can say whether it was accepted. Sent again, it could be paid twice.
fn uncertain(cause: Error) -> Error {
    let mut error = Error::new(
        Code::SubmitUncertain,
        &["The submit may have been accepted, and paid: no clear answer came, so it was not sent again. Look at your \
           tasks or your balance before you submit it again. ", &cause.message],
    );
    error.details = cause.details.clone();
    error.details.set("maybeAccepted", Field::Flag(true));
    error.cause = Some(Box::new(cause));
    error
}
