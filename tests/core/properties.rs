//! What holds for every sequence of answers, faults, delays and jumps of the clock, and for any options.
//!
//! A case that fails is cut down to its least and kept in tests/proptest-regressions, which comes first at every run.

use crate::json::{arguments_of, json_of, value_of};
use crate::scenario::{with_headers, CUSTOM_ID, START};
use crate::server::{givens, ids, neighbour, statuses, success, Fate, Given, Id, Look, Reply, Said};
use crate::world::{worlds, Event, World, MOST_REQUESTS};
use cometapi_midjourney::api::{retry_after_ms, Json, Submission, Task};
use cometapi_midjourney::core::{start, Answer, Code, Machine, Memory, Method, PollState, Step};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{json, Value};

const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;
const KEY: &str = "sk-0123456789";
const HOST: &str = "xyzzy.example";

/// The caller's options.
#[derive(Clone, Debug)]
struct Options(Value);

impl Options {
    /// The option, or what stands for it.
    fn number(&self, name: &str, otherwise: f64) -> f64 {
        self.0[name].as_f64().unwrap_or(otherwise)
    }
}

fn options(names: &'static [(&'static str, &'static [f64])]) -> impl Strategy<Value = Options> {
    let members: Vec<_> =
        names.iter().map(|(_, values)| prop_oneof![2 => Just(None), 3 => select(*values).prop_map(Some)]).collect();
    members.prop_map(move |values| {
        let given = names.iter().zip(values).filter_map(|((name, _), value)| Some((*name, value?)));
        Options(
            given
                .map(|(name, value)| (name.to_owned(), if value < 0.0 { Value::Null } else { json!(value) }))
                .collect(),
        )
    })
}

/// -1 stands for null.
const POLL_OPTIONS: &[(&str, &[f64])] = &[
    ("timeoutMs", &[-1.0, 1.0, 900.0, 4_000.5, 20_000.0, 61_234.0, 900_000.0, 1e15]),
    ("maxPolls", &[-1.0, 1.0, 2.0, 5.0, 30.0]),
    ("initialDelayMs", &[-1.0, 0.0, 0.5, 10.0, 5_000.0, 3e9, 1e300]),
    ("minDelayMs", &[-1.0, 1.0, 1.5, 400.0, 9_000.0, 3e9]),
    ("maxDelayMs", &[-1.0, 1.0, 300.25, 20_000.0, 3e9, 1e300]),
    ("maxConsecutiveErrors", &[-1.0, 0.0, 1.0, 3.0, 100.0]),
];

const CALL_OPTIONS: &[(&str, &[f64])] =
    &[("timeoutMs", &[-1.0, 1.0, 900.5, 2_000.0, 20_000.0, 1e10, 1e20]), ("maxRetries", &[-1.0, 0.0, 1.0, 4.0, 1e9])];

fn client() -> Json {
    json_of(json!({"apiKey": KEY, "baseURL": format!("https://{HOST}/midjourney")}))
}

fn machine(method: Method, subject: &Value, options: &Options, memory: &Memory, now: f64) -> Box<dyn Machine> {
    let (subject, options) = (json_of(subject.clone()), json_of(options.0.clone()));
    start(method, &client(), &subject, &options, memory, now).unwrap_or_else(|error| panic!("{}", error.message))
}

/// What every error of a call about a task has, with what can be gone on with where there is something.
fn check_error(error: &Value, task_id: &str, has_state: bool) {
    // An answer that may have made a task says which, and there is that to wait for.
    let has_state = has_state || error.get("taskIds").is_some();
    assert_eq!(error["taskId"], *task_id);
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()) && error["retryable"].is_boolean());
    let text = error.to_string();
    assert!(!text.contains(KEY) && !text.contains(HOST), "{text}");
    assert_eq!(error.get("state").is_some(), has_state);
    if has_state {
        let task_id = error["taskIds"][0].as_str().unwrap_or(task_id);
        check_state(&error["state"], task_id);
    }
}

/// It is small, tells nothing else, and comes back from storage as it was.
fn check_state(state: &Value, task_id: &str) {
    let text = state.to_string();
    assert!(text.len() < 1000, "{text}");
    assert_eq!(state["taskId"], *task_id);
    let names =
        ["v", "taskId", "submittedAt", "seen", "polls", "delayMs", "beganAt", "workedFrom", "percent", "percentAt"];
    let members = state.as_object().unwrap();
    assert!(members.iter().all(|(name, value)| names.contains(&name.as_str()) && !value.is_object()), "{text}");
    let stored = Json::parse(&text).unwrap();
    let read = PollState::read(&stored).unwrap_or_else(|_| panic!("its own state is none: {text}"));
    assert_eq!(PollState::all_to_json(&read), stored);
    machine(Method::PollUntilDone, state, &Options(json!({})), &Memory::new(), START);
}

proptest! {
    #![proptest_config(half())]

    #[test]
    fn a_wait_keeps_its_rules(
        (task_id, world, ago) in ids().prop_flat_map(|id| (Just(id.clone()), worlds(&id, "1"), ages())),
        options in options(POLL_OPTIONS),
    ) {
        let memory = Memory::new();
        if let Some(ago) = ago {
            memory.of_api(&format!("https://{HOST}/midjourney")).submitted(&task_id, world.start - ago);
        }
        let submitted_at = ago.map(|ago| world.start - ago);
        let events = world.run(machine(Method::PollUntilDone, &json!(task_id), &options, &memory, world.start));
        Wait::new(&task_id, &options, world.start, submitted_at).check(&events);
    }

    #[test]
    fn a_submit_is_never_paid_twice(
        (task_id, new_id, world) in (ids(), ids()).prop_flat_map(|(id, new)| (Just(id.clone()), Just(new.clone()), worlds(&id, &new))),
        options in options(CALL_OPTIONS),
    ) {
        let subject = json!({"taskId": task_id, "customId": CUSTOM_ID});
        let events = world.run(machine(Method::SubmitAction, &subject, &options, &Memory::new(), world.start));
        check_submit(&events, &task_id, &new_id, &options);
    }

    #[test]
    fn a_read_keeps_its_rules(
        (task_id, world) in ids().prop_flat_map(|id| (Just(id.clone()), worlds(&id, "1"))),
        options in options(CALL_OPTIONS),
    ) {
        let events = world.run(machine(Method::FetchTask, &json!(task_id), &options, &Memory::new(), world.start));
        check_read(&events, &task_id, &options);
    }

    /// The same server, looked at in one wait, and in many that each go on from the last one's state.
    #[test]
    fn a_wait_in_pieces_comes_to_the_same_end(
        (task_id, mut givens) in ids().prop_flat_map(|id| (Just(id.clone()), prop::collection::vec(givens(&id, "1"), 0..8))),
        pieces in prop::collection::vec(1..4_usize, 1..8),
        is_fresh in any::<bool>(),
    ) {
        givens.push(success(&task_id));
        let mut options = json!({"timeoutMs": null, "maxConsecutiveErrors": 1_000});
        let mut memory = Memory::new();
        if is_fresh {
            memory.of_api(&format!("https://{HOST}/midjourney")).submitted(&task_id, START);
        }
        let whole = machine(Method::PollUntilDone, &json!(task_id), &Options(options.clone()), &memory, START);
        let (_, polls, expected) = ending(&World::calm(START, &givens).run(whole));

        let (mut subject, mut now, mut done) = (json!(task_id), START, 0);
        for piece in pieces.iter().cycle() {
            options["maxPolls"] = json!(piece);
            let machine = machine(Method::PollUntilDone, &subject, &Options(options.clone()), &memory, now);
            let (at, polls_now, result) = ending(&World::calm(now, &givens[done..]).run(machine));
            done += polls_now;
            match result {
                Err(error) if error["code"] == "poll_budget" => {
                    assert_eq!(polls_now, *piece);
                    // From storage, in another worker, which remembers no submit.
                    subject = serde_json::from_str(&error["state"].to_string()).unwrap();
                    memory = Memory::new();
                    now = at;
                }
                result => {
                    assert_eq!(done, polls);
                    match (&expected, &result) {
                        (Ok(task), Ok(same)) => assert_eq!(task, same),
                        (Err(error), Err(same)) => {
                            assert_eq!((&error["code"], &error["status"]), (&same["code"], &same["status"]));
                            assert_eq!(without_times(&error["state"]), without_times(&same["state"]));
                        }
                        _ => panic!("{expected:?} and {result:?}"),
                    }
                    break;
                }
            }
        }
    }

}

proptest! {
    /// Nothing that a caller can pass or a server can say is a panic, an endless timer or an echo.
    #[test]
    fn anything_at_all_is_told_or_borne(
        arguments in (methods(), clients(), jsons(), jsons()),
        bodies in prop::collection::vec((statuses(), texts(), headers()), 1..4),
        (now, random) in (clocks(), clocks()),
    ) {
        let (method, client, subject, options) = arguments;
        let (subject, options) = (json_of(subject), json_of(options));
        let mut machine = match start(method, &json_of(client), &subject, &options, &Memory::new(), now) {
            Ok(machine) => machine,
            Err(error) => {
                assert!(matches!(error.code, Code::InvalidArgument | Code::State));
                assert!(!error.retryable && !error.into_json().stringify().contains("xyzzy"));
                return Ok(());
            }
        };
        let mut sent = 0;
        for turn in 0..100 {
            match machine.step(now + f64::from(turn), random) {
                Step::Send(request) => {
                    assert!(request.timeout_ms > 0.0);
                    let (status, body, headers) = bodies[sent % bodies.len()].clone();
                    sent += 1;
                    machine.answer(now, &with_headers(status, &body, headers));
                }
                Step::Wait { ms, .. } => assert!((0.0..=LONGEST_TIMER_MS).contains(&ms), "no timer takes {ms}"),
                Step::Report { left_ms, .. } => assert!(left_ms >= 0.0),
                Step::Ask { .. } => machine.answer(now, &Answer::Said(json_of(json!(null)))),
                Step::Submitted(_) | Step::Settled { .. } | Step::Tell(_) => {}
                Step::Done(_) => break,
                Step::Idle => panic!("it has stopped without an end"),
            }
        }
    }

    #[test]
    fn long_integers_become_text_and_nothing_else_changes(value in jsons()) {
        let text = value.to_string();
        assert_eq!(value_of(Json::parse(&text).unwrap()), quoted(value));
    }

    #[test]
    fn an_id_is_the_digits_that_came(id in "[0-9]{16,40}", bare in any::<bool>(), noise in jsons()) {
        let shown = if bare { id.clone() } else { format!("\"{id}\"") };
        let json = |text: String| Json::parse(&text).unwrap();
        let task = json(format!(r#"{{"noise":{noise},"id":{shown},"status":"SUCCESS"}}"#));
        assert_eq!(Task::read(&task, "").unwrap().id, id);
        let submission = json(format!(r#"{{"noise":{noise},"code":1,"result":{shown}}}"#));
        assert_eq!(Submission::read(&submission).unwrap().task_ids, [id]);
    }

    #[test]
    fn a_percentage_is_one_or_null(progress in prop_oneof![jsons(), texts().prop_map(Value::from)], status in jsons()) {
        if let Some(task) = Task::read(&json_of(json!({"status": status, "progress": progress})), "1") {
            let percent = &value_of(task.view.clone())["percent"];
            assert!(percent.is_null() || (0.0..=100.0).contains(&percent.as_f64().unwrap()), "{percent}");
            assert_eq!(value_of(task.view.clone())["id"], "1");
        }
    }

    #[test]
    fn what_is_no_state_is_not_echoed_and_what_is_one_comes_back(value in states()) {
        match PollState::read(&arguments_of(value.clone())) {
            Ok(states) => {
                let saved = PollState::all_to_json(&states);
                // As it comes back from a user: by way of JavaScript, where a time of 16 digits is a number.
                let again = PollState::read(&arguments_of(value_of(saved.clone())));
                assert_eq!(again.map(|states| PollState::all_to_json(&states)), Ok(saved.clone()));
                assert_eq!(value_of(saved.clone())["taskId"], value["taskId"]);
                assert!(saved.stringify().len() < 1_000);
            }
            Err(error) => assert!(error.code == Code::State && !error.message.contains("xyzzy"), "{}", error.message),
        }
    }

    #[test]
    fn a_servers_wish_is_a_time_or_nothing(headers in headers(), now in clocks()) {
        let ms = retry_after_ms(&json_of(headers), now);
        assert!(ms.is_nan() || ms >= 0.0);
    }
}

/// Whole calls take ms each as debug code. PROPTEST_CASES sets how many there are.
fn half() -> ProptestConfig {
    let whole = ProptestConfig::default();
    ProptestConfig { cases: whole.cases.div_ceil(2), ..whole }
}

/// When it ended, after how many polls, and how.
fn ending(events: &[Event]) -> (f64, usize, Result<Value, Value>) {
    let polls = events.iter().filter(|event| matches!(event, Event::Sent { .. })).count();
    match events.last() {
        Some(Event::Ended { at, result }) => (*at, polls, result.clone()),
        _ => panic!("it has not ended: {events:#?}"),
    }
}

fn methods() -> impl Strategy<Value = Method> {
    use Method::{Act, FetchTask, ListTasks, PollAllUntilDone, PollOnce, PollUntilDone};
    use Method::{SubmitAction, SubmitImagine, SubmitModal};
    let polls = [PollOnce, PollUntilDone, PollAllUntilDone];
    select([&polls[..], &[SubmitAction, SubmitModal, SubmitImagine, FetchTask, ListTasks, Act]].concat())
}

/// Mostly one that can be used.
fn clients() -> impl Strategy<Value = Value> {
    prop_oneof![3 => Just(json!({"apiKey": KEY})), 1 => jsons()]
}

/// A time, or what a broken clock says; or chance, and what a broken one says.
fn clocks() -> impl Strategy<Value = f64> {
    let broken = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300, f64::MIN_POSITIVE];
    prop_oneof![4 => Just(START), 4 => 0.0..1.0_f64, 1 => select(broken.to_vec())]
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        any::<String>(),
        jsons().prop_map(|value| value.to_string()),
        r#"[-+0-9eE.,:"\\{}\[\] u]{0,40}"#,
        "-?[0-9]{1,400}%?",
        select(vec!["Thu, 12 Mar 2026 11:00:00 GMT", "Fri, 31 Dec 2100 23:59:59 GMT"]).prop_map(str::to_owned),
    ]
}

fn headers() -> impl Strategy<Value = Value> {
    let name = select(vec!["retry-after", "retry-after-ms", "x-request-id", "content-type"]);
    prop::collection::vec((name, texts()), 0..3)
        .prop_map(|pairs| pairs.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect())
}

/// Any JSON, in which the names and the words of this API are frequent.
fn jsons() -> BoxedStrategy<Value> {
    let words =
        ["", "xyzzy!", "1773314942177684", "MJ::JOB::upsample::1::x", "SUCCESS", "IN_PROGRESS", "58%", "a\\\"b"];
    let numbers = [0.0, 1.0, -1.0, 4.0, 21.0, 58.5, 1e15, 9_007_199_254_740_992.0, 1e21, 1e300, -1e300, 5e-324];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        select(numbers.to_vec()).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        select(words.to_vec()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = [
        "v",
        "id",
        "taskId",
        "customId",
        "kind",
        "status",
        "progress",
        "code",
        "result",
        "description",
        "error",
        "message",
        "properties",
        "buttons",
        "polls",
        "delayMs",
        "submittedAt",
        "beganAt",
        "workedFrom",
        "percent",
        "percentAt",
        "timeoutMs",
        "maxPolls",
        "initialDelayMs",
        "minDelayMs",
        "maxDelayMs",
        "maxConsecutiveErrors",
        "maxRetries",
        "state",
        "prompt",
        "maskBase64",
        "botType",
        "base64Array",
        "modalAt",
        "onModal",
        "refresh",
        "label",
        "baseURL",
        "apiKey",
        "headers",
        "x",
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        let object = prop::collection::btree_map(select(names.to_vec()), inner.clone(), 0..6);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            4 => object.prop_map(|map| map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
    .boxed()
}

/// What a wait in pieces, each of which begins soon, has as well.
fn without_times(state: &Value) -> Value {
    let mut state = state.clone();
    ["delayMs", "beganAt", "workedFrom", "percentAt"].iter().for_each(|name| state[name] = Value::Null);
    state
}

/// Saved states, whole and damaged.
fn states() -> impl Strategy<Value = Value> {
    let times = || prop::option::of(0..2_000_000_000_000_u64);
    let paces = (times(), times(), prop::option::of(0.0..101.0_f64), times());
    let whole = (ids(), 0..2_000_000_000_000_u64, 0..1_000_u32, 0..20_000_u32, paces).prop_map(
        |(id, at, polls, delay, (began, from, percent, percent_at))| {
            json!({"v": 1, "taskId": id, "submittedAt": at, "polls": polls, "delayMs": delay,
                "beganAt": began, "workedFrom": from, "percent": percent, "percentAt": percent_at})
        },
    );
    let names = ["v", "taskId", "submittedAt", "polls", "delayMs", "beganAt", "workedFrom", "percent", "percentAt"];
    let name = select(names.to_vec());
    (whole, prop::option::weighted(0.7, (name, jsons()))).prop_map(|(mut state, damage)| {
        if let Some((name, value)) = damage {
            state[name] = value;
        }
        state
    })
}

/// With text for each integer of 16 digits and more.
fn quoted(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_u64() && number.to_string().len() >= 16 => number.to_string().into(),
        Value::Array(items) => items.into_iter().map(quoted).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, quoted(value))).collect(),
        other => other,
    }
}

#[test]
fn a_wait_takes_its_own_state_back() {
    let fractions = [
        (START, json!({"minDelayMs": 1.5, "maxDelayMs": 1.5})),
        (START, json!({"maxDelayMs": 300.25})),
        (START, json!({"maxDelayMs": 1e300, "initialDelayMs": 1e300})),
        (START + 0.25, json!({})),
    ];
    for (now, mut options) in fractions {
        options["maxPolls"] = json!(1);
        let memory = Memory::new();
        memory.of_api(&format!("https://{HOST}/midjourney")).submitted("1773314942177684", now);
        let wait = machine(Method::PollUntilDone, &json!("1773314942177684"), &Options(options), &memory, now);
        let (.., result) = ending(&World::calm(now, &[Given::Dropped]).run(wait));
        check_state(&result.unwrap_err()["state"], "1773314942177684");
    }
}

/// How long ago the client submitted the task, if it did.
fn ages() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), (0.0..20_000.0_f64).prop_map(|ms| Some(ms.floor()))]
}

/// What a wait must do, told from what it was given.
struct Wait<'a> {
    task_id: &'a str,
    submitted_at: Option<f64>,
    /// Its submit is known, or it was seen.
    is_known: bool,
    deadline: f64,
    max_polls: f64,
    initial_delay_ms: f64,
    min_delay_ms: f64,
    max_delay_ms: f64,
    max_errors: f64,
    polls: f64,
    /// In a row; none after an answer of which nobody can say what it is.
    faults: Option<f64>,
}

/// What has to follow.
enum Next {
    /// Another poll, where time and budget allow it, after so many ms at least.
    Poll {
        wish_ms: f64,
    },
    Value(&'static str),
    Error(Option<&'static str>),
    Anything {
        wish_ms: f64,
    },
}

impl<'a> Wait<'a> {
    fn new(task_id: &'a str, options: &Options, start: f64, submitted_at: Option<f64>) -> Self {
        let timeout = match options.0.get("timeoutMs") {
            Some(Value::Null) => f64::INFINITY,
            _ => options.number("timeoutMs", 900_000.0),
        };
        // Whole ones, and none that no timer takes.
        let delay = |name, otherwise| options.number(name, otherwise).ceil().min(LONGEST_TIMER_MS);
        let max_delay_ms = delay("maxDelayMs", 15_000.0);
        Self {
            task_id,
            submitted_at,
            is_known: submitted_at.is_some(),
            deadline: start + timeout,
            max_polls: options.number("maxPolls", f64::INFINITY),
            initial_delay_ms: delay("initialDelayMs", 6_000.0),
            min_delay_ms: delay("minDelayMs", 4_000.0).min(max_delay_ms),
            max_delay_ms,
            max_errors: options.number("maxConsecutiveErrors", 5.0),
            polls: 0.0,
            faults: Some(0.0),
        }
    }

    fn check(mut self, events: &[Event]) {
        let mut next = None;
        let mut late = false;
        let mut jumped = 0.0;
        let mut reported: Option<&Value> = None;
        let told = |event: &Event| format!("{event:?} in {events:#?}");
        for event in events {
            match event {
                Event::Waited { at, ms, jump } => {
                    self.check_wait(*at, *ms, next.as_ref(), &told(event));
                    assert!(!late, "after the late poll nothing is waited for: {}", told(event));
                    jumped = *jump;
                }
                Event::Sent { at, timeout_ms, url, body } => {
                    assert_eq!(*url, format!("https://{HOST}/midjourney/mj/task/{}/fetch", self.task_id));
                    assert!(body.is_empty(), "a wait sends no submit");
                    assert!(matches!(next, None | Some(Next::Poll { .. } | Next::Anything { .. })), "{}", told(event));
                    late = *at >= self.deadline;
                    // After the deadline, only for a machine that slept, and once.
                    assert!(!late || jumped > 0.0, "{}", told(event));
                    let most = if late { 10_000.0 } else { (self.deadline - at).min(30_000.0) };
                    assert!(*timeout_ms > 0.0 && *timeout_ms <= most, "{}", told(event));
                    self.polls += 1.0;
                    assert!(self.polls <= self.max_polls, "{}", told(event));
                }
                Event::Answered { at, given } => {
                    next = Some(self.next(*at, given, late));
                    late = late && *at >= self.deadline;
                }
                Event::Reported { at, task, left_ms } => {
                    assert_eq!(task["id"], *self.task_id);
                    assert_eq!(*left_ms, (self.deadline - at).max(0.0));
                    assert!(reported != Some(task), "what has not changed is no news: {}", told(event));
                    reported = Some(task);
                }
                Event::Ended { at, result } => self.check_end(*at, result, next.as_ref(), reported, &told(event)),
            }
        }
        let has_ended = matches!(events.last(), Some(Event::Ended { .. }));
        assert!(has_ended || self.polls == MOST_REQUESTS as f64);
    }

    fn next(&mut self, at: f64, given: &Given, late: bool) -> Next {
        if !late && at >= self.deadline {
            return Next::Error(Some("poll_timeout"));
        }
        let wish_ms = given.wish_ms(at);
        self.is_known |= matches!(given.look(), Look::Task(_));
        let fault = match given.look() {
            Look::Task("SUCCESS") => return Next::Value("SUCCESS"),
            Look::Task("MODAL") => return Next::Value("MODAL"),
            Look::Task("FAILURE" | "FAILED" | "CANCEL") => return Next::Error(Some("task_failed")),
            Look::Task(_) => {
                self.faults = Some(0.0);
                return Next::Poll { wish_ms };
            }
            Look::Missing if !self.is_known && self.faults.is_none() => return Next::Anything { wish_ms },
            Look::Missing if !self.is_known => return Next::Error(Some("task_not_found")),
            Look::Missing => Some("task_not_found"),
            Look::Fatal(code) => return Next::Error(code),
            Look::Passing(code) => code,
            Look::Open => {
                self.faults = None;
                return Next::Anything { wish_ms };
            }
        };
        match &mut self.faults {
            None => Next::Anything { wish_ms },
            Some(faults) => {
                *faults += 1.0;
                if *faults > self.max_errors {
                    Next::Error(fault)
                } else {
                    Next::Poll { wish_ms }
                }
            }
        }
    }

    fn check_wait(&self, at: f64, ms: f64, next: Option<&Next>, told: &str) {
        let left = self.deadline - at;
        assert!(ms > 0.0 && ms <= LONGEST_TIMER_MS && ms <= left, "{told}");
        let wish_ms = match next {
            // The first has a length of its own.
            None => {
                assert!(ms <= (self.initial_delay_ms * 1.1).max(1.0), "{told}");
                let least = (self.initial_delay_ms * 0.9).floor();
                // Part of a short wait is kept for the poll.
                assert!(ms >= least.min(left * 0.75).min(left - 1_000.0).min(LONGEST_TIMER_MS), "{told}");
                return;
            }
            Some(Next::Poll { wish_ms } | Next::Anything { wish_ms }) => *wish_ms,
            Some(_) => panic!("it should have ended: {told}"),
        };
        assert!(ms >= self.min_delay_ms.min(LONGEST_TIMER_MS), "{told}");
        assert!(ms <= self.max_delay_ms.max(wish_ms), "{told}");
        // What the server asks for, so far as time allows; without a deadline, a quarter of an hour.
        let most = if left.is_finite() { left - 1_000.0 } else { 900_000.0 };
        assert!(ms >= wish_ms.min(most).min(LONGEST_TIMER_MS), "asked for {wish_ms}: {told}");
    }

    fn check_end(&self, at: f64, result: &Result<Value, Value>, next: Option<&Next>, seen: Option<&Value>, told: &str) {
        let next = next.unwrap_or_else(|| panic!("it has not asked: {told}"));
        match (next, result) {
            (Next::Value(status), Ok(task)) => {
                assert_eq!((&task["status"], &task["id"]), (&json!(status), &json!(self.task_id)), "{told}");
                // Where the last report was the same, it was of this status and this progress.
                assert_eq!(seen.map(|seen| &seen["status"]), Some(&task["status"]), "the end is reported, too: {told}");
                return;
            }
            (Next::Anything { .. }, Ok(task)) => {
                assert_eq!(task["id"], *self.task_id, "{told}");
                return;
            }
            (Next::Error(code), Err(error)) => {
                assert!(code.is_none_or(|code| error["code"] == code), "{told}");
                assert_ne!(error["code"], "poll_budget", "{told}");
            }
            (Next::Poll { .. }, Err(error)) => {
                assert!(error["code"] == "poll_timeout" || error["code"] == "poll_budget", "{told}");
            }
            (Next::Anything { .. }, Err(_)) => {}
            (Next::Value(_) | Next::Poll { .. }, _) | (_, Ok(_)) => panic!("it should not have ended so: {told}"),
        }
        let error = result.as_ref().unwrap_err();
        check_error(error, self.task_id, true);
        let state = &error["state"];
        assert_eq!(state["polls"].as_f64(), Some(self.polls), "{told}");
        let next = state["delayMs"].as_f64().unwrap();
        assert!((self.min_delay_ms..=self.max_delay_ms).contains(&next), "{told}");
        assert_eq!(state["submittedAt"].as_f64(), self.submitted_at, "{told}");
        match error["code"].as_str().unwrap() {
            // Not before there is too little left for one more poll.
            "poll_timeout" => assert!(self.deadline - at < self.min_delay_ms + 1_000.0, "{told}"),
            "poll_budget" => assert!(self.polls >= self.max_polls, "{told}"),
            "task_failed" => assert!(matches!(error["task"]["status"].as_str(), Some("FAILURE" | "CANCEL")), "{told}"),
            _ => {}
        }
    }
}

/// One POST, and another only where the last was plainly refused.
fn check_submit(events: &[Event], task_id: &str, new_id: &str, options: &Options) {
    let max_retries = options.number("maxRetries", 2.0);
    let timeout = options.number("timeoutMs", 75_000.0);
    let told = || format!("{events:#?}");
    let mut posts = 0.0;
    let mut last: Option<(f64, &Given)> = None;
    let mut waited = None;
    let mut first_body = None;
    for event in events {
        match event {
            Event::Sent { timeout_ms, url, body, .. } => {
                assert_eq!(*url, format!("https://{HOST}/midjourney/mj/submit/action"));
                assert_eq!(*timeout_ms, timeout);
                assert_eq!(*first_body.get_or_insert(body), body);
                if let Some((_, given)) = last {
                    assert!(given.is_plain_refusal(), "paid twice: {}", told());
                    assert!(!matches!(given.fate(), Fate::Accepted | Fate::Uncertain | Fate::Over(_)), "{}", told());
                    assert!(waited.is_some(), "not at once: {}", told());
                }
                posts += 1.0;
                assert!(posts <= max_retries + 1.0, "{}", told());
                waited = None;
            }
            Event::Answered { at, given } => last = Some((*at, given)),
            Event::Waited { ms, .. } => {
                let (at, given) = last.unwrap();
                check_retry(*ms, given.wish_ms(at), timeout);
                waited = Some(ms);
            }
            Event::Reported { .. } => panic!("a submit reports nothing: {}", told()),
            Event::Ended { result, .. } => {
                let (at, given) = last.unwrap();
                assert!(waited.is_none(), "{}", told());
                check_fate(given, result, (task_id, new_id), &told());
                if given.fate() == Fate::Refused {
                    // Up to a second for chance.
                    let wait = (1_000.0 * 2_f64.powf(posts - 1.0)).min(30_000.0) + 1_000.0;
                    let is_too_long = wait.max(given.wish_ms(at)) > timeout;
                    assert!(posts == max_retries + 1.0 || is_too_long, "it gave up too soon: {}", told());
                }
            }
        }
    }
    assert!(matches!(events.last(), Some(Event::Ended { .. })) || posts == MOST_REQUESTS as f64);
}

/// The pause before a call is sent again.
fn check_retry(ms: f64, wish_ms: f64, timeout: f64) {
    assert!((1_000.0..=LONGEST_TIMER_MS).contains(&ms) && ms <= timeout, "{ms} of {timeout}");
    assert!(ms <= wish_ms.max(31_000.0), "{ms} where {wish_ms} were asked for");
    assert!(ms >= wish_ms.min(LONGEST_TIMER_MS), "{ms} where {wish_ms} were asked for");
}

fn check_fate(given: &Given, result: &Result<Value, Value>, (task_id, new_id): (&str, &str), told: &str) {
    let fate = given.fate();
    let submit_result = match given {
        Given::Response(Reply { said: Said::Submission { result, .. }, .. }) => *result,
        _ => Id::Left(""),
    };
    match result {
        Ok(value) => {
            assert!(matches!(fate, Fate::Accepted | Fate::Open), "{told}");
            let expected = if submit_result == Id::Neighbour { neighbour(new_id) } else { new_id.to_owned() };
            assert_eq!(value["taskId"], expected, "{told}");
        }
        Err(error) => {
            check_error(error, task_id, false);
            let is_uncertain = error["code"] == "submit_uncertain";
            assert_eq!(error["maybeAccepted"] == true, is_uncertain, "{told}");
            match fate {
                Fate::Accepted => panic!("it was accepted: {told}"),
                Fate::Uncertain => assert!(is_uncertain && error["retryable"] == false, "{told}"),
                Fate::Refused => assert!(!is_uncertain && error["retryable"] == true, "{told}"),
                Fate::Over(code) => {
                    assert!(!is_uncertain && error["retryable"] == false, "{told}");
                    assert!(code.is_none_or(|code| error["code"] == code), "{told}");
                }
                Fate::Open => {}
            }
        }
    }
}

fn check_read(events: &[Event], task_id: &str, options: &Options) {
    let max_retries = options.number("maxRetries", 2.0);
    let timeout = options.number("timeoutMs", 30_000.0);
    let told = || format!("{events:#?}");
    let mut gets = 0.0;
    let mut last: Option<(f64, &Given)> = None;
    for event in events {
        match event {
            Event::Sent { timeout_ms, body, .. } => {
                assert!(body.is_empty() && *timeout_ms == timeout);
                assert!(
                    last.is_none_or(|(_, given)| matches!(given.look(), Look::Passing(_) | Look::Open)),
                    "{}",
                    told()
                );
                gets += 1.0;
                assert!(gets <= max_retries + 1.0, "{}", told());
            }
            Event::Answered { at, given } => last = Some((*at, given)),
            Event::Waited { ms, .. } => {
                let (at, given) = last.unwrap();
                check_retry(*ms, given.wish_ms(at), timeout);
            }
            Event::Reported { .. } => panic!("a read reports nothing: {}", told()),
            Event::Ended { result, .. } => {
                let (at, given) = last.unwrap();
                let look = given.look();
                match result {
                    Ok(task) => {
                        assert!(matches!(look, Look::Task(_) | Look::Open), "{}", told());
                        assert_eq!(task["id"], task_id, "{}", told());
                    }
                    Err(error) => {
                        check_error(error, task_id, true);
                        let code = match look {
                            Look::Task(_) => panic!("it is a task: {}", told()),
                            Look::Missing => Some("task_not_found"),
                            Look::Fatal(code) | Look::Passing(code) => code,
                            Look::Open => None,
                        };
                        assert!(code.is_none_or(|code| error["code"] == code), "{}", told());
                        assert!(
                            !matches!(look, Look::Fatal(_) | Look::Missing) || error["retryable"] == false,
                            "{}",
                            told()
                        );
                    }
                }
                if matches!(look, Look::Passing(_)) {
                    let wait = (1_000.0 * 2_f64.powf(gets - 1.0)).min(30_000.0) + 1_000.0;
                    let is_too_long = wait.max(given.wish_ms(at)) > timeout;
                    assert!(gets == max_retries + 1.0 || is_too_long, "it gave up too soon: {}", told());
                }
            }
        }
    }
    assert!(matches!(events.last(), Some(Event::Ended { .. })) || gets == MOST_REQUESTS as f64);
}

#[test]
fn a_broken_random_does_not_put_the_first_poll_off() {
    let mut wait = machine(Method::PollUntilDone, &json!("1"), &Options(json!({})), &Memory::new(), START);
    let step = wait.step(START, f64::NAN);
    assert!(matches!(step, Step::Wait { ms, .. } if ms <= 6_600.0), "{step:?}");
}

#[test]
fn an_endless_number_is_no_wish() {
    let ms = retry_after_ms(&json_of(json!({"retry-after": "9".repeat(400)})), START);
    assert!(!ms.is_infinite(), "{ms}");
}
