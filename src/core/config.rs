use super::{digits, join, Error};
use crate::api::Json;

const BASE_URL: &str = "https://api.cometapi.com";
const SUBMIT_TIMEOUT_MS: f64 = 75_000.0;
const READ_TIMEOUT_MS: f64 = 30_000.0;
const MAX_RETRIES: f64 = 2.0;

/// What the client's and the call's options come to, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `baseURL` without a slash at its end.
    pub base_url: String,
    /// For one submit. The gateway itself waits 60 s for its upstream: who gives up sooner leaves a paid task.
    pub submit_timeout_ms: f64,
    /// For one read.
    pub read_timeout_ms: f64,
    /// How often a call is sent again.
    pub max_retries: f64,
}

impl Config {
    /// Reads `ClientOptions` and, where they may say something of one request, `RequestOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn read(client: &Json, call: Option<&Json>) -> Result<Self, Error> {
        let either = |name, least| match call.map_or(Ok(None), |call| number(call, name, least)) {
            Ok(None) => number(client, name, least),
            of_call => of_call,
        };
        let timeout = either("timeoutMs", 1.0)?;
        Ok(Self {
            base_url: base_url(client)?,
            submit_timeout_ms: timeout.unwrap_or(SUBMIT_TIMEOUT_MS),
            read_timeout_ms: timeout.unwrap_or(READ_TIMEOUT_MS),
            max_retries: either("maxRetries", 0.0)?.unwrap_or(MAX_RETRIES),
        })
    }
}

/// An option that is a number of ms or of times.
pub(super) fn number(options: &Json, name: &str, least: f64) -> Result<Option<f64>, Error> {
    match options.get(name).map(|value| value.as_number()) {
        None => Ok(None),
        Some(Some(n)) if n >= least => Ok(Some(n)),
        _ => Err(Error::invalid(&[name, " must be a number of ", &digits(least), " or more."])),
    }
}

fn base_url(client: &Json) -> Result<String, Error> {
    let Some(given) = client.get("baseURL") else {
        let has_key = client.has("apiKey") || client.get("headers").is_some_and(|of| of.has("authorization"));
        return match has_key {
            true => Ok(BASE_URL.into()),
            false => Err(Error::invalid(&[
                "There is no API key: give apiKey to new Midjourney(), or set COMETAPI_KEY in the environment, or give \
                 the baseURL of a proxy that holds the key.",
            ])),
        };
    };
    let mut url = given.as_text().unwrap_or_default();
    while url.ends_with('/') {
        url.pop();
    }
    match trouble_with(&url) {
        None => Ok(url),
        Some(why) => Err(Error::invalid(&["baseURL can't be used: it ", why])),
    }
}

/// Why an address can't be the API's.
fn trouble_with(url: &str) -> Option<&'static str> {
    let Some(parts) = Json::parse_url(url).filter(|_| !url.starts_with("//")) else {
        return Some("is no address: give https://…, or in a page a path of its own origin such as /api/mj.");
    };
    let text = |name| parts.text(name).unwrap_or_default();
    let host = text("hostname");
    let is_loopback = host == "localhost"
        || host == "[::1]"
        // The parts are normalised: a host that ends in a number is an IPv4 address.
        || host.starts_with("127.") && host.ends_with(|last: char| last.is_ascii_digit());
    if ["username", "password", "search", "hash"].iter().any(|name| !text(name).is_empty()) {
        Some("has a user, a query or a fragment: leave them away.")
    } else if text("pathname").ends_with("/v1") {
        Some("ends in /v1, where the Midjourney routes are not: leave that away (https://api.cometapi.com).")
    } else if url.starts_with('/') || text("protocol") == "https:" || text("protocol") == "http:" && is_loopback {
        None
    } else {
        Some("must begin with https://: anything else, but for http://localhost, would send the key in clear text.")
    }
}

/// The address of a route.
pub(super) fn route(config: &Config, path: &str) -> String {
    join(&[&config.base_url, path])
}
