use super::{Config, Error};
use crate::api::Json;

/// A request to send. Whoever sends it adds the headers and the key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Where to.
    pub url: String,
    /// The JSON to POST; empty for a GET.
    pub body: String,
    /// How long the whole answer may take, in ms.
    pub timeout_ms: f64,
}

impl Request {
    /// `GET /mj/task/{id}/fetch`
    pub(super) fn fetch(config: &Config, task_id: &str) -> Self {
        Self {
            url: config.route(&["/mj/task/", task_id, "/fetch"]),
            body: String::new(),
            timeout_ms: config.read_timeout_ms,
        }
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The whole answer came.
    Response(Response),
    /// The connection broke, before or within the answer; what `fetch` threw.
    Dropped(Json),
    /// It could not be sent: the caller's key can't be used.
    NotSent(Error),
    /// It took longer than the request's `timeout_ms`.
    TimedOut,
}

/// An answer with all of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status; 0 for a redirect that the browser does not let one see.
    pub status: u16,
    /// As text, whatever its content type says.
    pub body: String,
    /// Read through [`Json::header`].
    pub headers: Json,
}

impl Response {
    /// For support; empty where there is none.
    #[must_use]
    pub fn request_id(&self) -> String {
        let mut id = self.headers.header("x-request-id");
        if id.is_empty() {
            id = self.headers.header("x-oneapi-request-id");
        }
        id
    }
}
