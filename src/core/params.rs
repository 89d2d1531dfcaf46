use super::Error;
use crate::api::{find, Field, Json, Record};

/// The body of `POST /mj/submit/action` from `SubmitActionParams`, and the task that it is about.
pub(super) fn action(params: &Json) -> Result<(String, Record), Error> {
    let task_id = task_id(params.get("taskId").as_ref(), "taskId")?;
    let mut body = Record::new();
    body.set_text("taskId", task_id.as_str());
    body.set_text("customId", custom_id(params).map_err(|error| error.about(&task_id))?);
    if let Some(state) = params.get("state") {
        body.set_text("state", state.as_text().ok_or_else(|| Error::invalid(&["state must be text."]))?);
    }
    for name in ["enableRemix", "chooseSameChannel"] {
        if let Some(flag) = params.get(name) {
            let flag = flag.as_bool().ok_or_else(|| Error::invalid(&[name, " must be true or false."]))?;
            body.set(name, Field::Flag(flag));
        }
    }
    Ok((task_id, body))
}

/// A task's id as it may stand in a path: one segment, as text.
pub(super) fn task_id(value: Option<&Json>, name: &str) -> Result<String, Error> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let text = value.and_then(Json::as_text);
    let id = text.as_deref().unwrap_or_default();
    let why = if value.is_some_and(|value| value.as_number().is_some()) {
        " must be text: as a number an id of 16 digits and more loses its last ones."
    } else if id.is_empty() {
        " is missing or empty: give the id of a task, such as the taskId of a submit."
    } else if id.contains('<') {
        " is the documentation's placeholder: give the id of a real task."
    } else if id.contains(',') {
        " holds several ids: split it at the commas and give one at a time."
    } else if !id.bytes().all(is_plain) || id.starts_with('.') {
        " is no task's id: only letters, digits, - and _ can stand in one."
    } else {
        return Ok(id.into());
    };
    Err(Error::invalid(&[name, why]))
}

fn custom_id(params: &Json) -> Result<String, Error> {
    let id = params.text("customId").unwrap_or_default();
    let why = if id.is_empty() {
        "is missing or empty: a link button has none."
    } else if id.contains('<') || id.ends_with("::example") {
        "is the documentation's placeholder."
    } else if find(&id, "::").is_none() || !id.bytes().all(|b| b.is_ascii_graphic()) {
        "is no button's: its parts are joined by ::, with no blanks."
    } else {
        return Ok(id);
    };
    Err(Error::invalid(&[
        "customId ",
        why,
        " Take it from the buttons of the newest fetchTask() or pollUntilDone(): it changes.",
    ]))
}
