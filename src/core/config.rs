use super::{digits, Error};
use crate::api::{find, Json};

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
    /// Reads `ClientOptions` and, where they may say something of one request, `RequestOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn read(client: &Json, call: Option<&Json>, place: Place) -> Result<Self, Error> {
        let base_url =
            match client.get("baseURL") {
                None if place.has_key => BASE_URL.into(),
                None => return Err(Error::invalid(&[
                    "There is no API key: give apiKey to new Midjourney(), or set COMETAPI_KEY in the environment, \
                     or give the baseURL of a proxy that holds the key.",
                ])),
                Some(url) => {
                    let url = url.as_text().unwrap_or_default();
                    let url = url.trim_end_matches('/');
                    if let Some(why) = trouble_with(url, place) {
                        return Err(Error::invalid(&["baseURL can't be used: ", why]));
                    }
                    url.into()
                }
            };
        let either = |name, least| {
            let of_call = call.map_or(Ok(None), |call| number(call, name, least))?;
            Ok(of_call.or(number(client, name, least)?))
        };
        let timeout = either("timeoutMs", 1)?;
        Ok(Self {
            base_url,
            submit_timeout_ms: timeout.unwrap_or(SUBMIT_TIMEOUT_MS),
            read_timeout_ms: timeout.unwrap_or(READ_TIMEOUT_MS),
            max_retries: either("maxRetries", 0)?.unwrap_or(MAX_RETRIES),
        })
    }
}

/// An option that is a number of ms or of times.
pub(super) fn number(options: &Json, name: &str, least: u64) -> Result<Option<u64>, Error> {
    let Some(value) = options.get(name) else { return Ok(None) };
    match value.as_number().filter(|n| *n >= least as f64) {
        Some(n) => Ok(Some(n as u64)),
        None => Err(Error::invalid(&[name, " must be a number of ", &digits(least), " or more."])),
    }
}

/// Why an address can't be the API's.
fn trouble_with(url: &str, place: Place) -> Option<&'static str> {
    let is_plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'@' | b'?' | b'#');
    if !url.bytes().all(is_plain) {
        return Some("it must be a plain address, without user, query, fragment or blanks.");
    }
    if url.ends_with("/v1") {
        return Some("the Midjourney routes are not under /v1; leave that away: https://api.cometapi.com.");
    }
    if url.starts_with('/') && !url.starts_with("//") {
        let trouble = "a path alone needs a page's origin; give the whole address here: https://…";
        return (!place.has_origin).then_some(trouble);
    }
    let scheme_end = find(url, "://").unwrap_or_default();
    let (scheme, rest) = url.split_at_checked(scheme_end)?;
    let host = rest.get("://".len()..).unwrap_or_default();
    let is_loopback = || is_loopback(host.split('/').next().unwrap_or_default());
    if scheme.eq_ignore_ascii_case("https") && !host.is_empty() && !host.starts_with('/') {
        None
    } else if !scheme.eq_ignore_ascii_case("http") {
        Some("it must begin with https://, or be a path on the page's own origin such as /api/mj.")
    } else if !is_loopback() {
        Some("http:// would send the key in clear text; it is taken for localhost only. Use https://.")
    } else {
        None
    }
}

/// `localhost`, `127.0.0.1` and its like, `[::1]`; with a port or without.
fn is_loopback(authority: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_port = |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(is_digits);
    let is_127 = |host: &str| {
        let mut parts = host.split('.');
        parts.next() == Some("127") && parts.clone().count() == 3 && parts.all(|p| !p.is_empty() && is_digits(p))
    };
    let host_end = match authority.strip_prefix("[::1]") {
        Some(rest) => return is_port(rest),
        None => authority.bytes().position(|b| b == b':').unwrap_or(authority.len()),
    };
    let Some((host, port)) = authority.split_at_checked(host_end) else { return false };
    (host.eq_ignore_ascii_case("localhost") || is_127(host)) && is_port(port)
}
