use super::host::{global, Host};
use super::stop::{Ended, Stop};
use super::Json;
use crate::api::{Field, Record};
use crate::core::{check_api_key, without_key, Answer, Error, Request, Response};
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

/// Sends a request with the caller's headers and key, and waits for the end of the answer.
pub async fn send(host: &Host, request: &Request) -> Result<Answer, Ended> {
    let key = match api_key(host, request.timeout_ms).await? {
        Ok(key) => key,
        Err(error) => return Ok(Answer::NotSent(error)),
    };
    match exchange(host, request, key.as_deref()).await {
        Ok(response) => Ok(Answer::Response(response)),
        Err(Ended::TimedOut) => Ok(Answer::TimedOut),
        Err(Ended::Threw(thrown)) => Ok(Answer::Dropped(without_key_in_error(thrown, key))),
        Err(aborted) => Err(aborted),
    }
}

/// The key, asked for anew where it is a function.
async fn api_key(host: &Host, timeout_ms: u64) -> Result<Result<Option<String>, Error>, Ended> {
    let Some(mut key) = host.client.get("apiKey") else { return Ok(Ok(None)) };
    if let Some(function) = host.function("apiKey") {
        let stop = Stop::new(host.signal(), Some(timeout_ms))?;
        let asked = function.call0(&JsValue::UNDEFINED).map_err(Ended::Threw)?;
        key = match stop.race(&asked).await {
            Err(Ended::TimedOut) => return Ok(Err(Error::invalid(&["The function apiKey gave no key in time."]))),
            key => Json(key?),
        };
    }
    Ok(check_api_key(&key).map(Some))
}

async fn exchange(host: &Host, request: &Request, key: Option<&str>) -> Result<Response, Ended> {
    let stop = Stop::new(host.signal(), Some(request.timeout_ms))?;
    let init = init(host, request, key, &stop);
    let fetch = match host.function("fetch") {
        Some(fetch) => fetch,
        // Called without a `this`, like the caller's own: with another object for it, browsers refuse.
        None => global().member("fetch").unchecked_into::<Function>(),
    };
    let sent = fetch.call2(&JsValue::UNDEFINED, &request.url.as_str().into(), &Json::of(&init).0);
    // Not asked whether it is a Response of this realm: a caller's `fetch` may bring its own.
    let response = stop.race(&sent.map_err(Ended::Threw)?).await?;
    let response: web_sys::Response = response.unchecked_into();
    let headers = response.headers();
    let header = |name| headers.get(name).ok().flatten();
    let mut answer = Response {
        status: response.status(),
        body: String::new(),
        retry_after: header("retry-after"),
        retry_after_ms: header("retry-after-ms"),
        request_id: header("x-request-id").or_else(|| header("x-oneapi-request-id")),
    };
    if answer.status != 0 {
        let text = stop.race(&response.text().map_err(Ended::Threw)?.into()).await?;
        answer.body = without_key(text.as_string().unwrap_or_default(), key);
    }
    Ok(answer)
}

/// `RequestInit`
fn init(host: &Host, request: &Request, key: Option<&str>, stop: &Stop) -> Record {
    let mut init = Record::new();
    let mut headers = Record::new();
    if let Some(body) = &request.body {
        init.set_text("method", "POST");
        init.set_text("body", body.as_str());
        headers.set_text("content-type", "application/json");
    }
    if let Some(key) = key {
        headers.set_text("authorization", ["Bearer ", key].concat());
    }
    let all = Object::new();
    for source in [host.client.get("headers"), Some(Json::of(&headers))].into_iter().flatten() {
        Object::assign(&all, source.0.unchecked_ref());
    }
    init.set("headers", Field::Json(Json(all.into())));
    init.set("signal", Field::Json(Json(stop.signal().into())));
    // The key is for this origin alone; where a redirect leads is not asked.
    init.set_text("redirect", "manual");
    // Runtimes without these two throw where they are given.
    let known = Json(global().member("Request")).member("prototype");
    for (name, value) in [("credentials", "omit"), ("cache", "no-store")] {
        if Reflect::has(&known, &name.into()).unwrap_or(false) {
            init.set_text(name, value);
        }
    }
    init
}

/// What `fetch` threw, unless the key is in it: then only its message, without the key.
fn without_key_in_error(thrown: JsValue, key: Option<String>) -> Json {
    let thrown = Json(thrown);
    let message = thrown.text("message").unwrap_or_default();
    let said = thrown.text("stack").unwrap_or_else(|| message.clone());
    if without_key(said.clone(), key.as_deref()) == said {
        return thrown;
    }
    let mut safe = Record::new();
    safe.set_text("message", without_key(message, key.as_deref()));
    Json::of(&safe)
}
