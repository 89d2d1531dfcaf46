use super::stop::{Ended, Stop};
use super::Json;
use js_sys::{Date, Function, Math};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// What a call finds where it is made: the client's functions, or else the runtime's, and the caller's signal.
pub struct Host {
    pub client: Json,
    pub signal: Option<AbortSignal>,
}

impl Host {
    /// From `ClientOptions` and the options of one call.
    pub fn new(client: JsValue, call: &Json) -> Self {
        let signal = call.get("signal").map(|signal| signal.0.unchecked_into());
        Self {
            client: Json(client),
            signal,
        }
    }

    /// One of the client's functions. They are called without a `this`.
    pub fn function(&self, name: &str) -> Option<Function> {
        self.client.get(name)?.0.dyn_into().ok()
    }

    fn number(&self, name: &str, otherwise: fn() -> f64) -> Result<f64, JsValue> {
        match self.function(name) {
            Some(function) => Ok(function.call0(&JsValue::UNDEFINED)?.as_f64().unwrap_or_else(otherwise)),
            None => Ok(otherwise()),
        }
    }

    /// Unix time, ms.
    pub fn now(&self) -> Result<u64, JsValue> {
        self.number("now", Date::now).map(|ms| ms as u64)
    }

    /// From 0 up to 1.
    pub fn random(&self) -> Result<f64, JsValue> {
        self.number("random", Math::random).map(|n| n.clamp(0.0, 1.0))
    }

    /// Lets the time go by.
    pub async fn sleep(&self, ms: u64) -> Result<(), Ended> {
        let Some(sleep) = self.function("sleep") else {
            return Stop::new(self.signal.as_ref(), Some(ms))?.wait().await;
        };
        let stop = Stop::new(self.signal.as_ref(), None)?;
        let slept = sleep.call2(&JsValue::UNDEFINED, &(ms as f64).into(), &stop.signal());
        stop.race(&slept.map_err(Ended::Threw)?).await.map(drop)
    }
}
