//! What an answer means. Every row of the API's tables of codes and errors is decided here.

use super::submit::submitted;
use super::{Answer, Code, Error, Output, Response};
use crate::api::{quote_long_integers, retry_after_ms, ErrorBody, Json, Submission, Task};

/// What an answer means.
pub(super) enum Verdict {
    /// A task as it is now.
    Task(Task),
    /// A submit made a task, or the task asks for more, or was there already.
    Accepted(Output),
    /// A plain refusal of a submit for now, a passing fault of a read: it may be sent again.
    Again(Error),
    /// No such task; right after its submit that can pass.
    NotFound(Error),
    /// Over: sending it again is of no use, or could be paid twice.
    Ended(Error),
}

/// An answer that came, and what can be read of it.
struct Reading {
    response: Response,
    /// Null where it is no JSON.
    json: Json,
    body: ErrorBody,
    /// How long the server asks to be left alone; NaN where it does not.
    retry_after_ms: f64,
}

/// What became of a submit.
pub(super) fn of_submit(answer: Answer, now: f64) -> Verdict {
    use Verdict::{Accepted, Ended};
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(error) if error.code == Code::InvalidArgument => return Ended(error),
        Err(error) => return Ended(uncertain(error)),
    };
    let Reading { response, json, body, .. } = &*reading;
    let submission = Submission::read(json);
    let code = submission.code;
    match (response.status, code) {
        (200..=299, 1 | 21 | 22) if !submission.result.is_empty() => {
            Accepted(submitted(submission, json, body, response))
        }
        (429, _) => later(reading.failure()),
        (503, _) if reading.has_token("model_not_found") => later(reading.failure()),
        // Of a redirect, a wrong key, a wrong route, too large a body nothing that makes tasks has heard.
        (0 | 300..=399 | 401 | 403 | 404 | 405 | 413, _) => Ended(reading.failure()),
        (408 | 500.., _) => Ended(uncertain(reading.failure())),
        (_, 23 | 30) => later(reading.rejection(code)),
        // The gateway could not reach or read its upstream.
        (_, 5) => Ended(uncertain(reading.failure())),
        // An envelope with a 4xx is a refusal, too, though without a code.
        (400.., 0) if body.message.is_empty() => Ended(uncertain(reading.failure())),
        (200..=299, 0 | 1 | 21 | 22) => Ended(uncertain(reading.failure())),
        _ => Ended(reading.rejection(code)),
    }
}

/// A task, or why there is none.
pub(super) fn of_fetch(answer: Answer, task_id: &str, now: f64) -> Verdict {
    use Verdict::{Ended, NotFound};
    let reading = match read(answer, now) {
        Ok(reading) => reading,
        Err(error) if error.code == Code::InvalidArgument => return Ended(error),
        Err(error) => return later(error),
    };
    let Reading { response, json, body, .. } = &*reading;
    let names_no_task = Json::matches(&body.message, "task_not?_found");
    let is_unknown = match response.status {
        404 => true,
        // On this route the relay has no other parameter error than an unknown id.
        400 => body.code == 4.0 || names_no_task,
        // The shapes in which some upstreams say that they have no such task.
        200..=299 => names_no_task || Json::matches(&response.body, r"^\s*(null|\{\}|\[\])?\s*$"),
        _ => false,
    };
    if is_unknown {
        let sentence = ["Task ", task_id, " is not known to this key. Check the id and the key"];
        return NotFound(reading.error(Code::TaskNotFound, &sentence));
    }
    let is_passing = match response.status {
        200..=299 => match Task::read(json, task_id) {
            Some(task) if task.id == task_id => return Verdict::Task(task),
            _ => true,
        },
        400 => body.code == 5.0,
        500 => !reading.has_token("invalid_request"),
        status => matches!(status, 408 | 429 | 501..),
    };
    let mut error = reading.failure();
    if is_passing {
        return later(error);
    }
    error.retryable = false;
    Ended(error)
}

/// What may pass.
fn later(mut error: Error) -> Verdict {
    error.say(&[" Try again later."]);
    Verdict::Again(error)
}

fn read(answer: Answer, now: f64) -> Result<Box<Reading>, Error> {
    match answer {
        Answer::Response(response) => {
            let json = Json::parse(&quote_long_integers(&response.body)).unwrap_or_else(Json::null);
            let body = ErrorBody::read(&json);
            let retry_after_ms = retry_after_ms(&response.headers, now);
            Ok(Box::new(Reading { response, json, body, retry_after_ms }))
        }
        Answer::NotSent(error) => Err(error),
        Answer::TimedOut => Err(Error::new(Code::RequestTimeout, &["No answer came within timeoutMs."])),
        Answer::Dropped(thrown) => {
            let said = thrown.text("message");
            let message = ["The connection failed (", &said, "). Check the network and, in a page, CORS."];
            let mut error = Error::new(Code::Connection, &message);
            error.details.set("thrown", thrown);
            Err(error)
        }
    }
}

impl Reading {
    fn has_token(&self, token: &str) -> bool {
        self.json.at("error").text("code") == token
    }

    fn error(&self, code: Code, sentence: &[&str]) -> Error {
        let mut error = Error::of_response(code, sentence, &self.response, &self.body);
        error.retry_after_ms = self.retry_after_ms;
        error
    }

    /// An answer that is neither a task nor the answer to a submit.
    fn failure(&self) -> Error {
        use Code::{Authentication, PermissionDenied, RateLimit, Server, UnexpectedResponse};
        let is_html = Json::matches(&self.response.body, r"^\s*<");
        let (code, sentence) = match self.response.status {
            401 => (Authentication, "The API key is missing, wrong or used up. Check apiKey or COMETAPI_KEY"),
            403 => (PermissionDenied, "The API key may not do this. Check its rights, its models and its IP list"),
            429 => (RateLimit, "Too many requests; nothing was done"),
            0 | 300..=399 => (
                UnexpectedResponse,
                "The server redirects, and the key is not sent on. Check baseURL (https://api.cometapi.com, no /v1)",
            ),
            408 | 500.. => (Server, "The server is in trouble"),
            // Of the relay: it could not reach or read its upstream.
            _ if self.body.code == 5.0 => (Server, "The server is in trouble"),
            _ if is_html => {
                (UnexpectedResponse, "The answer is a web page. Check baseURL (https://api.cometapi.com, no /v1)")
            }
            _ => (UnexpectedResponse, "The answer can't be read, or is not the one that was asked for. Check baseURL"),
        };
        let mut error = self.error(code, &[sentence]);
        if code == RateLimit {
            error.details.set_number("submitCode", self.body.code);
        }
        error
    }

    /// The API says no to a submit.
    fn rejection(&self, code: u8) -> Error {
        let sentence = match code {
            3 => "no such task, or no provider is free",
            0 | 4 => "a parameter is wrong, or the task is not ready for it",
            23 | 30 => "too busy",
            24 => "the prompt has a banned word",
            _ => "see description",
        };
        let mut error = self.error(Code::SubmitRejected, &["The submit was refused, no task was made: ", sentence]);
        error.retryable = matches!(code, 23 | 30);
        error.details.set_number("submitCode", self.body.code);
        error.details.set("description", self.body.message.as_str());
        error
    }
}

/// A submit of which nobody can say whether it was accepted. Sent again, it could be paid twice.
fn uncertain(cause: Error) -> Error {
    let sentence =
        "The submit may have been accepted, and paid: no clear answer came, and it was not sent again. Look at \
                    your tasks or your balance before you submit it again. ";
    let mut error = Error::new(Code::SubmitUncertain, &[sentence, &cause.message]);
    error.details = cause.details.clone();
    error.details.set("maybeAccepted", true);
    error.details.set("cause", cause.into_json());
    error
}
