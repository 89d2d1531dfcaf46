//! What a submit may say, checked before anything is sent.

use super::{Error, Method};
use crate::api::{is_id, split_ids, Json, Record};

/// What an option of a submit has to be.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Object,
    Texts,
}

/// The members of the bodies, beside those that have checks of their own. Null and missing ones are not sent.
const ACTION: &[(&str, Kind)] =
    &[("state", Kind::Text), ("enableRemix", Kind::Flag), ("chooseSameChannel", Kind::Flag)];
const MODAL: &[(&str, Kind)] = &[("prompt", Kind::Text), ("maskBase64", Kind::Text)];
const IMAGINE: &[(&str, Kind)] =
    &[("botType", Kind::Text), ("base64Array", Kind::Texts), ("state", Kind::Text), ("accountFilter", Kind::Object)];

/// The body of a submit from its params and its `more` that can be left out, and the task that it is about (none for a
/// new picture).
pub(super) fn body(method: Method, params: &Json, more: &Json) -> Result<(String, Record), Error> {
    let mut body = Record::new();
    let mut about = String::new();
    let mut options = IMAGINE;
    if method == Method::SubmitImagine {
        let prompt = params.text("prompt");
        if !Json::matches(&prompt, r"\S") {
            return Err(Error::invalid(&["prompt is missing or empty: say what to draw."]));
        }
        body.set("prompt", prompt.as_str());
        if !Json::matches(&params.text("botType"), "^((MID|NIJI)_JOURNEY)?$") {
            return Err(Error::invalid(&["botType must be MID_JOURNEY or NIJI_JOURNEY."]));
        }
    } else {
        about = task_id(&params.at("taskId"), "taskId")?;
        body.set("taskId", about.as_str());
        options = MODAL;
    }
    if method == Method::SubmitAction {
        let custom_id = params.text("customId");
        check_custom_id(&custom_id)?;
        body.set("customId", custom_id.as_str());
        options = ACTION;
    }
    for (name, kind) in options {
        let value = more.at(name);
        if value.is_null() {
            continue;
        }
        let (is_of_kind, kind) = match kind {
            Kind::Text => (value.is_text(), "text"),
            Kind::Flag => (value.is_bool(), "true or false"),
            Kind::Object => (value.is_object(), "an object"),
            Kind::Texts if value.stringify() == "[]" => continue,
            Kind::Texts => (value.items() > 0 && value.each().all(|item| item.is_text()), "a list of texts"),
        };
        if !is_of_kind {
            return Err(Error::invalid(&[name, " must be ", kind, "."]));
        }
        body.set(name, value);
    }
    Ok((about, body))
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
    } else if !is_id(&id) {
        " is no task's id: give the taskId of a submit."
    } else {
        return Ok(id);
    };
    Err(Error::invalid(&[name, why]))
}

/// The same, where the text of a submit's answer may hold several.
pub(super) fn task_ids(value: &Json, name: &str) -> Result<Vec<String>, Error> {
    let ids = split_ids(&value.as_text());
    if ids.is_empty() {
        task_id(value, name)?;
    }
    Ok(ids)
}

fn check_custom_id(id: &str) -> Result<(), Error> {
    let why = if id.is_empty() {
        "is missing or empty."
    } else if Json::matches(id, "<|::example$") {
        "is the documentation's placeholder."
    } else if !Json::matches(id, "^[!-~]+::[!-~]+$") {
        "is no button's: its parts are joined by ::, without blanks."
    } else if lacks_a_part(id) {
        "is cut off: the gateway crashes on it. It has four parts and more, such as MJ::JOB::upsample::1::…."
    } else {
        return Ok(());
    };
    Err(Error::invalid(&["customId ", why, " Take it from the buttons of the newest fetchTask(): it changes."]))
}

/// The gateway looks for the word of a job in the third part, and for the number of an upscale or a variation in the
/// fourth, whether they are there or not.
fn lacks_a_part(custom_id: &str) -> bool {
    let mut parts = custom_id.split("::").skip(1);
    if parts.next() != Some("JOB") {
        return false;
    }
    match parts.next() {
        None => true,
        Some(word) => (word.contains("upsample") || word == "variation") && parts.next().is_none(),
    }
}
