//! What `fetch` threw: a foreign object, which may be anything. Only its texts are read, each with care.

use super::Json;
use crate::api::Record;
use crate::core::without_key;
use crate::text::join;

/// How far into causes of causes.
const DEPTH: u8 = 4;
/// As many addresses as a name may have. Of a longer list nothing is known.
const MOST_ERRORS: u32 = 16;

/// What [`unsent`](crate::core::unsent) looks at.
pub fn facts(thrown: &Json) -> Json {
    facts_to(thrown, DEPTH)
}

fn facts_to(thrown: &Json, depth: u8) -> Json {
    let mut facts = Record::new();
    for name in ["name", "message", "code", "syscall"] {
        facts.set_text(name, &thrown.text(name));
    }
    let cause = thrown.at("cause");
    if depth > 0 && !cause.is_null() {
        facts.set("cause", facts_to(&cause, depth - 1));
    }
    let errors = thrown.at("errors");
    let count = errors.number("length");
    // An AggregateError's. Not asked whether it is an array: a proxy that was revoked throws there.
    if depth > 0 && count >= 1.0 {
        let each = (0..(count as u32).min(MOST_ERRORS + 1)).map(|at| match at {
            MOST_ERRORS => Record::new().into(),
            at => facts_to(&errors.at(&Json::digits(f64::from(at))), 0),
        });
        facts.set("errors", Json::list(each));
    }
    facts.into()
}

/// What was thrown, unless the key is in it, or it can't be told whether: then only its message, without the key. (A
/// wrapper's error may carry the request along.)
pub fn without_key_in_error(thrown: Json, key: &str) -> Json {
    let members = thrown.stringify();
    let said = join(&[&thrown.text("message"), &thrown.text("stack"), &members]);
    if !members.is_empty() && without_key(said.clone(), key) == said {
        return thrown;
    }
    let mut record = Record::new();
    record.set("message", without_key(thrown.text("message"), key).as_str());
    record.into()
}
