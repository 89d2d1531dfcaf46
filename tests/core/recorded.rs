//! What a real gateway answered (`tests/gateway/recorded.json`), and what the client makes of each answer: one table, a row
//! an answer. The simulator is held to the same answers in `tests/simulator/recorded.test.mjs`.

use crate::scenario::{answer, call, fetch, submit, Log, TASK};
use cometapi_midjourney::core::Method;
use serde_json::{json, Value};

/// The case, the route's last word, and the outcome: the kind of a submit, the status of a task, how many tasks a list has,
/// or the error's code; a `+` where the same is sent again. (Long bodies are recorded without their end.)
const MEANINGS: &[(&str, &str, &str)] = &[
    ("plain", "imagine", "submitted"),
    ("key wrong submit", "imagine", "authentication"),
    ("key wrong fetch", "fetch", "authentication"),
    ("key exhausted submit", "imagine", "authentication"),
    ("key exhausted fetch", "fetch", "authentication"),
    ("key disabled submit", "imagine", "authentication"),
    ("key disabled fetch", "fetch", "authentication"),
    ("key expired submit", "imagine", "authentication"),
    ("key expired fetch", "fetch", "authentication"),
    ("key limited submit", "imagine", "submitted"),
    ("key limited fetch", "fetch", "permission_denied"),
    ("key poor submit", "imagine", "submit_rejected"),
    ("key poor fetch", "fetch", "task_not_found"),
    ("key banned submit", "imagine", "permission_denied"),
    ("key banned fetch", "fetch", "permission_denied"),
    ("key ip submit", "imagine", "permission_denied"),
    ("key ip fetch", "fetch", "permission_denied"),
    ("key limited action", "action", "permission_denied"),
    ("key small: submit exhausts, then poll", "imagine", "submitted"),
    ("key small: submit exhausts, then poll", "fetch", "authentication"),
    ("unknown task fetch", "fetch", "task_not_found"),
    ("other user's task fetch", "fetch", "task_not_found"),
    ("other user's task action", "action", "submit_rejected"),
    ("unknown task action", "action", "submit_rejected"),
    ("unknown task modal", "modal", "submit_rejected"),
    ("list", "list-by-condition", "unexpected_response+"),
    ("list unknown", "list-by-condition", "0 tasks"),
    ("list other user", "list-by-condition", "0 tasks"),
    ("customId MJ::JOB::upsample::x::h", "action", "submit_rejected"),
    ("customId MJ::BOOKMARK::h", "action", "submit_rejected"),
    ("customId MJ::JOB::animate_high::1::h::SOLO", "action", "submit_rejected"),
    ("customId MJ::Job::PicReader::1", "action", "submit_rejected"),
    ("customId MJ::JOB::upsample_v6_2x_subtle::1::h::SOLO", "action", "submitted"),
    ("customId MJ::JOB::pan_left::1::h::SOLO", "action", "submitted"),
    ("action on unfinished", "imagine", "submitted"),
    ("action on unfinished", "action", "submit_rejected"),
    ("act on stale (gateway lag), patient", "imagine", "submitted"),
    ("act on stale (gateway lag), patient", "action", "submit_rejected"),
    ("no channel", "imagine", "server+"),
    ("parent channel disabled", "action", "submit_rejected"),
    ("upstream drop", "imagine", "submit_uncertain"),
    ("upstream dead", "imagine", "submit_uncertain"),
    ("up 3", "imagine", "submit_rejected"),
    ("up 22", "imagine", "submitted"),
    ("up 24", "imagine", "submit_rejected"),
    ("up 204", "imagine", "submit_uncertain"),
    ("up 500 html", "imagine", "submit_uncertain"),
    ("up 200 html", "imagine", "submit_uncertain"),
    ("up 502 json empty", "imagine", "submit_uncertain"),
    ("up 500 json code 9", "imagine", "submit_uncertain"),
    ("up 200 code 9", "imagine", "submit_rejected"),
    ("up 500 empty", "imagine", "submit_uncertain"),
    ("up 200 empty", "imagine", "submit_uncertain"),
    ("up 404 empty", "imagine", "submit_uncertain"),
    ("up 401 empty", "imagine", "submit_uncertain"),
    ("up 401 text", "imagine", "submit_uncertain"),
    ("up 403 empty", "imagine", "submit_uncertain"),
    ("up 429 empty", "imagine", "rate_limit+"),
    ("up 429 empty", "imagine", "submitted"),
    ("up 429 text", "imagine", "submit_uncertain"),
    ("up 429 json", "imagine", "rate_limit+"),
    ("up 429 json", "imagine", "submitted"),
    ("up 429 accepted?", "imagine", "submit_uncertain"),
    ("up integer result", "imagine", "submit_uncertain"),
    ("up null body", "imagine", "submit_uncertain"),
    ("up list result", "imagine", "submit_uncertain"),
    ("up result missing", "imagine", "submit_uncertain"),
    ("up 21 existing done", "imagine", "submitted"),
    ("up 21 existing running", "imagine", "submitted"),
    ("up 21 with a space", "imagine", "modal"),
    ("up 22 with a space", "imagine", "queued"),
    ("up 30 in 200", "imagine", "submit_rejected+"),
    ("up 30 in 200", "imagine", "submitted"),
    ("up 0 Result.Fail", "imagine", "submit_uncertain"),
    ("up chained 503", "imagine", "server+"),
    ("up chained 503", "imagine", "submitted"),
    ("up chained 400", "imagine", "submit_rejected"),
    ("up chained 400 code 5", "imagine", "submit_uncertain"),
    ("up chained 400 insert failed", "imagine", "submit_uncertain"),
    ("up chained 500 panic", "imagine", "submit_uncertain"),
    ("up redirect", "imagine", "submit_uncertain"),
    ("up code string", "imagine", "submit_uncertain"),
    ("up 23 x3", "imagine", "submit_rejected+"),
    ("up 429 then fine", "imagine", "rate_limit+"),
    ("up 429 then fine", "imagine", "submitted"),
    ("insert fails after acceptance", "imagine", "submit_uncertain"),
    ("insert fails after acceptance, action", "action", "submit_uncertain"),
    ("db down at auth", "imagine", "submit_uncertain"),
    ("db down at fetch (midjourneys)", "fetch", "task_not_found"),
    ("db down during a poll", "imagine", "submitted"),
    ("db down during a poll", "fetch", "task_not_found"),
    ("overloaded 503", "imagine", "submitted"),
    ("mode fast", "imagine", "submitted"),
    ("mode turbo", "imagine", "submitted"),
    ("mode relax", "imagine", "submitted"),
    ("wrong path", "nothing", "unexpected_response+"),
    ("base with a path", "fetch", "unexpected_response+"),
    ("image", "image", "not asked for"),
    ("image", "image", "not asked for"),
    ("image", "image", "not asked for"),
    ("image allowed", "image", "not asked for"),
    ("image allowed", "image", "not asked for"),
    ("cors", "action", "not asked for"),
    ("cors", "action", "authentication"),
    ("cors", "nothing", "not asked for"),
    ("notifyHook default", "imagine", "submitted"),
    ("notifyHook enabled", "imagine", "submitted"),
    ("no content-type, bad json, empty", "imagine", "submit_rejected"),
    ("no content-type, bad json, empty", "imagine", "submit_rejected"),
    ("no content-type, bad json, empty", "imagine", "submit_rejected"),
    ("image-seed", "image-seed", "not asked for"),
    ("accept-language", "fetch", "authentication"),
    ("accept-language", "fetch", "authentication"),
    ("rate limit of the web page", "nothing", "unexpected_response+"),
    ("rate limit of the web page", "fetch", "unexpected_response+"),
];

fn recorded() -> Vec<Value> {
    serde_json::from_str(include_str!("../gateway/recorded.json")).unwrap()
}

/// The last word of a path, without an id.
fn route(path: &str) -> &str {
    let word = path.rsplit('/').next().unwrap();
    if path.contains("/image/") {
        "image"
    } else {
        word
    }
}

/// As the client would meet it; none for what it does not ask for.
fn met(row: &Value) -> Option<Log> {
    let path = row["path"].as_str().unwrap();
    let given = [answer(row["status"].as_u64().unwrap() as u16, row["body"].as_str().unwrap())];
    Some(match (row["method"].as_str().unwrap(), route(path)) {
        ("POST", "action") => submit().run(&given),
        ("POST", "modal") => call(Method::SubmitModal, json!({"taskId": TASK, "prompt": "x"})).run(&given),
        ("POST", "imagine") => call(Method::SubmitImagine, json!({"prompt": "x"})).run(&given),
        ("POST", "list-by-condition") => call(Method::ListTasks, json!([TASK])).run(&given),
        // A wrong address is met by a look at a task.
        ("GET", "fetch" | "nothing") => {
            let id = path.split('/').nth_back(1).filter(|id| id.len() == 16).unwrap_or(TASK);
            fetch().subject(json!(id)).run(&given)
        }
        _ => return None,
    })
}

fn meaning(row: &Value) -> String {
    let Some(log) = met(row) else { return "not asked for".into() };
    let again = if log.sent.len() > 1 { "+" } else { "" };
    let what = match log.outcome() {
        Ok(Value::Array(tasks)) => format!("{} tasks", tasks.len()),
        Ok(value) => value.get("kind").unwrap_or(&value["status"]).as_str().unwrap().to_owned(),
        Err(error) => error["code"].as_str().unwrap().to_owned(),
    };
    what + again
}

#[test]
fn every_recorded_answer_has_its_meaning() {
    let found: Vec<_> = recorded()
        .iter()
        .map(|row| {
            (row["case"].as_str().unwrap().to_owned(), route(row["path"].as_str().unwrap()).to_owned(), meaning(row))
        })
        .collect();
    let expected: Vec<_> = MEANINGS
        .iter()
        .map(|(case, route, means)| ((*case).to_owned(), (*route).to_owned(), (*means).to_owned()))
        .collect();
    assert_eq!(found, expected);
}

/// Of what the gateway's upstream has heard, nothing is called a refusal but by a word that says no; and what it has not
/// heard of is never accepted.
#[test]
fn what_reached_the_upstream_is_refused_by_its_own_word_alone() {
    for row in recorded().iter().filter(|row| row["method"] == "POST") {
        let Some(log) = met(row) else { continue };
        let is_accepted = log.outcome().is_ok() && !log.submitted.is_empty();
        assert!(!is_accepted || row["upstreamPosts"].as_u64().unwrap() > 0, "{row}");
    }
}
