//! What is told of a call while it is under way (`ClientEvent`), for logs: addresses and numbers, never a header.

use super::{Answer, Request, Step};
use crate::api::Record;

/// `request`, `wait`, `retry`; none for a step that is none of these.
#[must_use]
pub fn of_step(step: &Step) -> Option<Record> {
    let mut event = Record::new();
    match step {
        Step::Send(request) => {
            event.set("type", "request");
            say_which(&mut event, request);
        }
        Step::Wait { ms, again } => {
            event.set("type", if *again { "retry" } else { "wait" });
            event.set("delayMs", *ms);
        }
        Step::Tell(event) => return Some(event.clone()),
        _ => return None,
    }
    Some(event)
}

/// `response`: what came of a request, and after how long.
#[must_use]
pub fn of_answer(request: &Request, answer: &Answer, elapsed_ms: f64) -> Record {
    let mut event = Record::new();
    event.set("type", "response");
    say_which(&mut event, request);
    event.set("elapsedMs", elapsed_ms);
    match answer {
        Answer::Response(response) => {
            event.set("status", f64::from(response.status));
            event.set_text("requestId", &response.request_id);
        }
        Answer::Dropped(thrown) | Answer::NoKey(thrown) => event.set("error", thrown.text("message")),
        Answer::NotSent(error) => event.set("error", error.message.as_str()),
        Answer::TimedOut | Answer::Said(_) => event.set("error", "timeout"),
    }
    event
}

fn say_which(event: &mut Record, request: &Request) {
    event.set("method", if request.body.is_empty() { "GET" } else { "POST" });
    event.set("url", request.url.as_str());
}

/// `fallback`: the API does not list tasks, and each is asked for by itself.
pub(super) fn fallback(reason: &str) -> Record {
    let mut event = Record::new();
    event.set("type", "fallback");
    event.set("reason", reason);
    event
}
