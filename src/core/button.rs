//! The buttons of a task, found by what people call them.

use super::Error;
use crate::api::{Json, Record};
use crate::text::join;

/// What a `customId` looks like, and its kind; the first that fits. Others have the word of the API itself for one.
const KINDS: [(&str, &str); 14] = [
    ("::upsample::", "upscale"),
    ("_subtle::", "upscale_subtle"),
    ("_creative::", "upscale_creative"),
    ("upsample.*_2x", "upscale_2x"),
    ("upsample.*_4x", "upscale_4x"),
    ("low_variation", "vary_subtle"),
    ("high_variation", "vary_strong"),
    ("Inpaint", "vary_region"),
    ("Outpaint::50", "zoom_2x"),
    ("Outpaint::75", "zoom_1.5x"),
    ("Outpaint::100", "make_square"),
    ("CustomZoom", "custom_zoom"),
    ("BOOKMARK", "bookmark"),
    ("PicReader", "pic_reader"),
];

/// `ParsedCustomId`: what a `customId` says of its button.
#[must_use]
pub fn parse_custom_id(custom_id: &str) -> Record {
    let word = Json::capture(custom_id, "^[^:]*::(?:J(?:OB|ob)::)?([^:]+)");
    let kind = KINDS.iter().find(|(pattern, _)| Json::matches(custom_id, pattern)).map_or(&*word, |(_, kind)| kind);
    let kind = if kind.is_empty() { "unknown" } else { kind };
    // The number of a picture, never the percents of a zoom.
    let index = Json::parse_number(&Json::capture(custom_id, r"::([1-9])(?:::|$)"));
    let mut parsed = Record::new();
    parsed.set("kind", kind);
    parsed.set("index", Json::number_or_null(index));
    parsed.set("raw", custom_id);
    parsed
}

/// The button of a task that a `ButtonSelector` means: a `Button`, `{ kind, index }`, or text: a `customId`, a label,
/// an emoji, a short name such as `U1` or `pan left`.
///
/// # Errors
/// `InvalidArgument`, with what the task offers. A button of another task is none of its.
pub fn find_button(task: &Json, selector: &Json) -> Result<Json, Error> {
    let buttons = task.at("buttons");
    let mut offered = String::new();
    for button in buttons.each() {
        // A link can't be pressed.
        if button.text("customId").is_empty() {
            continue;
        }
        if is_meant(&button, selector) {
            return Ok(button);
        }
        let label = button.text("label");
        offered.push_str(if offered.is_empty() { "" } else { ", " });
        offered.push_str(&if label.is_empty() { button.text("emoji") } else { label });
    }
    if offered.is_empty() {
        offered.push_str("none: only a finished task has some");
    }
    let mut wanted = selector.as_text();
    if wanted.is_empty() {
        wanted = selector.stringify();
    }
    Err(Error::invalid(&["Task ", &task.text("id"), " has no button ", &wanted, ". Its buttons: ", &offered, "."])
        .about(&task.text("id")))
}

fn is_meant(button: &Json, selector: &Json) -> bool {
    let custom_id = button.text("customId");
    if selector.has("customId") {
        return selector.text("customId") == custom_id;
    }
    let parsed: Json = parse_custom_id(&custom_id).into();
    let kind = parsed.text("kind");
    if selector.is_object() {
        return selector.text("kind") == kind && (!selector.has("index") || selector.at("index") == parsed.at("index"));
    }
    let short = match &*kind {
        "upscale" => "u",
        "variation" => "v",
        kind => kind,
    };
    let numbered = |name| join(&[name, &Json::digits(parsed.number("index"))]);
    let wanted = plain(&selector.as_text());
    let names = [&custom_id, &button.text("label"), &button.text("emoji"), &kind, &numbered(&kind), &numbered(short)];
    !wanted.is_empty() && names.iter().any(|name| plain(name) == wanted)
}

/// Letters, digits and pictures alone, in lower case: `Vary (Region)`, `vary_region` and `vary region` are the same.
fn plain(name: &str) -> Vec<u8> {
    let mut name = name.to_ascii_lowercase().into_bytes();
    name.retain(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    name
}
