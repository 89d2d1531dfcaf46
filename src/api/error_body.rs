use super::Json;

/// What a refusal says, in any of the shapes in which this family of gateways says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorBody {
    /// `error.message`, `error` where it is text, `description` or `message`.
    pub message: String,
    /// `error.code`: a word such as `model_not_found`.
    pub token: Option<String>,
    /// The relay's own number: 4 parameter error, 5 upstream not reached, 30 saturated.
    pub code: Option<f64>,
    /// From `(request id: …)` at the end of the message.
    pub request_id: Option<String>,
}

impl ErrorBody {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, `{"code": …, "description": …}`; all empty where it is none of these.
    #[must_use]
    pub fn read(value: &Json) -> Self {
        let error = value.get("error").unwrap_or_else(|| value.clone());
        let message = error.as_text();
        let message = message.or_else(|| error.text("message")).or_else(|| error.text("description"));
        let message = message.unwrap_or_default();
        Self {
            token: error.text("code"),
            code: value.code("code"),
            request_id: request_id(&message).map(Into::into),
            message: message.trim_ascii().into(),
        }
    }
}

fn request_id(message: &str) -> Option<&str> {
    const BEFORE: &str = "(request id: ";
    let start = super::exact::find(message, BEFORE)? + BEFORE.len();
    let rest = message.get(start..)?;
    rest.get(..rest.bytes().position(|b| b == b')')?)
}
