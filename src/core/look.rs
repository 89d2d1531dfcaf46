use super::{find_button, parse_custom_id, Code, Error};
use crate::api::{Json, Task};

/// What needs no waiting: `parseTask`, `findButton`, `parseCustomId`, by name.
///
/// # Errors
/// `UnexpectedResponse` for what is no task, `InvalidArgument` for a button that the task does not have.
pub fn look(method: &str, subject: &Json, selector: &Json) -> Result<Json, Error> {
    match method {
        "parseTask" => parse_task(subject),
        "findButton" => find_button(subject, selector),
        _ => Ok(parse_custom_id(subject.as_str()).into()),
    }
}

/// A webhook's body, parsed or as text; as text its ids are exact in any form.
fn parse_task(payload: &Json) -> Result<Json, Error> {
    let parsed = match payload.is_text() {
        true => Json::parse(payload.as_str()).unwrap_or_else(Json::null),
        false => payload.clone(),
    };
    match Task::read(&parsed, "") {
        Some(task) if !task.id.is_empty() => Ok(task.view),
        _ => {
            Err(Error::new(Code::UnexpectedResponse, &["This is no task. Hand in the webhook's body as it was sent."]))
        }
    }
}
