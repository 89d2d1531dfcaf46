use super::Json;

/// The answer to a submit: `{code, description, result, properties}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// What became of it.
    pub code: f64,
    /// For people: English or Chinese.
    pub description: String,
    /// The new task's id, exact; documents disagree whether it comes as text or as an integer.
    pub result: Option<String>,
    /// `properties.status`: there where code 21 means that the task exists already.
    pub status: Option<String>,
    /// As sent; `{}` where there were none.
    pub properties: Json,
}

impl Submission {
    /// Reads an answer; none where it has no `code`.
    #[must_use]
    pub fn read(value: &Json) -> Option<Self> {
        Some(Self {
            code: value.code("code")?,
            description: value.text("description").unwrap_or_default(),
            result: value.id("result"),
            status: value.get("properties").and_then(|properties| properties.text("status")),
            properties: value.properties(),
        })
    }
}
