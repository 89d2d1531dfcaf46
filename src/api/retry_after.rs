use super::Json;

/// How long a server asks to be left alone, in ms: `retry-after-ms`, else `retry-after` in seconds or as a date.
/// A negative number or a date of the past is 0; nonsense is NaN.
#[must_use]
pub fn retry_after_ms(headers: &Json, now: f64) -> f64 {
    let after = headers.text("retry-after");
    let mut ms = Json::parse_number(&headers.text("retry-after-ms"));
    if ms.is_nan() {
        ms = Json::parse_number(&after) * 1000.0;
    }
    // Only the form of a date that HTTP has: `Date.parse` finds one in almost anything.
    if ms.is_nan() && after.ends_with(" GMT") {
        ms = Json::parse_http_date(&after) - now;
    }
    if ms < 0.0 {
        0.0
    } else {
        ms
    }
}
