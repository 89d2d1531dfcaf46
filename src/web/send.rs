use super::host::Host;
use super::stop::{Ended, Stop};
use super::Json;
use crate::core::{check_api_key, without_key, Answer, Error, Place, Request, Response};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, ResponseType};

/// Sends a call's requests: adds the caller's headers and the key, reads the whole answer.
pub struct Sender<'a> {
    host: &'a Host,
    headers: Headers,
}

impl<'a> Sender<'a> {
    /// With the client's headers and the call's.
    pub fn new(host: &'a Host, call: &Json) -> Result<Self, Error> {
        let headers = merged_headers([&host.client, call]).map_err(|_| {
            Error::invalid(&["headers has a name or a value that no header can have, such as one with a line break."])
        })?;
        Ok(Self { host, headers })
    }

    pub fn place(&self) -> Place {
        Place {
            has_key: self.host.client.get("apiKey").is_some() || self.headers.has("authorization").unwrap_or(false),
            has_origin: Json(js_sys::global().into()).get("location").is_some(),
        }
    }

    /// Sends it and waits for the end of the answer.
    pub async fn send(&self, request: &Request) -> Result<Answer, Ended> {
        let key = match self.api_key(request.timeout_ms).await? {
            Ok(key) => key,
            Err(error) => return Ok(Answer::NotSent(error)),
        };
        let key = key.as_deref();
        let stop = Stop::new(self.host.signal.as_ref(), Some(request.timeout_ms))?;
        match self.exchange(request, key, &stop).await {
            Ok(response) => Ok(Answer::Response(response)),
            Err(Ended::TimedOut) => Ok(Answer::TimedOut),
            Err(Ended::Threw(thrown)) => Ok(Answer::Dropped(without_key_in_error(thrown, key))),
            Err(aborted) => Err(aborted),
        }
    }

    /// The key, asked for anew where it is a function.
    async fn api_key(&self, timeout_ms: u64) -> Result<Result<Option<String>, Error>, Ended> {
        let Some(mut key) = self.host.client.get("apiKey") else {
            return Ok(Ok(None));
        };
        if let Some(function) = self.host.function("apiKey") {
            let stop = Stop::new(self.host.signal.as_ref(), Some(timeout_ms))?;
            let asked = function.call0(&JsValue::UNDEFINED).map_err(Ended::Threw)?;
            key = match stop.race(&asked).await {
                Err(Ended::TimedOut) => return Ok(Err(Error::invalid(&["The function apiKey gave no key in time."]))),
                key => Json(key?),
            };
        }
        Ok(check_api_key(&key).map(Some))
    }

    async fn exchange(&self, request: &Request, key: Option<&str>, stop: &Stop) -> Result<Response, Ended> {
        let init = self.init(request, key).map_err(Ended::Threw)?;
        init.set_signal(Some(&stop.signal()));
        let fetch = match self.host.function("fetch") {
            Some(fetch) => fetch,
            // Called without a `this`, like the caller's own: with another object for it, browsers refuse.
            None => Reflect::get(&js_sys::global(), &"fetch".into())
                .map_err(Ended::Threw)?
                .unchecked_into(),
        };
        let sent = fetch
            .call2(&JsValue::UNDEFINED, &request.url.as_str().into(), &init)
            .map_err(Ended::Threw)?;
        // Not asked whether it is a Response of this realm: a caller's `fetch` may bring its own.
        let response: web_sys::Response = stop.race(&sent).await?.unchecked_into();
        let header = |name| response.headers().get(name).ok().flatten();
        let mut answer = Response {
            status: response.status(),
            retry_after: header("retry-after"),
            retry_after_ms: header("retry-after-ms"),
            request_id: header("x-request-id").or_else(|| header("x-oneapi-request-id")),
            ..Response::default()
        };
        if response.type_() == ResponseType::Opaqueredirect {
            answer.status = 0;
            return Ok(answer);
        }
        let text = response.text().map_err(Ended::Threw)?;
        answer.body = without_key(stop.race(&text).await?.as_string().unwrap_or_default(), key);
        Ok(answer)
    }

    fn init(&self, request: &Request, key: Option<&str>) -> Result<RequestInit, JsValue> {
        let init = RequestInit::new();
        let headers = Headers::new_with_headers(&self.headers)?;
        if let Some(key) = key {
            headers.set("authorization", &["Bearer ", key].concat())?;
        }
        if let Some(body) = &request.body {
            headers.set("content-type", "application/json")?;
            init.set_method("POST");
            init.set_body(&body.as_str().into());
        }
        init.set_headers(&headers);
        // The key is for this origin alone; where a redirect leads is not asked.
        init.set_redirect(RequestRedirect::Manual);
        // Runtimes without these throw where they are set.
        if can("credentials") {
            init.set_credentials(RequestCredentials::Omit);
        }
        if can("cache") {
            init.set_cache(RequestCache::NoStore);
        }
        Ok(init)
    }
}

/// Whether this runtime's `Request` knows the member.
fn can(member: &str) -> bool {
    let global = Json(js_sys::global().into());
    let prototype = global.get("Request").and_then(|request| request.get("prototype"));
    prototype.is_some_and(|prototype| Reflect::has(&prototype.0, &member.into()).unwrap_or(false))
}

/// The later ones win, whatever the case of their names.
fn merged_headers(of: [&Json; 2]) -> Result<Headers, JsValue> {
    let merged = Headers::new()?;
    for options in of {
        let Some(given) = options.get("headers") else { continue };
        let given = Headers::new_with_headers(given.0.unchecked_ref())?;
        for pair in Array::from(&given) {
            let pair: Array = pair.unchecked_into();
            let text = |at| pair.get(at).as_string().unwrap_or_default();
            merged.set(&text(0), &text(1))?;
        }
    }
    Ok(merged)
}

/// What `fetch` threw, unless the key is in it: then only its message, without the key.
fn without_key_in_error(thrown: JsValue, key: Option<&str>) -> Json {
    let thrown = Json(thrown);
    let said = thrown
        .text("stack")
        .or_else(|| thrown.text("message"))
        .unwrap_or_default();
    if key.is_some_and(|key| said.contains(key)) {
        let message = thrown.text("message").unwrap_or_default();
        return Json(js_sys::Error::new(&without_key(message, key)).into());
    }
    thrown
}
