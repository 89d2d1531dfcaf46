use super::{Button, Json, Status};
use serde::Serialize;

/// A task as last seen (`GET /mj/task/{id}/fetch`, a webhook's body). Empty text and the time 0 mean "not yet".
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Exact, whether it came quoted or not.
    pub id: String,
    /// How far it is.
    pub status: Status,
    /// The word as sent, where `status` does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_status: Option<String>,
    /// As sent: `58%`, or empty.
    pub progress: String,
    /// `progress` as a number from 0 to 100.
    pub percent: Option<f64>,
    /// What can be pressed.
    pub buttons: Vec<Button>,
    /// `IMAGINE`, `UPSCALE`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// As submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The prompt in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_en: Option<String>,
    /// The gateway's words at the submit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The caller's own text, echoed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Unix ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit_time: Option<f64>,
    /// Unix ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<f64>,
    /// Unix ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_time: Option<f64>,
    /// The picture, or a preview of it whose address changes at every look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// The video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    /// Why it failed, in any language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<String>,
    /// As sent; `{}` where there were none.
    pub properties: Json,
    /// The whole payload.
    pub raw: Json,
}

impl Task {
    /// Reads a task; none where the value is no task: an object with neither a `status` nor a `progress`.
    /// `asked` is the id for an answer that leaves its own out.
    #[must_use]
    pub fn read(value: &Json, asked: &str) -> Option<Self> {
        let has = |name| value.get(name).is_some() || value.is_null_at(name);
        if !value.is_object() || !(has("status") || has("progress")) {
            return None;
        }
        let word = value.text("status").unwrap_or_default();
        let status = Status::read(&word);
        let time = |name| value.number(name).filter(|ms| *ms > 0.0);
        let progress = value.get("progress");
        let percent = progress.as_ref().and_then(Json::as_number);
        let progress = progress.and_then(|p| p.as_text()).unwrap_or_default();
        Some(Self {
            id: value.id("id").unwrap_or_else(|| asked.into()),
            status,
            raw_status: Some(word).filter(|_| status == Status::Unknown),
            percent: percent.or_else(|| read_percent(&progress)).map(|n| n.clamp(0.0, 100.0)),
            progress,
            buttons: value
                .get("buttons")
                .and_then(|buttons| buttons.items())
                .unwrap_or_default()
                .iter()
                .filter(|button| button.is_object())
                .map(Button::read)
                .collect(),
            action: value.text("action"),
            prompt: value.text("prompt"),
            prompt_en: value.text("promptEn"),
            description: value.text("description"),
            state: value.text("state"),
            submit_time: time("submitTime"),
            start_time: time("startTime"),
            finish_time: time("finishTime"),
            image_url: value.text("imageUrl"),
            video_url: value.text("videoUrl"),
            fail_reason: value.text("failReason"),
            properties: value
                .get("properties")
                .filter(Json::is_object)
                .unwrap_or_else(Json::empty),
            raw: value.clone(),
        })
    }

    /// Whether a caller that saw `before` has something new to see. The address of a preview does not count.
    #[must_use]
    pub fn differs_from(&self, before: &Self) -> bool {
        self.status != before.status
            || self.raw_status != before.raw_status
            || self.progress != before.progress
            || self.percent != before.percent
            || self.buttons != before.buttons
            || self.image_url.is_some() != before.image_url.is_some()
    }
}

/// `"58%"` → 58; none where there are no whole digits before the sign.
fn read_percent(progress: &str) -> Option<f64> {
    let number: u32 = progress.trim().trim_end_matches('%').trim_end().parse().ok()?;
    Some(f64::from(number))
}
