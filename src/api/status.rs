use serde::Serialize;

/// How far a task is (`status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Known to the gateway, not yet to its upstream; an empty or missing status is this, too.
    NotStart,
    /// In the provider's queue.
    Submitted,
    /// Being drawn.
    InProgress,
    /// Done.
    Success,
    /// Waits for `POST /mj/submit/modal`.
    Modal,
    /// Ended without a result; some gateways write `FAILED`.
    Failure,
    /// Called off.
    Cancel,
    /// A word that this version does not know: treated as still to come.
    Unknown,
}

impl Status {
    /// Reads the word as sent, in any case.
    #[must_use]
    pub fn read(word: &str) -> Self {
        const WORDS: [(&str, Status); 9] = [
            ("", Status::NotStart),
            ("NOT_START", Status::NotStart),
            ("SUBMITTED", Status::Submitted),
            ("IN_PROGRESS", Status::InProgress),
            ("SUCCESS", Status::Success),
            ("MODAL", Status::Modal),
            ("FAILURE", Status::Failure),
            ("FAILED", Status::Failure),
            ("CANCEL", Status::Cancel),
        ];
        let word = word.trim();
        WORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |(_, status)| *status)
    }
}
