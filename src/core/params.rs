//! What a submit may say, checked before anything is sent.

use super::{Error, Method};
use crate::api::{is_id, Json, Record, TOO_LONG};
use crate::text::{has, split};

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
        let prompt = params.at("prompt");
        if prompt.as_str().trim().is_empty() {
            return Err(Error::invalid(&["prompt is missing or empty: say what to draw."]));
        }
        body.set("prompt", prompt);
        if !matches!(params.text("botType"), "" | "MID_JOURNEY" | "NIJI_JOURNEY") {
            return Err(Error::invalid(&["botType must be MID_JOURNEY or NIJI_JOURNEY."]));
        }
    } else {
        about = task_id(params.at("taskId"), "taskId")?;
        body.set("taskId", about.as_str());
        options = MODAL;
    }
    if method == Method::SubmitAction {
        let custom_id = params.text("customId");
        check_custom_id(custom_id)?;
        body.set("customId", custom_id);
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
            Kind::Texts if value.is_empty_list() => continue,
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
    let id = value.as_str();
    let why = if !value.as_number().is_nan() {
        " must be text: a number of 16 digits and more loses its last ones."
    } else if id.is_empty() {
        " is missing or empty: give the taskId of a submit."
    } else if has(id, "<") {
        " is the documentation's placeholder: give the taskId of a submit."
    } else if has(id, ",") {
        " holds several ids: split it at the commas and give one at a time."
    } else if !is_id(id) {
        " is no task's id: give the taskId of a submit."
    } else {
        return Ok(id.into());
    };
    Err(Error::invalid(&[name, why]))
}

fn check_custom_id(id: &str) -> Result<(), Error> {
    let why = if id.is_empty() {
        "is missing or empty."
    } else if has(id, "<") || id.ends_with("::example") {
        "is the documentation's placeholder."
    } else if id.len() >= TOO_LONG || !(id.bytes().all(|byte| byte.is_ascii_graphic()) && is_joined(id)) {
        "is no button's: its parts are joined by ::, without blanks."
    } else if lacks_a_part(id) {
        "is cut off: the gateway crashes on it. It has four parts and more, such as MJ::JOB::upsample::1::…."
    } else {
        return Ok(());
    };
    Err(Error::invalid(&["customId ", why, " Take it from the buttons of the newest fetchTask(): it changes."]))
}

/// Whether there is something before a `::`, and after it.
fn is_joined(custom_id: &str) -> bool {
    let after_first = custom_id.get(1..).unwrap_or_default();
    split(after_first, "::").is_some_and(|(_, after)| !after.is_empty())
}

/// The gateway looks for the word of a job in the third part, and for the number of an upscale or a variation in the
/// fourth, whether they are there or not.
fn lacks_a_part(custom_id: &str) -> bool {
    let (_, job) = split(custom_id, "::").unwrap_or_default();
    if job == "JOB" {
        return true;
    }
    let Some(rest) = job.strip_prefix("JOB::") else { return false };
    let is_whole = split(rest, "::").is_some();
    (has(rest, "upsample") || rest == "variation") && !is_whole
}
