//! `submitImagine`: what is sent, and what becomes of it.

use crate::scenario::{answer, call, dropped, ok, poll, says, Scenario};
use cometapi_midjourney::core::Method;
use serde_json::{json, Value};

const ACCEPTED: &str = r#"{"code":1,"description":"Submit success","result":1773315122000777,"properties":{}}"#;

fn imagine(params: Value) -> Scenario {
    call(Method::SubmitImagine, params)
}

#[test]
fn it_is_one_post_of_just_what_was_given() {
    let log = imagine(json!({"prompt": "a lighthouse --v 7"})).run(&[ok(ACCEPTED)]);
    assert_eq!(log.urls, ["https://api.cometapi.com/mj/submit/imagine"]);
    assert_eq!(log.value()["taskId"], "1773315122000777");
    assert_eq!((log.body(), log.timeouts), (json!({"prompt": "a lighthouse --v 7"}), vec![75_000.0]));
}

#[test]
fn all_of_its_options_are_sent_as_they_are() {
    let given = json!({
        "prompt": "  \"一只猫\" \\ \n 😀 --ar 3:2 ",
        "botType": "NIJI_JOURNEY",
        "base64Array": ["data:image/png;base64,iVBORw0KGgo=", "data:image/jpeg;base64,x"],
        "state": "",
        "accountFilter": {"modes": ["FAST"], "instanceId": "", "remix": null, "channelId": {"a": [1]}},
    });
    assert_eq!(imagine(given.clone()).run(&[ok(ACCEPTED)]).body(), given);
    let bot = json!({"prompt": "x", "botType": "MID_JOURNEY"});
    assert_eq!(imagine(bot.clone()).run(&[ok(ACCEPTED)]).body(), bot);
}

#[test]
fn nulls_and_members_of_no_meaning_are_not_sent() {
    let given = json!({
        "prompt": "x", "botType": null, "base64Array": null, "state": null, "accountFilter": null,
        "taskId": "1", "customId": "a::b", "notifyHook": "https://x", "apiKey": "sk-x",
    });
    assert_eq!(imagine(given).run(&[ok(ACCEPTED)]).body(), json!({"prompt": "x"}));
}

#[test]
fn bad_params_are_told_before_anything_is_sent() {
    let table = [
        (json!(null), "prompt"),
        (json!("a lighthouse"), "prompt"),
        (json!({}), "prompt is missing or empty"),
        (json!({"prompt": ""}), "prompt is missing or empty"),
        (json!({"prompt": " \n\t"}), "prompt is missing or empty"),
        (json!({"prompt": 5}), "prompt"),
        (json!({"prompt": ["x"]}), "prompt"),
        (json!({"prompt": "x", "botType": "NIJI"}), "MID_JOURNEY or NIJI_JOURNEY"),
        (json!({"prompt": "x", "botType": "mid_journey"}), "MID_JOURNEY or NIJI_JOURNEY"),
        (json!({"prompt": "x", "botType": 1}), "botType must be"),
        (json!({"prompt": "x", "base64Array": "data:image/png;base64,x"}), "base64Array must be a list of texts"),
        (json!({"prompt": "x", "base64Array": ["a", 1]}), "base64Array must be a list of texts"),
        (json!({"prompt": "x", "base64Array": {"0": "a"}}), "base64Array must be a list of texts"),
        (json!({"prompt": "x", "state": {"job": 1}}), "state must be text"),
        (json!({"prompt": "x", "accountFilter": ["FAST"]}), "accountFilter must be an object"),
        (json!({"prompt": "x", "accountFilter": "FAST"}), "accountFilter must be an object"),
    ];
    for (given, remedy) in table {
        let log = imagine(given.clone()).run(&[ok(ACCEPTED)]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0), "{given}");
        assert!(log.message().contains(remedy), "{} lacks {remedy}", log.message());
        assert_eq!(log.error()["retryable"], false);
    }
}

#[test]
fn a_list_of_no_pictures_is_left_out() {
    let log = imagine(json!({"prompt": "x", "base64Array": []})).run(&[ok(ACCEPTED)]);
    assert_eq!(log.body(), json!({"prompt": "x"}));
}

#[test]
fn it_is_never_paid_twice() {
    for lost in [dropped(), answer(500, ""), answer(504, "<html>"), ok(""), ok(r#"{"code":1,"description":"ok"}"#)] {
        let log = imagine(json!({"prompt": "x"})).run(&[lost]);
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1));
        assert_eq!((log.error().get("taskId"), &log.error()["maybeAccepted"]), (None, &json!(true)));
        assert!(log.message().starts_with("The submit may have been accepted"), "{}", log.message());
    }
    for busy in [answer(429, ""), ok(r#"{"code":23,"description":""}"#), answer(429, r#"{"code":30}"#)] {
        assert_eq!(imagine(json!({"prompt": "x"})).run(&[busy, ok(ACCEPTED)]).sent.len(), 2);
    }
}

#[test]
fn a_banned_word_is_a_refusal_that_tells_it() {
    let body =
        json!({"code": 24, "description": "可能包含敏感词", "properties": {"bannedWord": "x", "promptEn": "a x"}});
    let log = imagine(json!({"prompt": "x"})).run(&[says(200, &body)]);
    assert_eq!((log.code(), &log.error()["submitCode"]), ("submit_rejected", &json!(24)));
    assert!(log.message().contains("banned word"));
}

#[test]
fn its_result_can_be_waited_for() {
    let submitted = imagine(json!({"prompt": "x"})).run(&[ok(ACCEPTED)]).value().clone();
    let log = poll().subject(submitted).run(&[ok(r#"{"id":1773315122000777,"status":"SUCCESS"}"#)]);
    assert_eq!(log.value()["id"], "1773315122000777");
}
