//! Ids are text, exactly.

use crate::json::{json_of, value_of};
use crate::scenario::{fetch, ok, poll, submit};
use cometapi_midjourney::api::Json;
use serde_json::{json, Value};

const IDS: [&str; 9] = [
    "1773314942177684",
    "9007199254740993",
    "14001934816969359",
    "0741798445574458",
    "99999999999999999",
    "123456789012345678",
    "1234567890123456789",
    "12345678901234567890",
    "18446744073709551617",
];

#[test]
fn a_submits_id_is_exact_quoted_or_not() {
    for id in IDS {
        for body in [
            format!(r#"{{"code":1,"description":"","result":{id}}}"#),
            format!(r#"{{"code":1,"description":"","result":"{id}"}}"#),
            format!("{{\"result\" :\n\t{id}\r\n, \"code\":1}}"),
        ] {
            let submitted = submit().run(&[ok(&body)]).value().clone();
            assert_eq!(submitted["taskId"], id, "{body}");
            let task = format!(r#"{{"id":{id},"status":"SUCCESS","progress":"100%"}}"#);
            let log = poll().subject(submitted).run(&[ok(&task)]);
            assert_eq!(log.urls, [format!("https://api.cometapi.com/mj/task/{id}/fetch")]);
            assert_eq!((&log.value()["id"], &log.value()["raw"]["id"]), (&json!(id), &json!(id)));
        }
    }
}

#[test]
fn a_neighbours_id_is_another() {
    let log = fetch().subject(json!("14001934816969359")).run(&[ok(r#"{"id":14001934816969360,"status":"SUCCESS"}"#)]);
    assert_eq!(log.code(), "unexpected_response");
}

#[test]
fn a_short_id_may_be_a_number_too() {
    for id in ["7", "1320098173412", "123456789012345"] {
        let log = fetch().subject(json!(id)).run(&[ok(&format!(r#"{{"id":{id},"status":"SUCCESS"}}"#))]);
        assert_eq!(log.value()["id"], id);
    }
}

#[test]
fn an_id_of_letters_is_one_too() {
    let id = "0b6e4c1e-1111-4a2b-9c3d_5e6f7a8b9c0d";
    let log = fetch().subject(json!(id)).run(&[ok(&json!({"id": id, "status": "SUCCESS"}).to_string())]);
    assert_eq!(log.value()["id"], id);
}

#[test]
fn an_id_is_exact_in_errors_and_states() {
    for id in IDS {
        let log = poll().subject(json!(id)).options(json!({"maxPolls": 1})).run(&[ok(r#"{"status":"SUBMITTED"}"#)]);
        assert_eq!((&log.error()["taskId"], &log.error()["state"]["taskId"]), (&json!(id), &json!(id)));
        assert!(log.message().contains(id));
    }
}

#[test]
fn long_digits_within_texts_stay_as_they_are() {
    let prompt = "see 1773314942177684, \"14001934816969359\" [12345678901234567890] \\";
    let body = json!({"id": "7", "status": "SUCCESS", "prompt": prompt, "properties": {"14001934816969359": 1}});
    let log = fetch().subject(json!("7")).run(&[ok(&body.to_string())]);
    assert_eq!(log.value()["prompt"], prompt);
    assert_eq!(log.value()["properties"], json!({"14001934816969359": 1}));
}

#[test]
fn long_bare_integers_are_quoted() {
    let table = [
        (r#"{"result":1773314942177684}"#, r#"{"result":"1773314942177684"}"#),
        (r#"{"result": 12345678901234567890 }"#, r#"{"result": "12345678901234567890" }"#),
        ("[14001934816969359,14001934816969360]", r#"["14001934816969359","14001934816969360"]"#),
        ("1773314942177684", r#""1773314942177684""#),
        (" 1773314942177684\n", " \"1773314942177684\"\n"),
        (r#"{"id":0741798445574458}"#, r#"{"id":"0741798445574458"}"#),
        (r#"["\\",1773314942177684]"#, r#"["\\","1773314942177684"]"#),
        (r#"["\"",1773314942177684]"#, r#"["\"","1773314942177684"]"#),
        (r#"{"一":1773314942177684,"é":"一"}"#, r#"{"一":"1773314942177684","é":"一"}"#),
    ];
    for (text, quoted) in table {
        assert_eq!(Json::parse(text), Some(json_of(serde_json::from_str::<Value>(quoted).unwrap())), "{text}");
    }
    assert_eq!(Json::parse(r#"{"id":1773314942177684"#), None);
    assert_eq!(
        Json::parse(r#"{"x":1E1234567890123456}"#).map(|x| x.stringify()).as_deref(),
        Some(r#"{"x":1E1234567890123456}"#)
    );
}

#[test]
fn everything_else_stays_as_it_is() {
    let unchanged = [
        r#"{"t":1773314942177}"#,
        r#"{"t":123456789012345}"#,
        r#"{"id":"1773314942177684"}"#,
        r#"{"p":"see: 1773314942177684, and \"1773314942177684\""}"#,
        r#"{"p":"\\","q":"\\\"1773314942177684"}"#,
        r#"{"p":"\\\\\\\"1773314942177684"}"#,
        r#"{"x":0.1234567890123456789}"#,
        r#"{"x":1234567890123456e3}"#,
        r#"{"x":-1234567890123456}"#,
        r#"{"x":1234567890123456.5}"#,
        "",
        "\"",
        "\"\\",
        "\\",
        "<html>é1773</html>",
        "null",
    ];
    for text in unchanged {
        let read = Json::parse(text).map(value_of).map(|value| value.to_string());
        assert_eq!(read, serde_json::from_str::<Value>(text).ok().map(|value| value.to_string()), "{text}");
    }
}

#[test]
fn quoting_changes_nothing_that_json_says() {
    // Every kind of token next to every other, with and without blanks.
    let tokens =
        ["1773314942177684", "-1773314942177684", "1.5e300", "\"a\\\"1773314942177684\\\\\"", "true", "{}", "[]"];
    let exact = |value: &Value| match value {
        Value::Number(n) if n.as_u64() == Some(1_773_314_942_177_684) => json!("1773314942177684"),
        other => other.clone(),
    };
    for first in tokens {
        for second in tokens {
            let text = format!("[{first},{second} , {{\"k\\\\\":{first}}}]");
            let quoted = value_of(Json::parse(&text).unwrap());
            let plain: Value = serde_json::from_str(&text).unwrap();
            let expected = json!([exact(&plain[0]), exact(&plain[1]), {"k\\": exact(&plain[2]["k\\"])}]);
            assert_eq!(quoted, expected, "{text}");
        }
    }
}
