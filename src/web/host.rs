use crate::api::{Json, Record};
use crate::core::{secret_of, Platform, Resends};
use js_sys::{Date, Function, Math, Reflect, JSON};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    /// What of a call stays in JavaScript: `Host` of the package's `host.ts`.
    pub type JsHost;
    /// The caller's signal.
    #[wasm_bindgen(method, getter)]
    pub fn signal(this: &JsHost) -> Option<AbortSignal>;
    /// A function among the client's options.
    #[wasm_bindgen(method, js_name = clientFunction)]
    fn client_function(this: &JsHost, name: &str) -> Option<Function>;
    /// A function among the call's options.
    #[wasm_bindgen(method, js_name = callFunction)]
    fn call_function(this: &JsHost, name: &str) -> Option<Function>;
    /// What one of the caller's functions gave, as JSON text.
    #[wasm_bindgen(method)]
    pub fn pack(this: &JsHost, value: &JsValue) -> String;
    /// A request's body with its long texts in it.
    #[wasm_bindgen(method)]
    pub fn unpack(this: &JsHost, body: &JsValue) -> JsValue;
    /// What an error says that ends the call from outside.
    #[wasm_bindgen(method)]
    pub fn note(this: &JsHost, known: &str);
    /// Tells `onEvent`.
    #[wasm_bindgen(method)]
    pub fn tell(this: &JsHost, event: &JsValue);
    /// The words of something that was thrown, as JSON text.
    #[wasm_bindgen(method)]
    pub fn describe(this: &JsHost, thrown: &JsValue) -> String;
}

/// What a call finds where it is made: the client's options, the call's own, and what of them stays in JavaScript.
pub struct Host {
    pub client: Json,
    pub call: Json,
    pub js: JsHost,
}

impl Host {
    /// The caller's signal.
    pub fn signal(&self) -> Option<AbortSignal> {
        if self.call.has("signal") {
            self.js.signal()
        } else {
            None
        }
    }

    /// One of the functions of the client's options. They are called without a `this`.
    pub fn function(&self, name: &str) -> Option<Function> {
        self.client.at(name).is_function().then(|| self.js.client_function(name)).flatten()
    }

    /// One of the functions of the call's options.
    pub fn callback(&self, name: &str) -> Option<Function> {
        self.call.at(name).is_function().then(|| self.js.call_function(name)).flatten()
    }

    /// Tells `onEvent`; where there is none, the event is not even made.
    pub fn tell(&self, event: impl FnOnce() -> Option<Record>) {
        if !self.client.at("onEvent").is_function() {
            return;
        }
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        if let Some(event) = event().and_then(|event| serde::Serialize::serialize(&event, &serializer).ok()) {
            self.js.tell(&event);
        }
    }

    /// What one of the caller's functions gave.
    pub fn read(&self, value: &JsValue) -> Json {
        Json::parse_arguments(&self.js.pack(value)).unwrap_or_default()
    }

    /// The words of something that was thrown.
    pub fn facts(&self, thrown: &JsValue) -> Json {
        Json::parse(&self.js.describe(thrown)).unwrap_or_default()
    }

    /// The key as far as the options themselves say it.
    pub fn own_secret(&self) -> String {
        secret_of(self.client.text("apiKey"), self.client.at("headers"))
    }

    fn number(&self, name: &str, otherwise: fn() -> f64) -> Result<f64, JsValue> {
        match self.function(name) {
            Some(function) => Ok(function.call0(&JsValue::UNDEFINED)?.as_f64().unwrap_or(f64::NAN)),
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

/// JSON text as a JavaScript value.
pub fn value_of(json: &Json) -> JsValue {
    JSON::parse(&json.stringify()).unwrap_or(JsValue::NULL)
}

/// A member of the global object; undefined where there is none.
pub fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).unwrap_or(JsValue::UNDEFINED)
}

thread_local! {
    /// What is to be known of this runtime's `fetch`; looked up by the first request.
    pub static PLATFORM: Platform = platform();
}

fn platform() -> Platform {
    let of_request = Reflect::get(&global("Request"), &"prototype".into()).unwrap_or(JsValue::UNDEFINED);
    let has = |name: &str| Reflect::has(&of_request, &name.into()).unwrap_or(false);
    Platform {
        resends: if !global("Deno").is_undefined() {
            Resends::UnlessStreamed
        } else if !global("Bun").is_undefined() {
            Resends::UnlessAlone
        } else {
            Resends::Never
        },
        has_credentials: has("credentials"),
        has_cache: has("cache"),
    }
}
