use super::{without_key, Config, Error};
use crate::api::{Json, Record};

/// A request to send. Whoever sends it adds the headers and the key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Where to.
    pub url: String,
    /// The JSON to POST; empty for a GET.
    pub body: String,
    /// How long the whole answer may take, in ms.
    pub timeout_ms: f64,
    /// What it does.
    pub purpose: Purpose,
}

/// What a request does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// It looks at tasks: as often as one likes.
    #[default]
    Read,
    /// It makes a task, which is paid for.
    Submit,
}

impl Request {
    /// `GET /mj/task/{id}/fetch`
    pub(super) fn fetch(config: &Config, task_id: &str) -> Self {
        Self {
            url: config.route(&["/mj/task/", task_id, "/fetch"]),
            timeout_ms: config.read_timeout_ms,
            ..Self::default()
        }
    }

    /// `POST /mj/task/list-by-condition`
    pub(super) fn list(config: &Config, ids: Json) -> Self {
        let mut body = Record::new();
        body.set("ids", ids);
        Self {
            url: config.route(&["/mj/task/list-by-condition"]),
            body: Json::from(body).stringify(),
            timeout_ms: config.read_timeout_ms,
            ..Self::default()
        }
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The whole answer came.
    Response(Response),
    /// No answer came, or half of one; what `fetch` threw. Its `unsent` is there where the runtime says that nothing was
    /// sent, and says why: `ECONNREFUSED`.
    Dropped(Json),
    /// It could not be sent: the caller's key can't be used.
    NotSent(Error),
    /// It could not be sent: the caller's function `apiKey` gave no key; what it threw.
    NoKey(Json),
    /// It took longer than the request's `timeout_ms`.
    TimedOut,
    /// What the caller's function said ([`Step::Ask`](super::Step::Ask)); no request was sent.
    Said(Json),
}

/// An answer with all of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status; 0 for a redirect that the browser does not let one see.
    pub status: u16,
    /// As text, whatever its content type says.
    pub body: String,
    /// An object, names in lower case.
    pub headers: Json,
    /// For support, from a header; empty where there is none.
    pub request_id: String,
}

impl Response {
    /// An answer to a request that was sent with a secret ([`secret_of`](super::secret_of)), which is taken out.
    #[must_use]
    pub fn new(status: u16, body: String, headers: Json, secret: &str) -> Self {
        let mut request_id = headers.text("x-request-id");
        if request_id.is_empty() {
            request_id = headers.text("x-oneapi-request-id");
        }
        Self { status, body: without_key(body, secret), request_id: without_key(request_id, secret), headers }
    }
}
