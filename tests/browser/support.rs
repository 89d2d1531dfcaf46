use js_sys::{Array, Function, Promise, Reflect, JSON};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Another origin than the tests' page.
const SIMULATOR: &str = match option_env!("SIMULATOR_URL") {
    Some(url) => url,
    None => "http://127.0.0.1:38917",
};

pub fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

pub fn at(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

pub fn text(value: &JsValue, name: &str) -> String {
    at(value, name).as_string().unwrap_or_default()
}

/// `ClientOptions` for the simulator, with a key and what is given.
pub fn client(options: &str) -> JsValue {
    let client = json(options);
    for (name, value) in [("baseURL", SIMULATOR), ("apiKey", "sk-browser-test")] {
        if at(&client, name).is_undefined() {
            Reflect::set(&client, &name.into(), &value.into()).unwrap();
        }
    }
    client
}

/// A JavaScript function from its source.
pub fn evaluate(source: &str) -> Function {
    Function::new_no_args(&["return (", source, ")"].concat()).call0(&JsValue::NULL).unwrap().unchecked_into()
}

fn call(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsFuture {
    cometapi_midjourney::web::call(method, client.clone(), subject.clone(), options.clone()).into()
}

/// What a call comes to: `{ value }` or `{ error }`.
pub async fn outcome(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsValue {
    call(method, client, subject, options).await.expect("it rejects only with what is the caller's")
}

/// What a call rejects with.
pub async fn rejection(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsValue {
    call(method, client, subject, options).await.expect_err("it should not resolve")
}

/// Counts the requests of a client; the function tells how many there were.
pub fn counting_fetch(client: &JsValue) -> impl Fn() -> u32 {
    let sent = Array::new();
    let count =
        evaluate("(client, sent) => { client.fetch = (...given) => { sent.push(1); return fetch(...given); }; }");
    count.call2(&JsValue::NULL, client, &sent).unwrap();
    move || sent.length()
}

/// The answer to a new picture's submit, as a `SubmitResult`: this version has no submitImagine yet.
pub async fn start_picture() -> JsValue {
    let post = evaluate(
        "async (base) => { const response = await fetch(base + '/mj/submit/imagine', { method: 'POST',
           headers: { authorization: 'Bearer sk-browser-test', 'content-type': 'application/json' },
           body: JSON.stringify({ prompt: 'a lighthouse' }) });
           const { result } = JSON.parse(await response.text());
           return { kind: 'submitted', taskId: result }; }",
    );
    let promise: Promise = post.call1(&JsValue::NULL, &SIMULATOR.into()).unwrap().unchecked_into();
    JsFuture::from(promise).await.unwrap()
}

/// A finished picture.
pub async fn seed_picture() -> JsValue {
    let started = start_picture().await;
    let options = json(r#"{"initialDelayMs": 100, "minDelayMs": 100, "maxDelayMs": 200}"#);
    at(&outcome("pollUntilDone", &client("{}"), &started, &options).await, "value")
}
