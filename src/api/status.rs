/// How far a task is (`status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The first word of each status is the one that is given out.
const WORDS: [(&str, Status); 10] = [
    ("NOT_START", Status::NotStart),
    ("", Status::NotStart),
    ("SUBMITTED", Status::Submitted),
    ("IN_PROGRESS", Status::InProgress),
    ("SUCCESS", Status::Success),
    ("MODAL", Status::Modal),
    ("FAILURE", Status::Failure),
    ("FAILED", Status::Failure),
    ("CANCEL", Status::Cancel),
    ("UNKNOWN", Status::Unknown),
];

impl Status {
    /// Reads the word as sent, in any case.
    #[must_use]
    pub fn read(word: &str) -> Self {
        let word = word.trim_ascii();
        WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map_or(Self::Unknown, |(_, status)| *status)
    }

    /// How far a task of this status is, beside another row of the same task. `MODAL` is the least: a gateway keeps such a
    /// row until the end of the job that its answer began. A result counts more than a failure.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Modal => 0,
            Self::NotStart | Self::Unknown => 1,
            Self::Submitted => 2,
            Self::InProgress => 3,
            Self::Failure | Self::Cancel => 4,
            Self::Success => 5,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(_, status)| *status == self).map_or("", |(word, _)| word)
    }
}
