//! What `fetch` threw: whether the runtime says by it that nothing was sent, and what becomes of a call then.

use crate::json::{json_of, value_of};
use crate::scenario::{answer, done, ok, poll, submit, TASK};
use cometapi_midjourney::core::{dropped, unsent, Answer};
use serde_json::{json, Value};

const HOST: &str = "api.example.com:8443";
const URL: &str = "https://api.example.com:8443/mj/submit/action";

fn of(facts: &Value) -> String {
    unsent(&json_of(facts.clone()))
}

/// As Node.js has it: the reason is behind it.
fn failed(cause: Value) -> Value {
    json!({"name": "TypeError", "message": "fetch failed", "cause": cause})
}

fn deno(message: &str) -> Value {
    failed(json!({"name": "Error", "message": message}))
}

fn connect(code: &str) -> Value {
    let message = format!("connect {code} 127.0.0.1:9");
    json!({"name": "Error", "message": message, "code": code, "syscall": "connect"})
}

/// Each as the runtime has thrown it, in Node.js 20 and 26, Deno 2.1 and 2.9, Bun 1.2 to 1.4.
fn known() -> Vec<(Value, &'static str)> {
    let bun =
        |code: &str, message: &str| json!({"name": "TypeError", "message": format!("{code}: {message}"), "code": code});
    let old_bun = |code: &str, message: &str| json!({"name": "Error", "message": message, "code": code});
    let connected = "error sending request for url (http://127.0.0.1:9/mj): client error (Connect): ";
    vec![
        // Node.js.
        (failed(connect("ECONNREFUSED")), "ECONNREFUSED"),
        (failed(connect("ETIMEDOUT")), "ETIMEDOUT"),
        (failed(connect("ENETUNREACH")), "ENETUNREACH"),
        (failed(connect("EHOSTUNREACH")), "EHOSTUNREACH"),
        (failed(connect("ECONNRESET")), "ECONNRESET"),
        (failed(connect("ERR_ACCESS_DENIED")), "ERR_ACCESS_DENIED"),
        (
            failed(
                json!({"name": "Error", "message": "getaddrinfo ENOTFOUND x", "code": "ENOTFOUND", "syscall": "getaddrinfo"}),
            ),
            "ENOTFOUND",
        ),
        (
            failed(
                json!({"name": "Error", "message": "getaddrinfo EAI_AGAIN x", "code": "EAI_AGAIN", "syscall": "getaddrinfo"}),
            ),
            "EAI_AGAIN",
        ),
        (
            failed(
                json!({"name": "ConnectTimeoutError", "message": "Connect Timeout Error", "code": "UND_ERR_CONNECT_TIMEOUT"}),
            ),
            "UND_ERR_CONNECT_TIMEOUT",
        ),
        (
            failed(
                json!({"name": "Error", "message": "self-signed certificate", "code": "DEPTH_ZERO_SELF_SIGNED_CERT"}),
            ),
            "DEPTH_ZERO_SELF_SIGNED_CERT",
        ),
        (failed(json!({"name": "Error", "message": "x", "code": "CERT_HAS_EXPIRED"})), "CERT_HAS_EXPIRED"),
        (
            failed(json!({"name": "Error", "message": "x", "code": "ERR_TLS_CERT_ALTNAME_INVALID"})),
            "ERR_TLS_CERT_ALTNAME_INVALID",
        ),
        (failed(json!({"name": "Error", "message": "bad port"})), "bad port"),
        (
            failed(json!({"name": "AggregateError", "message": "", "code": "ECONNREFUSED",
                "errors": [connect("ECONNREFUSED"), connect("ETIMEDOUT")]})),
            "ECONNREFUSED",
        ),
        // Bun.
        (bun("ECONNREFUSED", "Unable to connect. Is the computer able to access the url?"), "ECONNREFUSED"),
        (
            json!({"name": "TypeError", "message": "getaddrinfo ENOTFOUND x", "code": "ENOTFOUND", "syscall": "getaddrinfo"}),
            "ENOTFOUND",
        ),
        (
            old_bun("ConnectionRefused", "Unable to connect. Is the computer able to access the url?"),
            "ConnectionRefused",
        ),
        (old_bun("FailedToOpenSocket", "Was there a typo in the url or port?"), "FailedToOpenSocket"),
        // Deno.
        (deno(&format!("{connected}tcp connect error: Connection refused (os error 111)")), "ECONNREFUSED"),
        (
            deno(&format!("{connected}dns error: failed to lookup address information: Name or service not known")),
            "ENOTFOUND",
        ),
        (deno(&format!("{connected}tls handshake eof")), "client error (Connect)"),
        (
            json!({"name": "TypeError", "code": "ECONNREFUSED",
                "message": format!("{connected}tcp connect error: Connection refused (os error 111)")}),
            "ECONNREFUSED",
        ),
        (json!({"name": "TypeError", "message": "Fetch failed: Requests to port 1 are blocked"}), "bad port"),
        (
            json!({"name": "NotCapable", "message": "Requires net access to \"127.0.0.1:9\", run again with the --allow-net flag"}),
            "NotCapable",
        ),
    ]
}

/// What is thrown, too, where the request has gone out, or can be: nothing is known.
fn unknown() -> Vec<Value> {
    let code = |code: &str| failed(json!({"name": "Error", "message": "x", "code": code}));
    let at = |code: &str, syscall: &str| {
        failed(json!({"name": "Error", "message": format!("{syscall} {code}"), "code": code, "syscall": syscall}))
    };
    let plain = |name: &str, message: &str| json!({"name": name, "message": message});
    vec![
        at("ECONNRESET", "read"),
        at("EPIPE", "write"),
        at("ETIMEDOUT", "read"),
        at("EHOSTUNREACH", "read"),
        at("ECONNREFUSED", "write"),
        code("ECONNRESET"),
        code("EPIPE"),
        code("EPROTO"),
        code("ETIMEDOUT"),
        code("ENETUNREACH"),
        code("UND_ERR_SOCKET"),
        code("UND_ERR_HEADERS_TIMEOUT"),
        code("HPE_INVALID_CONSTANT"),
        code("ERR_SSL_WRONG_VERSION_NUMBER"),
        code("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        code("ConnectionClosed"),
        // Browsers, and workerd.
        plain("TypeError", "Failed to fetch"),
        plain("TypeError", "NetworkError when attempting to fetch resource."),
        plain("TypeError", "Load failed"),
        plain("Error", "Network connection lost."),
        plain("Error", "internal error; reference = f90brjtn4aep0sii28nek7u8"),
        plain("TypeError", "fetch failed"),
        plain("TypeError", "terminated"),
        // The same words in another place.
        plain("Error", "connect ECONNREFUSED 127.0.0.1:9"),
        plain("Error", "not a bad port"),
        plain("Error", "bad port, and more"),
        deno("error sending request from 127.0.0.1:8 for http://127.0.0.1:9/mj (127.0.0.1:9): client error (SendRequest): connection closed before message completed"),
        deno("error sending request for url (http://127.0.0.1:9/mj): client error (SendRequest): client error (Connect)"),
        deno("error sending request for url (http://127.0.0.1:9/mj) and client error (Connect)"),
        deno("Connection reset by peer (os error 104)"),
        // A code that says something else, whatever is behind it.
        json!({"name": "Error", "message": "x", "code": "ECONNRESET", "cause": connect("ECONNREFUSED")}),
        // One address of several.
        failed(json!({"name": "AggregateError", "message": "", "code": "ECONNREFUSED",
            "errors": [connect("ECONNREFUSED"), {"name": "Error", "message": "read ECONNRESET", "code": "ECONNRESET", "syscall": "read"}]})),
        failed(json!({"name": "AggregateError", "message": "", "code": "ECONNREFUSED", "errors": [{}, connect("ECONNREFUSED")]})),
        json!({}),
        json!("connect ECONNREFUSED"),
        json!(null),
    ]
}

#[test]
fn what_each_runtime_says_is_known_by_its_code() {
    for (facts, code) in known() {
        assert_eq!(of(&facts), code, "{facts}");
    }
}

#[test]
fn what_can_be_said_of_a_request_that_was_sent_is_not_known() {
    for facts in unknown() {
        assert_eq!(of(&facts), "", "{facts}");
    }
}

fn dropped_by(facts: &Value) -> Value {
    value_of(dropped(&json_of(facts.clone()), URL, ""))
}

#[test]
fn it_names_the_code_the_host_and_why() {
    let refused = dropped_by(&failed(connect("ECONNREFUSED")));
    assert_eq!(
        refused,
        json!({"message": "fetch failed: connect ECONNREFUSED 127.0.0.1:9", "unsent": "ECONNREFUSED", "host": HOST})
    );
    let lost =
        dropped_by(&failed(json!({"name": "SocketError", "message": "other side closed", "code": "UND_ERR_SOCKET"})));
    assert_eq!(lost, json!({"message": "fetch failed: other side closed"}));
}

#[test]
fn once_an_answer_has_begun_the_request_was_sent() {
    for (facts, _) in known() {
        let dropped = value_of(dropped(&json_of(facts), "", ""));
        assert_eq!((&dropped["unsent"], &dropped["host"]), (&Value::Null, &Value::Null));
    }
}

#[test]
fn neither_the_key_nor_a_long_text_gets_through() {
    const SECRET: &str = "sk_0123456789";
    let message = format!("{SECRET} {}", "x".repeat(10_000));
    let facts = json!({"name": "Error", "message": message, "code": SECRET, "syscall": "connect"});
    let dropped = value_of(dropped(&json_of(facts), URL, SECRET));
    assert_eq!(dropped["unsent"], "[key]");
    assert!(!dropped.to_string().contains(SECRET) && dropped.to_string().len() < 1_000, "{dropped}");
}

/// The answer to a request that was never sent.
fn refused() -> Answer {
    Answer::Dropped(json_of(dropped_by(&failed(connect("ECONNREFUSED")))))
}

fn accepted() -> Answer {
    ok(r#"{"code": 1, "result": "1773315122000777"}"#)
}

#[test]
fn a_submit_that_was_not_sent_is_sent_again_within_max_retries() {
    let log = submit().run(&[refused(), refused(), accepted()]);
    assert_eq!((log.value()["kind"].as_str(), log.sent.len()), (Some("submitted"), 3));
    // As after a plain refusal.
    assert_eq!(log.waits.len(), 2);
    assert!(log.waits[0] >= 1_000.0 && log.waits[1] >= 2_000.0, "{:?}", log.waits);
}

#[test]
fn a_submit_that_was_never_sent_is_a_connection_error_and_not_a_fear_to_have_paid() {
    let log = submit().run(&[refused()]);
    assert_eq!((log.code(), log.sent.len()), ("connection", 3));
    assert_eq!((&log.error()["retryable"], &log.error()["maybeAccepted"]), (&json!(true), &Value::Null));
    for part in ["ECONNREFUSED", HOST, "was not sent", TASK] {
        assert!(log.message().contains(part), "{}", log.message());
    }
}

#[test]
fn what_was_perhaps_sent_before_stays_uncertain() {
    let lost = Answer::Dropped(json_of(dropped_by(&failed(
        json!({"message": "read ECONNRESET", "code": "ECONNRESET", "syscall": "read"}),
    ))));
    let log = submit().run(&[refused(), lost, accepted()]);
    assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 2));
}

#[test]
fn a_wait_lives_through_it() {
    let log = poll().run(&[refused(), refused(), answer(500, ""), done()]);
    assert_eq!(log.value()["status"], "SUCCESS");
}
