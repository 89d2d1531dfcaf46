//! The core's reader of JSON against serde_json: the same texts are JSON, and say the same.

use crate::oracle::{compare, judge};
use cometapi_midjourney::api::Json;
use proptest::prelude::*;
use proptest::sample::{select, Index};
use serde_json::Value;

proptest! {
    #[test]
    fn whatever_is_json_is_read_and_written_as_it_is(text in jsons()) {
        assert!(judge(&text).is_some(), "{text}");
        compare(&text);
    }

    #[test]
    fn what_is_damaged_is_json_where_serde_json_says_so(
        text in jsons(),
        damages in prop::collection::vec((any::<Index>(), 0..3_usize, pieces()), 1..4),
    ) {
        let mut text = text;
        for (at, less, piece) in damages {
            let letters: Vec<char> = text.chars().collect();
            let at = at.index(letters.len() + 1);
            let (before, after) = letters.split_at(at);
            text = before.iter().collect::<String>() + &piece + &after.iter().skip(less).collect::<String>();
        }
        compare(&text);
    }

    #[test]
    fn what_only_looks_like_json_is_compared_too(parts in prop::collection::vec(pieces(), 0..12)) {
        compare(&parts.concat());
    }

    #[test]
    fn a_number_of_few_digits_is_exact(digits in 0..1_000_000_000_000_000_u64, power in -22..22_i32, minus in any::<bool>()) {
        let text = format!("{}{digits}e{power}", if minus { "-" } else { "" });
        assert_eq!(Json::parse(&text).unwrap().as_number().to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
    }

    #[test]
    fn a_whole_number_of_ours_is_written_with_each_digit(number in -9_007_199_254_740_991..=9_007_199_254_740_991_i64) {
        for number in [number, number >> 10, number >> 20] {
            assert_eq!(Json::from(number as f64).stringify(), number.to_string());
        }
    }

    #[test]
    fn another_number_of_ours_is_written_to_a_thousandth(number in -1e12..1e12_f64, small in -2.0..2.0_f64) {
        for number in [number, small] {
            let written: f64 = Json::from(number).stringify().parse().unwrap();
            assert!((written - number).abs() <= 0.0005 + number.abs() * 1e-15, "{number} became {written}");
        }
    }

    #[test]
    fn a_long_integer_keeps_each_digit(digits in "[0-9]{16,40}") {
        let read = Json::parse(&format!("{{\"id\": {digits}}}")).unwrap();
        assert_eq!(read.text("id"), digits);
        assert_eq!(read.stringify(), format!("{{\"id\":\"{digits}\"}}"));
    }
}

/// Nested as serde_json is told, and half of a character as it can't be.
#[test]
fn depth_and_halves_of_characters_are_bounded() {
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(&nested(127)).is_some());
    assert!(Json::parse(&nested(129)).is_none());
    // No stack ends, however deep it is.
    assert!(Json::parse(&"[".repeat(1_000_000)).is_none());
    assert!(Json::parse(&"{\"a\":".repeat(1_000_000)).is_none());
    let halves = [
        (r#""\ud83d\ude80""#, "🚀"),
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ude80\ud83d""#, "\u{fffd}\u{fffd}"),
        (r#""\ud83d\ud83d\ude80""#, "\u{fffd}🚀"),
        (r#""\ud83da\ude80""#, "\u{fffd}a\u{fffd}"),
        (r#""\ud83d\n\ude80""#, "\u{fffd}\n\u{fffd}"),
        (r#""\ud83dä""#, "\u{fffd}ä"),
    ];
    for (text, read) in halves {
        assert_eq!(Json::parse(text).unwrap().as_str(), read, "{text}");
    }
}

/// Only `pack.ts` writes these, and only arguments are read so.
#[test]
fn a_text_of_a_server_is_never_taken_for_a_marker() {
    for text in ["\0function", "\0number:5", "\0long:0:9000:data", "\0other", "\0"] {
        let quoted = Value::from(text).to_string();
        let read = Json::parse(&quoted).unwrap();
        assert!(read.is_text() && !read.is_function() && read.as_number().is_nan(), "{quoted}");
        assert_eq!(read.as_str(), text);
        assert_eq!(read.stringify(), quoted);
        assert!(!Json::parse_arguments(&quoted).unwrap().is_text() || text.starts_with("\0long"), "{quoted}");
    }
}

/// What `pack.ts` writes, and what it makes of a text that only looks like it.
#[test]
fn a_marker_is_read_for_what_it_stands_for() {
    let read = |text: &str| Json::parse_arguments(&Value::from(text).to_string()).unwrap();
    assert!(read("\0function").is_function());
    assert_eq!(read("\0number:1e21").as_number(), 1e21);
    assert!(read("\0number:NaN").as_number().is_nan() && !read("\0number:NaN").is_null());
    assert_eq!(read("\0number:-Infinity").as_number(), f64::NEG_INFINITY);
    assert!(!read("\0other").is_text() && !read("\0other").is_null());
    let long = read("\0long:7:9000:data:image/png;base64,iVBO");
    assert!(long.is_text());
    assert_eq!((long.as_str(), long.stringify().as_str()), ("data:image/png;base64,iVBO", "\u{0}7\u{0}"));
    for text in ["\0function", "\0", "\0text:x", "\0long:0:1:x"] {
        assert_eq!(read(&format!("\0text:{text}")).as_str(), text);
        assert!(read(&format!("\0text:{text}")).is_text());
    }
}

/// JSON text, with blanks and escapes as nobody writes them.
fn jsons() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        select(vec!["null", "true", "false", "{}", "[]", "\"\""]).prop_map(str::to_owned),
        numbers(),
        strings(),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let list = prop::collection::vec((blanks(), inner.clone()), 0..5).prop_map(|items| {
            let items: Vec<String> = items.into_iter().map(|(blank, item)| format!("{blank}{item}{blank}")).collect();
            format!("[{}]", items.join(","))
        });
        let object = prop::collection::vec((strings(), blanks(), inner), 0..5).prop_map(|members| {
            let member = |(name, blank, value)| format!("{blank}{name}{blank}:{blank}{value}");
            format!("{{{}}}", members.into_iter().map(member).collect::<Vec<String>>().join(","))
        });
        prop_oneof![list, object]
    })
    .boxed()
}

fn blanks() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,2}"
}

fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,24})",
        "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?",
        any::<f64>()
            .prop_filter("a number", |number| number.is_finite())
            .prop_map(|number| Value::from(number).to_string()),
    ]
}

fn strings() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>().prop_map(|text| {
            let quoted = Value::from(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }),
        "[a-z ä🚀]{0,6}",
        "\\\\[\"\\\\/bfnrt]",
        "\\\\u[0-9a-fA-F]{4}",
        "\\\\u[dD][89abAB][0-9a-f]{2}(\\\\u[dD][c-fC-F][0-9a-f]{2})?",
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

/// What texts are damaged with.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "-",
        "+",
        ".",
        "e",
        "E",
        "0",
        "00",
        "1",
        "u",
        "\\u",
        "\\ud83d",
        "\\ude80",
        "\\u00",
        "true",
        "nul",
        "NaN",
        "Infinity",
        "\0",
        "\u{1}",
        "\n",
        "\t",
        " ",
        "\u{a0}",
        "\u{feff}",
        "\u{2028}",
        "/**/",
        "'",
        "`",
        "0000000000000001",
        "1773314942177684",
        "-1773314942177684",
        "1e400",
        "-0",
        "🚀",
    ];
    prop_oneof![4 => select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}
