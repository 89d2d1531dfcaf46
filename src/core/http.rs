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

    /// `POST /mj/task/list-by-condition`, without its body: see [`ids`](Self::ids).
    pub(super) fn list(config: &Config) -> Self {
        let url = config.route(&["/mj/task/list-by-condition"]);
        Self { url, body: String::new(), timeout_ms: config.read_timeout_ms }
    }

    /// The body of such a request.
    pub(super) fn ids(ids: Json) -> String {
        let mut body = Record::new();
        body.set("ids", ids);
        Json::from(body).stringify()
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The whole answer came.
    Response(Response),
    /// There was no connection, or it broke before or within the answer: see [`dropped`](super::dropped); and `thrown`,
    /// what `fetch` threw, as far as it may be handed on.
    Dropped(Json),
    /// It could not be sent: the caller's key can't be used.
    NotSent(Error),
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
