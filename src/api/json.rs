//! A parsed JSON value, wherever it lives. Both kinds offer the same few readers; nothing else of them is used.

#[cfg(target_arch = "wasm32")]
pub use crate::web::Json;
#[cfg(not(target_arch = "wasm32"))]
pub use native::Json;

#[cfg(not(target_arch = "wasm32"))]
mod native;

use super::Record;
use crate::core::digits;

/// From here on a double no longer tells neighbouring integers apart.
const FIRST_UNSAFE_INTEGER: f64 = 9_007_199_254_740_992.0;

/// Readers that both kinds share.
impl Json {
    /// The member as text, where it is text that is not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_text().filter(|text| !text.is_empty())
    }

    /// The member as the exact text of an identifier, whether it came quoted or not.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<String> {
        match self.count(name) {
            Some(n) => Some(digits(n)),
            None => self.text(name),
        }
    }

    /// The member as a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_number()
    }

    /// The member as a number of milliseconds or of times: whole, not negative, exact.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<f64> {
        self.number(name).filter(|n| (0.0..FIRST_UNSAFE_INTEGER).contains(n) && n.trunc() == *n)
    }

    /// A code that may come as a number or as its digits.
    #[must_use]
    pub fn code(&self, name: &str) -> Option<f64> {
        self.number(name).or_else(|| Self::parse_number(&self.text(name)?))
    }

    /// Whether the member is there, be it null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some() || self.is_null_at(name)
    }

    /// `properties` of a task or a submission as they are, `{}` where there are none.
    #[must_use]
    pub fn properties(&self) -> Self {
        self.get("properties").filter(Self::is_object).unwrap_or_else(|| Record::new().into())
    }

    /// A number, or null.
    #[must_use]
    pub fn number_or_null(number: Option<f64>) -> Self {
        number.map_or_else(Self::null, Into::into)
    }
}
