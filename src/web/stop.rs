use js_sys::{Array, Function, Promise};
use std::cell::OnceCell;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    // Bare globals: pages, every kind of worker and the servers' runtimes have them, `window` they have not.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: f64, argument: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    /// An `AbortController` that the loader knows of until it aborts, or is done.
    #[wasm_bindgen(js_name = AbortController)]
    type Controller;
    #[wasm_bindgen(constructor, js_class = "AbortController")]
    fn new() -> Controller;
    #[wasm_bindgen(method, getter, js_class = "AbortController")]
    fn signal(this: &Controller) -> AbortSignal;
    #[wasm_bindgen(method, js_class = "AbortController")]
    fn abort(this: &Controller, reason: &JsValue);
    #[wasm_bindgen(method, js_class = "AbortController")]
    fn done(this: &Controller);
}

/// Ends what is under way when the caller aborts or the time is up, whether what is under way listens or not.
///
/// The caller's signal and the timer reject one promise, without a closure of ours between them, and the work races
/// against it. Dropping a `Stop` takes the listener and the timer away, and aborts its own signal unless the work
/// came to its end: so nothing that was begun under it goes on.
pub struct Stop {
    controller: OnceCell<Controller>,
    caller: Option<AbortSignal>,
    stopped: Promise,
    reject: Function,
    timer: JsValue,
    is_finished: bool,
}

/// Why work under a [`Stop`] gave no value.
pub enum Ended {
    /// The caller's signal; its reason.
    Aborted(JsValue),
    /// The time is up.
    TimedOut,
    /// The work itself rejected.
    Threw(JsValue),
}

impl Stop {
    /// Begins to watch the signal and, unless it is infinite, the time. Rejects with the reason of a signal that is
    /// aborted already.
    pub fn new(caller: Option<AbortSignal>, timeout_ms: f64) -> Result<Self, JsValue> {
        // Not Function's default, which is code in a text.
        let mut reject = JsValue::UNDEFINED;
        let stopped = Promise::new(&mut |_, rejecter| reject = rejecter.into());
        let reject: Function = reject.unchecked_into();
        if let Some(signal) = &caller {
            if signal.aborted() {
                return Err(signal.reason());
            }
            signal.add_event_listener_with_callback("abort", &reject)?;
        }
        let mut timer = JsValue::UNDEFINED;
        if timeout_ms.is_finite() {
            // The timer rejects with its own function, which nobody else has: that is how it is told from the rest.
            // Longer timers than these fire at once.
            timer = set_timeout(&reject, timeout_ms.min(f64::from(i32::MAX)), &reject);
        }
        Ok(Self { controller: OnceCell::new(), caller, stopped, reject, timer, is_finished: false })
    }

    /// For work that can listen; made where it is asked for.
    pub fn signal(&self) -> AbortSignal {
        self.controller.get_or_init(Controller::new).signal()
    }

    /// Rejects when it is time to end.
    pub fn stopped(&self) -> Promise {
        self.stopped.clone()
    }

    /// The work, unless it is ended first. Where both are at once, it is ended: an abort means it.
    pub fn race(&self, work: &JsValue) -> Promise {
        Promise::race(&Array::of2(&self.stopped, work))
    }

    /// The work came to its end: there is nothing to abort.
    pub fn finish(&mut self) {
        self.is_finished = true;
    }

    /// What a race rejected with.
    pub fn why(&self, thrown: JsValue) -> Ended {
        match &self.caller {
            Some(signal) if signal.aborted() => Ended::Aborted(signal.reason()),
            _ if thrown == *AsRef::<JsValue>::as_ref(&self.reject) => Ended::TimedOut,
            _ => Ended::Threw(thrown),
        }
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        if !self.timer.is_undefined() {
            clear_timeout(&self.timer);
        }
        // Undefined, where it was not the caller: then the reason is the platform's own AbortError.
        let mut reason = JsValue::UNDEFINED;
        if let Some(signal) = &self.caller {
            let _ = signal.remove_event_listener_with_callback("abort", &self.reject);
            reason = signal.reason();
        }
        match self.controller.get() {
            Some(controller) if self.is_finished => controller.done(),
            Some(controller) => controller.abort(&reason),
            None => {}
        }
    }
}
