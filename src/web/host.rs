use super::Json;
use crate::api::Record;
use crate::core::secret_of;
use js_sys::{Date, Function, Math};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// What a call finds where it is made: the client's options, the call's own, and what the runtime has.
pub struct Host {
    pub client: Json,
    pub call: Json,
}

impl Host {
    /// The caller's signal.
    pub fn signal(&self) -> Option<AbortSignal> {
        let signal = self.call.at("signal");
        (!signal.is_null()).then(|| signal.0.unchecked_into())
    }

    /// One of the client's functions. They are called without a `this`.
    pub fn function(&self, name: &str) -> Option<Function> {
        let function = self.client.at(name).0;
        function.is_function().then(|| function.unchecked_into())
    }

    /// Tells `onEvent`; where there is none, the event is not even made. What it throws is its own: a log must not
    /// lose a task.
    pub fn tell(&self, event: impl FnOnce() -> Option<Record>) {
        if let Some(function) = self.function("onEvent") {
            if let Some(event) = event() {
                let _ = function.call1(&JsValue::UNDEFINED, &Json::from(event).0);
            }
        }
    }

    /// The key as far as the options themselves say it.
    pub fn own_secret(&self) -> String {
        secret_of(&self.client.text("apiKey"), &self.client.at("headers"))
    }

    fn number(&self, name: &str, otherwise: fn() -> f64) -> Result<f64, JsValue> {
        match self.function(name) {
            Some(function) => Ok(Json(function.call1(&JsValue::UNDEFINED, &JsValue::UNDEFINED)?).as_number()),
            None => Ok(otherwise()),
        }
    }

    /// Unix time, ms.
    pub fn now(&self) -> Result<f64, JsValue> {
        self.number("now", Date::now)
    }

    /// From 0 up to 1.
    pub fn random(&self) -> Result<f64, JsValue> {
        self.number("random", Math::random)
    }
}

/// `globalThis`
pub fn global() -> Json {
    Json(js_sys::global().into())
}
