//! A submission: its code no other one, its tasks' ids exact, and never called a refusal where it names a task.

#![no_main]

use cometapi_midjourney::api::{is_id, named_tasks, Json, Submission};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Some(json) = Json::parse(text) else {
        return;
    };
    let named = named_tasks(&json, text);
    assert!(named.task_ids.iter().all(|id| is_id(id)));
    assert!(named.has_id || named.task_ids.is_empty());
    let Some(submission) = Submission::read(&json) else {
        return;
    };
    assert!(submission.code.trunc() == submission.code);
    assert!(submission.task_ids.iter().all(|id| is_id(id)));
    assert!(!(submission.accepts() && submission.refuses()));
    assert!(!submission.accepts() || named.accepts);
    // (But for a number that no double holds.)
    let Ok(object) = serde_json::from_str::<Value>(&submission.json.stringify()) else {
        return;
    };
    if let Some(code) = object["code"].as_f64().filter(|code| code.abs() < 1e15) {
        assert_eq!(submission.code, code);
    }
    match &object["result"] {
        Value::String(id) if is_id(id) => assert_eq!(submission.task_ids, [id.clone()]),
        // 0 is nobody's.
        Value::Number(id) if id.as_u64().is_some_and(|id| id > 0) => assert_eq!(submission.task_ids, [id.to_string()]),
        Value::Null | Value::Bool(_) | Value::Object(_) => assert!(submission.task_ids.is_empty()),
        _ => {}
    }
});
