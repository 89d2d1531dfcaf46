//! What holds for `act` and `onModal` in every world: nothing is paid twice, and nothing goes out after the end.

use crate::json::json_of;
use crate::server::{givens, ids, neighbour, Fate, Given, Look};
use crate::world::{worlds, Event, World, MOST_REQUESTS};
use cometapi_midjourney::core::{start, Machine, Memory, Method};
use proptest::prelude::*;
use serde_json::{json, Value};

fn press(world: &World, parent: &str, more: &Value) -> Box<dyn Machine> {
    let button = json!({"customId": "MJ::JOB::upsample::1::x", "label": "U1", "emoji": "", "type": 2, "style": 2});
    let picture = json!({"id": parent, "status": "SUCCESS", "buttons": [button]});
    let mut options = json!({"button": "U1", "onModal": true});
    options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let client = json!({"apiKey": "sk-0123456789"});
    start(Method::Act, &json_of(client), &json_of(picture), &json_of(options), &Memory::new(), world.start)
        .unwrap_or_else(|error| panic!("{}", error.message))
}

/// Each request, with what became of it.
fn requests(events: &[Event]) -> Vec<(&str, bool, &Given)> {
    let sent = events.iter().filter_map(|event| match event {
        Event::Sent { url, body, .. } => Some((url.as_str(), !body.is_empty())),
        _ => None,
    });
    let answered = events.iter().filter_map(|event| match event {
        Event::Answered { given, .. } => Some(given),
        _ => None,
    });
    sent.zip(answered).map(|((url, is_post), given)| (url, is_post, given)).collect()
}

fn check(events: &[Event], parent: &str) {
    let told = || format!("{events:#?}");
    let requests = requests(events);
    for (at, (url, is_post, _)) in requests.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| requests[before]);
        if url.ends_with("/mj/submit/action") {
            // The first request, and again only after plain refusals.
            assert!(before.is_none_or(|(of, _, given)| of == *url && given.is_plain_refusal()), "{}", told());
        } else if *is_post {
            let (of, was_post, given) = before.unwrap();
            let is_asked = !was_post && given.look() == Look::Task("MODAL");
            assert!(is_asked || of == *url && given.is_plain_refusal(), "{}", told());
        } else {
            assert!(before.is_some(), "it looks only at what it has made: {}", told());
        }
    }
    let accepted = requests.iter().any(|(_, is_post, given)| *is_post && given.fate() == Fate::Accepted);
    match events.last() {
        Some(Event::Ended { result: Err(error), .. }) => {
            assert_eq!(error["taskId"] == *parent, !accepted, "{}", told());
            if accepted {
                assert_eq!(error["state"]["taskId"], error["taskId"], "{}", told());
            }
        }
        Some(Event::Ended { .. }) => assert!(accepted, "{}", told()),
        _ => assert_eq!(requests.len(), MOST_REQUESTS),
    }
}

/// Such as say nothing that the documents leave open.
fn is_clear(given: &Given) -> bool {
    given.fate() != Fate::Open && given.look() != Look::Open
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.div_ceil(2), ..ProptestConfig::default() })]

    #[test]
    fn a_button_and_its_modals_are_never_paid_twice(
        (parent, new, mut world, first) in (ids(), ids()).prop_filter("two tasks", |(parent, new)| parent != new)
            .prop_flat_map(|(parent, new)| (Just(parent), Just(new.clone()), worlds(&new, &new), givens(&new, &new))),
        deadline in prop_oneof![Just(json!({})), Just(json!({"timeoutMs": 20_000})), Just(json!({"timeoutMs": null, "maxPolls": 9}))],
    ) {
        // More of them come past their submit.
        world.turns[0].given = first;
        for turn in world.turns.iter_mut().filter(|turn| !is_clear(&turn.given)) {
            turn.given = Given::Dropped;
        }
        let events = world.run(press(&world, &parent, &deadline));
        check(&events, &parent);
        let made = [new.clone(), neighbour(&new)];
        assert!(requests(&events).iter().all(|(url, is_post, _)| *is_post || made.iter().any(|id| url.contains(id))));
    }
}
