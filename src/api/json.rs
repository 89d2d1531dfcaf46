//! A parsed JSON value, wherever it lives. Both kinds offer the same few readers; nothing else of them is used.
//!
//! What is missing reads as empty text, as NaN, as `null`: the wire means nothing by the difference, and each
//! `Option` on the way would be more code in the wasm.

#[cfg(target_arch = "wasm32")]
pub use crate::web::Json;
#[cfg(not(target_arch = "wasm32"))]
pub use native::Json;

#[cfg(not(target_arch = "wasm32"))]
mod native;

use super::{quote_long_integers, Record};

/// From here on a double no longer tells neighbouring integers apart.
const FIRST_UNSAFE_INTEGER: f64 = 9_007_199_254_740_992.0;

/// Readers that both kinds share.
impl Json {
    /// The member as text; empty where it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.at(name).as_text()
    }

    /// The member as a number; NaN where it is none.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        self.at(name).as_number()
    }

    /// Whether there is more than null at the member.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.at(name).is_null()
    }

    /// The member as the exact text of an identifier, whether it came quoted or not; empty where it is none.
    #[must_use]
    pub fn id(&self, name: &str) -> String {
        let number = self.count(name);
        if number.is_nan() {
            self.text(name)
        } else {
            Self::digits(number)
        }
    }

    /// The member as a number of milliseconds or of times: whole, not negative, exact; NaN where it is none.
    #[must_use]
    pub fn count(&self, name: &str) -> f64 {
        self.at(name).as_count()
    }

    /// This as a whole number that is not negative and exact; NaN where it is none.
    #[must_use]
    pub fn as_count(&self) -> f64 {
        let number = self.as_number();
        if (0.0..FIRST_UNSAFE_INTEGER).contains(&number) && number.trunc() == number {
            number
        } else {
            f64::NAN
        }
    }

    /// A code that may come as a number or as its digits; NaN where it is none.
    #[must_use]
    pub fn code(&self, name: &str) -> f64 {
        let number = self.number(name);
        if number.is_nan() {
            Self::parse_number(&self.text(name))
        } else {
            number
        }
    }

    /// A decimal number that is all of the text, but for blanks around it; NaN where it is none.
    #[must_use]
    pub fn parse_number(text: &str) -> f64 {
        // Both languages' own parsers take more, each something else: `0x10`, `Infinity`, an empty text, `nan`.
        const MOST: f64 = 1e305;
        let number = Self::number_of(text);
        if Self::matches(text, r"^\s*[-+]?\d+(\.\d*)?\s*$") && number.abs() < MOST {
            number
        } else {
            f64::NAN
        }
    }

    /// Reads JSON text in which an id may stand as a bare integer of any length: those are text then.
    #[must_use]
    pub fn parse_exact(text: &str) -> Option<Self> {
        Self::parse(&quote_long_integers(text))
    }

    /// The items of an array; none where it is none.
    pub fn each(&self) -> impl Iterator<Item = Self> + '_ {
        (0..self.items()).map(|at| self.item(at))
    }

    /// `properties` of a task or a submission as they are, `{}` where there are none.
    #[must_use]
    pub fn properties(&self) -> Self {
        let properties = self.at("properties");
        if properties.is_object() {
            properties
        } else {
            Record::new().into()
        }
    }

    /// A list of texts.
    #[must_use]
    pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::list(texts.into_iter().map(|text| Self::from(text.as_ref())))
    }

    /// A number, or null for NaN.
    #[must_use]
    pub fn number_or_null(number: f64) -> Self {
        if number.is_nan() {
            Self::null()
        } else {
            number.into()
        }
    }
}
