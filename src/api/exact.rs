/// Puts quotes round every integer of 16 digits and more that stands bare in JSON text.
///
/// Some documents of this API show a task's id as a bare integer of 16 to 20 digits. A double, and so `JSON.parse`,
/// keeps 15: `14001934816969359` would become `…360`, another task. As text it survives any reader.
#[must_use]
pub fn quote_long_integers(text: &str) -> String {
    const LONG: usize = 16;
    let mut out = String::new();
    let mut copied = 0;
    let mut digits = 0;
    let mut in_string = false;
    let mut before = b' ';
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        // A digit that follows a letter, a point or a sign belongs to a fraction, an exponent or a negative number.
        let counts = digits > 0 || !matches!(before, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        if !in_string && byte.is_ascii_digit() && counts {
            digits += 1;
        } else {
            if digits >= LONG && !matches!(byte, b'.' | b'e' | b'E') {
                for part in [text.get(copied..at - digits), Some("\""), text.get(at - digits..at), Some("\"")] {
                    out.push_str(part.unwrap_or_default());
                }
                copied = at;
            }
            digits = 0;
        }
        if byte == b'"' && !(in_string && before == b'\\') {
            in_string = !in_string;
        }
        // A backslash that is itself escaped escapes nothing.
        before = if byte == b'\\' && before == b'\\' { b' ' } else { byte };
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// Where a part begins in a text. (The standard library's search is made for long texts, and large.)
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}
