use super::{without_key, Config, Error};
use crate::api::{Json, Record};
use crate::text::{join, take_while};

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

    /// What `fetch` is called with beside the address: a `RequestInit`, to which the sender adds body and signal. `headers` are the
    /// caller's, with names in lower case; `key` is empty where there is none.
    #[must_use]
    pub fn init(&self, key: &str, headers: &Json, platform: Platform) -> Json {
        let mut headers = headers.as_record().cloned().unwrap_or_default();
        let mut init = Record::new();
        if !self.body.is_empty() {
            init.set("method", "POST");
            headers.put("content-type", "application/json".into());
            match platform.resends {
                Resends::Never => {}
                Resends::UnlessStreamed => init.set("duplex", "half"),
                Resends::UnlessAlone => init.set("keepalive", false),
            }
        }
        if !key.is_empty() {
            headers.put("authorization", join(&["Bearer ", key]).as_str().into());
        }
        init.set("headers", headers);
        // The key is for this origin alone; where a redirect leads is not asked.
        init.set("redirect", "manual");
        if platform.has_credentials {
            // A path is a proxy of the page's own, which knows its users by their cookies. Nobody else is sent any.
            init.set("credentials", if self.url.starts_with('/') { "same-origin" } else { "omit" });
        }
        if platform.has_cache {
            init.set("cache", "no-store");
        }
        init.into()
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

/// What is to be known of a runtime's `fetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Whether it sends a POST twice by itself.
    pub resends: Resends,
    /// It knows `credentials`; others throw.
    pub has_credentials: bool,
    /// It knows `cache`; others throw.
    pub has_cache: bool,
}

/// Whether a runtime by itself sends a POST once more where a connection that was used before ends without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resends {
    /// Or, in a browser, nothing keeps it from that.
    Never,
    /// Deno: not where the body is a stream.
    UnlessStreamed,
    /// Bun until 1.3: not where the request has a connection of its own.
    UnlessAlone,
}

/// The scheme and host of an address; empty where it has none.
pub(super) fn origin_of(url: &str) -> &str {
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://")).unwrap_or_default();
    let (host, path) = take_while(rest, |byte| byte != b'/');
    if host.is_empty() {
        ""
    } else {
        url.get(..url.len() - path.len()).unwrap_or_default()
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The whole answer came.
    Response(Response),
    /// No answer came, or half of one: see [`dropped`](super::dropped). Its `unsent` is there where the runtime says that
    /// nothing was sent, and says why: `ECONNREFUSED`. Its `thrown` is what `fetch` threw, as far as it may be handed on.
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
        Self { status, body: without_key(body, secret), request_id: without_key(request_id.into(), secret), headers }
    }
}
