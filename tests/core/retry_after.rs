use crate::scenario::{done, fetch, pending, poll, with_headers};
use cometapi_midjourney::api::{retry_after_ms, Json};
use serde_json::json;

/// Sun, 06 Nov 1994 08:49:37 GMT
const NOW: f64 = 784_111_777_000.0;

#[test]
fn every_form_is_read() {
    let table = [
        (json!({"retry-after": "120"}), 120_000.0),
        (json!({"retry-after": " 2 "}), 2_000.0),
        (json!({"retry-after": "1.5"}), 1_500.0),
        (json!({"retry-after": "0"}), 0.0),
        (json!({"retry-after": "-5"}), 0.0),
        (json!({"retry-after": "Sun, 06 Nov 1994 08:50:37 GMT"}), 60_000.0),
        (json!({"retry-after": "Sun, 06 Nov 1994 08:00:00 GMT"}), 0.0),
        (json!({"retry-after-ms": "250"}), 250.0),
        (json!({"retry-after-ms": "250", "retry-after": "9"}), 250.0),
        (json!({"retry-after-ms": "soon", "retry-after": "9"}), 9_000.0),
        (json!({"retry-after": "1000000000"}), 1e12),
    ];
    for (headers, ms) in table {
        assert_eq!(retry_after_ms(&Json(headers.clone()), NOW), ms, "{headers}");
    }
}

#[test]
fn nonsense_is_nothing() {
    for text in ["", "soon", "5 apples", "May 2030", "NaN", "Sun, 99 Nov 1994 08:50:37 GMT"] {
        assert!(retry_after_ms(&Json(json!({"retry-after": text})), NOW).is_nan(), "{text}");
    }
}

#[test]
fn a_huge_wish_is_clamped_to_what_is_left() {
    let log = poll().run(&[with_headers(429, "", json!({"retry-after": "1000000000"})), done()]);
    assert_eq!(log.waits, [2_000.0, 897_000.0]);
}

#[test]
fn without_a_deadline_it_is_clamped_too() {
    let options = json!({"timeoutMs": null});
    let log = poll().options(options).run(&[with_headers(429, "", json!({"retry-after": "1000000000"})), done()]);
    assert_eq!(log.waits, [2_000.0, 900_000.0]);
}

#[test]
fn nonsense_leaves_the_wait_as_it_was() {
    for text in ["soon", "-5", "0"] {
        let log = poll().run(&[with_headers(503, "", json!({"retry-after": text})), done()]);
        assert_eq!(log.waits, [2_000.0, 3_000.0], "{text}");
    }
}

#[test]
fn it_is_heeded_on_a_503_too() {
    let log = poll().run(&[with_headers(503, "", json!({"retry-after": "20"})), done()]);
    assert_eq!(log.waits, [2_000.0, 20_000.0]);
}

#[test]
fn a_retrys_timer_is_no_longer_either() {
    let refusal = with_headers(429, "", json!({"retry-after": "5000000"}));
    let log = fetch().options(json!({"timeoutMs": 1e10})).run(&[refusal, done()]);
    assert_eq!(log.waits, [2_147_483_647.0]);
}

#[test]
fn no_timer_is_longer_than_timers_take() {
    let options =
        json!({"timeoutMs": null, "initialDelayMs": 1e12, "maxDelayMs": 1e15, "minDelayMs": 1e13, "maxPolls": 2});
    let log = poll().options(options).run(&[pending()]);
    assert!(log.waits.iter().all(|ms| *ms <= 2_147_483_647.0), "{:?}", log.waits);
}
