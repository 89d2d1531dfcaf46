use super::Error;
use crate::api::Json;

const BASE_URL: &str = "https://api.cometapi.com";
const SUBMIT_TIMEOUT_MS: u64 = 75_000;
const READ_TIMEOUT_MS: u64 = 30_000;
const MAX_RETRIES: u64 = 2;

/// What the client's and the call's options come to, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `baseURL` without a slash at its end.
    pub base_url: String,
    /// For one submit. The gateway itself waits 60 s for its upstream: who gives up sooner leaves a paid task.
    pub submit_timeout_ms: u64,
    /// For one read.
    pub read_timeout_ms: u64,
    /// How often a call is sent again.
    pub max_retries: u64,
}

/// What there is where the call is made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// A key was given, or an `Authorization` header.
    pub has_key: bool,
    /// A page or a worker of one: a path alone is an address there.
    pub has_origin: bool,
}

impl Config {
    /// Reads `ClientOptions` and `RequestOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn read(client: &Json, call: &Json, place: Place) -> Result<Self, Error> {
        let base_url =
            match client.get("baseURL") {
                None if place.has_key => BASE_URL.into(),
                None => return Err(Error::invalid(&[
                    "There is no API key: give apiKey to new Midjourney(), or set COMETAPI_KEY in the environment, \
                     or give the baseURL of a proxy that holds the key.",
                ])),
                Some(url) => read_base_url(&url.as_text().unwrap_or_default(), place)?,
            };
        let timeout = match number(call, "timeoutMs", 1)? {
            Some(ms) => Some(ms),
            None => number(client, "timeoutMs", 1)?,
        };
        let retries = match number(call, "maxRetries", 0)? {
            Some(n) => Some(n),
            None => number(client, "maxRetries", 0)?,
        };
        Ok(Self {
            base_url,
            submit_timeout_ms: timeout.unwrap_or(SUBMIT_TIMEOUT_MS),
            read_timeout_ms: timeout.unwrap_or(READ_TIMEOUT_MS),
            max_retries: retries.unwrap_or(MAX_RETRIES),
        })
    }
}

/// A key as it may stand in a header.
///
/// # Errors
/// `InvalidArgument`, without the key in it. A runtime's own error would quote it.
pub fn check_api_key(key: &Json) -> Result<String, Error> {
    let key = key.as_text().unwrap_or_default();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::invalid(&[
            "apiKey must be text without blanks and line breaks, or a function that gives such a text. Nothing was sent.",
        ]));
    }
    Ok(key)
}

/// An option that is a number of ms or of times; whole ms are enough. The largest numbers mean "no limit".
pub(super) fn number(options: &Json, name: &str, least: u64) -> Result<Option<u64>, Error> {
    let Some(value) = options.get(name) else {
        return Ok(None);
    };
    match value.as_number().filter(|n| *n >= least as f64) {
        Some(n) => Ok(Some(n as u64)),
        None => Err(Error::invalid(&[
            name,
            " must be a number of ",
            &super::digits(least),
            " or more.",
        ])),
    }
}

fn read_base_url(given: &str, place: Place) -> Result<String, Error> {
    let url = given.trim_end_matches('/');
    let bad = |why: &str| Err(Error::invalid(&["baseURL can't be used: ", why]));
    if url
        .bytes()
        .any(|b| !b.is_ascii_graphic() || matches!(b, b'\\' | b'@' | b'?' | b'#'))
    {
        return bad("it must be a plain address, without user, query, fragment or blanks.");
    }
    if url.ends_with("/v1") {
        return bad("the Midjourney routes are not under /v1; leave that away: https://api.cometapi.com.");
    }
    if let Some(path) = given.strip_prefix('/') {
        if path.starts_with('/') {
            return bad("give the scheme, too: https://…");
        }
        if !place.has_origin {
            return bad("a path alone needs a page's origin; give the whole address here: https://…");
        }
        return Ok(url.into());
    }
    let lower = url.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("https://") {
        return if rest.is_empty() {
            bad("it has no host.")
        } else {
            Ok(url.into())
        };
    }
    match lower.strip_prefix("http://") {
        Some(rest) if is_loopback(rest) => Ok(url.into()),
        Some(_) => bad("http:// would send the key in clear text; it is taken for localhost only. Use https://."),
        None => bad("it must begin with https://, or be a path on the page's own origin such as /api/mj."),
    }
}

fn is_loopback(rest: &str) -> bool {
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    let is_127 = || {
        let parts = host.split('.');
        host.starts_with("127.") && parts.clone().count() == 4 && parts.clone().all(|p| p.parse::<u8>().is_ok())
    };
    port.bytes().all(|b| b.is_ascii_digit()) && (host == "localhost" || host == "[::1]" || is_127())
}
