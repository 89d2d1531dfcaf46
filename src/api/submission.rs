use super::Json;

/// The answer to a submit: `{code, description, result, properties}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// What became of it; see `core::submit` for the meanings.
    pub code: i32,
    /// For people: English or Chinese.
    pub description: String,
    /// The new task's id, exact; documents disagree whether it comes as text or as an integer.
    pub result: Option<String>,
    /// As sent, where there were any.
    pub properties: Option<Json>,
}

impl Submission {
    /// Reads an answer; none where it has no `code`.
    #[must_use]
    pub fn read(value: &Json) -> Option<Self> {
        Some(Self {
            code: value.code("code")?,
            description: value.text("description").unwrap_or_default().trim().into(),
            result: value.id("result"),
            properties: value.get("properties").filter(Json::is_object),
        })
    }
}
