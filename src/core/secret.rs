use super::Error;
use crate::api::Json;
use crate::text::{replace, shorten};

/// A key as it may stand in a header.
///
/// # Errors
/// `InvalidArgument`, without the key in it. A runtime's own error would quote it.
pub fn check_api_key(key: &Json) -> Result<String, Error> {
    let key = key.as_str();
    // Printable, and nothing that JSON writes with an escape: so it is found again in what a server says.
    if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
        return Ok(key.into());
    }
    Err(Error::invalid(&[
        "apiKey must be text without blanks, line breaks, quotes and backslashes, or a function that gives it.",
    ]))
}

/// What of a request must turn up nowhere: the key, else what a caller's own `authorization` header ends in.
#[must_use]
pub fn secret_of(key: &str, headers: &Json) -> String {
    if !key.is_empty() {
        return key.into();
    }
    let header = headers.text("authorization");
    header.rsplit(char::is_whitespace).next().unwrap_or_default().into()
}

/// Text from outside without the secret in it: a gateway may quote it in an error.
#[must_use]
pub fn without_key(text: String, key: &str) -> String {
    /// Shorter ones are no real keys, and may stand in a text by chance.
    const SHORTEST_KEY: usize = 8;
    if key.len() < SHORTEST_KEY {
        return text;
    }
    // JSON can spell a text with escapes (`\/`): it is looked through without them.
    if text.bytes().any(|byte| byte == b'\\') {
        if let Some(json) = Json::parse(&text) {
            return replace(&json.stringify(), key, "[key]");
        }
    }
    replace(&text, key, "[key]")
}

/// What was thrown, as far as it may be handed on: its words, without the secret, none of them longer than 2,000 bytes.
#[must_use]
pub fn cleaned(facts: &Json, key: &str) -> Json {
    const MOST: usize = 2_000;
    facts.map_texts(&|text| without_key(shorten(text, MOST).into(), key))
}
