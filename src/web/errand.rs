use super::host::{global, Host};
use super::stop::{Ended, Stop};
use super::thrown::{facts, without_key_in_error};
use super::Json;
use crate::api::Record;
use crate::core::{check_api_key, dropped, secret_of, Answer, Request, Response, Step};
use crate::text::join;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Object)]
    fn assign(target: &Object, first: &JsValue, second: &JsValue) -> JsValue;
    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries, catch)]
    fn from_entries(entries: &JsValue) -> Result<JsValue, JsValue>;
    type Blob;
    #[wasm_bindgen(constructor, catch)]
    fn new(parts: &Array) -> Result<Blob, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn stream(this: &Blob) -> Result<JsValue, JsValue>;
}

/// Something to wait for on behalf of a machine, in one or more stages.
///
/// ```text
///  Wait ─► Pause ─► Over
///  Report, Submitted, Settled ─► Notice ─► Over
///  Ask ─► Question ─► Answer
///  Send ─► Key ─► Head ─► Body ─► Answer
/// ```
///
/// Written as stages, and not as async functions, since all of them then share one `await`: each costs half a
/// kilobyte.
pub struct Errand<'a> {
    host: &'a Host,
    stop: Stop,
    request: Request,
    key: String,
    head: JsValue,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// A wait.
    Pause,
    /// The caller's `onProgress`, `onSubmitted` or `onSettled`.
    Notice,
    /// The caller's `onModal`.
    Question,
    /// The key, asked for anew with each request: it may have been rotated.
    Key,
    /// `fetch`
    Head,
    /// `response.text()`
    Body,
}

/// How it goes on with an errand.
pub enum Next {
    /// Wait for this.
    Wait(Promise),
    /// It is done: tell the machine.
    Answer(Answer),
    /// It is done.
    Over,
    /// A function that the client stands on failed: its name, and what it threw.
    Failed(&'static str, JsValue),
    /// What ends the whole call: an abort's reason, or what one of the caller's functions threw that are told of it.
    Foreign(JsValue),
}

impl<'a> Errand<'a> {
    /// Begins what a machine wants done.
    pub fn begin(host: &'a Host, step: Step) -> Result<(Self, Next), JsValue> {
        let mut request = Request::default();
        let mut stage = Stage::Notice;
        // What is called, and how long it may take.
        let (of, name, limit, first, second) = match step {
            Step::Send(given) => {
                request = given;
                stage = Stage::Key;
                (&host.client, "apiKey", request.timeout_ms, JsValue::UNDEFINED, JsValue::UNDEFINED)
            }
            Step::Report { task, info, left_ms } => (&host.call, "onProgress", left_ms, task.0, info.0),
            Step::Ask { task, left_ms } => {
                stage = Stage::Question;
                (&host.call, "onModal", left_ms, task.0, JsValue::UNDEFINED)
            }
            Step::Settled { outcome, index } => (&host.call, "onSettled", f64::INFINITY, outcome.0, index.into()),
            Step::Submitted(output) => (&host.call, "onSubmitted", f64::INFINITY, output.view.0, JsValue::UNDEFINED),
            Step::Wait { ms, .. } => {
                stage = Stage::Pause;
                (&host.client, "sleep", ms, ms.into(), JsValue::UNDEFINED)
            }
            _ => (&host.call, "", 0.0, JsValue::UNDEFINED, JsValue::UNDEFINED),
        };
        let work = of.at(name);
        let is_callable = work.0.is_function();
        let is_sleep = name == "sleep";
        let stop = Stop::new(host.signal(), if is_sleep && is_callable { f64::INFINITY } else { limit })?;
        let work = if is_callable {
            let second = if is_sleep { stop.signal().into() } else { second };
            // What it throws is raced like the rest: it may have aborted, too, and that must not go unhandled.
            let called = work.0.unchecked_ref::<Function>().call2(&JsValue::UNDEFINED, &first, &second);
            called.unwrap_or_else(|thrown| Promise::reject(&thrown).into())
        } else if is_sleep {
            // Only the timer ends it.
            stop.stopped()
        } else {
            work.0
        };
        let next = Next::Wait(stop.race(&work));
        Ok((Self { host, stop, request, key: String::new(), head: JsValue::UNDEFINED, stage }, next))
    }

    /// Goes on from what the promise came to.
    pub fn proceed(&mut self, settled: Result<JsValue, JsValue>) -> Next {
        let value = match settled {
            Ok(value) => value,
            Err(thrown) => return self.end(thrown),
        };
        let next = match self.stage {
            Stage::Pause | Stage::Notice => return Next::Over,
            Stage::Question => return Next::Answer(Answer::Said(Json(value))),
            Stage::Key => {
                let key = Json(value);
                // A function that gives none is a mistake, and not a proxy's client.
                if self.host.client.has("apiKey") {
                    match check_api_key(&key) {
                        Ok(key) => self.key = key,
                        Err(error) => return Next::Answer(Answer::NotSent(error)),
                    }
                }
                self.stage = Stage::Head;
                self.fetch()
            }
            Stage::Head => {
                self.stage = Stage::Body;
                self.head = value;
                // Not asked whether it is a Response of this realm: a caller's `fetch` may bring its own.
                let head: &web_sys::Response = self.head.unchecked_ref();
                // A redirect that a browser hides has the status 0, and no text.
                head.text().map(JsValue::from)
            }
            Stage::Body => {
                let head: &web_sys::Response = self.head.unchecked_ref();
                let headers = Json(from_entries(&head.headers()).unwrap_or_default());
                let response = Response::new(head.status(), Json(value).as_text(), headers, &self.secret());
                return Next::Answer(Answer::Response(response));
            }
        };
        match next {
            Ok(work) => Next::Wait(self.stop.race(&work)),
            Err(thrown) => self.end(thrown),
        }
    }

    /// The request that it was about, if it was.
    pub fn sent(&self) -> Option<&Request> {
        (!self.request.url.is_empty()).then_some(&self.request)
    }

    fn end(&self, thrown: JsValue) -> Next {
        Next::Answer(match (self.stop.why(thrown), self.stage) {
            (Ended::Aborted(reason), _) => return Next::Foreign(reason),
            (Ended::TimedOut, Stage::Pause | Stage::Notice | Stage::Question) => return Next::Over,
            (Ended::TimedOut, Stage::Key) => {
                let mut late = Record::new();
                late.set("message", "it gave no key in time (timeoutMs)");
                Answer::NoKey(late.into())
            }
            (Ended::TimedOut, Stage::Head | Stage::Body) => Answer::TimedOut,
            (Ended::Threw(thrown), Stage::Notice | Stage::Question) => return Next::Foreign(thrown),
            (Ended::Threw(thrown), Stage::Pause) => return Next::Failed("sleep", thrown),
            (Ended::Threw(thrown), Stage::Key) => Answer::NoKey(without_key_in_error(Json(thrown), &self.secret())),
            (Ended::Threw(thrown), Stage::Head | Stage::Body) => {
                let thrown = Json(thrown);
                let secret = self.secret();
                // Once the head of an answer is there, it was sent.
                let url = if self.stage == Stage::Head { self.request.url.as_str() } else { "" };
                let mut dropped = dropped(&facts(&thrown), url, &secret);
                dropped.set("thrown", without_key_in_error(thrown, &secret));
                Answer::Dropped(dropped.into())
            }
        })
    }

    fn secret(&self) -> String {
        secret_of(&self.key, &self.host.client.at("headers"))
    }

    fn fetch(&self) -> Result<JsValue, JsValue> {
        let mut init = Record::new();
        let mut headers = Record::new();
        if !self.request.body.is_empty() {
            init.set("method", "POST");
            headers.set("content-type", "application/json");
            let text = self.request.body.as_str();
            let mut body = Json::from(text);
            // Two runtimes by themselves send a POST once more where a connection that was used before ends without an
            // answer, unless …
            if global().has("Deno") {
                // … its body is a stream. (Not a Response's: in that it finds the text again.)
                body = Json(Blob::new(&Array::of1(&text.into()))?.stream()?);
                init.set("duplex", "half");
            } else if global().has("Bun") {
                // … it has a connection of its own. (Bun until 1.3.)
                init.set("keepalive", false);
            }
            init.set("body", body);
        }
        if !self.key.is_empty() {
            headers.set("authorization", join(&["Bearer ", &self.key]).as_str());
        }
        let headers: Json = headers.into();
        let given = self.host.client.at("headers").0;
        let all = assign(&Object::new(), &given, &headers.0);
        init.set("headers", Json(all));
        init.set("signal", Json(self.stop.signal().into()));
        // The key is for this origin alone; where a redirect leads is not asked.
        init.set("redirect", "manual");
        // A path is a proxy of the page's own, which knows its users by their cookies. Nobody else is sent any.
        let credentials = if self.request.url.starts_with('/') { "same-origin" } else { "omit" };
        // Runtimes without these two throw where they are given.
        let known = global().at("Request").at("prototype").0;
        for (name, value) in [("credentials", credentials), ("cache", "no-store")] {
            if Reflect::has(&known, &name.into()).unwrap_or(false) {
                init.set(name, value);
            }
        }
        // Called without a `this`, like the caller's own: with another object for it, browsers refuse.
        let fetch = self.host.function("fetch").unwrap_or_else(|| global().at("fetch").0.unchecked_into());
        fetch.call2(&JsValue::UNDEFINED, &self.request.url.as_str().into(), &Json::from(init).0)
    }
}
