//! A saved state: one that is taken comes back as it was; one that is none is refused without an echo.

#![no_main]

use cometapi_midjourney::api::Json;
use cometapi_midjourney::core::{Code, PollState};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const REFUSAL: &str = "This is no state of a wait of this version. Wait with the task's id: pollUntilDone(taskId).";

fuzz_target!(|text: &str| {
    let Some(json) = Json::parse(text) else {
        return;
    };
    // (But for a number that no double holds.)
    let Ok(value) = serde_json::from_str::<Value>(&json.stringify()) else {
        return;
    };
    match PollState::read(&json) {
        Ok(states) => {
            let saved = PollState::all_to_json(&states);
            let stored = saved.stringify();
            let written: Value = serde_json::from_str(&stored).unwrap_or_default();
            let is_path_segment = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            assert!(!states.is_empty());
            for state in &states {
                assert!(!state.task_id.is_empty() && is_path_segment(&state.task_id));
            }
            // Numbers come out as they went in, and no text but the ids.
            for name in ["submittedAt", "modalAt", "polls", "delayMs"] {
                assert!(written[name].is_null() || written[name].as_f64() == value[name].as_f64());
            }
            assert!(!stored.contains("://"));
            // (From 10^15 on a number is an id, where it does not come by way of JavaScript.)
            let times =
                states.iter().flat_map(|state| [state.submitted_at, state.modal_at, state.polls, state.delay_ms]);
            if times.into_iter().all(|n| n.is_nan() || n < 1e15) {
                let again = Json::parse(&stored).map(|json| PollState::read(&json)).and_then(Result::ok);
                assert_eq!(again.map(|again| PollState::all_to_json(&again)), Some(saved));
            }
        }
        Err(error) => assert_eq!((error.code, error.message.as_str()), (Code::State, REFUSAL)),
    }
});
