//! The client's options and the call's: what they change, and what can't be meant.

use crate::scenario::{answer, done, fetch, ok, pending, poll, submit, Log, Scenario};
use serde_json::{json, Value};

fn refused(scenario: Scenario, remedy: &str) -> Log {
    let log = scenario.run(&[done()]);
    assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0), "{log:?}");
    assert!(log.message().contains(remedy), "{} lacks {remedy}", log.message());
    log
}

#[test]
fn the_calls_options_win_over_the_clients() {
    let client = json!({"apiKey": "k", "timeoutMs": 9, "maxRetries": 7});
    let call = json!({"timeoutMs": 5000, "maxRetries": 0});
    let log = fetch().client(client.clone()).options(call.clone()).run(&[answer(500, "")]);
    assert_eq!((log.sent.len(), log.timeouts), (1, vec![5_000.0]));
    let log = submit().client(client.clone()).options(call).run(&[answer(429, "")]);
    assert_eq!((log.sent.len(), log.timeouts), (1, vec![5_000.0]));
    let log = fetch().client(client).options(json!({"maxRetries": 0})).run(&[answer(500, "")]);
    assert_eq!(log.timeouts, [9.0]);
}

#[test]
fn nothing_given_means_the_defaults() {
    for options in [json!(null), json!({}), json!({"timeoutMs": null, "maxRetries": null})] {
        let log = fetch().options(options.clone()).run(&[answer(500, "")]);
        assert_eq!((log.sent.len(), log.timeouts[0]), (3, 30_000.0));
        let log = submit().options(options).run(&[answer(429, "")]);
        assert_eq!((log.sent.len(), log.timeouts[0]), (3, 75_000.0));
    }
    assert_eq!(poll().options(json!(null)).run(&[pending()]).code(), "poll_timeout");
}

#[test]
fn a_waits_time_is_not_its_requests_time() {
    let client = json!({"apiKey": "k", "timeoutMs": 4_000});
    let log = poll().client(client).options(json!({"timeoutMs": 60_000})).run(&[done()]);
    assert_eq!(log.timeouts, [4_000.0]);
    assert_eq!(poll().options(json!({"timeoutMs": 60_000})).run(&[done()]).timeouts, [30_000.0]);
}

#[test]
fn a_waits_faults_are_not_counted_by_max_retries() {
    let client = json!({"apiKey": "k", "maxRetries": 0});
    assert_eq!(poll().client(client).run(&[answer(500, ""), done()]).sent.len(), 2);
}

#[test]
fn numbers_that_can_not_be_meant_are_refused_by_name() {
    for value in [json!(0), json!(-1), json!("5"), json!({}), json!(true)] {
        refused(fetch().options(json!({"timeoutMs": value})), "timeoutMs");
        refused(submit().client(json!({"apiKey": "k", "timeoutMs": value})), "timeoutMs");
        refused(poll().options(json!({"timeoutMs": value})), "timeoutMs");
        refused(poll().options(json!({"maxPolls": value})), "maxPolls");
        refused(poll().options(json!({"minDelayMs": value})), "minDelayMs");
        refused(poll().options(json!({"maxDelayMs": value})), "maxDelayMs");
    }
    for value in [json!(-1), json!("5"), json!([])] {
        refused(submit().options(json!({"maxRetries": value})), "maxRetries");
        refused(poll().options(json!({"initialDelayMs": value})), "initialDelayMs");
        refused(poll().options(json!({"maxConsecutiveErrors": value})), "maxConsecutiveErrors");
    }
}

#[test]
fn without_a_key_or_a_proxy_there_is_nobody_to_ask() {
    for client in [json!({}), json!(null), json!({"apiKey": null}), json!({"headers": {"x-a": "b"}})] {
        let log = refused(fetch().client(client), "COMETAPI_KEY");
        assert!(log.message().contains("apiKey") && log.message().contains("baseURL"));
    }
    for client in [json!({"baseURL": "https://proxy.example"}), json!({"headers": {"authorization": "x"}})] {
        assert_eq!(fetch().client(client).run(&[done()]).sent.len(), 1);
    }
}

#[test]
fn a_base_url_that_can_be_used_is_taken() {
    let table = [
        ("https://api.cometapi.com", "https://api.cometapi.com"),
        ("https://api.cometapi.com/", "https://api.cometapi.com"),
        ("https://api.cometapi.com///", "https://api.cometapi.com"),
        ("https://proxy.example:8443/api/mj/", "https://proxy.example:8443/api/mj"),
        ("https://proxy.example/v1beta", "https://proxy.example/v1beta"),
        ("https://192.168.0.7", "https://192.168.0.7"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://bücher.example", "https://bücher.example"),
        ("http://localhost:8787", "http://localhost:8787"),
        ("http://localhost", "http://localhost"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://127.9.9.9:1/x", "http://127.9.9.9:1/x"),
        ("http://[::1]:80", "http://[::1]:80"),
    ];
    for (url, base) in table {
        let log = fetch().client(json!({"baseURL": url})).run(&[done()]);
        assert_eq!(log.urls, [format!("{base}/mj/task/1773314942177684/fetch")], "{url}");
        let log = submit().client(json!({"baseURL": url})).run(&[ok(r#"{"code":1,"result":"7"}"#)]);
        assert_eq!(log.urls, [format!("{base}/mj/submit/action")], "{url}");
    }
}

#[test]
fn a_base_url_that_can_not_is_refused_with_the_remedy() {
    let table: &[(Value, &str)] = &[
        (json!("https://api.cometapi.com/v1"), "/v1"),
        (json!("https://api.cometapi.com/v1/"), "/v1"),
        (json!("https://api.cometapi.com/v1//"), "/v1"),
        (json!("http://api.cometapi.com"), "https://"),
        (json!("http://192.168.0.7"), "https://"),
        (json!("http://0.0.0.0"), "https://"),
        (json!("http://[::]"), "https://"),
        (json!("http://localhost.evil.example"), "https://"),
        (json!("http://127.0.0.1.evil.example"), "https://"),
        (json!("http://127.evil.example"), "https://"),
        (json!("http://1270.0.0.1"), "https://"),
        (json!("http://localhost@evil.example"), "https://"),
        (json!("http://localhost:80@evil.example"), "https://"),
        (json!("http://localhost\\@evil.example"), "https://"),
        (json!("https://user:pw@api.cometapi.com"), "user"),
        (json!("https://user@api.cometapi.com"), "user"),
        (json!("https://api.cometapi.com?x=1"), "query"),
        (json!("https://api.cometapi.com/a?x=1"), "query"),
        (json!("https://api.cometapi.com#x"), "fragment"),
        (json!("https://api.cometapi .com"), "https://"),
        (json!(" https://api.cometapi.com"), "https://"),
        (json!("https://api.cometapi.com\n"), "https://"),
        (json!("https://api.cometapi.com/a b"), "https://"),
        (json!("https://"), "https://"),
        (json!("https:///x"), "https://"),
        (json!("//api.cometapi.com"), "https://"),
        (json!("///"), "https://"),
        (json!("ftp://api.cometapi.com"), "https://"),
        (json!("javascript:alert(1)"), "https://"),
        (json!("data:text/plain,x"), "https://"),
        (json!("api.cometapi.com"), "https://"),
        // Without a page there is no origin that a path could be on.
        (json!("/api/mj"), "in a page"),
        (json!("/"), "https://"),
        (json!(""), "https://"),
        (json!(5), "https://"),
        (json!({}), "https://"),
    ];
    for (url, remedy) in table {
        let log = refused(fetch().client(json!({"baseURL": url, "apiKey": "k"})), remedy);
        assert!(log.message().contains("baseURL") && !log.message().contains("pw@"), "{}", log.message());
        refused(submit().client(json!({"baseURL": url, "apiKey": "k"})), remedy);
    }
}

#[test]
fn a_signal_that_is_none_is_refused() {
    for signal in [json!({}), json!(true), json!("abort"), json!({"aborted": "no"})] {
        for scenario in [submit(), fetch(), poll()] {
            refused(scenario.options(json!({"signal": signal})), "AbortSignal");
        }
    }
    assert_eq!(fetch().options(json!({"signal": null})).run(&[done()]).sent.len(), 1);
}

/// `fetch` would throw at these, which a submit has to take for a dropped connection: "may have been accepted".
#[test]
fn a_host_or_port_that_no_url_can_have_is_refused() {
    for url in [
        "https://host:port",
        "https://:8443",
        "https://[::1",
        "https://a]b",
        "https://a%zz",
        "https://a^b",
        "https://a|b",
    ] {
        refused(submit().client(json!({"baseURL": url, "apiKey": "k"})), "baseURL");
    }
}
