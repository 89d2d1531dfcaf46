use super::Json;
use crate::text::{split, take_while};

/// What a refusal says, in any of the shapes in which this family of gateways says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorBody {
    /// `error.message`, `error` where it is text, `description` or `message`.
    pub message: String,
    /// The relay's own number: 4 parameter error, 5 upstream not reached, 30 saturated. NaN where there is none.
    pub code: f64,
}

impl ErrorBody {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, `{"code": …, "description": …}`; all empty where it is none of these.
    #[must_use]
    pub fn read(value: &Json) -> Self {
        let error = value.at("error");
        let mut message = error.as_str();
        for (of, name) in [(error, "message"), (value, "description"), (value, "message")] {
            if message.is_empty() {
                message = of.text(name);
            }
        }
        Self { message: message.into(), code: value.code("code") }
    }

    /// From `(request id: …)` at the end of the message; empty where there is none.
    #[must_use]
    pub fn request_id(&self) -> String {
        let (_, after) = split(&self.message, "(request id: ").unwrap_or_default();
        let (id, rest) = take_while(after, |byte| byte != b')');
        if rest.is_empty() { "" } else { id }.into()
    }
}
