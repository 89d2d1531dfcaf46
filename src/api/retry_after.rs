use super::Json;

/// How long a server asks to be left alone, in ms: `retry-after-ms`, else `retry-after` in seconds or as a date.
/// A negative number or a date of the past is 0; nonsense is nothing.
#[must_use]
pub fn retry_after_ms(headers: &Json, now: f64) -> Option<f64> {
    let number = |name| Json::parse_number(&headers.header(name)?);
    let date = || {
        // Only the form of a date that HTTP has: `Date.parse` finds one in almost anything.
        let text = headers.header("retry-after").filter(|text| text.ends_with(" GMT"))?;
        Some(Json::parse_http_date(&text)? - now)
    };
    let ms = number("retry-after-ms").or_else(|| Some(number("retry-after")? * 1000.0)).or_else(date)?;
    Some(ms.max(0.0))
}
