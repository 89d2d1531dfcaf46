//! What an answer means. Every row of the API's tables of codes and errors is decided here.

use super::{digits, Answer, Code, Error, Response, SubmitResult};
use crate::api::{quote_long_integers, retry_after_ms, ErrorBody, Json, Submission, Task};

const HTML: &str = "The answer is a web page, not the API's. Check baseURL: the Midjourney routes are under \
                    https://api.cometapi.com/mj, without /v1; or the gateway is in trouble";

/// What the answer to a submit means.
pub(super) enum SubmitVerdict {
    /// A task was made, or asks for more, or was there already.
    Accepted(SubmitResult),
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
        Answer::Dropped(thrown) => return Ended(uncertain(dropped(thrown))),
        Answer::TimedOut => return Ended(uncertain(timed_out())),
        Answer::NotSent(error) => return Ended(error),
    };
    let json = parse(&response.body);
    let body = json.as_ref().map(ErrorBody::read).unwrap_or_default();
    match response.status {
        401 | 403 => return Ended(denied(&response, &body)),
        429 => return Busy(rate_limited(&response, &body, now)),
        503 if body.token.as_deref() == Some("model_not_found") => {
            return Busy(Error::of_response(
                Code::Server,
                "No provider for this model is free: nothing was accepted. Try again later",
                &response,
                &body,
            ))
        }
        0 | 300..=399 => return Ended(redirected(&response)),
        500.. => return Ended(uncertain(server(&response, &body))),
        _ => {}
    }
    let submission = json.as_ref().and_then(Submission::read);
    match submission {
        Some(submission) => match submission.code {
            1 | 21 | 22 if response.status < 300 => match submission.result.clone() {
                Some(task_id) => Accepted(SubmitResult::new(submission, task_id, response.request_id)),
                None => Ended(uncertain(Error::of_response(
                    Code::UnexpectedResponse,
                    "The submit was accepted, but the answer names no task",
                    &response,
                    &body,
                ))),
            },
            23 | 30 => Busy(rejected(&response, &body, submission)),
            5 => Ended(uncertain(rejected(&response, &body, submission))),
            _ => Ended(rejected(&response, &body, submission)),
        },
        // A plain "no such route", "too large": nothing that makes tasks has seen it.
        None if matches!(response.status, 404 | 405 | 413) => Ended(unexpected(&response, &body)),
        // An envelope with a 4xx is a refusal, too, though without a code.
        None if response.status >= 400 && !body.message.is_empty() => Ended(Error {
            description: Some(body.message.clone()),
            ..Error::of_response(
                Code::SubmitRejected,
                "The submit was refused; no task was made",
                &response,
                &body,
            )
        }),
        None => Ended(uncertain(unexpected(&response, &body))),
    }
}

/// A task, or why there is none.
pub(super) fn of_fetch(answer: Answer, task_id: &str, now: u64) -> ReadVerdict {
    use ReadVerdict::{Fatal, NotFound, Passing};
    let response = match answer {
        Answer::Response(response) => response,
        Answer::Dropped(thrown) => return Passing(dropped(thrown)),
        Answer::TimedOut => return Passing(timed_out()),
        Answer::NotSent(error) => return Fatal(error),
    };
    let json = parse(&response.body);
    let body = json.as_ref().map(ErrorBody::read).unwrap_or_default();
    let not_found = || NotFound(not_found(task_id, &response, &body));
    match response.status {
        401 | 403 => Fatal(denied(&response, &body)),
        429 => Passing(rate_limited(&response, &body, now)),
        0 | 300..=399 => Fatal(redirected(&response)),
        500 if body.token.as_deref() == Some("invalid_request") => Fatal(Error {
            retryable: false,
            ..server(&response, &body)
        }),
        500.. => Passing(server(&response, &body)),
        404 => not_found(),
        _ if says_not_found(&body) => not_found(),
        // The relay could not reach or read its upstream.
        400 if body.code == Some(5) => Passing(server(&response, &body)),
        // On this route the relay has no other parameter error than an unknown id.
        400 if body.code == Some(4) => not_found(),
        408 => Passing(timed_out()),
        400.. => Fatal(unexpected(&response, &body)),
        _ if is_nothing(&response.body) => not_found(),
        _ => match json.and_then(|json| Task::read(&json, task_id)) {
            Some(task) if task.id == task_id => ReadVerdict::Task(task),
            Some(task) => Passing(Error::of_response(
                Code::UnexpectedResponse,
                &["Asked for task ", task_id, ", the answer is about task ", &task.id].concat(),
                &response,
                &body,
            )),
            None => Passing(unexpected(&response, &body)),
        },
    }
}

fn parse(text: &str) -> Option<Json> {
    Json::parse(&quote_long_integers(text))
}

/// The shapes in which some upstreams say that they have no such task.
fn is_nothing(body: &str) -> bool {
    matches!(body.trim(), "" | "null" | "{}" | "[]")
}

fn says_not_found(body: &ErrorBody) -> bool {
    body.message.contains("task_no_found") || body.message.contains("task_not_found")
}

fn is_html(response: &Response) -> bool {
    response.body.trim_start().starts_with('<')
}

fn unexpected(response: &Response, body: &ErrorBody) -> Error {
    let sentence = if is_html(response) {
        HTML
    } else {
        "The answer is none of the API's"
    };
    Error::of_response(Code::UnexpectedResponse, sentence, response, body)
}

fn redirected(response: &Response) -> Error {
    let sentence = "The server redirects elsewhere; the key is not sent on. Check baseURL: https://api.cometapi.com, \
                    without /v1";
    Error::of_response(Code::UnexpectedResponse, sentence, response, &ErrorBody::default())
}

fn denied(response: &Response, body: &ErrorBody) -> Error {
    let (code, sentence) = match response.status {
        401 => (
            Code::Authentication,
            "The API key is missing, wrong or used up. Check apiKey or COMETAPI_KEY",
        ),
        _ => (
            Code::PermissionDenied,
            "The API key may not do this. Check its rights, its models and its IP list",
        ),
    };
    Error::of_response(code, sentence, response, body)
}

fn rate_limited(response: &Response, body: &ErrorBody, now: u64) -> Error {
    Error {
        retry_after_ms: retry_after_ms(response.retry_after_ms.as_deref(), response.retry_after.as_deref(), now),
        submit_code: body.code,
        ..Error::of_response(
            Code::RateLimit,
            "Too many requests; nothing was done. Try again later",
            response,
            body,
        )
    }
}

fn server(response: &Response, body: &ErrorBody) -> Error {
    let sentence = if is_html(response) {
        "The server is in trouble"
    } else {
        "The server reports an error"
    };
    Error::of_response(Code::Server, sentence, response, body)
}

fn not_found(task_id: &str, response: &Response, body: &ErrorBody) -> Error {
    let sentence = [
        "Task ",
        task_id,
        " is not known to this key. Check the id, and that the key is the one that submitted it",
    ];
    Error::of_response(Code::TaskNotFound, &sentence.concat(), response, body)
}

fn dropped(thrown: Json) -> Error {
    let mut message = vec!["The connection failed, or the page may not read the answer (CORS)"];
    let said = thrown.text("message");
    if let Some(said) = &said {
        message.extend([": ", said]);
    }
    Error {
        thrown: Some(thrown),
        ..Error::new(Code::Connection, &message)
    }
}

fn timed_out() -> Error {
    Error::new(Code::RequestTimeout, &["No answer came in time (timeoutMs)"])
}

fn rejected(response: &Response, body: &ErrorBody, submission: Submission) -> Error {
    let sentence = match submission.code {
        3 => "no such task, or no provider account is free",
        4 => "a parameter is wrong, or the task is not in the state for it; see description",
        5 => "the gateway could not reach or read its upstream",
        9 => "the provider failed",
        23 => "the queue is full. Try again later",
        24 => "the prompt has a banned word; see properties.bannedWord in body",
        30 => "the provider is saturated. Try again later",
        _ => "see description",
    };
    let code = digits(submission.code.unsigned_abs().into());
    let sentence = ["The submit was refused with code ", &code, ": ", sentence];
    Error {
        retryable: matches!(submission.code, 23 | 30),
        submit_code: Some(submission.code),
        description: Some(submission.description),
        ..Error::of_response(Code::SubmitRejected, &sentence.concat(), response, body)
    }
}

/// A submit of which nobody can say whether it was accepted. Sent again, it could be paid twice.
fn uncertain(cause: Error) -> Error {
    let message = [
        "The submit may have been accepted, and paid: no clear answer came, so it was not sent again. Look at your \
         tasks or your balance before you submit it again. ",
        &cause.message,
    ];
    let error = Error::new(Code::SubmitUncertain, &message);
    Error {
        maybe_accepted: true,
        status: cause.status,
        request_id: cause.request_id.clone(),
        body: cause.body.clone(),
        submit_code: cause.submit_code,
        description: cause.description.clone(),
        cause: Some(Box::new(cause)),
        ..error
    }
}
