//! `pollAllUntilDone`: what many tasks cost, and what its clock does.

use crate::json::json_of;
use crate::scenario::{answer, call, not_sent, poll, says, Log, Scenario, START, TASK};
use cometapi_midjourney::core::{Answer, Method, Request};
use serde_json::{json, Value};

fn all(targets: Vec<Value>) -> Scenario {
    call(Method::PollAllUntilDone, json!(targets))
}

fn id(at: usize) -> String {
    format!("1773314942177{at:03}")
}

fn ids(count: usize) -> Vec<Value> {
    (0..count).map(|at| json!(id(at))).collect()
}

/// Each task of a request, under way up to this time.
fn server(end: f64) -> impl FnMut(&Request, f64) -> Answer {
    move |request, ms| {
        let task = |id: &str| json!({"id": id, "status": if ms < end { "IN_PROGRESS" } else { "SUCCESS" }});
        if request.body.is_empty() {
            return says(200, &task(request.url.rsplit('/').nth(1).unwrap()));
        }
        let body: Value = serde_json::from_str(&request.body).unwrap();
        says(200, &body["ids"].as_array().unwrap().iter().map(|id| task(id.as_str().unwrap())).collect())
    }
}

/// The most requests in any minute.
fn most_a_minute(log: &Log) -> usize {
    log.sent
        .iter()
        .map(|from| log.sent.iter().filter(|at| (*from..*from + 60_000.0).contains(at)).count())
        .max()
        .unwrap()
}

/// Those that take time.
fn pauses(log: &Log) -> Vec<f64> {
    log.waits.iter().copied().filter(|ms| *ms > 0.0).collect()
}

const CHANCES: [&[f64]; 4] =
    [&[0.5], &[0.0, 0.9, 0.3, 0.7, 0.1], &[0.99, 0.01], &[0.2, 0.4, 0.6, 0.8, 0.95, 0.05, 0.55]];

#[test]
fn a_hundred_tasks_cost_no_more_requests_a_minute_than_one() {
    for random in CHANCES {
        let one = all(ids(1)).random(random).run_by(server(300_000.0));
        let hundred = all(ids(100)).random(random).run_by(server(300_000.0));
        assert!(most_a_minute(&hundred) <= most_a_minute(&one), "{random:?}");
        assert!(hundred.sent.len() <= one.sent.len() + 1, "{} and {}", hundred.sent.len(), one.sent.len());
        assert_eq!(hundred.value().as_array().unwrap().len(), 100);
    }
}

#[test]
fn a_hundred_tasks_of_different_ages_do_neither() {
    let submits = (0..100)
        .map(|at| json!({"kind": "submitted", "taskId": id(at), "code": 1, "description": "", "properties": {}}));
    let submits: Vec<_> = submits.collect();
    for random in CHANCES {
        let mut scenario = all(submits.clone()).random(random);
        for at in 0..100 {
            scenario = scenario.also_submitted(&id(at), 137.0 * at as f64);
        }
        let one = all(ids(1)).random(random).run_by(server(300_000.0));
        assert!(scenario.run_by(server(300_000.0)).sent.len() <= one.sent.len() + 1);
    }
}

/// As a page resumes what it has saved.
#[test]
fn a_hundred_states_of_different_delays_cost_no_more_either() {
    let states = (0..100).map(|at| {
        let delay = 1_000.0 + 141.0 * at as f64;
        json!({"v": 1, "taskId": id(at), "submittedAt": START - 60_000.0, "polls": at, "delayMs": delay.floor()})
    });
    let states: Vec<_> = states.collect();
    for random in CHANCES {
        let log = all(states.clone()).random(random).run_by(server(300_000.0));
        let one = all(states[..1].to_vec()).random(random).run_by(server(300_000.0));
        let (many, few) = (most_a_minute(&log), most_a_minute(&one));
        assert!(many <= few + 2, "{many} requests in a minute, where one wait has {few}: {random:?}");
    }
}

#[test]
fn the_cadence_is_that_of_a_single_wait() {
    for random in CHANCES.iter().filter(|random| random.len() == 1) {
        let alone = poll().random(random).options(json!({"maxPolls": 9})).run_by(server(f64::INFINITY));
        let many = all(ids(7)).random(random).options(json!({"maxPolls": 9})).run_by(server(f64::INFINITY));
        assert_eq!(many.sent, alone.sent);
    }
}

#[test]
fn what_a_server_asks_for_is_kept() {
    let asked = |ms: f64| {
        Answer::Response(cometapi_midjourney::core::Response::new(
            429,
            String::new(),
            json_of(json!({"retry-after": (ms / 1000.0).to_string()})),
            "",
        ))
    };
    let log = all(ids(3)).run_by(|request, ms| if ms < 7_000.0 { asked(40_000.0) } else { server(0.0)(request, ms) });
    assert_eq!(log.sent, [6_000.0, 46_000.0]);
}

/// A fake sleep that takes no time while the clock stands, a durable engine's replay, a clock that is set back.
#[test]
fn a_wait_that_took_no_time_by_the_clock_is_over_all_the_same() {
    for back in [-2_000.0, -3_600_000.0] {
        let alone = poll().jump(back).run_by(server(-1e9));
        let log = all(ids(3)).jump(back).run_by(server(-1e9));
        assert_eq!((alone.sent.len(), pauses(&log)), (1, alone.waits));
    }
}

#[test]
fn the_deadline_is_kept_where_each_has_to_be_asked_for_alone() {
    let options = json!({"timeoutMs": 60_000});
    let log = all(ids(10)).options(options.clone()).run_by(|request, _| {
        if request.body.is_empty() {
            Answer::TimedOut
        } else {
            answer(404, "")
        }
    });
    assert!(log.ended <= 60_000.0, "it ended {} s after the start", log.ended / 1_000.0);
    // A list of several parts.
    let log = all(ids(10)).options(json!({"timeoutMs": 60_000, "chunkSize": 2})).run(&[Answer::TimedOut]);
    assert!(log.ended <= 60_000.0, "it ended {} s after the start", log.ended / 1_000.0);
    assert_eq!(log.value()[9]["error"]["code"], "poll_timeout");
    assert!(all(ids(3)).options(options).run_by(server(f64::INFINITY)).ended <= 60_000.0);
}

#[test]
fn a_list_takes_no_longer_than_the_deadline_leaves() {
    let log = all(ids(3)).options(json!({"timeoutMs": 10_000})).run(&[Answer::TimedOut]);
    assert!(log.ended <= 10_000.0, "{}", log.ended);
    assert_eq!(log.value()[0]["error"]["code"], "poll_timeout");
}

#[test]
fn a_key_that_cannot_be_used_ends_all_at_once() {
    let log = all(ids(3)).run(&[not_sent()]);
    assert_eq!(log.sent.len(), 1);
    assert!(log.value().as_array().unwrap().iter().all(|one| one["error"]["code"] == "invalid_argument"));
    assert!(log.events.iter().all(|event| event["type"] != "fallback"));
}

#[test]
fn a_gateway_that_did_not_reach_its_upstream_is_a_passing_fault() {
    let five = answer(400, r#"{"code":5,"description":"do_request_failed ","type":"upstream_error"}"#);
    let log = all(ids(3)).run_by(|request, ms| if ms < 7_000.0 { five.clone() } else { server(0.0)(request, ms) });
    assert!(log.events.iter().all(|event| event["type"] != "fallback"));
    assert_eq!(log.sent.len(), 2);
}

#[test]
fn a_pause_after_a_fault_is_told_as_a_retry() {
    let log = all(ids(3)).run_by(|request, ms| if ms < 7_000.0 { answer(500, "") } else { server(0.0)(request, ms) });
    assert_eq!(log.again.last(), Some(&true));
}

#[test]
fn every_wait_takes_time() {
    let log = all(ids(3)).run_by(server(9_000.0));
    assert_eq!(log.waits, pauses(&log));
}

/// It was gathered a little before its own time.
#[test]
fn what_has_been_answered_settles_at_once() {
    let state = |at: usize, delay: u32| json!({"v": 1, "taskId": id(at), "polls": 1, "delayMs": delay});
    // After the first poll they wait 10 s and 10.5 s.
    let log = all(vec![state(0, 6_666), state(1, 7_000)]).run_by(server(5_000.0));
    assert_eq!((log.sent.len(), log.settled_at[0]), (2, log.settled_at[1]));
}

#[test]
fn the_task_of_a_list_is_as_whole_as_that_of_a_fetch() {
    let task = json!({"id": TASK, "status": "SUCCESS", "progress": "100%", "imageUrl": "u", "state": "s", "properties": {"a": 1},
        "buttons": [{"customId": "MJ::a", "label": "U1", "emoji": "", "type": 2, "style": 2}], "submitTime": 1_773_314_942_177_i64});
    let list =
        all(vec![json!(TASK), json!(id(1))]).run(&[says(200, &json!([task, {"id": id(1), "status": "SUCCESS"}]))]);
    let single = poll().run(&[says(200, &task)]);
    assert_eq!(list.value()[0]["value"], *single.value());
}

#[test]
fn a_machine_that_slept_past_the_deadline_asks_once_more_for_all() {
    let log = all(ids(3)).options(json!({"timeoutMs": 60_000})).jump(3_600_000.0).run_by(server(0.0));
    assert_eq!((log.sent.len(), log.value().as_array().unwrap().len()), (1, 3));
    assert!(log.value().as_array().unwrap().iter().all(|one| one["value"]["status"] == "SUCCESS"));
    let late = all(ids(3)).options(json!({"timeoutMs": 60_000})).jump(3_600_000.0).run_by(server(f64::INFINITY));
    assert_eq!(late.sent.len(), 1);
    assert!(late.value().as_array().unwrap().iter().all(|one| one["error"]["code"] == "poll_timeout"));
}

/// One that is due for another reason goes along, but not one that was asked to stay away.
#[test]
fn nobody_is_asked_for_sooner_than_a_server_said() {
    let state = |at: usize, delay: u32| json!({"v": 1, "taskId": id(at), "polls": 1, "delayMs": delay});
    let mut asked = Vec::new();
    let log = all(vec![state(0, 1_000), json!(id(1))]).run_by(|request, ms| {
        if ms < 1_500.0 {
            let headers = json_of(json!({"retry-after": "30"}));
            return Answer::Response(cometapi_midjourney::core::Response::new(429, String::new(), headers, ""));
        }
        asked.push((ms, request.body.contains(&id(0))));
        server(60_000.0)(request, ms)
    });
    assert_eq!(log.value().as_array().unwrap().len(), 2);
    // The first was told at 1 s to stay away for 30 s.
    assert!(asked.iter().all(|(ms, is_asked)| !is_asked || *ms >= 31_000.0), "{asked:?}");
    assert!(asked[0].0 < 31_000.0, "the other goes on: {asked:?}");
}

/// A place in a list costs nothing, another list does.
#[test]
fn others_go_along_where_a_list_has_room_and_for_nobody_a_further_list_goes_out() {
    let state = |(at, age): (usize, f64)| json!({"v": 1, "taskId": id(at), "seen": true, "submittedAt": START - age, "polls": 1, "delayMs": 4_000});
    let states = [10_000.0, 26_000.0, 20_000.0].into_iter().enumerate().map(state).collect();
    let log = all(states).options(json!({"chunkSize": 2})).run_by(server(60_000.0));
    let asked = |at: usize| (0..3).filter(|task| log.bodies[at].contains(&id(*task))).collect::<Vec<_>>();
    // All at 1 s, with two lists. Then the youngest is due first, after half of its 11 s, and takes the next one along.
    assert_eq!([asked(0), asked(1), asked(2)], [vec![0, 1], vec![2], vec![0, 2]]);
    assert_eq!(log.sent[..3], [1_000.0, 1_000.0, 6_500.0]);
    assert_ne!(log.sent[3], 6_500.0, "{:?}", log.sent);
}
