use super::{digits, Json};
use crate::text::{split, take_while};

/// The codes by which the API says that it took a submit: made, the modal is open or the task exists, queued.
const ACCEPTING: [f64; 3] = [1.0, 21.0, 22.0];

/// The answer to a submit: `{code, description, result, properties}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// What became of it.
    pub code: f64,
    /// The new tasks' ids (`result`), exact; none where there is nothing that can be an id.
    pub task_ids: Vec<String>,
    /// The object itself.
    pub json: Json,
}

impl Submission {
    /// Reads an answer: an object with an integer `code`, or such an object as the `data` of an envelope that says nothing
    /// itself. None for anything else.
    #[must_use]
    pub fn read(value: &Json) -> Option<Self> {
        let outer = Self::read_bare(value);
        let inner = Self::read_bare(value.at("data"));
        let says_nothing = |outer: &Self| {
            is_praise(outer.code)
                || outer.accepts() && outer.task_ids.is_empty() && inner.as_ref().is_some_and(Self::accepts)
        };
        match outer {
            Some(outer) if inner.is_none() || !says_nothing(&outer) => Some(outer),
            _ => inner,
        }
    }

    fn read_bare(value: &Json) -> Option<Self> {
        let code = value.code("code");
        let is_one = value.is_object() && code.trunc() == code;
        is_one.then(|| Self { code, task_ids: ids_in(value.at("result")), json: value.clone() })
    }

    /// The same, of this task where its `result` is left out or empty.
    #[must_use]
    pub fn or_of(mut self, task_id: &str) -> Self {
        let result = self.json.at("result");
        if !task_id.is_empty() && (result.is_null() || result.is_text() && result.as_str().is_empty()) {
            self.task_ids.push(task_id.into());
        }
        self
    }

    /// Whether the code says that the submit was taken.
    #[must_use]
    pub fn accepts(&self) -> bool {
        ACCEPTING.contains(&self.code)
    }

    /// Whether the code says that no task was made. Gateways do not charge for codes that nobody knows; 0 and 200 to 299
    /// say "all is well" in other APIs, and 5 is the gateway's own word for "nobody knows".
    #[must_use]
    pub fn refuses(&self) -> bool {
        !self.accepts() && !is_praise(self.code) && self.code != 5.0
    }
}

fn is_praise(code: f64) -> bool {
    code == 0.0 || (200.0..300.0).contains(&code)
}

/// What an answer of any shape says of tasks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named {
    /// A code that accepts stands somewhere in it.
    pub accepts: bool,
    /// Something stands in it where ids stand.
    pub has_id: bool,
    /// The ids that can be read.
    pub task_ids: Vec<String>,
}

/// Looks for an accepting code and for ids wherever a gateway could put them. `text` is the answer as it came, for one that
/// can't be read: half of an answer can name a task, too.
#[must_use]
pub fn named_tasks(value: &Json, text: &str) -> Named {
    const DEPTH: u8 = 4;
    let mut named = Named::default();
    if value.is_null() {
        named.accepts = shows_accepting_code(text);
        if let Some(id) = first_long_number(text) {
            named.note(&id.into());
        }
    } else if value.is_object() || value.items() > 0 {
        named.look(value, DEPTH);
    } else if ids_in(value).iter().any(|id| id.len() >= SHORTEST) {
        named.note(value);
    }
    named
}

/// Whether text that is no JSON has a member `code` that accepts.
fn shows_accepting_code(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = split(rest, "\"code\"") {
        let value = after.trim_start().strip_prefix(':').unwrap_or_default().trim_start();
        let (code, end) = take_while(value.strip_prefix('"').unwrap_or(value), |byte| byte.is_ascii_digit());
        let is_whole = !end.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_whole && matches!(code, "1" | "21" | "22") {
            return true;
        }
        rest = after;
    }
    false
}

/// The first number of 16 to 20 digits in a text that stands by itself.
fn first_long_number(text: &str) -> Option<&str> {
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.find(|word| (SHORTEST..=20).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// So many digits the API's own ids have at least.
const SHORTEST: usize = 16;

impl Named {
    fn note(&mut self, value: &Json) {
        let ids = ids_in(value);
        self.has_id |= !ids.is_empty() || !is_empty(value);
        ids.into_iter().for_each(|id| add(&mut self.task_ids, id));
    }

    fn look(&mut self, value: &Json, depth: u8) {
        const IDS: [&str; 8] = ["result", "Result", "taskId", "task_id", "taskIds", "task_ids", "id", "ids"];
        const PARTS: [&str; 7] = ["data", "properties", "task", "tasks", "error", "result", "Result"];
        if depth == 0 {
            return;
        }
        for item in value.each() {
            if item.is_object() {
                self.look(item, depth - 1);
            } else if ids_in(item).iter().any(|id| id.len() >= SHORTEST) {
                self.note(item);
            }
        }
        self.accepts |= value.is_object() && ACCEPTING.contains(&value.code("code"));
        for name in IDS {
            let member = value.at(name);
            if !member.is_object() {
                self.note(member);
            }
        }
        // `data` can be the id itself.
        let data = value.at("data");
        if !ids_in(data).is_empty() {
            self.note(data);
        }
        for name in PARTS {
            let part = value.at(name);
            if part.is_object() || part.items() > 0 {
                self.look(part, depth - 1);
            }
        }
    }
}

fn is_empty(value: &Json) -> bool {
    let number = value.as_number();
    value.as_str().trim_ascii().is_empty() && (number.is_nan() || number == 0.0) && value.items() == 0
}

/// The ids that a `result` is: text with one or several of them, a whole number, a list. None of it can be read where a
/// part of it can't.
fn ids_in(value: &Json) -> Vec<String> {
    let items = value.items();
    if items == 0 {
        let number = value.as_count();
        let is_id = number > 0.0;
        return if is_id { vec![digits(number)] } else { split_ids(value.as_str()) };
    }
    let mut ids = Vec::new();
    for item in value.each() {
        let own = if item.items() > 0 { Vec::new() } else { ids_in(item) };
        if own.is_empty() {
            return own;
        }
        own.into_iter().for_each(|id| add(&mut ids, id));
    }
    ids
}

/// Each id once.
fn add(ids: &mut Vec<String>, id: String) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}

/// The ids in a text, each once, apart by commas. Blanks and line breaks stand around ids; between ids they, and other marks,
/// are taken only where all are as long as the API's own, since else it could be one id that is broken in two.
#[must_use]
pub fn split_ids(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for part in text.split(',') {
        let is_mark = |mark: char| mark.is_whitespace() || matches!(mark, ';' | '|' | '，' | '、');
        let words: Vec<&str> = part.split(is_mark).filter(|word| !word.is_empty()).collect();
        let is_long = |word: &&str| word.len() >= SHORTEST && word.bytes().all(|byte| byte.is_ascii_digit());
        let is_alone = words.len() == 1 && words.first() == Some(&part.trim());
        let is_clear = is_alone || (!words.is_empty() && words.iter().all(is_long));
        if !is_clear || !words.iter().all(|word| is_id(word)) {
            return Vec::new();
        }
        words.into_iter().for_each(|word| add(&mut ids, word.into()));
    }
    ids
}

/// No id is so long, nor what a button has for one. What is read of a text that stays in JavaScript is as long, too.
pub(crate) const TOO_LONG: usize = 256;

/// Whether a text can be a task's id: one segment of a path.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..TOO_LONG).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
