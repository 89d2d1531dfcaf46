//! Answers and what they come to, for the core's two readers of JSON: `serde_json` in `tests/core`, JavaScript's own
//! in `tests/browser`. Both include this file.

/// One answer of the API, and the outcome of the call without the members that are left out.
pub struct Payload {
    /// `submitAction` or `fetchTask`, without retries.
    pub call: &'static str,
    pub status: u16,
    /// A JSON object, names in lower case.
    pub headers: &'static str,
    pub body: &'static str,
    /// The value or the error's record.
    pub outcome: &'static str,
}

/// The task that is fetched, or whose button is pressed.
pub const TASK: &str = "1773314942177684";

/// Unix ms at which they come: Thu, 12 Mar 2026 11:30:00 GMT.
pub const NOW: f64 = 1_773_315_000_000.0;

/// Just the input again, or told in words.
pub const LEFT_OUT_OF_VALUES: &[&str] = &["raw"];
pub const LEFT_OUT_OF_ERRORS: &[&str] = &["message", "state", "body", "cause", "thrown"];

const fn submit(status: u16, body: &'static str, outcome: &'static str) -> Payload {
    Payload { call: "submitAction", status, headers: "{}", body, outcome }
}

const fn fetch(body: &'static str, outcome: &'static str) -> Payload {
    Payload { call: "fetchTask", status: 200, headers: "{}", body, outcome }
}

const fn refused(status: u16, headers: &'static str, body: &'static str, outcome: &'static str) -> Payload {
    Payload { call: "fetchTask", status, headers, body, outcome }
}

pub const PAYLOADS: &[Payload] = &[
    // The submissions of the documents.
    submit(
        200,
        r#"{"code":1,"description":"提交成功","result":"1773314942177684","properties":{"discordChannelId":"5e6ca8e1f40e4de6"}}"#,
        r#"{"kind":"submitted","taskId":"1773314942177684","taskIds":["1773314942177684"],"code":1,"description":"提交成功",
            "properties":{"discordChannelId":"5e6ca8e1f40e4de6"}}"#,
    ),
    submit(
        200,
        r#"{"code":1,"description":"Submission successful","result":1773314942177684,"properties":{}}"#,
        r#"{"kind":"submitted","taskId":"1773314942177684","taskIds":["1773314942177684"],"code":1,"description":"Submission successful","properties":{}}"#,
    ),
    submit(
        200,
        r#"{"code":21,"description":"Waiting for window confirm","result":"1773315122000777","properties":{"finalPrompt":"a lighthouse --v 7","remix":true}}"#,
        r#"{"kind":"modal","taskId":"1773315122000777","taskIds":["1773315122000777"],"code":21,"description":"Waiting for window confirm",
            "properties":{"finalPrompt":"a lighthouse --v 7","remix":true}}"#,
    ),
    submit(
        200,
        r#"{"code":21,"description":"exists","result":14001934816969359,"properties":{"status":"SUCCESS","imageUrl":"u"}}"#,
        r#"{"kind":"existing","taskId":"14001934816969359","taskIds":["14001934816969359"],"code":21,"description":"exists",
            "properties":{"status":"SUCCESS","imageUrl":"u"}}"#,
    ),
    submit(
        200,
        r#"{"code":22,"description":"排队中，前面还有1个任务","result":"1773315122000888","properties":{"numberOfQueues":1}}"#,
        r#"{"kind":"queued","taskId":"1773315122000888","taskIds":["1773315122000888"],"code":22,"description":"排队中，前面还有1个任务",
            "properties":{"numberOfQueues":1}}"#,
    ),
    // In other forms.
    submit(
        200,
        r#"{"code":"1","result":0741798445574458,"properties":null}"#,
        r#"{"kind":"submitted","taskId":"0741798445574458","taskIds":["0741798445574458"],"code":1,"description":"","properties":{}}"#,
    ),
    submit(
        201,
        r#" {"code":1.0,"description":null,"result":12345678901234567890,"properties":[1],"new":{"a":[null]}} "#,
        r#"{"kind":"submitted","taskId":"12345678901234567890","taskIds":["12345678901234567890"],"code":1,"description":"","properties":{}}"#,
    ),
    submit(
        200,
        r#"{"code":1,"result":123456789012345}"#,
        r#"{"kind":"submitted","taskId":"123456789012345","taskIds":["123456789012345"],"code":1,"description":"","properties":{}}"#,
    ),
    submit(
        200,
        r#"{"code":1,"result":"7","properties":{"id":1773315122000888,"s":"1773315122000888, \"1773315122000889\"\\"}}"#,
        r#"{"kind":"submitted","taskId":"7","taskIds":["7"],"code":1,"description":"",
            "properties":{"id":"1773315122000888","s":"1773315122000888, \"1773315122000889\"\\"}}"#,
    ),
    // Refused.
    submit(
        200,
        r#"{"code":24,"description":"可能包含敏感词","result":null,"properties":{"promptEn":"…","bannedWord":"…"}}"#,
        r#"{"code":"submit_rejected","retryable":false,"status":200,"taskId":"1773314942177684","submitCode":24,
            "description":"可能包含敏感词"}"#,
    ),
    submit(
        200,
        r#"{"code":23,"description":"Queue is full, please try again later","result":"1"}"#,
        r#"{"code":"submit_rejected","retryable":true,"status":200,"taskId":"1773314942177684","submitCode":23,
            "description":"Queue is full, please try again later"}"#,
    ),
    submit(
        400,
        r#"{"description":"task_status_not_success ","type":"upstream_error","code":4}"#,
        r#"{"code":"submit_rejected","retryable":false,"status":400,"taskId":"1773314942177684","submitCode":4,
            "description":"task_status_not_success "}"#,
    ),
    submit(
        200,
        r#"{"code":300,"description":"x"}"#,
        r#"{"code":"submit_rejected","retryable":false,"status":200,"taskId":"1773314942177684",
            "submitCode":300,"description":"x"}"#,
    ),
    submit(
        200,
        r#"{"code":-1,"description":"x","result":""}"#,
        r#"{"code":"submit_rejected","retryable":false,"status":200,"taskId":"1773314942177684","submitCode":-1,
            "description":"x"}"#,
    ),
    // Nobody knows.
    submit(
        400,
        r#"{"description":"do_request_failed ","type":"upstream_error","code":5}"#,
        r#"{"code":"submit_uncertain","retryable":false,"status":400,"taskId":"1773314942177684","maybeAccepted":true}"#,
    ),
    submit(
        200,
        r#"{"code":1,"description":"ok","result":177331"#,
        r#"{"code":"submit_uncertain","retryable":false,"status":200,"taskId":"1773314942177684","maybeAccepted":true}"#,
    ),
    submit(
        200,
        r#"{"code":1,"description":"ok","result":false}"#,
        r#"{"code":"submit_uncertain","retryable":false,"status":200,"taskId":"1773314942177684","maybeAccepted":true}"#,
    ),
    submit(
        200,
        r#""1""#,
        r#"{"code":"submit_uncertain","retryable":false,"status":200,"taskId":"1773314942177684","maybeAccepted":true}"#,
    ),
    // The tasks of the documents.
    fetch(
        r#"{"id":"1773314942177684","action":"IMAGINE","customId":"","botType":"","prompt":"a lighthouse --v 7","promptEn":"","description":"Submit success","state":"","submitTime":1773314942177,"startTime":0,"finishTime":0,"imageUrl":"","status":"","progress":"0%","failReason":"","buttons":null,"maskBase64":"","properties":null}"#,
        r#"{"id":"1773314942177684","status":"NOT_START","progress":"0%","percent":0,"buttons":[],"action":"IMAGINE",
            "prompt":"a lighthouse --v 7","description":"Submit success","submitTime":1773314942177,"properties":{}}"#,
    ),
    fetch(
        r#"{"id":"1773314942177684","action":"IMAGINE","customId":"","botType":"","prompt":"a lighthouse --v 7","promptEn":"a lighthouse --v 7","description":"Submit success","state":"job-42","submitTime":1773314942177,"startTime":1773314944020,"finishTime":0,"imageUrl":"https://api.cometapi.com/mj/image/1773314942177684?rand=1773314961000000001","status":"IN_PROGRESS","progress":"58%","failReason":"","buttons":[],"maskBase64":"","properties":{"finalPrompt":"","finalZhPrompt":""}}"#,
        r#"{"id":"1773314942177684","status":"IN_PROGRESS","progress":"58%","percent":58,"buttons":[],"action":"IMAGINE",
            "prompt":"a lighthouse --v 7","promptEn":"a lighthouse --v 7","description":"Submit success","state":"job-42",
            "submitTime":1773314942177,"startTime":1773314944020,
            "imageUrl":"https://api.cometapi.com/mj/image/1773314942177684?rand=1773314961000000001",
            "properties":{"finalPrompt":"","finalZhPrompt":""}}"#,
    ),
    fetch(
        r#"{"id":"1773314942177684","action":"IMAGINE","customId":"","botType":"","prompt":"a lighthouse --v 7","promptEn":"a lighthouse --v 7","description":"Submit success","state":"job-42","submitTime":1773314942177,"startTime":1773314944020,"finishTime":1773314983410,"imageUrl":"https://api.cometapi.com/mj/image/1773314942177684","videoUrl":"","status":"SUCCESS","progress":"100%","failReason":"","maskBase64":"","properties":{"finalPrompt":"a lighthouse --v 7","finalZhPrompt":""},
"buttons":[
{"customId":"MJ::JOB::upsample::1::0b6e4c1e-1111-4a2b-9c3d-5e6f7a8b9c0d","emoji":"","label":"U1","type":2,"style":2},
{"customId":"MJ::JOB::reroll::0::0b6e4c1e-1111-4a2b-9c3d-5e6f7a8b9c0d::SOLO","emoji":"🔄","label":"","type":2,"style":2},
{"customId":"MJ::Inpaint::1::7af9c0de-2222-4b3c-8d4e-6f7a8b9c0d1e::SOLO","emoji":"🖌️","label":"Vary (Region)","type":2,"style":2}]}"#,
        r#"{"id":"1773314942177684","status":"SUCCESS","progress":"100%","percent":100,"action":"IMAGINE","buttons":[
            {"customId":"MJ::JOB::upsample::1::0b6e4c1e-1111-4a2b-9c3d-5e6f7a8b9c0d","emoji":"","label":"U1","type":2,"style":2},
            {"customId":"MJ::JOB::reroll::0::0b6e4c1e-1111-4a2b-9c3d-5e6f7a8b9c0d::SOLO","emoji":"🔄","label":"","type":2,"style":2},
            {"customId":"MJ::Inpaint::1::7af9c0de-2222-4b3c-8d4e-6f7a8b9c0d1e::SOLO","emoji":"🖌️","label":"Vary (Region)","type":2,"style":2}],
            "prompt":"a lighthouse --v 7","promptEn":"a lighthouse --v 7","description":"Submit success","state":"job-42",
            "submitTime":1773314942177,"startTime":1773314944020,"finishTime":1773314983410,
            "imageUrl":"https://api.cometapi.com/mj/image/1773314942177684",
            "properties":{"finalPrompt":"a lighthouse --v 7","finalZhPrompt":""}}"#,
    ),
    fetch(
        r#"{"id":"1773314942177684","action":"IMAGINE","prompt":"x","promptEn":"","submitTime":1773315000123,"imageUrl":"","status":"FAILURE","progress":"100%","failReason":"[Banned prompt detected] x","buttons":null,"properties":null}"#,
        r#"{"id":"1773314942177684","status":"FAILURE","progress":"100%","percent":100,"buttons":[],"action":"IMAGINE",
            "prompt":"x","submitTime":1773315000123,"failReason":"[Banned prompt detected] x","properties":{}}"#,
    ),
    // In other forms.
    fetch(
        r#"{"id":1773314942177684,"status":"weird","progress":58,"submitTime":"1773314942177","startTime":-1,"finishTime":null,"state":7,"prompt":["x"],"properties":"x","mode":null}"#,
        r#"{"id":"1773314942177684","status":"UNKNOWN","rawStatus":"weird","progress":"58%","percent":58,"buttons":[],"properties":{}}"#,
    ),
    fetch(
        r#"{"status":null,"progress":null,"buttons":{"0":{}}}"#,
        r#"{"id":"1773314942177684","status":"NOT_START","progress":"","percent":null,"buttons":[],"properties":{}}"#,
    ),
    fetch(
        r#"{"id":null,"status":" failed ","progress":"58.5%","buttons":[{"customId":null,"label":"Web","emoji":null,"type":"2","style":5},null,"x",[],{}]}"#,
        r#"{"id":"1773314942177684","status":"FAILURE","progress":"58.5%","percent":58.5,"buttons":[
            {"customId":"","label":"Web","emoji":"","type":2,"style":5},
            {"customId":"","label":"","emoji":"","type":null,"style":null}],"properties":{}}"#,
    ),
    fetch(
        r#"{"status":"CANCEL","progress":"-5%","state":"\u0000\ud83d\ude00\"\\\/\n"}"#,
        r#"{"id":"1773314942177684","status":"CANCEL","progress":"-5%","percent":0,"buttons":[],"state":"\u0000😀\"\\/\n","properties":{}}"#,
    ),
    fetch(
        r#"{"status":"MODAL","progress":"1e1%","properties":{"__proto__":1,"constructor":2}}"#,
        r#"{"id":"1773314942177684","status":"MODAL","progress":"1e1%","percent":null,"buttons":[],
            "properties":{"__proto__":1,"constructor":2}}"#,
    ),
    // No tasks.
    fetch(
        r#"{"id":"9999999999999999","status":"SUCCESS"}"#,
        r#"{"code":"unexpected_response","retryable":false,"status":200,"taskId":"1773314942177684"}"#,
    ),
    fetch(
        "<!doctype html><title>x</title>",
        r#"{"code":"unexpected_response","retryable":false,"status":200,"taskId":"1773314942177684"}"#,
    ),
    fetch("5", r#"{"code":"unexpected_response","retryable":false,"status":200,"taskId":"1773314942177684"}"#),
    fetch(
        "\"SUCCESS\"",
        r#"{"code":"unexpected_response","retryable":false,"status":200,"taskId":"1773314942177684"}"#,
    ),
    fetch("", r#"{"code":"task_not_found","retryable":false,"status":200,"taskId":"1773314942177684"}"#),
    fetch(" null\n", r#"{"code":"task_not_found","retryable":false,"status":200,"taskId":"1773314942177684"}"#),
    // Errors.
    refused(
        400,
        "{}",
        r#"{"description":"task_no_found ","type":"upstream_error","code":4}"#,
        r#"{"code":"task_not_found","retryable":false,"status":400,"taskId":"1773314942177684"}"#,
    ),
    refused(
        401,
        r#"{"x-oneapi-request-id":"h1"}"#,
        r#"{"error":{"message":"no (request id: 20260205ab)","type":"comet_api_error","param":"","code":""}}"#,
        r#"{"code":"authentication","retryable":false,"status":401,"taskId":"1773314942177684","requestId":"h1"}"#,
    ),
    refused(
        403,
        "{}",
        r#"{"error":{"message":"该令牌无权使用模型 (request id: 20260205ab)","code":null}}"#,
        r#"{"code":"permission_denied","retryable":false,"status":403,"taskId":"1773314942177684","requestId":"20260205ab"}"#,
    ),
    refused(
        429,
        r#"{"retry-after":"2"}"#,
        "",
        r#"{"code":"rate_limit","retryable":true,"status":429,"taskId":"1773314942177684","retryAfterMs":2000}"#,
    ),
    refused(
        503,
        r#"{"retry-after":"Thu, 12 Mar 2026 11:31:00 GMT","x-request-id":"r"}"#,
        "<html>",
        r#"{"code":"server","retryable":true,"status":503,"taskId":"1773314942177684","retryAfterMs":60000,"requestId":"r"}"#,
    ),
    refused(
        429,
        r#"{"retry-after":"Thu, 12 Mar 2026 11:00:00 GMT"}"#,
        "",
        r#"{"code":"rate_limit","retryable":true,"status":429,"taskId":"1773314942177684","retryAfterMs":0}"#,
    ),
    refused(
        429,
        r#"{"retry-after":"May 2030"}"#,
        r#"{"error":"slow down"}"#,
        r#"{"code":"rate_limit","retryable":true,"status":429,"taskId":"1773314942177684"}"#,
    ),
    refused(
        429,
        r#"{"retry-after-ms":"1000.0","retry-after":"9"}"#,
        r#"{"code":"30","description":"当前分组负载已饱和"}"#,
        r#"{"code":"rate_limit","retryable":true,"status":429,"taskId":"1773314942177684","retryAfterMs":1000,"submitCode":30}"#,
    ),
    refused(
        500,
        "{}",
        r#"{"error":{"message":"field messages is required","code":"invalid_request"}}"#,
        r#"{"code":"server","retryable":false,"status":500,"taskId":"1773314942177684"}"#,
    ),
];

/// Where the two readers of numbers in text could part: JavaScript's takes blanks for 0, and `0x`, and `Infinity`.
pub const ODD_NUMBERS: &[Payload] = &[
    fetch(
        r#"{"status":"SUBMITTED","progress":" %"}"#,
        r#"{"id":"1773314942177684","status":"SUBMITTED","progress":" %","percent":null,"buttons":[],"properties":{}}"#,
    ),
    fetch(
        r#"{"status":"SUBMITTED","progress":"0x10%"}"#,
        r#"{"id":"1773314942177684","status":"SUBMITTED","progress":"0x10%","percent":null,"buttons":[],"properties":{}}"#,
    ),
    fetch(
        r#"{"status":"SUBMITTED","progress":"Infinity%"}"#,
        r#"{"id":"1773314942177684","status":"SUBMITTED","progress":"Infinity%","percent":null,"buttons":[],"properties":{}}"#,
    ),
    refused(
        429,
        r#"{"retry-after":"Infinity"}"#,
        "",
        r#"{"code":"rate_limit","retryable":true,"status":429,"taskId":"1773314942177684"}"#,
    ),
];
