use super::Error;
use crate::api::Json;
use serde::Serialize;

/// The body of `POST /mj/submit/action`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionBody {
    pub task_id: String,
    custom_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_remix: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choose_same_channel: Option<bool>,
}

impl ActionBody {
    /// Reads and checks `SubmitActionParams`.
    pub fn read(params: &Json) -> Result<Self, Error> {
        let task_id = task_id(params.get("taskId").as_ref(), "taskId")?;
        Ok(Self {
            custom_id: custom_id(params).map_err(|error| error.about(&task_id))?,
            state: optional(params, "state", "text", Json::as_text)?,
            enable_remix: optional(params, "enableRemix", "true or false", Json::as_bool)?,
            choose_same_channel: optional(params, "chooseSameChannel", "true or false", Json::as_bool)?,
            task_id,
        })
    }
}

/// A task's id as it may stand in a path: one segment, as text.
pub(super) fn task_id(value: Option<&Json>, name: &str) -> Result<String, Error> {
    let bad = |why: &[&str]| Err(Error::invalid(&[&[name], why].concat()));
    let Some(value) = value else {
        return bad(&[" is missing: give the id of a task, such as the taskId of a submit."]);
    };
    let Some(id) = value.as_text() else {
        return bad(&[" must be text: as a number an id of 16 digits and more loses its last ones."]);
    };
    if id.is_empty() {
        return bad(&[" is empty: give the id of a task, such as the taskId of a submit."]);
    }
    if id.contains('<') {
        return bad(&[
            " is the documentation's placeholder ",
            &id,
            ": give the id of a real task.",
        ]);
    }
    if id.contains(',') {
        return bad(&[
            " holds several ids (",
            &id,
            "): split it at the commas and give one at a time.",
        ]);
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !id.bytes().all(plain) || id.bytes().all(|b| b == b'.') {
        return bad(&[" is no task's id: only letters, digits, - and _ can stand in one."]);
    }
    Ok(id)
}

fn custom_id(params: &Json) -> Result<String, Error> {
    const REMEDY: &str = " Take the customId of a button of the newest fetchTask() or pollUntilDone(): it changes.";
    let bad = |why: &[&str]| Err(Error::invalid(&[&["customId "], why, &[REMEDY]].concat()));
    let Some(id) = params
        .get("customId")
        .and_then(|id| id.as_text())
        .filter(|id| !id.is_empty())
    else {
        return bad(&["is missing or empty: a link button has none."]);
    };
    if id.contains('<') || id.ends_with("::example") {
        return bad(&["is the documentation's placeholder ", &id, "."]);
    }
    if !id.contains("::") || id.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        return bad(&["is no button's: its parts are joined by ::, with no blanks."]);
    }
    Ok(id)
}

fn optional<T>(params: &Json, name: &str, what: &str, read: fn(&Json) -> Option<T>) -> Result<Option<T>, Error> {
    match params.get(name) {
        None => Ok(None),
        Some(value) => match read(&value) {
            Some(value) => Ok(Some(value)),
            None => Err(Error::invalid(&[name, " must be ", what, "."])),
        },
    }
}
