use super::host::{global, Host};
use super::stop::{Ended, Stop};
use super::Json;
use crate::api::Record;
use crate::core::{check_api_key, join, without_key, Answer, Error, Request, Response};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// Sends a request with the caller's headers and key, and waits for the end of the answer.
pub async fn send(host: &Host, request: &Request) -> Result<Answer, Ended> {
    let stop = Stop::new(host.signal(), request.timeout_ms)?;
    let key = match host.function("apiKey") {
        // Asked anew for each request: it may have been rotated.
        Some(function) => match stop.race(&function.call0(&JsValue::UNDEFINED).map_err(Ended::Threw)?).await {
            Err(Ended::TimedOut) => {
                return Ok(Answer::NotSent(Error::invalid(&["The function apiKey gave no key in time (timeoutMs)."])))
            }
            key => key?,
        },
        None => host.client.at("apiKey").0,
    };
    let mut text = String::new();
    if !Json(key.clone()).is_null() {
        match check_api_key(&Json(key)) {
            Ok(key) => text = key,
            Err(error) => return Ok(Answer::NotSent(error)),
        }
    }
    let key = text;
    match exchange(host, request, &key, &stop).await {
        Ok(response) => Ok(Answer::Response(response)),
        Err(Ended::TimedOut) => Ok(Answer::TimedOut),
        Err(Ended::Threw(thrown)) => Ok(Answer::Dropped(without_key_in_error(thrown, &key))),
        Err(aborted) => Err(aborted),
    }
}

async fn exchange(host: &Host, request: &Request, key: &str, stop: &Stop) -> Result<Response, Ended> {
    let init = Json::from(init(host, request, key, stop));
    // Called without a `this`, like the caller's own: with another object for it, browsers refuse.
    let fetch = host.function("fetch").unwrap_or_else(|| global().at("fetch").0.unchecked_into());
    let sent = fetch.call2(&JsValue::UNDEFINED, &request.url.as_str().into(), &init.0);
    // Not asked whether it is a Response of this realm: a caller's `fetch` may bring its own.
    let response: web_sys::Response = stop.race(&sent.map_err(Ended::Threw)?).await?.unchecked_into();
    let status = response.status();
    let body = match status {
        // A redirect that a browser hides: there is nothing to read.
        0 => String::new(),
        _ => {
            let text = stop.race(&response.text().map_err(Ended::Threw)?.into()).await?;
            without_key(Json(text).as_text(), key)
        }
    };
    Ok(Response { status, body, headers: Json(response.headers().into()) })
}

/// `RequestInit`
fn init(host: &Host, request: &Request, key: &str, stop: &Stop) -> Record {
    let mut init = Record::new();
    let mut headers = Record::new();
    if let Some(body) = &request.body {
        init.set("method", "POST");
        init.set("body", body.as_str());
        headers.set("content-type", "application/json");
    }
    if !key.is_empty() {
        headers.set("authorization", join(&["Bearer ", key]).as_str());
    }
    let all = Object::assign(&Object::new(), host.client.at("headers").0.unchecked_ref());
    Object::assign(&all, Json::from(headers).0.unchecked_ref());
    init.set("headers", Json(all.into()));
    init.set("signal", Json(stop.signal().into()));
    // The key is for this origin alone; where a redirect leads is not asked.
    init.set("redirect", "manual");
    // Runtimes without these two throw where they are given.
    let known = global().at("Request").at("prototype").0;
    for (name, value) in [("credentials", "omit"), ("cache", "no-store")] {
        if Reflect::has(&known, &name.into()).unwrap_or(false) {
            init.set(name, value);
        }
    }
    init
}

/// What `fetch` threw, unless the key is in it: then only its message, without the key.
fn without_key_in_error(thrown: JsValue, key: &str) -> Json {
    let thrown = Json(thrown);
    let said = join(&[&thrown.text("message"), &thrown.text("stack")]);
    if without_key(said.clone(), key) == said {
        return thrown;
    }
    let mut safe = Record::new();
    safe.set("message", without_key(thrown.text("message"), key).as_str());
    safe.into()
}
