//! What travels on the wire, read tolerantly: one file for each thing.
//!
//! Everything is read through [`Json`], a JSON value that is read from text. What goes out to the caller is a
//! [`Record`], which is a JSON object, too.

mod button;
mod error_body;
mod json;
mod record;
mod retry_after;
mod row;
mod status;
mod submission;
mod task;

pub use button::read_buttons;
pub use error_body::ErrorBody;
pub use json::{digits, Json, Long, Text};
pub use record::Record;
pub use retry_after::retry_after_ms;
pub use row::{Row, Rows};
pub use status::Status;
pub(crate) use submission::TOO_LONG;
pub use submission::{is_id, named_tasks, split_ids, Named, Submission};
pub use task::Task;
