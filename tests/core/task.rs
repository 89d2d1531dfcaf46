use cometapi_midjourney::api::{Json, Task};
use serde_json::{json, Value};

fn read(value: Value) -> Value {
    Task::read(&Json(value), "1").unwrap().view.0
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
    let raw = json!({"id":null,"status":null,"progress":null,"buttons":null,"properties":null,"imageUrl":null,
        "submitTime":null,"failReason":null,"somethingNew":[1]});
    let task = read(raw.clone());
    assert_eq!(
        task,
        json!({"id":"1","status":"NOT_START","progress":"","percent":null,"buttons":[],"properties":{},"raw":raw})
    );
}

#[test]
fn buttons_may_be_of_anything() {
    let raw = json!({"status":"SUCCESS","buttons":[{"customId":null,"label":"Web","emoji":null,"type":"2","style":5}, null, "x"]});
    assert_eq!(read(raw)["buttons"], json!([{"customId":"","label":"Web","emoji":"","type":2,"style":5}]));
}

#[test]
fn percent_is_what_progress_says() {
    let table = [
        (json!("58%"), json!(58)),
        (json!("0%"), json!(0)),
        (json!("140%"), json!(100)),
        (json!("58"), json!(null)),
        (json!("%"), json!(null)),
        (json!(""), json!(null)),
        (json!("soon"), json!(null)),
        (json!(58), json!(58)),
        (json!(null), json!(null)),
    ];
    for (progress, percent) in table {
        assert_eq!(read(json!({"status":"IN_PROGRESS","progress":progress}))["percent"], percent, "{progress}");
    }
}

#[test]
fn statuses_are_read_in_any_case() {
    let table = [
        ("", "NOT_START"),
        ("NOT_START", "NOT_START"),
        ("submitted", "SUBMITTED"),
        ("IN_PROGRESS", "IN_PROGRESS"),
        ("Success", "SUCCESS"),
        ("MODAL", "MODAL"),
        ("FAILURE", "FAILURE"),
        ("FAILED", "FAILURE"),
        ("CANCEL", "CANCEL"),
        ("PENDING", "UNKNOWN"),
    ];
    for (word, status) in table {
        assert_eq!(read(json!({"status": word}))["status"], status, "{word}");
    }
}

#[test]
fn what_has_neither_status_nor_progress_is_no_task() {
    for value in [json!({}), json!([]), json!(null), json!("x"), json!({"id": "1"}), json!({"error": {}})] {
        assert!(Task::read(&Json(value.clone()), "1").is_none(), "{value}");
    }
}
