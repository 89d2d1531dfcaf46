use super::{digits, read_buttons, Json, Record, Status};
use crate::text::join;

/// Members that are left out where they are empty ("not yet").
const TEXTS: [&str; 8] = ["action", "prompt", "promptEn", "description", "state", "imageUrl", "videoUrl", "failReason"];
/// Unix ms; 0 is "not yet".
const TIMES: [&str; 3] = ["submitTime", "startTime", "finishTime"];

/// A task as last seen (`GET /mj/task/{id}/fetch`, a webhook's body).
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Exact, whether it came quoted or not.
    pub id: String,
    /// How far it is.
    pub status: Status,
    /// As sent: `58%`, or empty.
    pub progress: String,
    /// `progress` as a number; NaN where it is none.
    pub percent: f64,
    /// The task as the caller gets it: `Task` in the package's types.
    pub view: Json,
}

impl Task {
    /// Reads a task; none where the value is no task: an object with neither a `status` nor a `progress`.
    /// `asked` is the id for an answer that leaves its own out.
    #[must_use]
    pub fn read(value: &Json, asked: &str) -> Option<Self> {
        let mut progress = String::from(value.text("progress"));
        let number = value.number("progress");
        if !number.is_nan() {
            progress = join(&[&digits(number), "%"]);
        }
        let word = value.text("status");
        if !value.has("status") && !value.has("progress") && !value.is_null_at("status") {
            return None;
        }
        let mut id = value.id("id");
        if id.is_empty() {
            id.push_str(asked);
        }
        let status = Status::read(word);
        let percent = Json::parse_number(progress.strip_suffix("%").unwrap_or_default());

        let mut view = Record::new();
        view.set("id", id.as_str());
        view.set("status", status.word());
        if status == Status::Unknown {
            view.set("rawStatus", word);
        }
        view.set("progress", progress.as_str());
        view.set("percent", Json::number_or_null(if percent.is_nan() { percent } else { percent.clamp(0.0, 100.0) }));
        view.set("buttons", read_buttons(value.at("buttons")));
        for name in TEXTS {
            let text = value.at(name);
            if !text.as_str().is_empty() {
                view.set(name, text);
            }
        }
        for name in TIMES {
            let ms = value.at(name);
            if ms.as_number() > 0.0 {
                view.set(name, ms);
            }
        }
        view.set("properties", value.properties());
        view.set("raw", value.clone());
        Some(Self { id, status, progress, percent, view: view.into() })
    }

    /// Whether a caller that saw `before` has something new to see. The address of a preview changes at every look
    /// and does not count, but that there is one does.
    #[must_use]
    pub fn differs_from(&self, before: &Self) -> bool {
        let has_picture = |task: &Self| task.view.has("imageUrl");
        self.status != before.status || self.progress != before.progress || has_picture(self) != has_picture(before)
    }
}
