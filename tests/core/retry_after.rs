//! How long a server asks to be left alone, and how much of that is done.

use crate::json::json_of;
use crate::scenario::{done, fetch, pending, poll, with_headers, START, TASK};
use cometapi_midjourney::api::retry_after_ms;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{json, Value};
use std::time::{Duration, UNIX_EPOCH};

/// The end of the year 9999: no date is later.
const LAST_SECOND: u64 = 253_402_300_799;

/// Unix ms of a date, by another reader.
fn httpdate_ms(date: &str) -> Option<f64> {
    let time = httpdate::parse_http_date(date).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs() as f64 * 1000.0)
}

proptest! {
    #[test]
    fn a_date_is_the_one_that_httpdate_reads(second in prop_oneof![0..=LAST_SECOND, 0..4_102_444_800_u64], now in 0.0..START) {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        let ms = retry_after_ms(&json_of(json!({"retry-after": date})), now);
        assert_eq!(ms, (second as f64 * 1000.0 - now).max(0.0), "{date}");
        assert_eq!(httpdate_ms(&date), Some(second as f64 * 1000.0), "{date}");
    }

    #[test]
    fn a_date_with_another_letter_is_never_another_one_than_httpdate_reads(second in 0..4_102_444_800_u64, at in any::<Index>(), letter in any::<char>()) {
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
        let mut letters: Vec<char> = date.chars().collect();
        let at = at.index(letters.len());
        letters[at] = letter;
        let damaged: String = letters.iter().collect();
        let ms = retry_after_ms(&json_of(json!({"retry-after": damaged})), 0.0);
        match httpdate_ms(&damaged) {
            Some(expected) => assert_eq!(ms, expected, "{damaged}"),
            None => assert!(ms.is_nan() || ms >= 0.0, "{damaged}"),
        }
    }
}

/// What is read of a 429's headers.
fn read(headers: &Value) -> Value {
    let log = fetch().options(json!({"maxRetries": 0})).run(&[with_headers(429, "", headers.clone())]);
    log.error()["retryAfterMs"].clone()
}

#[test]
fn every_form_is_read() {
    let table = [
        (json!({"retry-after": "120"}), 120_000_i64),
        (json!({"retry-after": " 2 "}), 2_000),
        (json!({"retry-after": "1.5"}), 1_500),
        (json!({"retry-after": "0"}), 0),
        (json!({"retry-after": "-5"}), 0),
        (json!({"retry-after": "Thu, 12 Mar 2026 11:31:00 GMT"}), 60_000),
        (json!({"retry-after": "Thu, 12 Mar 2026 11:30:00 GMT"}), 0),
        (json!({"retry-after": "Thu, 12 Mar 2026 11:00:00 GMT"}), 0),
        (json!({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}), 0),
        (json!({"retry-after-ms": "250"}), 250),
        (json!({"retry-after-ms": "-250"}), 0),
        (json!({"retry-after-ms": "250", "retry-after": "9"}), 250),
        (json!({"retry-after-ms": "soon", "retry-after": "9"}), 9_000),
        (json!({"retry-after-ms": "", "retry-after": "9"}), 9_000),
        (json!({"retry-after": "1000000000"}), 1_000_000_000_000),
    ];
    for (headers, ms) in table {
        assert_eq!(read(&headers), ms, "{headers}");
    }
}

#[test]
fn nonsense_is_nothing() {
    let dates = ["May 2030", "Thu, 99 Mar 2026 11:31:00 GMT", "GMT"];
    for text in ["", "soon", "5 apples", "NaN", "Infinity", "1e400", "0x10"].into_iter().chain(dates) {
        assert_eq!(read(&json!({"retry-after": text})), Value::Null, "{text}");
    }
    assert_eq!(read(&json!({})), Value::Null);
}

#[test]
fn a_huge_wish_is_clamped_to_what_is_left() {
    for wish in ["1000000000", "86400", "Fri, 31 Dec 2100 23:59:59 GMT"] {
        let log = poll().run(&[with_headers(429, "", json!({"retry-after": wish})), done()]);
        assert_eq!(log.waits, [6_000.0, 893_000.0], "{wish}");
    }
}

#[test]
fn without_a_deadline_it_is_clamped_too() {
    let wish = with_headers(429, "", json!({"retry-after": "1000000000"}));
    assert_eq!(poll().options(json!({"timeoutMs": null})).run(&[wish, done()]).waits, [6_000.0, 900_000.0]);
}

#[test]
fn it_may_be_longer_than_the_longest_wait_between_polls() {
    let wish = with_headers(429, "", json!({"retry-after": "40"}));
    assert_eq!(poll().options(json!({"maxDelayMs": 1_000})).run(&[wish, done()]).waits[1], 40_000.0);
}

#[test]
fn it_does_not_shorten_a_wait() {
    for text in ["soon", "-5", "0", "1", "Thu, 12 Mar 2026 11:00:00 GMT"] {
        let log = poll().run(&[with_headers(503, "", json!({"retry-after": text})), done()]);
        assert_eq!(log.waits, [6_000.0, 4_000.0], "{text}");
    }
}

#[test]
fn a_wait_heeds_it_on_every_fault() {
    for status in [408, 429, 500, 502, 503, 504, 524] {
        let log = poll().run(&[with_headers(status, "<html>", json!({"retry-after": "20"})), done()]);
        assert_eq!(log.waits, [6_000.0, 20_000.0], "{status}");
    }
}

#[test]
fn a_date_is_measured_from_when_it_came() {
    // The first poll is 6 s after the start.
    let wish = with_headers(429, "", json!({"retry-after": "Thu, 12 Mar 2026 11:31:00 GMT"}));
    assert_eq!(poll().run(&[wish, done()]).waits, [6_000.0, 54_000.0]);
}

#[test]
fn a_wait_that_was_wished_is_not_kept_in_the_state() {
    let wish = with_headers(429, "", json!({"retry-after": "60"}));
    let log = poll().options(json!({"maxPolls": 2})).run(&[wish, pending()]);
    assert_eq!(log.error()["state"]["delayMs"], 15_000);
}

#[test]
fn a_reads_retry_heeds_it_within_the_calls_time() {
    let log = fetch().run(&[with_headers(503, "", json!({"retry-after": "20"})), done()]);
    assert_eq!(log.waits, [20_000.0]);
    let log = fetch().run(&[with_headers(503, "", json!({"retry-after": "31"})), done()]);
    assert_eq!((log.code(), log.sent.len()), ("server", 1));
}

#[test]
fn a_retrys_timer_is_no_longer_than_timers_take() {
    let refusal = with_headers(429, "", json!({"retry-after": "5000000"}));
    let log = fetch().options(json!({"timeoutMs": 1e10})).run(&[refusal, done()]);
    assert_eq!(log.waits, [2_147_483_647.0]);
}

#[test]
fn it_is_heeded_beside_a_pending_task() {
    let body = json!({"id": TASK, "status": "SUBMITTED", "progress": "0%"}).to_string();
    let log = poll().run(&[with_headers(200, &body, json!({"retry-after": "20"})), done()]);
    assert_eq!(log.waits, [6_000.0, 20_000.0]);
}
