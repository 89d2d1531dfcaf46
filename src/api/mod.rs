//! What travels on the wire, read tolerantly: one file for each thing.
//!
//! Everything is read through [`Json`], a parsed JSON value: JavaScript's own in wasm (a parser of our own, or
//! serde's, would be half of the download), `serde_json`'s natively. What goes out to the caller is a [`Record`].

mod button;
mod error_body;
mod exact;
mod json;
mod record;
mod retry_after;
mod row;
mod status;
mod submission;
mod task;

pub use button::read_buttons;
pub use error_body::ErrorBody;
pub use exact::quote_long_integers;
pub use json::Json;
pub use record::Record;
pub use retry_after::retry_after_ms;
pub use row::{Row, Rows};
pub use status::Status;
pub use submission::{is_id, named_tasks, split_ids, Named, Submission};
pub use task::Task;
