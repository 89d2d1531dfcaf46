use super::{address, Error};
use crate::api::{digits, Json};
use crate::text::join;

const BASE_URL: &str = "https://api.cometapi.com";
const SUBMIT_TIMEOUT_MS: f64 = 75_000.0;
const READ_TIMEOUT_MS: f64 = 30_000.0;
const MAX_RETRIES: f64 = 2.0;

/// What the client's and the call's options come to, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `baseURL` without a slash at its end.
    pub base_url: String,
    /// What stands before the route of a submit: `/mj-fast` for the mode `fast`.
    pub mode_prefix: String,
    /// For one submit. The gateway itself waits 60 s for its upstream: who gives up sooner leaves a paid task.
    pub submit_timeout_ms: f64,
    /// For one read.
    pub read_timeout_ms: f64,
    /// How often a call is sent again.
    pub max_retries: f64,
    /// Whether a refused key is asked for anew.
    pub renewal: Renewal,
}

/// A key that a function gives may have been rotated: after a 401 it is asked for once more, and the request goes out
/// again. Nothing that makes tasks heard the first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewal {
    is_function: bool,
    was_refused: bool,
}

impl Renewal {
    /// Whether the request is to go out again at once, since its answer has refused the key.
    pub(super) fn after(&mut self, is_refused: bool) -> bool {
        let is_first = !std::mem::replace(&mut self.was_refused, is_refused);
        is_refused && is_first && self.is_function
    }
}

impl Config {
    /// Reads `ClientOptions` and, where they may say something of one request, `RequestOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn read(client: &Json, call: &Json) -> Result<Self, Error> {
        let mut wrong = None;
        let mut either = |name, least, otherwise| {
            let otherwise = number(client, name, least, otherwise, &mut wrong);
            number(call, name, least, otherwise, &mut wrong)
        };
        let config = Self {
            submit_timeout_ms: either("timeoutMs", 1.0, SUBMIT_TIMEOUT_MS),
            read_timeout_ms: either("timeoutMs", 1.0, READ_TIMEOUT_MS),
            max_retries: either("maxRetries", 0.0, MAX_RETRIES),
            base_url: base_url(client)?,
            renewal: Renewal {
                is_function: client.has("apiKey") && !client.at("apiKey").is_text(),
                was_refused: false,
            },
            mode_prefix: mode_prefix(client.at("mode"))?,
        };
        wrong.map_or(Ok(config), Err)
    }

    /// The address of a route.
    pub(super) fn route(&self, parts: &[&str]) -> String {
        join(&[&self.base_url, &join(parts)])
    }
}

/// An option that is a number of ms or of times; what is wrong with it goes to `wrong`.
pub(super) fn number(options: &Json, name: &str, least: f64, otherwise: f64, wrong: &mut Option<Error>) -> f64 {
    let given = options.at(name);
    if given.is_null() {
        return otherwise;
    }
    let number = given.as_number();
    if number >= least {
        return number;
    }
    *wrong = Some(Error::invalid(&[name, " must be a number of ", &digits(least), " or more."]));
    otherwise
}

fn mode_prefix(mode: &Json) -> Result<String, Error> {
    let word = mode.as_str();
    if mode.is_null() {
        Ok(String::new())
    } else if matches!(word, "fast" | "relax" | "turbo") {
        Ok(join(&["/mj-", word]))
    } else {
        Err(Error::invalid(&["mode must be fast, relax or turbo."]))
    }
}

fn base_url(client: &Json) -> Result<String, Error> {
    let given = client.at("baseURL");
    if !given.is_null() {
        let url = given.as_str().trim_end_matches('/');
        return match address::trouble_with(url, client.at("hasOrigin").is_true()) {
            "" => Ok(url.into()),
            why => Err(Error::invalid(&["baseURL can't be used: it ", why])),
        };
    }
    if client.has("apiKey") || client.at("headers").has("authorization") {
        return Ok(BASE_URL.into());
    }
    Err(Error::invalid(&[
        "There is no API key: give apiKey, or set COMETAPI_KEY, or give the baseURL of a proxy that holds the key.",
    ]))
}
