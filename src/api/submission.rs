use super::Json;

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
    /// Reads an answer: an object with an integer `code`, or such an object as the `data` of an envelope that does not
    /// say no itself. None for anything else.
    #[must_use]
    pub fn read(value: &Json) -> Option<Self> {
        let outer = Self::read_bare(value);
        let inner = Self::read_bare(&value.at("data"));
        match (&outer, &inner) {
            (Some(Self { code, .. }), Some(_)) if !is_praise(*code) && *code != 1.0 => outer,
            (_, Some(_)) => inner,
            _ => outer,
        }
    }

    fn read_bare(value: &Json) -> Option<Self> {
        let code = value.code("code");
        let is_one = value.is_object() && code.trunc() == code;
        is_one.then(|| Self { code, task_ids: ids_in(&value.at("result")), json: value.clone() })
    }

    /// The same, of this task where its `result` is left out or empty.
    #[must_use]
    pub fn or_of(mut self, task_id: &str) -> Self {
        let result = self.json.at("result");
        if !task_id.is_empty() && (result.is_null() || result.is_text() && result.as_text().is_empty()) {
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

/// Whether an answer of any shape says that a task was made: by an accepting code, or since it holds an id. The ids that
/// can be read come along.
#[must_use]
pub fn names_a_task(value: &Json) -> (bool, Vec<String>) {
    const NAMES: [&str; 4] = ["result", "taskId", "task_id", "id"];
    const DEPTH: usize = 3;
    let mut is_named = false;
    let mut ids = Vec::new();
    let mut part = value.clone();
    for depth in 0..DEPTH {
        is_named |= ACCEPTING.contains(&part.code("code"));
        for name in NAMES {
            let member = part.at(name);
            is_named |= !is_empty(&member);
            ids.extend(ids_in(&member));
        }
        let data = part.at("data");
        // `data` can be the id itself.
        if depth == 0 && !data.is_object() {
            let own = ids_in(&data);
            is_named |= !own.is_empty();
            ids.extend(own);
        }
        part = data;
    }
    (is_named, ids)
}

fn is_empty(value: &Json) -> bool {
    let number = value.as_number();
    value.as_text().trim_ascii().is_empty() && (number.is_nan() || number == 0.0) && value.items() == 0
}

/// The ids that a `result` is: text with one or several of them, a whole number, a list. None of it can be read where a
/// part of it can't.
fn ids_in(value: &Json) -> Vec<String> {
    let items = value.items();
    if items == 0 {
        let number = value.as_count();
        let is_id = number > 0.0;
        return if is_id { vec![Json::digits(number)] } else { split_ids(&value.as_text()) };
    }
    let mut ids = Vec::new();
    for item in value.each() {
        let own = if item.items() > 0 { Vec::new() } else { ids_in(&item) };
        if own.is_empty() {
            return own;
        }
        ids.extend(own);
    }
    ids
}

/// The ids in a text, apart by commas. Blanks and line breaks stand around ids; between ids they are taken only where all
/// are as long as the API's own, since else it could be one id that is broken in two.
#[must_use]
pub fn split_ids(text: &str) -> Vec<String> {
    const SHORTEST: usize = 16;
    let mut ids = Vec::new();
    for part in text.split(',') {
        let words: Vec<&str> = part.split_ascii_whitespace().collect();
        let is_long = |word: &&str| word.len() >= SHORTEST && word.bytes().all(|byte| byte.is_ascii_digit());
        let is_clear = words.len() == 1 || (!words.is_empty() && words.iter().all(is_long));
        if !is_clear || !words.iter().all(|word| is_id(word)) {
            return Vec::new();
        }
        ids.extend(words.iter().map(|word| String::from(*word)));
    }
    ids
}

/// Whether a text can be a task's id: one segment of a path.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
