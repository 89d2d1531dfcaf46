//! A task as the caller gets it, whatever the gateway's way of writing it.

use crate::scenario::{fetch, says};
use serde_json::{json, Value};

/// What `fetchTask` makes of a payload.
fn read(raw: Value) -> Value {
    let id = raw["id"].as_str().unwrap_or("1").to_owned();
    fetch().subject(json!(id)).run(&[says(200, &raw)]).value().clone()
}

#[test]
fn the_documents_task_is_read_whole() {
    let raw = json!({"id":"1773314942177684","action":"IMAGINE","customId":"","botType":"","prompt":"a lighthouse --v 7",
        "promptEn":"a lighthouse --v 7","description":"Submit success","state":"job-42","submitTime":1773314942177_i64,
        "startTime":1773314944020_i64,"finishTime":1773314983410_i64,"imageUrl":"https://a/mj/image/1","videoUrl":"",
        "status":"SUCCESS","progress":"100%","failReason":"","maskBase64":"","properties":{"finalPrompt":"p"},
        "buttons":[{"customId":"MJ::JOB::upsample::1::0b6e","emoji":"","label":"U1","type":2,"style":2}]});
    let expected = json!({"id":"1773314942177684","status":"SUCCESS","progress":"100%","percent":100,
        "buttons":[{"customId":"MJ::JOB::upsample::1::0b6e","label":"U1","emoji":"","type":2,"style":2}],
        "action":"IMAGINE","prompt":"a lighthouse --v 7","promptEn":"a lighthouse --v 7","description":"Submit success",
        "state":"job-42","imageUrl":"https://a/mj/image/1","submitTime":1773314942177_i64,"startTime":1773314944020_i64,
        "finishTime":1773314983410_i64,"properties":{"finalPrompt":"p"},"raw":raw});
    assert_eq!(read(raw), expected);
}

#[test]
fn nulls_missing_and_unknown_members_are_no_trouble() {
    let nulls = json!({"id":null,"status":null,"progress":null,"buttons":null,"properties":null,"imageUrl":null,
        "submitTime":null,"failReason":null,"somethingNew":[1]});
    for raw in [nulls, json!({"status": ""})] {
        let expected = json!({"id":"1","status":"NOT_START","progress":"","percent":null,"buttons":[],
            "properties":{},"raw":raw});
        assert_eq!(read(raw), expected);
    }
}

#[test]
fn members_of_the_wrong_type_read_as_missing() {
    let raw = json!({"status":"SUCCESS","progress":[],"prompt":5,"imageUrl":{},"submitTime":"soon","buttons":"U1",
        "properties":[1],"action":false,"state":["x"]});
    let expected = json!({"id":"1","status":"SUCCESS","progress":"","percent":null,"buttons":[],"properties":{},
        "raw":raw});
    assert_eq!(read(raw), expected);
}

#[test]
fn every_text_of_a_task_is_handed_on() {
    for name in ["action", "prompt", "promptEn", "description", "state", "imageUrl", "videoUrl", "failReason"] {
        for text in ["x", "一 😀 \" \\ \n", "<script>"] {
            assert_eq!(read(json!({"status": "SUCCESS", name: text}))[name], text);
        }
        assert_eq!(read(json!({"status": "SUCCESS", name: ""})).get(name), None, "{name}: empty is not yet");
    }
}

#[test]
fn times_are_absent_until_known() {
    for name in ["submitTime", "startTime", "finishTime"] {
        assert_eq!(read(json!({"status": "SUCCESS", name: 1_773_314_942_177_i64}))[name], 1_773_314_942_177_i64);
        for unknown in [json!(0), json!(null), json!(-1)] {
            assert_eq!(read(json!({"status": "SUCCESS", name: unknown})).get(name), None, "{name}");
        }
    }
}

#[test]
fn raw_is_the_payload_as_sent() {
    let raw =
        json!({"id": "5", "status": "IN_PROGRESS", "image_urls": ["u", {"url": "v"}], "videoUrls": null, "x": 1.5});
    assert_eq!(read(raw.clone())["raw"], raw);
}

#[test]
fn the_buttons_of_the_documents_are_read_in_order() {
    let button =
        |label: &str, emoji: &str, id: &str| json!({"customId":id,"emoji":emoji,"label":label,"type":2,"style":2});
    let buttons = json!([
        button("U1", "", "MJ::JOB::upsample::1::0b6e"),
        button("", "🔄", "MJ::JOB::reroll::0::0b6e::SOLO"),
        button("Upscale (Subtle)", "upscale_1", "MJ::JOB::upsample_v7_2x_subtle::1::7af9::SOLO"),
        button("Vary (Region)", "🖌️", "MJ::Inpaint::1::7af9::SOLO"),
        button("", "❤️", "MJ::BOOKMARK::7af9")
    ]);
    assert_eq!(read(json!({"status": "SUCCESS", "buttons": buttons}))["buttons"], buttons);
}

#[test]
fn buttons_may_be_of_anything() {
    let raw = json!({"status":"SUCCESS","buttons":[{"customId":null,"label":"Web","emoji":null,"type":"2","style":5},
        null, "x", 7, [], {"customId": 5, "style": "red", "more": 1}]});
    let expected = json!([
        {"customId":"","label":"Web","emoji":"","type":2,"style":5},
        {"customId":"","label":"","emoji":"","type":null,"style":null}
    ]);
    assert_eq!(read(raw)["buttons"], expected);
}

#[test]
fn percent_is_what_progress_says() {
    let table = [
        (json!("58%"), json!(58)),
        (json!("0%"), json!(0)),
        (json!("99.5%"), json!(99.5)),
        (json!("140%"), json!(100)),
        (json!("-3%"), json!(0)),
        (json!("58"), json!(null)),
        (json!("%"), json!(null)),
        (json!("5%%"), json!(null)),
        (json!("NaN%"), json!(null)),
        (json!(""), json!(null)),
        (json!("soon"), json!(null)),
        (json!(58), json!(58)),
        (json!(null), json!(null)),
    ];
    for (progress, percent) in table {
        let task = read(json!({"status": "IN_PROGRESS", "progress": progress}));
        assert_eq!(task["percent"], percent, "{progress}");
        assert!(task["progress"].is_string());
    }
}

#[test]
fn statuses_are_read_in_any_case() {
    let table = [
        ("", "NOT_START"),
        ("NOT_START", "NOT_START"),
        ("submitted", "SUBMITTED"),
        ("IN_PROGRESS", "IN_PROGRESS"),
        (" Success ", "SUCCESS"),
        ("MODAL", "MODAL"),
        ("FAILURE", "FAILURE"),
        ("FAILED", "FAILURE"),
        ("CANCEL", "CANCEL"),
    ];
    for (word, status) in table {
        let task = read(json!({"status": word}));
        assert_eq!((&task["status"], task.get("rawStatus")), (&json!(status), None), "{word}");
    }
}

#[test]
fn a_status_of_tomorrow_is_unknown_with_its_word() {
    for word in ["PENDING", "RUNNING", "暂停", "CANCELLED", "success!"] {
        let task = read(json!({"status": word}));
        assert_eq!((&task["status"], &task["rawStatus"]), (&json!("UNKNOWN"), &json!(word)));
    }
}

#[test]
fn progress_alone_makes_a_task() {
    assert_eq!(read(json!({"progress": "0%"}))["status"], "NOT_START");
}

#[test]
fn a_success_needs_no_picture() {
    let task = read(json!({"status": "SUCCESS", "action": "DESCRIBE", "promptEn": "1️⃣ a\n\n2️⃣ b", "imageUrl": ""}));
    assert_eq!((&task["status"], task.get("imageUrl")), (&json!("SUCCESS"), None));
}

#[test]
fn what_has_neither_status_nor_progress_is_no_task() {
    for value in [json!("x"), json!(5), json!(true), json!([1]), json!({"id": "1"}), json!({"id": "1", "error": {}})] {
        let log = fetch().subject(json!("1")).run(&[says(200, &value)]);
        assert_eq!(log.code(), "unexpected_response", "{value}");
    }
}
