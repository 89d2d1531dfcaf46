/// Puts quotes round every integer of 16 digits and more that stands bare in JSON text.
///
/// Some documents of this API show a task's id as a bare integer of 16 to 20 digits. A double, and so `JSON.parse`,
/// keeps 15: `14001934816969359` would become `…360`, another task. As text it survives any reader.
#[must_use]
pub fn quote_long_integers(text: &str) -> String {
    const LONG: usize = 16;
    let mut out = Vec::new();
    let mut in_string = false;
    let mut escaped = false;
    // The number that is being read: where it began in `out`, and whether it is digits alone.
    let mut number: Option<(usize, bool)> = None;
    for byte in text.bytes().chain([b' ']) {
        let is_digit = byte.is_ascii_digit();
        if !in_string && (is_digit || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')) {
            number = match number {
                None => Some((out.len(), is_digit)),
                Some((start, digits)) => Some((start, digits && is_digit)),
            };
        } else if let Some((start, digits)) = number.take() {
            if digits && out.len() - start >= LONG {
                out.insert(start, b'"');
                out.push(b'"');
            }
        }
        if byte == b'"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && byte == b'\\' && !escaped;
        out.push(byte);
    }
    out.pop();
    String::from_utf8(out).unwrap_or_default()
}

/// Where a part begins in a text. (The standard library's search is made for long texts, and large.)
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}
