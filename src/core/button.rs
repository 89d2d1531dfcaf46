//! The buttons of a task, found by what people call them.

use super::Error;
use crate::api::{digits, Json, Record};
use crate::text::{join, split, take_while};

/// What stands in a `customId`, one after the other, and its kind; the first that fits. Others have the word of the API
/// itself for one.
const KINDS: [(&[&str], &str); 14] = [
    (&["::upsample::"], "upscale"),
    (&["_subtle::"], "upscale_subtle"),
    (&["_creative::"], "upscale_creative"),
    (&["upsample", "_2x"], "upscale_2x"),
    (&["upsample", "_4x"], "upscale_4x"),
    (&["low_variation"], "vary_subtle"),
    (&["high_variation"], "vary_strong"),
    (&["Inpaint"], "vary_region"),
    (&["Outpaint::50"], "zoom_2x"),
    (&["Outpaint::75"], "zoom_1.5x"),
    (&["Outpaint::100"], "make_square"),
    (&["CustomZoom"], "custom_zoom"),
    (&["BOOKMARK"], "bookmark"),
    (&["PicReader"], "pic_reader"),
];

/// `ParsedCustomId`: what a `customId` says of its button.
#[must_use]
pub fn parse_custom_id(custom_id: &str) -> Record {
    let (_, after) = split(custom_id, "::").unwrap_or_default();
    let after = after.strip_prefix("JOB::").or(after.strip_prefix("Job::")).unwrap_or(after);
    let (word, _) = take_while(after, |byte| byte != b':');
    let is_of = |parts: &[&str]| {
        let rest = parts.iter().try_fold(custom_id, |rest, part| split(rest, part).map(|(_, after)| after));
        rest.is_some()
    };
    let kind = KINDS.iter().find(|(parts, _)| is_of(parts)).map_or(word, |(_, kind)| kind);
    let kind = if kind.is_empty() { "unknown" } else { kind };
    let index = picture_number(custom_id);
    let mut parsed = Record::new();
    parsed.set("kind", kind);
    parsed.set("index", Json::number_or_null(index));
    parsed.set("raw", custom_id);
    parsed
}

/// The number of a picture, never the percents of a zoom; NaN where there is none.
fn picture_number(custom_id: &str) -> f64 {
    let mut rest = custom_id;
    while let Some((_, after)) = split(rest, "::") {
        let (number, end) = take_while(after, |byte| byte != b':');
        if let (&[digit @ b'1'..=b'9'], true) = (number.as_bytes(), end.is_empty() || end.starts_with("::")) {
            return f64::from(digit - b'0');
        }
        rest = after;
    }
    f64::NAN
}

/// The button of a task that a `ButtonSelector` means: a `Button`, `{ kind, index }`, or text: a `customId`, a label,
/// an emoji, a short name such as `U1` or `pan left`.
///
/// A button is paid for, so a selector that fits several means none of them. A label or an emoji as it stands on a button
/// goes before a short name.
///
/// # Errors
/// `InvalidArgument`, with what fits, or what the task offers. A button of another task is none of its.
pub fn find_button(task: &Json, selector: &Json) -> Result<Json, Error> {
    let buttons = task.at("buttons");
    // A link can't be pressed.
    let offered: Vec<&Json> = buttons.each().filter(|button| !button.text("customId").is_empty()).collect();
    let mut fits = Vec::new();
    for is_meant in [is_exactly, is_called] {
        for button in offered.iter().copied() {
            // The same button twice is one.
            let is_new = |fit: &&Json| fit.text("customId") != button.text("customId");
            if fits.iter().all(is_new) && is_meant(button, selector) {
                fits.push(button);
            }
        }
        if !fits.is_empty() {
            break;
        }
    }
    if let [button] = fits[..] {
        return Ok(button.clone());
    }
    let mut wanted = String::from(selector.as_str());
    if wanted.is_empty() {
        wanted = selector.stringify();
    }
    let id = task.text("id");
    let task = ["Task ", id];
    Err(if !fits.is_empty() {
        let names = names_of(&fits);
        Error::invalid(&[
            &join(&task),
            " has several buttons ",
            &wanted,
            ", and none was pressed. Say which: ",
            &names,
            ".",
        ])
    } else {
        let mut names = names_of(&offered);
        if names.is_empty() {
            names.push_str("none: only a finished task has some");
        }
        Error::invalid(&[&join(&task), " has no button ", &wanted, ". Its buttons: ", &names, "."])
    }
    .about(id))
}

/// By what each can be selected: its label, else its emoji; where others have the same, its `customId`.
fn names_of(buttons: &[&Json]) -> String {
    fn name(button: &Json) -> &str {
        let label = button.text("label");
        if label.is_empty() {
            button.text("emoji")
        } else {
            label
        }
    }
    let mut names = String::new();
    for button in buttons {
        let own = name(button);
        let is_shared = buttons.iter().filter(|other| name(other) == own).count() > 1;
        names.push_str(if names.is_empty() { "" } else { ", " });
        names.push_str(if is_shared || own.is_empty() { button.text("customId") } else { own });
    }
    names
}

/// By its `customId`, or what stands on it.
fn is_exactly(button: &Json, selector: &Json) -> bool {
    let custom_id = button.text("customId");
    if selector.has("customId") {
        return selector.text("customId") == custom_id;
    }
    let wanted = without_variation(selector.as_str());
    let names = [&custom_id, &button.text("label"), &button.text("emoji")];
    !wanted.is_empty() && names.iter().any(|name| without_variation(name) == wanted)
}

/// By its kind, with or without a number, or by its label as people write it.
fn is_called(button: &Json, selector: &Json) -> bool {
    let parsed: Json = parse_custom_id(button.text("customId")).into();
    let kind = parsed.text("kind");
    if selector.has("customId") {
        return false;
    }
    if selector.is_object() {
        return selector.text("kind") == kind && (!selector.has("index") || selector.at("index") == parsed.at("index"));
    }
    let short = match kind {
        "upscale" => "u",
        "variation" => "v",
        kind => kind,
    };
    let numbered = |name| join(&[name, &digits(parsed.number("index"))]);
    let wanted = plain(selector.as_str());
    let names = [button.text("label"), kind, &numbered(kind), &numbered(short)];
    !wanted.is_empty() && names.iter().any(|name| plain(name) == wanted)
}

/// Letters, digits, points and pictures alone, in lower case: `Vary (Region)`, `vary_region` and `vary region` are the same.
fn plain(name: &str) -> Vec<u8> {
    let mut name = without_variation(name).to_ascii_lowercase().into_bytes();
    name.retain(|byte| byte.is_ascii_alphanumeric() || *byte == b'.' || !byte.is_ascii());
    name
}

/// Without U+FE0E and U+FE0F, which say how a character is drawn: `⬅` is `⬅️`.
fn without_variation(name: &str) -> String {
    name.chars().filter(|char| !matches!(char, '\u{fe0e}' | '\u{fe0f}')).collect()
}
