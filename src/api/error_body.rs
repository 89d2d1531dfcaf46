use super::Json;

/// What a refusal says, in any of the shapes in which this family of gateways says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorBody {
    /// `error.message`, `error` where it is text, `description` or `message`.
    pub message: String,
    /// `error.code`: a word such as `model_not_found`.
    pub token: Option<String>,
    /// The relay's own number: 4 parameter error, 5 upstream not reached, 30 saturated.
    pub code: Option<i32>,
    /// From `(request id: …)` at the end of the message.
    pub request_id: Option<String>,
}

impl ErrorBody {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, `{"code": …, "description": …}`; all empty where it is none of these.
    #[must_use]
    pub fn read(value: &Json) -> Self {
        let error = value.get("error");
        let inner = error.as_ref().filter(|error| error.is_object());
        let message = match inner {
            Some(error) => error.text("message"),
            None => error.as_ref().and_then(Json::as_text),
        };
        let message = message
            .or_else(|| value.text("description"))
            .or_else(|| value.text("message"))
            .unwrap_or_default();
        Self {
            token: inner.and_then(|error| error.text("code")),
            code: value.code("code"),
            request_id: request_id(&message),
            message: message.trim().into(),
        }
    }
}

fn request_id(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("(request id: ")?;
    let (id, _) = rest.split_once(')')?;
    Some(id.into())
}
