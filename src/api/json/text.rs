use std::ops::Deref;
use std::rc::Rc;

/// A text that is shared, and not copied: most are a part of the document in which they came.
#[derive(Clone, Debug)]
pub enum Text {
    /// A name of our own.
    Static(&'static str),
    /// One by itself.
    Whole(Rc<str>),
    /// The bytes from `from` to `to` of a document.
    Part {
        /// The document.
        of: Rc<str>,
        /// Where it begins.
        from: u32,
        /// Where it ends.
        to: u32,
    },
}

impl Text {
    /// Whether this is a name. Most names differ in their lengths already.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let length = match self {
            Self::Static(text) => text.len(),
            Self::Whole(text) => text.len(),
            Self::Part { from, to, .. } => (to - from) as usize,
        };
        length == name.len() && **self == *name
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Whole(text) => text,
            Self::Part { of, from, to } => of.get(*from as usize..*to as usize).unwrap_or_default(),
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Whole(text.into())
    }
}
