use super::Json;

/// How long a server asks to be left alone, in ms: `retry-after-ms`, else `Retry-After` in seconds or as a date.
/// A negative number or a date of the past is 0; nonsense is nothing.
#[must_use]
pub fn retry_after_ms(ms: Option<&str>, after: Option<&str>, now: u64) -> Option<u64> {
    ms.and_then(read_number).or_else(|| {
        let after = after?.trim_ascii();
        match read_number(after) {
            Some(seconds) => Some(seconds.saturating_mul(1000)),
            // Only the form of a date that HTTP has: `Date.parse` finds one in almost anything.
            None if after.ends_with(" GMT") => Some(Json::parse_http_date(after)?.saturating_sub(now)),
            None => None,
        }
    })
}

/// The whole part of a number; 0 for a negative one.
fn read_number(text: &str) -> Option<u64> {
    let text = text.trim_ascii();
    let (negative, number) = match text.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, text),
    };
    let (mut value, mut digits, mut fraction) = (0_u64, 0, false);
    for byte in number.bytes() {
        match byte {
            b'0'..=b'9' if fraction => {}
            b'0'..=b'9' => {
                value = value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                digits += 1;
            }
            b'.' if !fraction => fraction = true,
            _ => return None,
        }
    }
    (digits > 0).then_some(if negative { 0 } else { value })
}
