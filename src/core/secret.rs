use super::Error;
use crate::api::Json;

/// A key as it may stand in a header.
///
/// # Errors
/// `InvalidArgument`, without the key in it. A runtime's own error would quote it.
pub fn check_api_key(key: &Json) -> Result<String, Error> {
    let key = key.as_text();
    if Json::matches(&key, "^[!-~]+$") {
        return Ok(key);
    }
    Err(Error::invalid(&["apiKey must be text without blanks and line breaks, or a function that gives it."]))
}

/// Text from outside without the key in it: a gateway may quote it in an error.
#[must_use]
pub fn without_key(text: String, key: &str) -> String {
    /// Shorter ones are no real keys, and may stand in a text by chance.
    const SHORTEST_KEY: usize = 8;
    if key.len() < SHORTEST_KEY {
        text
    } else {
        Json::replace(&text, key, "[key]")
    }
}
