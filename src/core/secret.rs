use super::Error;
use crate::api::{find, Json};

/// A key as it may stand in a header.
///
/// # Errors
/// `InvalidArgument`, without the key in it. A runtime's own error would quote it.
pub fn check_api_key(key: &Json) -> Result<String, Error> {
    let key = key.as_text();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::invalid(&[
            "apiKey must be text without blanks and line breaks, or a function that gives it.",
        ]));
    }
    Ok(key)
}

/// Text from outside without the key in it: a gateway may quote it in an error.
#[must_use]
pub fn without_key(text: String, key: &str) -> String {
    /// Shorter ones are no real keys, and may stand in a text by chance.
    const SHORTEST_KEY: usize = 8;
    if key.len() < SHORTEST_KEY {
        return text;
    }
    let mut clean = String::new();
    let mut rest = text.as_str();
    while let Some((before, found)) = find(rest, key).and_then(|at| rest.split_at_checked(at)) {
        clean.push_str(before);
        clean.push_str("[key]");
        rest = found.get(key.len()..).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
}
