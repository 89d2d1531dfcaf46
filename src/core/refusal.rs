//! Which answers to a submit say plainly that no task was made. All others are uncertain: nobody pays twice.

use super::verdict::Reading;
use crate::api::{Named, Submission};
use crate::text::{split, take_while};

/// A plain refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// For now: the same may be sent again.
    Busy,
    /// The gateway does not know the button's task to be finished: it looks at its upstream every 15 or 30 s.
    TooEarly,
    /// The submit itself is refused.
    Rejected,
    /// Nothing that makes tasks has heard of it: a wrong key, a wrong address, too large a body.
    NotHeard,
}

impl Refusal {
    /// How an answer refuses a submit; none where it does not say so plainly. `submission` is what can be read of it as an
    /// answer to a submit, `named` what stands in it of tasks.
    pub(super) fn of(reading: &Reading<'_>, submission: Option<&Submission>, named: &Named) -> Option<Self> {
        let status = reading.response.status;
        let code = submission.map_or(f64::NAN, |submission| submission.code);
        // The API's explicit "not now". It can name the id that the task would have had.
        let is_full = (code == 23.0 || code == 30.0) && matches!(status, 200..=299 | 400..=499);
        if is_full && !named.accepts {
            return Some(Self::Busy);
        }
        if named.accepts || named.has_id || code == 5.0 {
            return None;
        }
        match status {
            429 => Some(Self::Busy),
            // Answered before anything is forwarded.
            503 if NOT_FORWARDED.iter().any(|token| reading.has_token(token)) => Some(Self::Busy),
            // To be sent elsewhere, by a method that the route does not have, too large: by HTTP itself not carried out.
            405 | 413 => Some(Self::NotHeard),
            // A 303 says that it was carried out; a redirect that a page can't look into (0) may be one.
            300..=399 if status != 303 => Some(Self::NotHeard),
            // Upstreams' answers pass through a gateway with their status: only its own envelope is its own word.
            400..=499 if status != 408 && is_envelope(reading) => {
                Some(if matches!(status, 401 | 403 | 404) { Self::NotHeard } else { Self::Rejected })
            }
            200..=299 | 400..=499 if status != 408 => Self::of_code(reading, submission?),
            _ => None,
        }
    }

    fn of_code(reading: &Reading<'_>, submission: &Submission) -> Option<Self> {
        if submission.code != 4.0 {
            return submission.refuses().then_some(Self::Rejected);
        }
        // The gateway's relay has one code for what comes before its upstream is asked, and after. Its words tell.
        match word_in(&reading.body.message) {
            Some(("task_status_not_success", _)) => Some(Self::TooEarly),
            Some(_) => Some(Self::Rejected),
            None if is_relays(reading, submission) => None,
            None => Some(Self::Rejected),
        }
    }
}

/// Whether a refusal is of the gateway's relay, and not of its upstream: by its type, or by a word such as
/// `insert_midjourney_task_failed`.
fn is_relays(reading: &Reading<'_>, submission: &Submission) -> bool {
    submission.json.text("type") == "upstream_error" || is_word_before(&reading.body.message, "_failed")
}

/// `error.code` of a 503 that comes before anything is forwarded.
const NOT_FORWARDED: [&str; 4] =
    ["model_not_found", "system_cpu_overloaded", "system_memory_overloaded", "system_disk_overloaded"];

/// The words of the gateway's relay for refusals that come before it asks its upstream, and what they mean to the caller.
const WORDS: [(&str, &str); 11] = [
    ("quota_not_enough", "the account's quota is used up. Top it up"),
    (
        "该任务所属渠道已被禁用",
        "the provider account of this task is switched off. Start from a new picture (submitImagine)",
    ),
    ("task_status_not_success", "the gateway does not know this task to be finished yet. Try again in half a minute"),
    ("task_not_found", NO_TASK),
    ("task_no_found", NO_TASK),
    ("unknown_action", "this gateway does not take this button. Press another one"),
    ("index_parse_failed", WRONG_BUTTON),
    ("custom_id_is_required", WRONG_BUTTON),
    ("bind_request_body_failed", "a parameter is wrong. Check their types"),
    ("invalid_request", "a parameter is wrong. Check their types"),
    ("get_channel_info_failed", "the gateway has lost the provider account of this task. Try again later"),
];
const NO_TASK: &str = "this key has no such task. Check taskId and the key";
const MISSING: (&str, &str) = ("_is_required", "a parameter is missing. The answer says which");
const WRONG_BUTTON: &str = "customId is none that this gateway can read. Take it from the buttons of fetchTask()";

/// The gateway's word that a text begins with. Its error envelope puts something before it.
fn word_in(message: &str) -> Option<&'static (&'static str, &'static str)> {
    let said = message.trim_ascii();
    let said = said.strip_prefix("Invalid request: ").or(said.strip_prefix("Invalid request, ")).unwrap_or(said);
    let known = WORDS.iter().find(|(word, _)| said.starts_with(word));
    known.or_else(|| is_word_before(said, "_is_required").then_some(&MISSING))
}

/// Whether a text begins with one of the gateway's words, and that has this end.
fn is_word_before(text: &str, end: &str) -> bool {
    let (word, _) = take_while(text, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    split(word, end).is_some_and(|(before, _)| !before.is_empty())
}

/// `{"error": {"message", "type", "code"}}`: the gateway's own errors, with the request's id in the message.
fn is_envelope(reading: &Reading<'_>) -> bool {
    let error = reading.json.at("error");
    error.is_object() && !error.text("message").is_empty()
}

/// What a refusal by a code, or by a word of the gateway's, means to the caller.
pub(super) fn sentence_of(code: f64, message: &str) -> &'static str {
    if let Some((_, sentence)) = word_in(message) {
        return sentence;
    }
    match code as i32 {
        3 => "there is no such task, or no provider is free. Check taskId, or try again later",
        4 => "a parameter is wrong, or the task is not ready for it. Take customId from the buttons of fetchTask()",
        9 => "the provider failed, or its queue is full. Try again later",
        23 | 30 => "too busy",
        24 => "the prompt has a banned word. Change the prompt",
        _ if code.is_nan() => "the request is wrong. The answer says why",
        _ => "see description",
    }
}
