//! A server and a network made by chance: every shape of answer on the wire, and what is meant by it. What a call
//! has to make of an answer is told from how the answer was made, not by reading it as the core does.

use crate::scenario::{answer, dropped, not_sent, with_headers, START};
use cometapi_midjourney::core::Answer;
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;
use serde_json::{json, Value};
use std::time::{Duration, UNIX_EPOCH};

/// What becomes of one request.
#[derive(Clone, Debug)]
pub enum Given {
    Dropped,
    /// No answer comes.
    Silence,
    /// The caller's key can't be used.
    NotSent,
    Response(Reply),
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub said: Said,
    /// The body as it comes.
    text: String,
    /// The body is JSON that ends too soon.
    pub cut: bool,
    pub wish: Wish,
}

/// What the server has to say.
#[derive(Clone, Debug)]
pub enum Said {
    /// As some upstreams say that there is no such task.
    Nothing,
    Html,
    Task {
        id: Id,
        status: Option<&'static str>,
        words: String,
    },
    /// With its code, if it has one, and the id of its task.
    Submission {
        code: Option<i64>,
        result: Id,
        words: String,
    },
    /// `{"error": {"code": …, "message": …}}`
    Envelope {
        code: &'static str,
        words: String,
    },
    /// `{"error": "…"}`
    Word(String),
    /// The documents know nothing of it.
    Other,
}

/// How an id is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    Quoted,
    /// As an integer, which a double would not hold.
    Bare,
    /// Not at all, in one of the ways of that.
    Left(&'static str),
    /// Another task's, which differs in the last digit.
    Neighbour,
}

impl Id {
    /// With the comma before the next member.
    fn member(self, name: &str, id: &str) -> String {
        let value = match self {
            Self::Quoted => format!("\"{id}\""),
            Self::Bare => id.to_owned(),
            Self::Left("") => return String::new(),
            Self::Left(how) => how.to_owned(),
            Self::Neighbour => neighbour(id),
        };
        format!("\"{name}\":{value},")
    }

    pub fn is_given(self) -> bool {
        !matches!(self, Self::Left(_))
    }
}

/// The id whose last digit is the next one.
pub fn neighbour(id: &str) -> String {
    let (most, last) = id.split_at(id.len() - 1);
    format!("{most}{}", (last.parse::<u8>().unwrap() + 1) % 10)
}

/// What the server asks for by its headers.
#[derive(Clone, Debug)]
pub enum Wish {
    None,
    Seconds(f64),
    Ms(f64),
    /// So many seconds after the start.
    Date(u32),
    Nonsense(String),
}

impl Wish {
    fn headers(&self) -> Value {
        match self {
            Self::None => json!({}),
            Self::Seconds(seconds) => json!({"retry-after": seconds.to_string()}),
            Self::Ms(ms) => json!({"retry-after-ms": ms.to_string(), "retry-after": "7"}),
            Self::Date(seconds) => json!({"retry-after": httpdate::fmt_http_date(date(*seconds))}),
            Self::Nonsense(text) => json!({"retry-after": text}),
        }
    }

    /// How long to leave it alone, ms.
    pub fn ms(&self, now: f64) -> f64 {
        match self {
            Self::None | Self::Nonsense(_) => 0.0,
            Self::Seconds(seconds) => seconds * 1000.0,
            Self::Ms(ms) => *ms,
            Self::Date(seconds) => (START + f64::from(*seconds) * 1000.0 - now).max(0.0),
        }
    }
}

fn date(seconds: u32) -> std::time::SystemTime {
    let start = Duration::from_secs(START as u64 / 1000);
    UNIX_EPOCH + start + Duration::from_secs(seconds.into())
}

/// What a look at a task comes to. An error's code is none where the documents leave it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The task is there, with this status.
    Task(&'static str),
    Missing,
    /// Asking again may help.
    Passing(Option<&'static str>),
    Fatal(Option<&'static str>),
    /// The documents do not say.
    Open,
}

/// What a submit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    /// Plainly not accepted, for now.
    Refused,
    /// Plainly not accepted.
    Over(Option<&'static str>),
    Uncertain,
    /// The documents do not say.
    Open,
}

impl Given {
    pub fn answer(&self) -> Answer {
        match self {
            Self::Dropped => dropped(),
            Self::Silence => Answer::TimedOut,
            Self::NotSent => not_sent(),
            Self::Response(Reply { text, status, wish: Wish::None, .. }) => answer(*status, text),
            Self::Response(Reply { text, status, wish, .. }) => with_headers(*status, text, wish.headers()),
        }
    }

    pub fn wish_ms(&self, now: f64) -> f64 {
        match self {
            Self::Response(reply) => reply.wish.ms(now),
            _ => 0.0,
        }
    }

    pub fn look(&self) -> Look {
        match self {
            Self::Dropped => Look::Passing(Some("connection")),
            Self::Silence => Look::Passing(Some("request_timeout")),
            Self::NotSent => Look::Fatal(Some("invalid_argument")),
            Self::Response(reply) => reply.look(),
        }
    }

    pub fn fate(&self) -> Fate {
        match self {
            Self::Dropped | Self::Silence => Fate::Uncertain,
            Self::NotSent => Fate::Over(Some("invalid_argument")),
            Self::Response(reply) => reply.fate(),
        }
    }

    /// Whether the rule about paying twice allows for another POST after this.
    pub fn is_plain_refusal(&self) -> bool {
        // Of other answers the documents say no more than their status does.
        let is_429 = matches!(self, Self::Response(Reply { status: 429, .. }));
        self.fate() == Fate::Refused || is_429 && self.fate() == Fate::Open
    }
}

/// Whether what is left of a text that was cut says that a task was made.
fn names_a_task_in_half(text: &str) -> bool {
    let code = Regex::new(r#""code":"?(1|21|22)\b"#).unwrap();
    let id = Regex::new("(^|[^0-9A-Za-z])[0-9]{16,20}([^0-9A-Za-z]|$)").unwrap();
    code.is_match(text) || id.is_match(text)
}

fn names_no_task(words: &str) -> bool {
    words.contains("task_no_found") || words.contains("task_not_found")
}

impl Reply {
    fn look(&self) -> Look {
        use Look::{Fatal, Missing, Open, Passing, Task};
        let unexpected = Some("unexpected_response");
        let names_none = match &self.said {
            Said::Submission { words, .. } | Said::Envelope { words, .. } | Said::Word(words) => names_no_task(words),
            _ => false,
        };
        match (self.status, &self.said) {
            (401, _) => Fatal(Some("authentication")),
            (403, _) => Fatal(Some("permission_denied")),
            (0 | 300..=399, _) => Fatal(unexpected),
            (429, _) => Passing(Some("rate_limit")),
            (500, Said::Envelope { code: "invalid_request", .. }) if !self.cut => Fatal(Some("server")),
            (408 | 500.., _) => Passing(Some("server")),

            (404, Said::Html) => Fatal(unexpected),
            (404, Said::Other | Said::Task { .. }) => Open,
            (404, _) if self.cut => Open,
            (404, _) => Missing,

            (200..=299, Said::Other) => Open,
            (200..=299, _) if self.cut => Passing(unexpected),
            (200..=299, Said::Nothing) => Missing,
            (200..=299, Said::Task { id: Id::Neighbour, words, .. }) if names_no_task(words) => Open,
            (200..=299, Said::Task { id: Id::Neighbour, .. }) => Passing(unexpected),
            (200..=299, Said::Task { status, .. }) => Task(status.unwrap_or_default()),
            (200..=299, _) if names_none => Missing,
            (200..=299, _) => Passing(None),

            (400, Said::Task { .. } | Said::Other) => Open,
            (400, _) if self.cut => Open,
            (400, Said::Submission { code: Some(4), .. }) => Missing,
            (400, _) if names_none => Missing,
            (400, Said::Submission { code: Some(5), .. }) => Passing(Some("server")),
            _ => Fatal(None),
        }
    }

    fn fate(&self) -> Fate {
        use Fate::{Accepted, Open, Over, Refused, Uncertain};
        const REJECTED: Fate = Over(Some("submit_rejected"));
        let is_success = (200..=299).contains(&self.status);
        let is_no = (400..=499).contains(&self.status) && self.status != 408;
        let (code, is_named, words) = match &self.said {
            Said::Other => return Open,
            _ if self.cut => (None, names_a_task_in_half(&self.text), ""),
            Said::Submission { code, result, words } => (*code, result.is_given(), words.as_str()),
            Said::Task { id, .. } => (None, id.is_given(), ""),
            _ => (None, false, ""),
        };
        let accepts = matches!(code, Some(1 | 21 | 22));
        let envelope = match &self.said {
            Said::Envelope { code, words } if !self.cut && !words.is_empty() => Some(*code),
            _ => None,
        };
        match self.status {
            200..=299 | 400..=499 if matches!(code, Some(23 | 30)) => Refused,
            _ if accepts && is_named && is_success => Accepted,
            _ if accepts || is_named || code == Some(5) => Uncertain,
            429 => Refused,
            503 if matches!(&self.said, Said::Envelope { code: "model_not_found", .. }) && !self.cut => Refused,
            405 | 413 => Over(None),
            300..=399 if self.status != 303 => Over(None),
            401 if envelope.is_some() => Over(Some("authentication")),
            403 if envelope.is_some() => Over(Some("permission_denied")),
            404 if envelope.is_some() => Over(Some("unexpected_response")),
            _ if envelope.is_some() && is_no => REJECTED,
            _ if is_success || is_no => match code {
                // Its type is the relay's, whose words tell.
                Some(4) if names_no_task(words) && words.starts_with("task") => REJECTED,
                None | Some(0 | 4 | 200..=299) => Uncertain,
                Some(_) => REJECTED,
            },
            _ => Uncertain,
        }
    }
}

/// A task that has succeeded.
pub fn success(task_id: &str) -> Given {
    let (text, status) = (json!({"id": task_id, "status": "SUCCESS"}).to_string(), Some("SUCCESS"));
    let said = Said::Task { id: Id::Quoted, status, words: String::new() };
    Given::Response(Reply { status: 200, said, text, cut: false, wish: Wish::None })
}

/// Ids as the gateways make them.
pub fn ids() -> impl Strategy<Value = String> {
    "[1-9][0-9]{15,19}"
}

/// What becomes of a request about the task; `new_id` is the task that a submit makes.
pub fn givens(task_id: &str, new_id: &str) -> BoxedStrategy<Given> {
    prop_oneof![
        1 => Just(Given::Dropped),
        1 => Just(Given::Silence),
        10 => replies(task_id, new_id).prop_map(Given::Response),
    ]
    .boxed()
}

fn replies(task_id: &str, new_id: &str) -> impl Strategy<Value = Reply> {
    let said = prop_oneof![
        2 => nothings(),
        2 => htmls(),
        6 => tasks(task_id),
        6 => submissions(new_id),
        3 => envelopes(),
        1 => words().prop_map(|words| (json!({"error": words}).to_string(), Said::Word(words))),
        1 => others(),
    ];
    let cut = prop_oneof![5 => Just(None), 1 => any::<prop::sample::Index>().prop_map(Some)];
    (statuses(), said, cut, wishes()).prop_map(|(status, (text, said), cut, wish)| {
        if matches!(status, 204 | 205 | 304) {
            // These have no body.
            return Reply { status, said: Said::Nothing, text: String::new(), cut: false, wish };
        }
        match cut.filter(|_| text.starts_with('{') && text.len() > 2) {
            Some(at) => Reply { status, said, text: shortened(&text, at), cut: true, wish },
            None => Reply { status, said, text, cut: false, wish },
        }
    })
}

/// At least its first byte, and not its last.
fn shortened(text: &str, at: prop::sample::Index) -> String {
    let ends: Vec<_> = text.char_indices().map(|(at, _)| at).skip(1).collect();
    text[..*at.get(&ends)].to_owned()
}

pub fn statuses() -> impl Strategy<Value = u16> {
    let known = [
        0, 201, 202, 204, 301, 302, 307, 400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 429, 500, 501, 502, 503,
        504, 520, 524, 529,
    ];
    prop_oneof![8 => Just(200), 2 => Just(400), 8 => select(known.to_vec()), 1 => 200..600_u16]
}

fn nothings() -> BoxedStrategy<(String, Said)> {
    select(&["", " \n", "null", "{}", "[]", " null "]).prop_map(|text| (text.into(), Said::Nothing)).boxed()
}

fn htmls() -> BoxedStrategy<(String, Said)> {
    select(&["<html>502 Bad Gateway</html>", " \n<!DOCTYPE html><title>task_not_found</title>"])
        .prop_map(|text| (text.into(), Said::Html))
        .boxed()
}

/// Words of the gateways, and any others.
fn words() -> BoxedStrategy<String> {
    let known =
        ["", " ", "task_no_found ", "task_not_found", "midjourney_task_not_found", "队列已满", "x (request id: 42)"];
    prop_oneof![select(known.to_vec()).prop_map(str::to_owned), "\\PC{0,20}"].boxed()
}

fn member_ids() -> impl Strategy<Value = Id> {
    let left = select(&["", "null", "\"\""]).prop_map(Id::Left);
    prop_oneof![4 => Just(Id::Quoted), 3 => Just(Id::Bare), 2 => left, 1 => Just(Id::Neighbour)]
}

/// Every word of a status, and words that nobody knows yet.
pub const STATUSES: [&str; 11] = [
    "",
    "NOT_START",
    "SUBMITTED",
    "IN_PROGRESS",
    "SUCCESS",
    "MODAL",
    "FAILURE",
    "FAILED",
    "CANCEL",
    "PAUSED",
    "task_not_found",
];

fn tasks(task_id: &str) -> BoxedStrategy<(String, Said)> {
    let task_id = task_id.to_owned();
    let status = prop_oneof![1 => Just(None), 9 => select(&STATUSES).prop_map(Some)];
    let progress =
        select(&["null", "\"\"", "\"0%\"", "\"58%\"", "\"100%\"", "\"9e99%\"", "-7", "58.5", "[]", "\"x%\""]);
    let buttons = select(&["null", "[]", "[null,{\"customId\":null}]", "[{\"customId\":\"MJ::JOB::upsample::1::x\"}]"]);
    (member_ids(), status, progress, buttons, words())
        .prop_map(move |(id, status, progress, buttons, words)| {
            let (id_member, status_json, said) = (id.member("id", &task_id), json!(status), json!(words));
            let text = format!(
                r#"{{{id_member}"status":{status_json},"progress":{progress},"buttons":{buttons},"description":{said},"failReason":{said}}}"#
            );
            (text, Said::Task { id, status, words })
        })
        .boxed()
}

fn submissions(new_id: &str) -> BoxedStrategy<(String, Said)> {
    let new_id = new_id.to_owned();
    // 257 and 278 are 1 and 22 for who counts in bytes.
    let known = [-1, 0, 1, 3, 4, 5, 9, 21, 22, 23, 24, 30, 99, 255, 256, 257, 278];
    let code = prop_oneof![1 => Just(None), 4 => select(&[1, 21, 22]).prop_map(Some), 12 => select(known.to_vec()).prop_map(Some)];
    let properties = select(&["null", "{}", r#"{"status":"SUCCESS"}"#, r#"{"numberOfQueues":1}"#, "[1]", "7"]);
    (code, any::<bool>(), member_ids(), properties, words())
        .prop_map(move |(code, is_quoted, result, properties, words)| {
            let code_json = match code {
                Some(code) if is_quoted => json!(code.to_string()),
                code => json!(code),
            };
            // Every given id is an id here: which, is told by how it is given.
            let (result_member, words_json) = (result.member("result", &new_id), json!(words));
            let text = format!(
                r#"{{"code":{code_json},{result_member}"description":{words_json},"properties":{properties},"type":"upstream_error"}}"#
            );
            (text, Said::Submission { code, result, words })
        })
        .boxed()
}

fn envelopes() -> BoxedStrategy<(String, Said)> {
    (select(&["", "x", "invalid_request", "model_not_found"]), words())
        .prop_map(|(code, words)| {
            let body = json!({"error": {"message": words, "type": "x", "param": "", "code": code}});
            (body.to_string(), Said::Envelope { code, words })
        })
        .boxed()
}

fn others() -> BoxedStrategy<(String, Said)> {
    let known = ["true", "0", "1773315122000777", "\"1\"", "[1]", "[{\"code\":1,\"result\":\"7\"}]", "{\"a\":1}"];
    prop_oneof![select(known.to_vec()).prop_map(str::to_owned), "\\PC{0,30}"]
        .prop_map(|text| (text, Said::Other))
        .boxed()
}

fn wishes() -> impl Strategy<Value = Wish> {
    prop_oneof![
        8 => Just(Wish::None),
        2 => (0..100_u32).prop_map(|seconds| Wish::Seconds(seconds.into())),
        1 => select(&[1.5, 86_400.0, 1e9, 1e300]).prop_map(Wish::Seconds),
        1 => (0..100_000_u32).prop_map(|ms| Wish::Ms(ms.into())),
        1 => (0..200_u32).prop_map(Wish::Date),
        1 => select(&["", "soon", "NaN", "Infinity", "5 apples", "GMT"]).prop_map(|text| Wish::Nonsense(text.into())),
    ]
}
