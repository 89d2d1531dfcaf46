use crate::scenario::{done, fetch, poll, submit, Log, Scenario, TASK};
use cometapi_midjourney::api::Json;
use cometapi_midjourney::core::{check_api_key, without_key};
use serde_json::{json, Value};

/// Nothing is sent, and the message has the remedy.
fn refused(scenario: Scenario, remedy: &str) -> Log {
    let log = scenario.run(&[done()]);
    assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0), "{log:?}");
    assert!(log.message().contains(remedy), "{} lacks {remedy}", log.message());
    assert_eq!(log.error()["retryable"], false);
    log
}

#[test]
fn an_id_that_is_none_is_refused() {
    let table = [
        (json!(""), "empty"),
        (json!(null), "missing"),
        (json!(1_773_314_942_177_684_i64), "must be text"),
        (json!("<task_id>"), "placeholder"),
        (json!("1,2"), "commas"),
        (json!("a/b"), "taskId of a submit"),
        (json!(".."), "taskId of a submit"),
        (json!("a?b"), "taskId of a submit"),
        (json!("a b"), "taskId of a submit"),
        (json!("%2e"), "taskId of a submit"),
    ];
    for (id, remedy) in table {
        refused(fetch().subject(id.clone()), remedy);
        refused(poll().subject(id.clone()), remedy);
        refused(submit().subject(json!({"taskId": id, "customId": "MJ::a"})), remedy);
    }
    refused(poll().subject(json!({"kind": "submitted"})), "missing");
    refused(poll().subject(json!([])), "missing");
}

#[test]
fn a_custom_id_that_is_none_is_refused() {
    let table = [
        (json!(null), "empty"),
        (json!(""), "empty"),
        (json!(7), "empty"),
        (json!("U1"), "::"),
        (json!("MJ::JOB upsample"), "::"),
        (json!("::"), "::"),
        (json!("MJ::"), "::"),
        (json!("MJ::JOB::upsample::1::<custom_id_hash>"), "placeholder"),
        (json!("MJ::JOB::variation::3::example"), "placeholder"),
    ];
    for (id, remedy) in table {
        let log = refused(submit().subject(json!({"taskId": TASK, "customId": id})), remedy);
        assert!(log.message().contains("buttons"));
    }
}

#[test]
fn parameters_of_the_wrong_type_are_refused() {
    for (name, value) in [("state", json!(1)), ("enableRemix", json!("yes")), ("chooseSameChannel", json!(1))] {
        let mut params = json!({"taskId": TASK, "customId": "MJ::a"});
        params[name] = value;
        refused(submit().subject(params), name);
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for (name, value) in [("timeoutMs", json!(0)), ("timeoutMs", json!("5")), ("maxRetries", json!(-1))] {
        refused(fetch().options(json!({name: value})), name);
        refused(fetch().client(json!({"apiKey": "k", name: value})), name);
    }
    for name in ["timeoutMs", "maxPolls", "initialDelayMs", "minDelayMs", "maxDelayMs", "maxConsecutiveErrors"] {
        refused(poll().options(json!({name: -1})), name);
    }
}

#[test]
fn without_a_key_or_a_proxy_there_is_nobody_to_ask() {
    let log = refused(fetch().client(json!({})), "COMETAPI_KEY");
    assert!(log.message().contains("baseURL"));
    for client in [json!({"baseURL": "https://proxy.example"}), json!({"headers": {"authorization": "x"}})] {
        assert_eq!(fetch().client(client).run(&[done()]).sent.len(), 1);
    }
}

#[test]
fn a_base_url_that_can_be_used_is_taken() {
    let table = [
        ("https://api.cometapi.com", "https://api.cometapi.com/mj/task/"),
        ("https://api.cometapi.com///", "https://api.cometapi.com/mj/task/"),
        ("https://proxy.example:8443/api/mj", "https://proxy.example:8443/api/mj/mj/task/"),
        ("http://localhost:8787", "http://localhost:8787/mj/task/"),
        ("http://127.0.0.1", "http://127.0.0.1/mj/task/"),
        ("http://127.9.9.9:1/x", "http://127.9.9.9:1/x/mj/task/"),
        ("http://[::1]:80", "http://[::1]:80/mj/task/"),
    ];
    for (url, start) in table {
        let log = fetch().client(json!({"baseURL": url})).run(&[done()]);
        assert!(log.urls[0].starts_with(start), "{url}: {:?}", log.urls);
    }
}

#[test]
fn a_base_url_that_can_not_is_refused_with_the_remedy() {
    let table: [(Value, &str); 20] = [
        (json!("https://api.cometapi.com/v1"), "/v1"),
        (json!("https://api.cometapi.com/v1/"), "/v1"),
        (json!("http://api.cometapi.com"), "https://"),
        (json!("http://localhost.evil.example"), "https://"),
        (json!("http://127.0.0.1.evil.example"), "https://"),
        (json!("http://127.evil.example"), "https://"),
        (json!("http://1270.0.0.1"), "https://"),
        (json!("http://localhost@evil.example"), "https://"),
        (json!("http://localhost\\@evil.example"), "https://"),
        (json!("https://user:pw@api.cometapi.com"), "user"),
        (json!("https://api.cometapi.com?x=1"), "query"),
        (json!("https://api.cometapi.com#x"), "fragment"),
        (json!("https://api.cometapi .com"), "https://"),
        (json!("https://"), "https://"),
        (json!("//api.cometapi.com"), "https://"),
        (json!("ftp://api.cometapi.com"), "https://"),
        (json!("api.cometapi.com"), "https://"),
        (json!("/api/mj"), "in a page"),
        (json!(""), "https://"),
        (json!(5), "https://"),
    ];
    for (url, remedy) in table {
        refused(fetch().client(json!({"baseURL": url, "apiKey": "k"})), remedy);
    }
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_without_an_echo() {
    for key in [json!(""), json!("sk-secret\n"), json!("sk secret"), json!("sk-sécret"), json!(5), json!(null)] {
        let error = check_api_key(&Json(key)).unwrap_err().into_json().0;
        assert_eq!(error["code"], "invalid_argument");
        assert!(!error["message"].as_str().unwrap().contains("secret"));
    }
    assert_eq!(check_api_key(&Json(json!("sk-0_9.~"))).unwrap(), "sk-0_9.~");
}

#[test]
fn the_key_is_taken_out_of_what_comes_from_outside() {
    let key = "sk-0123456789";
    assert_eq!(without_key("Bad key sk-0123456789 (sk-0123456789)".into(), key), "Bad key [key] ([key])");
    assert_eq!(without_key("short keys stay: ey".into(), "ey"), "short keys stay: ey");
    assert_eq!(without_key("none".into(), ""), "none");
}
