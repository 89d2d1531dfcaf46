use super::number::decimal;
use super::{Json, Long, Record, Text, Value};
use hifijson::token::Expect;
use hifijson::{Error, SliceLexer};
use std::rc::Rc;

/// Where a text comes from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Source {
    /// From a server, or from a test.
    Answer,
    /// From `pack.ts`: a text that begins with U+0000 stands for what is no JSON.
    Arguments,
}

/// How deep values may be nested. (The stack in wasm has 64 kB.)
const DEPTH: u8 = 128;
/// Integers of so many digits are texts.
const LONG: usize = 16;

pub(super) fn json(text: &str, source: Source) -> Option<Json> {
    use hifijson::token::Lex;
    let reader = Reader { document: text.into(), source };
    let mut lexer = SliceLexer::new(reader.document.as_bytes());
    lexer.exactly_one(SliceLexer::ws_peek, |next, lexer| reader.value(DEPTH, next, lexer)).ok()
}

struct Reader {
    document: Rc<str>,
    source: Source,
}

impl Reader {
    fn value(&self, depth: u8, next: u8, lexer: &mut SliceLexer<'_>) -> Result<Json, Error> {
        use hifijson::num::LexWrite;
        use hifijson::token::Lex;
        use hifijson::Write;
        let deeper = depth.checked_sub(1).ok_or(Error::Depth)?;
        match next {
            b'a'..=b'z' => Ok(lexer.null_or_bool().ok_or(Expect::Value)?.map_or_else(Json::null, Json::from)),
            b'0'..=b'9' | b'-' => {
                let mut number: &[u8] = &[];
                lexer.write_until(&mut number, |b| !matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
                // An id may begin with 0, a number may not.
                if number.len() >= LONG && number.iter().all(u8::is_ascii_digit) {
                    return Ok(Json::of(Value::Text(self.text(number))));
                }
                let (valid, _) = SliceLexer::new(number).num_bytes().validated()?;
                if valid.len() < number.len() {
                    return Err(Expect::CommaOrEnd)?;
                }
                Ok(Json::of(Value::Number(self.text(number))))
            }
            b'"' => {
                let text = self.string(lexer.discarded())?;
                Ok(match text.strip_prefix('\0') {
                    Some(marker) if self.source == Source::Arguments => outside(marker),
                    _ => Json::of(Value::Text(text)),
                })
            }
            b'[' => {
                let mut items = Vec::new();
                lexer.discarded().seq(b']', SliceLexer::ws_peek, |next, lexer| {
                    items.push(self.value(deeper, next, lexer)?);
                    Ok::<_, Error>(())
                })?;
                Ok(Json::list(items.into_iter()))
            }
            b'{' => {
                let mut record = Record::new();
                lexer.discarded().seq(b'}', SliceLexer::ws_peek, |next, lexer| {
                    lexer.expect(|_| Some(next), b'"').ok_or(Expect::String)?;
                    let name = self.string(lexer)?;
                    lexer.expect(SliceLexer::ws_peek, b':').ok_or(Expect::Colon)?;
                    let next = lexer.ws_peek().ok_or(Expect::Value)?;
                    record.add(name, self.value(deeper, next, lexer)?);
                    Ok::<_, Error>(())
                })?;
                Ok(record.into())
            }
            _ => Err(Expect::Value)?,
        }
    }

    /// A string whose opening quote is read. Half of a character, which JavaScript's strings may hold, becomes U+FFFD.
    fn string(&self, lexer: &mut SliceLexer<'_>) -> Result<Text, Error> {
        use hifijson::escape::{self, Lex, Lit};
        use hifijson::str::LexWrite;
        use hifijson::Read;
        let on_string = |bytes: &mut &[u8], out: &mut Unescaped| {
            match out {
                _ if bytes.is_empty() => {}
                Unescaped::Part(part) if part.is_empty() => *out = Unescaped::Part(self.text(bytes)),
                out => out.whole().text().push_str(&self.text(bytes)),
            }
            Ok(())
        };
        let on_escape = |lexer: &mut SliceLexer<'_>, out: &mut Unescaped| {
            let kind = lexer.take_next().ok_or(hifijson::str::Error::Escape(escape::Error::Eof))?;
            if kind == b'u' {
                let unit = lexer.hex::<u16>().map_err(hifijson::str::Error::Escape)?;
                out.whole().push_unit(unit);
            } else {
                // None of these begins a surrogate pair.
                let is_known = Lit::try_from(kind).is_some();
                let letter = if is_known { lexer.escape(kind) } else { Err(escape::Error::InvalidKind(kind)) };
                out.whole().text().push(letter.map_err(hifijson::str::Error::Escape)?);
            }
            Ok(())
        };
        let read = lexer.str_fold::<hifijson::str::Error, _>(Unescaped::Part(Text::Static("")), on_string, on_escape);
        Ok(match read.map_err(Error::Str)? {
            Unescaped::Part(part) => part,
            Unescaped::Whole(mut whole) => whole.text().as_str().into(),
        })
    }

    /// A part of the document.
    fn text(&self, part: &[u8]) -> Text {
        let from = part.as_ptr() as usize - self.document.as_ptr() as usize;
        Text::Part { of: self.document.clone(), from: from as u32, to: (from + part.len()) as u32 }
    }
}

/// A string as far as it is read.
enum Unescaped {
    /// A part of the document, as long as there is no escape in it.
    Part(Text),
    Whole(Whole),
}

impl Unescaped {
    fn whole(&mut self) -> &mut Whole {
        if let Self::Part(part) = self {
            *self = Self::Whole(Whole { text: (**part).into(), high: None });
        }
        match self {
            Self::Whole(whole) => whole,
            Self::Part(_) => unreachable!("it was just made"),
        }
    }
}

/// A text of its own, and the first half of a character whose second half may follow.
struct Whole {
    text: String,
    high: Option<u16>,
}

impl Whole {
    /// The text, for what is no half of a character.
    fn text(&mut self) -> &mut String {
        if self.high.take().is_some() {
            self.text.push(char::REPLACEMENT_CHARACTER);
        }
        &mut self.text
    }

    fn push_unit(&mut self, unit: u16) {
        match self.high.take() {
            Some(high) => match char::decode_utf16([high, unit]).next() {
                Some(Ok(character)) => self.text.push(character),
                // What is no second half may be a first one.
                _ => {
                    self.text.push(char::REPLACEMENT_CHARACTER);
                    self.push_unit(unit);
                }
            },
            None if (0xd800..0xdc00).contains(&unit) => self.high = Some(unit),
            None => self.text().push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
}

/// What a text of the arguments stands for.
fn outside(marker: &str) -> Json {
    if let Some(text) = marker.strip_prefix("text:") {
        return text.into();
    }
    let mut parts = marker.splitn(4, ':');
    let mut next = || parts.next().unwrap_or_default();
    Json::of(match next() {
        "function" => Value::Function,
        "number" => Value::Number(next().into()),
        "long" => {
            let (index, length, head) = (decimal(next()) as u32, decimal(next()), next().into());
            Value::Long(Long { index, length, head })
        }
        _ => Value::Foreign,
    })
}
