use super::host::{global, value_of, Host, PLATFORM};
use super::stop::{Ended, Stop};
use crate::api::{Json, Record};
use crate::core::{
    check_api_key, cleaned, dropped, secret_of, Answer, Code, Error, Output, Request, Resends, Response, Step,
};
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::RequestInit;

#[wasm_bindgen]
extern "C" {
    type Blob;
    #[wasm_bindgen(constructor, catch)]
    fn new(parts: &Array) -> Result<Blob, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn stream(this: &Blob) -> Result<JsValue, JsValue>;

    /// A `Response`, of this realm or a caller's own: whatever it has for members may throw.
    type Head;
    #[wasm_bindgen(method, getter, catch)]
    fn status(this: &Head) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn headers(this: &Head) -> Result<HeadHeaders, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &Head) -> Result<JsValue, JsValue>;
    type HeadHeaders;
    #[wasm_bindgen(method, catch)]
    fn get(this: &HeadHeaders, name: &str) -> Result<JsValue, JsValue>;
}

/// The headers of an answer that the core reads.
const HEADERS: [&str; 4] = ["x-request-id", "x-oneapi-request-id", "retry-after-ms", "retry-after"];

/// What a machine's step comes to.
pub enum Errand<'a> {
    /// There is something to wait for.
    Work(Work<'a>),
    /// Nothing is to be done.
    Nothing,
    /// The call is over.
    Done(Result<Output, Error>),
}

/// Something to wait for on behalf of a machine, in one or more stages.
///
/// ```text
///  Wait ─► Pause ─► Over
///  Report, Submitted, Settled ─► Notice ─► Over
///  Ask ─► Question ─► Answer
///  Send ─► Key, where a function gives it ─► Head ─► Body ─► Answer
/// ```
///
/// Written as stages, and not as async functions, since all of them then share one `await`: each costs half a
/// kilobyte.
pub struct Work<'a> {
    host: &'a Host,
    stop: Stop,
    request: Request,
    key: String,
    head: JsValue,
    stage: Stage,
    first: JsValue,
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
    pub fn begin(host: &'a Host, step: Step) -> Result<Self, JsValue> {
        let value = |json: &Json| value_of(json);
        match step {
            Step::Done(result) => Ok(Self::Done(result)),
            Step::Tell(_) => Ok(Self::Nothing),
            Step::Idle => Ok(Self::Done(Err(Error::new(Code::Internal, &["The call has stopped without an end."])))),
            Step::Send(request) => {
                let limit = request.timeout_ms;
                let mut work = Work::new(host, Stage::Key, limit)?;
                work.request = request;
                Ok(Self::Work(work))
            }
            Step::Wait { ms, .. } => {
                let sleep = host.function("sleep");
                let mut work = Work::new(host, Stage::Pause, if sleep.is_some() { f64::INFINITY } else { ms })?;
                work.first = match sleep {
                    Some(sleep) => called(&sleep, &ms.into(), &work.stop.signal().into()),
                    // Only the timer ends it.
                    None => JsValue::UNDEFINED,
                };
                Ok(Self::Work(work))
            }
            Step::Report { task, info, left_ms } => {
                Self::tell(host, "onProgress", left_ms, || (value(&task), value(&info)))
            }
            Step::Submitted(output) => {
                Self::tell(host, "onSubmitted", f64::INFINITY, || (value(&output.view), JsValue::UNDEFINED))
            }
            Step::Settled { outcome, index } => {
                Self::tell(host, "onSettled", f64::INFINITY, || (value(&outcome), index.into()))
            }
            Step::Ask { task, left_ms } => {
                let Some(function) = host.callback("onModal") else { return Ok(Self::Nothing) };
                let mut work = Work::new(host, Stage::Question, left_ms)?;
                work.first = called(&function, &value(&task), &JsValue::UNDEFINED);
                Ok(Self::Work(work))
            }
        }
    }

    fn tell(host: &'a Host, name: &str, limit: f64, of: impl FnOnce() -> (JsValue, JsValue)) -> Result<Self, JsValue> {
        let Some(function) = host.callback(name) else { return Ok(Self::Nothing) };
        let mut work = Work::new(host, Stage::Notice, limit)?;
        let (first, second) = of();
        work.first = called(&function, &first, &second);
        Ok(Self::Work(work))
    }
}

/// What a function throws is raced like the rest: it may have aborted, too, and that must not go unhandled.
fn called(function: &Function, first: &JsValue, second: &JsValue) -> JsValue {
    let called = function.call2(&JsValue::UNDEFINED, first, second);
    called.unwrap_or_else(|thrown| Promise::reject(&thrown).into())
}

impl<'a> Work<'a> {
    fn new(host: &'a Host, stage: Stage, limit: f64) -> Result<Self, JsValue> {
        let stop = Stop::new(host.signal(), limit)?;
        let (request, key, head, first) = (Request::default(), String::new(), JsValue::UNDEFINED, JsValue::UNDEFINED);
        Ok(Self { host, stop, request, key, head, stage, first })
    }

    /// What is waited for first.
    pub fn start(&mut self) -> Next {
        match self.stage {
            Stage::Pause if self.first.is_undefined() => Next::Wait(self.stop.stopped()),
            Stage::Key => match self.host.function("apiKey") {
                Some(function) => {
                    let called = called(&function, &JsValue::UNDEFINED, &JsValue::UNDEFINED);
                    Next::Wait(self.stop.race(&called))
                }
                None => self.with_key(self.host.client.at("apiKey")),
            },
            _ => Next::Wait(self.stop.race(&self.first)),
        }
    }

    /// Goes on from what the promise came to.
    pub fn proceed(&mut self, settled: Result<JsValue, JsValue>) -> Next {
        let value = match settled {
            Ok(value) => value,
            Err(thrown) => return self.end(thrown),
        };
        match self.stage {
            Stage::Pause | Stage::Notice => {
                self.stop.finish();
                Next::Over
            }
            Stage::Question => Next::Answer(Answer::Said(self.host.read(&value))),
            Stage::Key => {
                let key = value.as_string().map_or(Json::null(), |key| Json::from(&*key));
                self.with_key(&key)
            }
            Stage::Head => {
                self.stage = Stage::Body;
                self.head = value;
                // Not asked whether it is a Response of this realm: a caller's `fetch` may bring its own.
                let head: &Head = self.head.unchecked_ref();
                // A redirect that a browser hides has the status 0, and no text.
                let text = head.text();
                self.wait(text)
            }
            Stage::Body => match self.response(value) {
                Ok(response) => {
                    self.stop.finish();
                    Next::Answer(Answer::Response(response))
                }
                Err(thrown) => self.end(thrown),
            },
        }
    }

    /// The request that it was about, if it was.
    pub fn sent(&self) -> Option<&Request> {
        (!self.request.url.is_empty()).then_some(&self.request)
    }

    fn wait(&mut self, work: Result<JsValue, JsValue>) -> Next {
        match work {
            Ok(work) => Next::Wait(self.stop.race(&work)),
            Err(thrown) => self.end(thrown),
        }
    }

    fn with_key(&mut self, key: &Json) -> Next {
        // A function that gives none is a mistake, and not a proxy's client.
        if self.host.client.has("apiKey") {
            match check_api_key(key) {
                Ok(key) => self.key = key,
                Err(error) => return Next::Answer(Answer::NotSent(error)),
            }
        }
        self.stage = Stage::Head;
        let fetching = self.fetch();
        self.wait(fetching)
    }

    fn response(&self, body: JsValue) -> Result<Response, JsValue> {
        let head: &Head = self.head.unchecked_ref();
        let status = head.status()?.as_f64().ok_or("The answer has no status.")?;
        let given = head.headers()?;
        let mut headers = Record::new();
        for name in HEADERS {
            if let Some(value) = given.get(name)?.as_string() {
                headers.set(name, value.as_str());
            }
        }
        Ok(Response::new(status as u16, body.as_string().unwrap_or_default(), headers.into(), &self.secret()))
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
            (Ended::Threw(thrown), Stage::Key) => Answer::NoKey(cleaned(&self.host.facts(&thrown), &self.secret())),
            (Ended::Threw(thrown), Stage::Head | Stage::Body) => {
                let facts = self.host.facts(&thrown);
                let secret = self.secret();
                // Once the head of an answer is there, it was sent.
                let url = if self.stage == Stage::Head { self.request.url.as_str() } else { "" };
                let mut dropped = dropped(&facts, url, &secret);
                dropped.set("thrown", cleaned(&facts, &secret));
                Answer::Dropped(dropped.into())
            }
        })
    }

    fn secret(&self) -> String {
        secret_of(&self.key, self.host.client.at("headers"))
    }

    fn fetch(&self) -> Result<JsValue, JsValue> {
        let platform = PLATFORM.with(Clone::clone);
        let json = self.request.init(&self.key, self.host.client.at("headers"), platform);
        let init: RequestInit = value_of(&json).unchecked_into();
        if !self.request.body.is_empty() {
            let mut body = self.host.js.unpack(&self.request.body.as_str().into());
            if platform.resends == Resends::UnlessStreamed {
                // (Not a Response's: in that Deno finds the text again.)
                body = Blob::new(&Array::of1(&body))?.stream()?;
            }
            Reflect::set(&init, &"body".into(), &body)?;
        }
        init.set_signal(Some(&self.stop.signal()));
        // Called without a `this`, like the caller's own: with another object for it, browsers refuse.
        let fetch = self.host.function("fetch").unwrap_or_else(|| global("fetch").unchecked_into());
        fetch.call2(&JsValue::UNDEFINED, &self.request.url.as_str().into(), &init)
    }
}
