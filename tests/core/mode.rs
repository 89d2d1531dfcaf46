//! `mode`: a prefix of the submits' paths, and of nothing else.

use crate::scenario::{call, ok, poll, says, task, Log, Scenario, CANARY, CUSTOM_ID, TASK};
use cometapi_midjourney::core::Method;
use serde_json::{json, Value};

const ACCEPTED: &str = r#"{"code":1,"description":"ok","result":"1773314942177684"}"#;

fn in_mode(mode: &Value, scenario: Scenario) -> Scenario {
    scenario.client(json!({"apiKey": CANARY, "baseURL": "https://proxy.example/api/", "mode": mode}))
}

fn paths(log: &Log) -> Vec<&str> {
    log.urls.iter().map(|url| url.strip_prefix("https://proxy.example/api").unwrap()).collect()
}

#[test]
fn every_submit_has_the_prefix_and_no_read_has() {
    let picture = json!({"id": TASK, "buttons": [{"customId": CUSTOM_ID, "label": "U1"}]});
    for (mode, prefix) in
        [(json!("fast"), "/mj-fast"), (json!("relax"), "/mj-relax"), (json!("turbo"), "/mj-turbo"), (json!(null), "")]
    {
        let submits = [
            (Method::SubmitAction, "action", json!({"taskId": TASK, "customId": CUSTOM_ID})),
            (Method::SubmitModal, "modal", json!({"taskId": TASK})),
            (Method::SubmitImagine, "imagine", json!({"prompt": "x"})),
        ];
        for (method, route, params) in submits {
            let log = in_mode(&mode, call(method, params)).run(&[ok(ACCEPTED)]);
            assert_eq!(paths(&log), [format!("{prefix}/mj/submit/{route}")]);
        }
        let fetch = format!("/mj/task/{TASK}/fetch");
        for method in [Method::FetchTask, Method::PollUntilDone, Method::PollOnce] {
            assert_eq!(paths(&in_mode(&mode, call(method, json!(TASK))).run(&[task("SUCCESS")])), [&*fetch]);
        }
        let all = in_mode(&mode, call(Method::PollAllUntilDone, json!([TASK, TASK])));
        let listed = all.run(&[says(200, &json!([{"id": TASK, "status": "SUCCESS"}]))]);
        assert_eq!(paths(&listed), ["/mj/task/list-by-condition"]);
        let act = in_mode(&mode, call(Method::Act, picture.clone())).options(json!({"button": "U1"}));
        assert_eq!(
            paths(&act.run(&[ok(ACCEPTED), task("SUCCESS")])),
            [format!("{prefix}/mj/submit/action"), fetch.clone()]
        );
        let asking = in_mode(&mode, poll()).options(json!({"onModal": true})).says(&[json!({"taskId": TASK})]);
        let log = asking.run(&[task("MODAL"), ok(ACCEPTED), task("SUCCESS")]);
        let list = "/mj/task/list-by-condition".to_owned();
        assert_eq!(paths(&log), [fetch.clone(), format!("{prefix}/mj/submit/modal"), list, fetch]);
    }
}

#[test]
fn another_word_is_told_before_anything_is_sent() {
    for mode in [json!("FAST"), json!(""), json!("slow"), json!("fast/../x"), json!(1), json!({})] {
        let log = in_mode(&mode, poll()).run(&[task("SUCCESS")]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0));
        assert!(log.message().contains("fast, relax or turbo"));
    }
}
