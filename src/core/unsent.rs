//! What `fetch` threw, and whether the runtime says by it that nothing was sent.

use super::http::origin_of;
use super::without_key;
use crate::api::{Json, Record};
use crate::text::{has, join, shorten, split, take_while};

/// See there. The package's proxy, which has no WebAssembly, reads the same file.
const RULES: &[[&str; 2]] = &include!("unsent.in");

/// What [`Answer::Dropped`](super::Answer::Dropped) holds, without the secret: `message`; and `unsent` and `host` where
/// the runtime says that nothing was sent ([`unsent`]), and where to.
///
/// `url` is what was asked; empty where an answer had begun, so that the request was sent whatever is said.
#[must_use]
pub fn dropped(facts: &Json, url: &str, secret: &str) -> Record {
    const QUOTED: usize = 500;
    let clean = |text: &str| without_key(shorten(text, QUOTED).into(), secret);
    let mut message = String::from(facts.text("message"));
    let behind = facts.at("cause").text("message");
    if !behind.is_empty() && !has(&message, behind) {
        // Node.js and Deno say "fetch failed", and why it did behind it.
        message = join(&[&message, ": ", behind]);
    }
    let mut dropped = Record::new();
    dropped.set("message", clean(&message).as_str());
    let code = if url.is_empty() { String::new() } else { unsent(facts) };
    if !code.is_empty() {
        dropped.set("unsent", clean(&code).as_str());
        dropped.set_text("host", split(origin_of(url), "://").unwrap_or_default().1);
    }
    dropped
}

/// The code by which a thrown error says that nothing was sent; empty where it does not say so.
///
/// `facts` are the error's `name`, `message`, `code` and `syscall`, as far as they are text, the same of its `cause`, and
/// of an AggregateError's `errors`.
#[must_use]
pub fn unsent(facts: &Json) -> String {
    // One for each address that was tried: each of them has to say so.
    let errors = facts.at("errors");
    if let Some(code) = errors.each().map(unsent).reduce(|all, one| if one.is_empty() { one } else { all }) {
        return code;
    }
    let code = facts.text("code");
    let line = join(&[code, "/", facts.text("syscall"), "/", facts.text("name"), ": ", facts.text("message")]);
    for [rule, word] in RULES {
        if begins(&line, rule) {
            return if word.is_empty() { code.into() } else { (*word).into() };
        }
    }
    let cause = facts.at("cause");
    // A code that says something else is taken at its word, whatever is behind it.
    if !code.is_empty() || cause.is_null() {
        return String::new();
    }
    unsent(cause)
}

/// Whether a line begins as a rule says: see `unsent.in`.
fn begins(line: &str, rule: &str) -> bool {
    let Some((before, after)) = split(rule, "*") else {
        return match rule.strip_suffix('$') {
            Some(whole) => line == whole,
            None => line.starts_with(rule),
        };
    };
    let Some(rest) = line.strip_prefix(before) else { return false };
    let (word, _) = take_while(rest, |byte| byte != b' ');
    // Every end of the word is tried.
    let mut ends = word.char_indices().map(|(at, _)| at).chain(std::iter::once(word.len()));
    ends.any(|end| rest.get(end..).is_some_and(|rest| begins(rest, after)))
}
