use super::Json;
use serde::Serialize;

/// A button under a finished task. The gateways declare every member as "anything", so each may be null.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Button {
    /// What a submit wants; empty for a link.
    pub custom_id: String,
    /// `U1`, `Vary (Region)`; empty where the emoji says it.
    pub label: String,
    /// A glyph, or a name such as `upscale_1`.
    pub emoji: String,
    /// Discord's component type: 2 is a button.
    #[serde(rename = "type")]
    pub kind: Option<i32>,
    /// Discord's button style: 1 blue, 2 grey, 3 green, 4 red, 5 a link.
    pub style: Option<i32>,
}

impl Button {
    /// Reads one of `buttons`.
    #[must_use]
    pub fn read(value: &Json) -> Self {
        Self {
            custom_id: value.text("customId").unwrap_or_default(),
            label: value.text("label").unwrap_or_default(),
            emoji: value.text("emoji").unwrap_or_default(),
            kind: value.code("type"),
            style: value.code("style"),
        }
    }
}
