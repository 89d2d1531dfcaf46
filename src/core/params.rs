use super::Error;
use crate::api::{Json, Record};

/// The body of `POST /mj/submit/action` from `SubmitActionParams`, and the task that it is about.
pub(super) fn action(params: &Json) -> Result<(String, Record), Error> {
    let task_id = task_id(&params.at("taskId"), "taskId")?;
    let custom_id = params.text("customId");
    check_custom_id(&custom_id)?;
    let mut body = Record::new();
    body.set("taskId", task_id.as_str());
    body.set("customId", custom_id.as_str());
    for name in ["state", "enableRemix", "chooseSameChannel"] {
        let value = params.at(name);
        if value.is_null() {
            continue;
        }
        if !(if name == "state" { value.is_text() } else { value.is_bool() }) {
            return Err(Error::invalid(&[name, " must be of its type: text for state, true or false for the others."]));
        }
        body.set(name, value);
    }
    Ok((task_id, body))
}

/// A task's id as it may stand in a path: one segment, as text.
pub(super) fn task_id(value: &Json, name: &str) -> Result<String, Error> {
    let id = value.as_text();
    let why = if !value.as_number().is_nan() {
        " must be text: a number of 16 digits and more loses its last ones."
    } else if id.is_empty() {
        " is missing or empty: give the taskId of a submit."
    } else if Json::matches(&id, "<") {
        " is the documentation's placeholder: give the taskId of a submit."
    } else if Json::matches(&id, ",") {
        " holds several ids: split it at the commas and give one at a time."
    } else if !Json::matches(&id, "^[A-Za-z0-9_-]+$") {
        " is no task's id: give the taskId of a submit."
    } else {
        return Ok(id);
    };
    Err(Error::invalid(&[name, why]))
}

fn check_custom_id(id: &str) -> Result<(), Error> {
    let why = if id.is_empty() {
        "is missing or empty."
    } else if Json::matches(id, "<|::example$") {
        "is the documentation's placeholder."
    } else if !Json::matches(id, "^[!-~]+::[!-~]+$") {
        "is no button's: its parts are joined by ::, without blanks."
    } else {
        return Ok(());
    };
    Err(Error::invalid(&["customId ", why, " Take it from the buttons of the newest fetchTask(): it changes."]))
}
