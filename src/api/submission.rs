use super::Json;

/// The answer to a submit: `{code, description, result, properties}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// What became of it; 0 where there is none.
    pub code: u8,
    /// The new task's id, exact; documents disagree whether it comes as text or as an integer.
    pub result: String,
}

impl Submission {
    /// Reads an answer.
    #[must_use]
    pub fn read(value: &Json) -> Self {
        let code = value.code("code");
        let byte = code as u8;
        Self {
            // Codes that are none of ours are all alike: refused.
            code: if code.is_nan() || f64::from(byte) == code { byte } else { u8::MAX },
            result: value.id("result"),
        }
    }
}
