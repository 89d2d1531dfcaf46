//! serde_json as the judge of the core's own reader. Where the two differ by design, a text is put first as both read it.
//! The fuzz target `json` has it, too.

use cometapi_midjourney::api::Json;
use serde_json::Value;

/// How deep serde_json reads is not how deep the core does; nearer to either end nothing is compared.
const DEPTH: usize = 100;
/// What is put for half of a character.
const HALF: &str = "\\ufffd";

/// Reads a text by both, and holds one against the other: what is JSON, and what it says, also once it was written again.
pub fn compare(text: &str) {
    if deepest(text) > DEPTH {
        return;
    }
    let read = Json::parse(text);
    let judged = judge(text);
    assert_eq!(read.is_some(), judged.is_some(), "{text:?} is {judged:?}");
    let (Some(read), Some(judged)) = (read, judged) else { return };
    let written = read.stringify();
    assert_eq!(judge(&written), Some(judged.clone()), "{text:?} became {written:?}");
    // Nothing of it changes once more.
    assert_eq!(Json::parse(&written).map(|again| again.stringify()), Some(written), "{text:?}");
    hold(&read, &judged);
}

/// What serde_json says of the text.
pub fn judge(text: &str) -> Option<Value> {
    serde_json::from_str(&levelled(text)).ok()
}

/// What the core says of each member and item.
fn hold(read: &Json, judged: &Value) {
    match judged {
        Value::Null => assert!(read.is_null()),
        Value::Bool(flag) => assert!(read.is_bool() && read.is_true() == *flag),
        Value::Number(number) => hold_number(read.as_number(), number.as_f64().unwrap()),
        Value::String(text) => assert!(read.is_text() && read.as_str() == text, "{text:?}"),
        Value::Array(items) => {
            assert_eq!(read.items(), items.len());
            read.each().zip(items).for_each(|(read, judged)| hold(read, judged));
        }
        Value::Object(members) => {
            assert!(read.is_object());
            members.iter().for_each(|(name, judged)| hold(read.at(name), judged));
        }
    }
}

/// The core's numbers are exact where a double is; of the largest and the smallest the last digits may differ.
fn hold_number(read: f64, judged: f64) {
    let is_near = read == judged || (read - judged).abs() <= judged.abs() * 1e-13;
    assert!(is_near || judged.abs() < 1e-290 || read.abs() > 1e290, "{read} is not {judged}");
}

/// How deep lists and objects are nested in each other, or deeper.
fn deepest(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count()
}

/// The text with what the two read differently put as both read it: an integer of 16 digits and more is a text, half of a
/// character is U+FFFD, and of a number that no double holds there are fewer digits.
fn levelled(text: &str) -> String {
    let mut level = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (taken, put) = match next {
            '"' => string(rest),
            '-' | '0'..='9' => number(rest),
            _ => (next.len_utf8(), next.into()),
        };
        level.push_str(&put);
        rest = &rest[taken..];
    }
    level
}

/// A number at the beginning of a text: how long it is, and what is put for it.
fn number(text: &str) -> (usize, String) {
    let length = text.bytes().position(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
    let number = &text[..length.unwrap_or(text.len())];
    if number.len() >= 16 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return (number.len(), format!("\"{number}\""));
    }
    if !number.parse().is_ok_and(f64::is_infinite) {
        return (number.len(), number.into());
    }
    let mut put = String::new();
    let (mut digits, mut most) = (0, 40);
    for letter in number.chars() {
        if letter.is_ascii_digit() {
            digits += 1;
            if digits > most {
                continue;
            }
        } else {
            digits = 0;
            most = if matches!(letter, 'e' | 'E') { 2 } else { most };
        }
        put.push(letter);
    }
    (number.len(), put)
}

/// A string at the beginning of a text, or what there is of one.
fn string(text: &str) -> (usize, String) {
    let mut put = String::from("\"");
    let mut at = 1;
    while let Some(next) = text[at..].chars().next() {
        let unit = unit_at(text, at);
        let (taken, letters): (usize, String) = match (next, unit) {
            ('"', _) => return (at + 1, put + "\""),
            (_, Some(0xd800..0xdc00)) => match unit_at(text, at + 6) {
                Some(0xdc00..0xe000) => (12, text[at..at + 12].into()),
                _ => (6, HALF.into()),
            },
            (_, Some(0xdc00..0xe000)) => (6, HALF.into()),
            // The next one is no end.
            ('\\', _) => {
                let escaped = text[at + 1..].chars().next().map_or(0, char::len_utf8);
                (1 + escaped, text[at..at + 1 + escaped].into())
            }
            _ => (next.len_utf8(), next.into()),
        };
        put.push_str(&letters);
        at += taken;
    }
    (at, put)
}

/// The unit of an escape such as `\u00e4`.
fn unit_at(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}
