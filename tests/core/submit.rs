//! `submitAction`: what is sent, and what is accepted.

use crate::scenario::{answer, not_sent, ok, poll, says, submit, with_headers, CUSTOM_ID, TASK};
use serde_json::json;

const ACCEPTED: &str =
    r#"{"code":1,"description":"提交成功","result":"1773315122000777","properties":{"discordInstanceId":"5e6c"}}"#;

#[test]
fn it_is_one_post_of_just_what_was_given() {
    let log = submit().run(&[ok(ACCEPTED)]);
    assert_eq!(log.urls, ["https://api.cometapi.com/mj/submit/action"]);
    assert_eq!(log.body(), json!({"taskId": TASK, "customId": CUSTOM_ID}));
    assert_eq!((log.sent, log.timeouts, log.waits), (vec![0.0], vec![75_000.0], vec![]));
}

#[test]
fn the_options_of_an_action_are_sent_as_they_are() {
    let given =
        json!({"taskId": TASK, "customId": "MJ::a", "state": "", "enableRemix": false, "chooseSameChannel": true});
    assert_eq!(submit().subject(given.clone()).run(&[ok(ACCEPTED)]).body(), given);
}

#[test]
fn state_is_sent_to_the_last_character() {
    let state = "job \"42\" \\ \n 一 😀 1773314942177684";
    let given = json!({"taskId": TASK, "customId": CUSTOM_ID, "state": state});
    assert_eq!(submit().subject(given).run(&[ok(ACCEPTED)]).body()["state"], state);
}

#[test]
fn nulls_and_members_of_no_meaning_are_not_sent() {
    let given = json!({"taskId": TASK, "customId": CUSTOM_ID, "state": null, "enableRemix": null, "apiKey": "sk-x"});
    assert_eq!(submit().subject(given).run(&[ok(ACCEPTED)]).body(), json!({"taskId": TASK, "customId": CUSTOM_ID}));
}

#[test]
fn every_button_of_the_documents_is_taken_as_it_is() {
    let buttons = [
        "MJ::JOB::upsample::4::0b6e4c1e-1111-4a2b-9c3d-5e6f7a8b9c0d",
        "MJ::JOB::variation::1::0b6e4c1e",
        "MJ::JOB::reroll::0::0b6e4c1e::SOLO",
        "MJ::JOB::upsample_v7_2x_subtle::1::7af9c0de::SOLO",
        "MJ::Inpaint::1::7af9c0de::SOLO",
        "MJ::Outpaint::50::1::7af9c0de::SOLO",
        "MJ::CustomZoom::7af9c0de",
        "MJ::JOB::pan_left::1::7af9c0de::SOLO",
        "MJ::JOB::animate_high_extend::1::7af9c0de",
        "MJ::BOOKMARK::7af9c0de",
        "MJ::Job::PicReader::all",
        "MJ::JOB::video::1::7af9c0de::manual",
        "XY::of-tomorrow::{\"a\":1}",
    ];
    for button in buttons {
        let log = submit().subject(json!({"taskId": TASK, "customId": button})).run(&[ok(ACCEPTED)]);
        assert_eq!(log.body()["customId"], button);
    }
}

#[test]
fn accepted_codes_say_how_it_goes_on() {
    let table = [
        (json!({"code": 1}), "submitted", 1),
        (json!({"code": "1"}), "submitted", 1),
        (json!({"code": 22, "properties": {"numberOfQueues": 1}}), "queued", 22),
        (json!({"code": 21, "properties": {"remix": true}}), "modal", 21),
        (json!({"code": 21, "properties": {"status": null}}), "modal", 21),
        (json!({"code": 21}), "modal", 21),
        (json!({"code": 21, "properties": {"status": "SUCCESS", "imageUrl": "u"}}), "existing", 21),
        (json!({"code": 21, "properties": {"status": "IN_PROGRESS"}}), "existing", 21),
        // The gateway makes 1 of most 21 and 22: the task's status is the truth.
        (json!({"code": 1, "properties": {"status": "x", "numberOfQueues": 1}}), "submitted", 1),
    ];
    for (mut body, kind, code) in table {
        body["result"] = json!("7");
        let log = submit().run(&[says(200, &body)]);
        let value = log.value();
        assert_eq!((&value["kind"], &value["taskId"], &value["code"]), (&json!(kind), &json!("7"), &json!(code)));
        assert!(value["properties"].is_object());
    }
}

#[test]
fn the_words_of_a_description_decide_nothing() {
    for description in ["提交失败", "error", "task_not_found", "429", ""] {
        let body = json!({"code": 1, "description": description, "result": "7"});
        assert_eq!(submit().run(&[says(200, &body)]).value()["description"], description);
    }
}

#[test]
fn it_is_read_whatever_its_content_type_says() {
    for kind in ["text/plain; charset=utf-8", "text/html", "application/json", ""] {
        let log = submit().run(&[with_headers(200, ACCEPTED, json!({"content-type": kind}))]);
        assert_eq!(log.value()["taskId"], "1773315122000777");
    }
}

#[test]
fn any_success_of_http_will_do() {
    for status in [200, 201, 202, 299] {
        assert_eq!(submit().run(&[answer(status, ACCEPTED)]).value()["kind"], "submitted");
    }
}

#[test]
fn several_ids_in_one_answer_are_several_tasks() {
    let ids = json!(["1773315122000777", "1773315122000778"]);
    for result in [
        json!("1773315122000777,1773315122000778"),
        json!(" 1773315122000777 , 1773315122000778\n"),
        json!("1773315122000777\n1773315122000778"),
        ids.clone(),
        json!([1_773_315_122_000_777_u64, "1773315122000778"]),
    ] {
        let log = submit().run(&[says(200, &json!({"code": 1, "description": "ok", "result": result}))]);
        assert_eq!((&log.value()["taskId"], &log.value()["taskIds"]), (&ids[0], &ids), "{result}");
    }
    let log = submit().run(&[ok(r#"{"code":1,"description":"ok","result":" 1773315122000777\n"}"#)]);
    assert_eq!(log.value()["taskIds"], json!(["1773315122000777"]));
}

/// It was accepted, so it is never "not sent".
#[test]
fn ids_that_cannot_be_read_are_uncertain_and_come_along() {
    for result in ["17733 15122", "a/b", "1773315122000777,", "https://x/y.png", "1773315122000777;2"] {
        let log = submit().run(&[says(200, &json!({"code": 1, "description": "ok", "result": result}))]);
        assert_eq!((log.code(), &log.error()["maybeAccepted"]), ("submit_uncertain", &json!(true)), "{result}");
        assert!(log.error()["body"].as_str().unwrap().contains(result), "{}", log.error());
    }
}

#[test]
fn an_envelope_that_plainly_holds_a_submission_is_read() {
    for body in [
        json!({"code": 200, "data": {"code": 1, "description": "ok", "result": "1773315122000777"}}),
        json!({"success": true, "data": {"code": "1", "description": "ok", "result": 1_773_315_122_000_777_u64}}),
    ] {
        let log = submit().run(&[says(200, &body)]);
        assert_eq!((&log.value()["taskId"], &log.value()["code"]), (&json!("1773315122000777"), &json!(1)), "{body}");
    }
    let refused = json!({"code": 200, "data": {"code": 24, "description": "banned"}});
    let log = submit().run(&[says(200, &refused)]);
    assert_eq!((log.code(), &log.error()["submitCode"]), ("submit_rejected", &json!(24)));
}

/// Wherever a gateway could put an id, and whatever it says beside it: never refused, never sent again, and the id is told.
#[test]
fn an_id_anywhere_in_an_answer_is_found() {
    let id = "1773315122000777";
    let bodies = [
        json!({"properties": {"taskId": id}}),
        json!({"taskIds": [id]}),
        json!({"data": [{"code": 1, "result": id}]}),
        json!([{"code": 1, "result": id}]),
        json!({"result": {"id": id}}),
        json!({"result": {"code": 1, "result": id}}),
        json!([id]),
        json!(id),
        json!({"code": 24, "taskIds": [id]}),
        json!({"code": 3, "properties": {"taskId": id}}),
        json!({"code": 4, "result": {"id": id}}),
        json!({"code": 3, "task": {"id": id}}),
        json!({"code": 3, "Result": id}),
        json!({"error": {"message": "x", "code": "model_not_found", "id": id}}),
        json!({"error": {"message": "x", "code": "model_not_found"}, "taskIds": [id]}),
        json!({"code": 30, "data": {"code": 1, "result": id}}),
    ];
    let accepted = ok(&format!(r#"{{"code":1,"result":"{id}"}}"#));
    for body in bodies {
        for status in [429, 503, 400, 401, 200] {
            let log = submit().run(&[says(status, &body), accepted.clone()]);
            assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1), "{status} {body}");
            assert_eq!(log.error()["taskIds"], json!([id]), "{status} {body}");
        }
    }
    for text in [format!(r#"{{"code":1,"result":"{id}"#), format!("ok {id}"), id.to_owned()] {
        let log = submit().run(&[answer(429, &text), accepted.clone()]);
        assert_eq!(
            (log.code(), log.sent.len(), &log.error()["taskIds"]),
            ("submit_uncertain", 1, &json!([id])),
            "{text}"
        );
    }
    let log = submit().run(&[answer(429, r#"{"code":1,"res"#), accepted]);
    assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1));
}

#[test]
fn an_accepting_code_goes_before_one_that_says_not_now() {
    let log = submit().run(&[says(200, &json!({"code": 1, "result": "1773315122000777", "data": {"code": 23}}))]);
    assert_eq!((log.sent.len(), &log.value()["taskId"]), (1, &json!("1773315122000777")));
    for body in [json!({"code": 23, "data": {"code": 1}}), json!({"code": 1, "data": {"code": 23}})] {
        let log = submit().run(&[says(200, &body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1), "{body}");
    }
}

#[test]
fn the_same_id_twice_is_one_task() {
    let log = submit().run(&[says(200, &json!({"code": 1, "result": "1773315122000777,1773315122000777"}))]);
    assert_eq!(log.value()["taskIds"], json!(["1773315122000777"]));
}

/// An account of the provider is none of ours.
#[test]
fn a_refusal_with_the_providers_own_ids_is_one() {
    let body = json!({"code": 24, "description": "x", "properties": {"discordInstanceId": "1118138338562560102"}});
    assert_eq!(submit().run(&[says(200, &body)]).code(), "submit_rejected");
}

#[test]
fn an_envelope_that_is_not_understood_is_uncertain_with_the_ids_in_it() {
    for body in [
        json!({"code": 200, "data": "1773315122000777"}),
        json!({"code": 200, "data": {"taskId": "1773315122000777"}}),
        json!({"code": 200, "message": "ok", "data": {"data": {"code": 1, "result": "1773315122000777"}}}),
        json!({"code": 24, "data": {"code": 1, "result": "1773315122000777"}}),
        json!({"task_id": "1773315122000777"}),
    ] {
        let log = submit().run(&[says(200, &body)]);
        assert_eq!((log.code(), &log.error()["taskIds"]), ("submit_uncertain", &json!(["1773315122000777"])), "{body}");
        assert_eq!(log.error()["state"]["taskId"], "1773315122000777", "{body}");
    }
    assert_eq!(submit().run(&[ok(r#"{"code":200,"message":"ok"}"#)]).code(), "submit_uncertain");
}

#[test]
fn the_request_id_is_handed_on() {
    for header in ["x-request-id", "x-oneapi-request-id"] {
        let log = submit().run(&[with_headers(200, ACCEPTED, json!({header: "r1"}))]);
        assert_eq!(log.value()["requestId"], "r1");
    }
    assert_eq!(submit().run(&[ok(ACCEPTED)]).value().get("requestId"), None);
}

#[test]
fn properties_are_handed_on_as_they_came() {
    let body =
        r#"{"code":1,"description":"","result":"7","properties":{"a":[1,null,"x"],"id":1773315122000777,"n":1.5}}"#;
    let expected = json!({"a": [1, null, "x"], "id": "1773315122000777", "n": 1.5});
    assert_eq!(submit().run(&[ok(body)]).value()["properties"], expected);
}

#[test]
fn a_key_that_cannot_be_used_ends_it_and_nothing_is_uncertain() {
    let log = submit().run(&[not_sent()]);
    assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 1));
    assert_eq!((log.error().get("maybeAccepted"), &log.error()["taskId"]), (None, &json!(TASK)));
}

/// The whole way: what a submit gives is what a wait takes.
#[test]
fn its_result_can_be_waited_for() {
    let submitted = submit().run(&[ok(ACCEPTED)]).value().clone();
    let task = json!({"id": 1_773_315_122_000_777_i64, "status": "SUCCESS", "progress": "100%"});
    let log = poll().subject(submitted).run(&[says(200, &task)]);
    assert_eq!(log.value()["id"], "1773315122000777");
}
