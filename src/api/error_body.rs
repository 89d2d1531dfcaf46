use super::Json;

/// What a refusal says, in any of the shapes in which this family of gateways says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorBody {
    /// `error.message`, `error` where it is text, or `description`.
    pub message: String,
    /// `error.code`: a word such as `model_not_found`.
    pub token: String,
    /// The relay's own number: 4 parameter error, 5 upstream not reached, 30 saturated. NaN where there is none.
    pub code: f64,
    /// From `(request id: …)` at the end of the message.
    pub request_id: String,
}

impl ErrorBody {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, `{"code": …, "description": …}`; all empty where it is none of these.
    #[must_use]
    pub fn read(value: &Json) -> Self {
        let error = value.at("error");
        let mut message = error.as_text();
        for (of, name) in [(&error, "message"), (value, "description"), (value, "message")] {
            if message.is_empty() {
                message = of.text(name);
            }
        }
        Self {
            token: error.text("code"),
            code: value.code("code"),
            request_id: request_id(&message).into(),
            message: message.trim_ascii().into(),
        }
    }
}

fn request_id(message: &str) -> &str {
    const BEFORE: &[u8] = b"(request id: ";
    let start = message.as_bytes().windows(BEFORE.len()).position(|part| part == BEFORE).unwrap_or(message.len());
    let rest = message.get(start + BEFORE.len()..).unwrap_or_default();
    rest.strip_suffix(")").unwrap_or(rest)
}
