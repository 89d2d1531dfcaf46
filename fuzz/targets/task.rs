//! A task: its id exact, its percentage one or null, its view whole.

#![no_main]

use cometapi_midjourney::api::{Json, Status, Task};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const ASKED: &str = "1773314942177684";

fuzz_target!(|text: &str| {
    let Some(json) = Json::parse(text) else {
        return;
    };
    // (But for a number that no double holds.)
    let Ok(value) = serde_json::from_str::<Value>(&json.stringify()) else {
        return;
    };
    let Some(task) = Task::read(&json, ASKED) else {
        assert!(value.get("status").is_none(), "whatever has a status is a task");
        return;
    };
    match &value["id"] {
        Value::String(id) if !id.is_empty() => assert_eq!(task.id, *id),
        Value::Number(id) if id.is_u64() => assert_eq!(task.id, id.to_string()),
        Value::Null | Value::String(_) => assert_eq!(task.id, ASKED),
        _ => {}
    }
    let Ok(view) = serde_json::from_str::<Value>(&task.view.stringify()) else {
        return;
    };
    assert_eq!(view["id"], *task.id);
    assert_eq!(view["status"], task.status.word());
    assert_eq!(view.get("rawStatus").is_some(), task.status == Status::Unknown);
    let percent = &view["percent"];
    assert!(percent.is_null() || percent.as_f64().is_some_and(|percent| (0.0..=100.0).contains(&percent)));
    assert!(view["progress"].is_string() && view["properties"].is_object());
    for button in view["buttons"].as_array().into_iter().flatten() {
        assert!(["customId", "label", "emoji"].iter().all(|name| button[name].is_string()));
        assert!(["type", "style"].iter().all(|name| button[name].is_number() || button[name].is_null()));
    }
    assert_eq!(view["raw"], value);
    // What was given out once, and came back as a webhook's or from storage, is the same task.
    let again = Task::read(&task.view, ASKED).map(|again| (again.id, again.progress));
    assert_eq!(again, Some((task.id.clone(), task.progress.clone())));
    assert!(!task.differs_from(&task));
});
