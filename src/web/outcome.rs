use crate::core::{Error, Output};
use serde::Serialize;

/// What an export's promise resolves with: `{ value }` or `{ error }`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    Value(Output),
    Error(Error),
}

impl From<Result<Output, Error>> for Outcome {
    fn from(result: Result<Output, Error>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(error) => Self::Error(error),
        }
    }
}
