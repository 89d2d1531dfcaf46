/// Puts quotes round every integer of 16 digits and more that stands bare in JSON text.
///
/// Some documents of this API show a task's id as a bare integer of 16 to 20 digits. A double, and so `JSON.parse`,
/// keeps 15: `14001934816969359` would become `…360`, another task. As text it survives any reader.
#[must_use]
pub fn quote_long_integers(text: &str) -> String {
    const LONG: usize = 16;
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut from = 0;
    // Pieces that are cut apart in any way make the whole text again.
    let mut cut = |to: usize, end: &str| {
        out.push_str(text.get(from..to).unwrap_or_default());
        out.push_str(end);
        from = to;
    };
    let mut in_string = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => at += 1,
            b'-' | b'0'..=b'9' if !in_string => {
                // A number to its end: a fraction or an exponent makes it none of these.
                while bytes.get(at).is_some_and(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
                    at += 1;
                }
                if at - start >= LONG && bytes.iter().take(at).skip(start).all(u8::is_ascii_digit) {
                    cut(start, "\"");
                    cut(at, "\"");
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    cut(text.len(), "");
    out
}
