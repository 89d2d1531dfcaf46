//! Bad input is told before anything is sent, with the remedy.

use crate::scenario::{done, fetch, poll, submit, Log, Scenario, CUSTOM_ID, TASK};
use serde_json::json;

/// Nothing is sent, and the message has the remedy.
fn refused(scenario: Scenario, remedy: &str) -> Log {
    let log = scenario.run(&[done()]);
    assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0), "{log:?}");
    assert!(log.message().contains(remedy), "{} lacks {remedy}", log.message());
    assert_eq!(log.error()["retryable"], false);
    log
}

#[test]
fn an_id_that_is_none_is_refused_by_every_call() {
    let table = [
        (json!(""), "empty"),
        (json!(null), "missing"),
        (json!(false), "missing"),
        (json!(1_773_314_942_177_684_i64), "must be text"),
        (json!(7), "must be text"),
        (json!("<task_id>"), "placeholder"),
        (json!("1773314942177684,1773314942177685"), "commas"),
        (json!("a/b"), "taskId of a submit"),
        (json!("../1"), "taskId of a submit"),
        (json!(".."), "taskId of a submit"),
        (json!("."), "taskId of a submit"),
        (json!("a?b"), "taskId of a submit"),
        (json!("a#b"), "taskId of a submit"),
        (json!("a\\b"), "taskId of a submit"),
        (json!("a b"), "taskId of a submit"),
        (json!(" 1773314942177684"), "taskId of a submit"),
        (json!("1773314942177684\n"), "taskId of a submit"),
        (json!("%2e%2e"), "taskId of a submit"),
        (json!("一"), "taskId of a submit"),
        (json!("１２３"), "taskId of a submit"),
        (json!("{\"v\":1}"), "taskId of a submit"),
    ];
    for (id, remedy) in table {
        refused(fetch().subject(id.clone()), remedy);
        refused(poll().subject(id.clone()), remedy);
        refused(poll().subject(json!({"kind": "submitted", "taskId": id})), remedy);
        refused(poll().subject(json!({"id": id, "status": "SUBMITTED"})), remedy);
        refused(submit().subject(json!({"taskId": id, "customId": CUSTOM_ID})), remedy);
    }
}

#[test]
fn a_target_that_is_none_of_the_four_is_refused() {
    for subject in
        [json!({}), json!([]), json!([TASK]), json!(true), json!({"kind": "submitted"}), json!({"taskId": TASK})]
    {
        refused(poll().subject(subject), "missing");
    }
}

#[test]
fn params_that_are_no_object_are_refused() {
    for params in [json!(null), json!(TASK), json!([]), json!(5), json!({})] {
        refused(submit().subject(params), "taskId");
    }
}

#[test]
fn a_custom_id_that_is_none_is_refused() {
    let table = [
        (json!(null), "empty"),
        (json!(""), "empty"),
        (json!(7), "empty"),
        (json!({"customId": CUSTOM_ID}), "empty"),
        (json!("U1"), "::"),
        (json!("MJ:JOB:upsample"), "::"),
        (json!("MJ::JOB upsample"), "::"),
        (json!(" MJ::JOB::upsample::1::6e2a"), "::"),
        (json!("MJ::JOB::upsample::1::6e2a\n"), "::"),
        (json!("::"), "::"),
        (json!("MJ::"), "::"),
        (json!("::MJ"), "::"),
        (json!("MJ::JOB::upsample::1::<custom_id_hash>"), "placeholder"),
        (json!("MJ::Inpaint::1::<custom_id_hash>::SOLO"), "placeholder"),
        (json!("MJ::JOB::variation::3::example"), "placeholder"),
    ];
    for (id, remedy) in table {
        let log = refused(submit().subject(json!({"taskId": TASK, "customId": id})), remedy);
        assert!(log.message().contains("buttons") && log.message().contains("customId"), "{}", log.message());
    }
}

#[test]
fn parameters_of_the_wrong_type_are_refused() {
    let table = [
        ("state", [json!(1), json!(true), json!({}), json!(["x"])]),
        ("enableRemix", [json!("yes"), json!("true"), json!(1), json!({})]),
        ("chooseSameChannel", [json!("no"), json!("false"), json!(0), json!([])]),
    ];
    for (name, values) in table {
        for value in values {
            let mut params = json!({"taskId": TASK, "customId": CUSTOM_ID});
            params[name] = value;
            refused(submit().subject(params), name);
        }
    }
}

#[test]
fn what_was_given_is_not_repeated() {
    let log = refused(fetch().subject(json!("xyzzy/../secret")), "taskId");
    assert!(!log.error().to_string().contains("xyzzy"));
    let log = refused(submit().subject(json!({"taskId": TASK, "customId": "xyzzy"})), "customId");
    assert!(!log.error()["message"].as_str().unwrap().contains("xyzzy"));
}

/// What crashes a real gateway, which closes the connection without a byte.
#[test]
fn a_custom_id_that_is_cut_off_is_told_before_anything_is_sent() {
    for custom_id in ["MJ::JOB", "MJ::JOB::upsample", "MJ::JOB::variation", "MJ::JOB::upsample_v7_2x_subtle"] {
        refused(submit().subject(json!({"taskId": TASK, "customId": custom_id})), "cut off");
    }
    for custom_id in ["MJ::JOB::upsample::1::h", "MJ::JOB::reroll", "MJ::Job::PicReader::1", "MJ::JOB::high_variation"]
    {
        let log = submit().subject(json!({"taskId": TASK, "customId": custom_id})).run(&[done()]);
        assert_eq!(log.sent.len(), 1, "{custom_id}");
    }
}
