use super::stop::{Ended, Stop};
use super::Json;
use crate::core::Place;
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
        self.call.get("signal").map(|signal| signal.0.unchecked_into())
    }

    pub fn place(&self) -> Place {
        Place {
            has_key: self.client.get("apiKey").is_some()
                || self.client.get("headers").is_some_and(|headers| headers.has("authorization")),
            has_origin: global().get("location").is_some(),
        }
    }

    /// One of the client's functions. They are called without a `this`.
    pub fn function(&self, name: &str) -> Option<Function> {
        self.client.get(name)?.0.dyn_into().ok()
    }

    fn number(&self, name: &str) -> Result<Option<f64>, JsValue> {
        match self.function(name) {
            Some(function) => Ok(function.call0(&JsValue::UNDEFINED)?.as_f64()),
            None => Ok(None),
        }
    }

    /// Unix time, ms.
    pub fn now(&self) -> Result<u64, JsValue> {
        Ok(self.number("now")?.unwrap_or_else(Date::now) as u64)
    }

    /// From 0 up to 1.
    pub fn random(&self) -> Result<f64, JsValue> {
        Ok(self.number("random")?.unwrap_or_else(Math::random).clamp(0.0, 1.0))
    }

    /// Lets the time go by.
    pub async fn sleep(&self, ms: u64) -> Result<(), Ended> {
        let signal = self.signal();
        let slept = match self.function("sleep") {
            None => {
                let stop = Stop::new(signal, Some(ms))?;
                stop.race(&stop.stopped()).await
            }
            Some(sleep) => {
                let stop = Stop::new(signal, None)?;
                let sleeping = sleep.call2(&JsValue::UNDEFINED, &(ms as f64).into(), &stop.signal());
                stop.race(&sleeping.map_err(Ended::Threw)?).await
            }
        };
        slept.map(drop)
    }
}

/// `globalThis`
pub fn global() -> Json {
    Json(js_sys::global().into())
}
