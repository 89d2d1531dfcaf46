//! `parseCustomId` and `findButton`: buttons by what people call them.

use crate::json::{json_of, value_of};
use cometapi_midjourney::core::look;
use serde_json::{json, Value};

const TASK: &str = "1773314942177684";

/// Every row of the API's documents and of what was seen live; `H` is the job's id.
const CUSTOM_IDS: &[(&str, &str, Option<u32>)] = &[
    ("MJ::JOB::upsample::1::H", "upscale", Some(1)),
    ("MJ::JOB::upsample::4::H", "upscale", Some(4)),
    ("MJ::JOB::variation::1::H", "variation", Some(1)),
    ("MJ::JOB::variation::4::H", "variation", Some(4)),
    ("MJ::JOB::low_variation::1::H::SOLO", "vary_subtle", Some(1)),
    ("MJ::JOB::high_variation::1::H::SOLO", "vary_strong", Some(1)),
    ("MJ::JOB::high_variation::1::H::1", "vary_strong", Some(1)),
    ("MJ::Inpaint::1::H::SOLO", "vary_region", Some(1)),
    ("MJ::JOB::upsample_v6_2x_subtle::1::H::SOLO", "upscale_subtle", Some(1)),
    ("MJ::JOB::upsample_v6_2x_creative::1::H::SOLO", "upscale_creative", Some(1)),
    ("MJ::JOB::upsample_v6r1_2x_subtle::1::H::SOLO", "upscale_subtle", Some(1)),
    ("MJ::JOB::upsample_v6r1_2x_creative::1::H::SOLO", "upscale_creative", Some(1)),
    ("MJ::JOB::upsample_v7_2x_subtle::1::H::SOLO", "upscale_subtle", Some(1)),
    ("MJ::JOB::upsample_v7_2x_creative::1::H::SOLO", "upscale_creative", Some(1)),
    ("MJ::JOB::upsample_v5_2x::1::H::SOLO", "upscale_2x", Some(1)),
    ("MJ::JOB::upsample_v5_4x::1::H::SOLO", "upscale_4x", Some(1)),
    ("MJ::Outpaint::50::1::H::SOLO", "zoom_2x", Some(1)),
    ("MJ::Outpaint::75::1::H::SOLO", "zoom_1.5x", Some(1)),
    ("MJ::Outpaint::100::1::H::SOLO", "make_square", Some(1)),
    ("MJ::CustomZoom::H", "custom_zoom", None),
    ("MJ::CustomZoom::1::H", "custom_zoom", Some(1)),
    ("MJ::JOB::pan_left::1::H::SOLO", "pan_left", Some(1)),
    ("MJ::JOB::pan_right::1::H::SOLO", "pan_right", Some(1)),
    ("MJ::JOB::pan_up::1::H::SOLO", "pan_up", Some(1)),
    ("MJ::JOB::pan_down::1::H::SOLO", "pan_down", Some(1)),
    ("MJ::JOB::animate_high::1::H::SOLO", "animate_high", Some(1)),
    ("MJ::JOB::animate_low::1::H::SOLO", "animate_low", Some(1)),
    ("MJ::BOOKMARK::H", "bookmark", None),
    ("MJ::Job::PicReader::3", "pic_reader", Some(3)),
    ("MJ::Job::PicReader::all", "pic_reader", None),
    // The API's own words.
    ("MJ::JOB::animate_high_extend::1::H::SOLO", "animate_high_extend", Some(1)),
    ("MJ::JOB::animate_low_extend::2::H", "animate_low_extend", Some(2)),
    ("MJ::JOB::video::1::H::manual", "video", Some(1)),
    ("MJ::AnimateModal::H::1::high::1", "AnimateModal", Some(1)),
    ("MJ::JOB::video_virtual_upscale::2::H", "video_virtual_upscale", Some(2)),
    ("MJ::Picread::Retry", "Picread", None),
    ("MJ::Job::PromptAnalyzer::5", "PromptAnalyzer", Some(5)),
    ("MJ::Job::PromptAnalyzerExtended::1", "PromptAnalyzerExtended", Some(1)),
    ("MJ::CancelJob::ByJobid::H", "CancelJob", None),
    ("MJ::JOB::of_tomorrow::9::H", "of_tomorrow", Some(9)),
    ("XY::strange", "strange", None),
];

const HASH: &str = "0b6e4c1e-1111-4a2b-9c3d-5e6f7a8b9c0d";

fn parsed(custom_id: &str) -> Value {
    value_of(look("parseCustomId", &json_of(json!(custom_id)), &json_of(Value::Null)).unwrap())
}

#[test]
fn every_button_that_is_known_has_a_kind_an_index_and_its_raw_text() {
    for (row, kind, index) in CUSTOM_IDS {
        let custom_id = row.replace("::H", &format!("::{HASH}"));
        assert_eq!(parsed(&custom_id), json!({"kind": kind, "index": index, "raw": custom_id}));
    }
    let reroll = format!("MJ::JOB::reroll::0::{HASH}::SOLO");
    assert_eq!((&parsed(&reroll)["kind"], &parsed(&reroll)["raw"]), (&json!("reroll"), &json!(reroll)));
}

#[test]
fn a_reroll_is_of_no_picture() {
    assert_eq!(parsed("MJ::JOB::reroll::0::H::SOLO")["index"], json!(null));
}

#[test]
fn what_is_no_custom_id_is_unknown_and_no_error() {
    for text in ["", "x", "MJ", "::", "MJ::", "U1", "MJ:JOB:upsample", "一二三"] {
        let raw = parsed(text);
        assert_eq!((&raw["kind"], &raw["index"], &raw["raw"]), (&json!("unknown"), &json!(null), &json!(text)));
    }
    for value in [json!(null), json!(5), json!({}), json!(["MJ::JOB::upsample::1::x"])] {
        let raw = value_of(look("parseCustomId", &json_of(value), &json_of(Value::Null)).unwrap());
        assert_eq!(raw["kind"], "unknown");
    }
}

fn button(custom_id: &str, label: &str, emoji: &str) -> Value {
    json!({"customId": custom_id, "label": label, "emoji": emoji, "type": 2, "style": 2})
}

/// A grid's buttons, and all that an upscaled picture of any generation has.
fn task() -> Value {
    let mut buttons = vec![json!({"customId": "", "label": "Web", "emoji": "", "type": 2, "style": 5})];
    for n in 1..=4 {
        buttons.push(button(&format!("MJ::JOB::upsample::{n}::h"), &format!("U{n}"), ""));
    }
    buttons.push(button("MJ::JOB::reroll::0::h::SOLO", "", "🔄"));
    for n in 1..=4 {
        buttons.push(button(&format!("MJ::JOB::variation::{n}::h"), &format!("V{n}"), ""));
    }
    let rest = [
        ("MJ::JOB::upsample_v7_2x_subtle::1::h::SOLO", "Upscale (Subtle)", "upscale_1"),
        ("MJ::JOB::upsample_v7_2x_creative::1::h::SOLO", "Upscale (Creative)", "upscale_1"),
        ("MJ::JOB::low_variation::1::h::SOLO", "Vary (Subtle)", "🪄"),
        ("MJ::JOB::high_variation::1::h::SOLO", "Vary (Strong)", "🪄"),
        ("MJ::Inpaint::1::h::SOLO", "Vary (Region)", "🖌️"),
        ("MJ::Outpaint::50::1::h::SOLO", "Zoom Out 2x", "🔍"),
        ("MJ::Outpaint::75::1::h::SOLO", "Zoom Out 1.5x", "🔍"),
        ("MJ::CustomZoom::h", "Custom Zoom", "🔍"),
        ("MJ::Outpaint::100::1::h::SOLO", "Make Square", "↔️"),
        ("MJ::JOB::pan_left::1::h::SOLO", "", "⬅️"),
        ("MJ::JOB::pan_right::1::h::SOLO", "", "➡️"),
        ("MJ::JOB::pan_up::1::h::SOLO", "", "⬆️"),
        ("MJ::JOB::pan_down::1::h::SOLO", "", "⬇️"),
        ("MJ::JOB::animate_high::1::h::SOLO", "Animate (High motion)", "🎞️"),
        ("MJ::JOB::animate_low::1::h::SOLO", "Animate (Low motion)", "🎞️"),
        ("MJ::JOB::of_tomorrow::1::h", "Dream (Big)", ""),
        ("MJ::BOOKMARK::h", "", "❤️"),
    ];
    buttons.extend(rest.map(|(custom_id, label, emoji)| button(custom_id, label, emoji)));
    json!({"id": TASK, "status": "SUCCESS", "buttons": buttons})
}

fn find(selector: &Value) -> Result<Value, Value> {
    let found = look("findButton", &json_of(task()), &json_of(selector.clone()));
    found.map(value_of).map_err(|error| value_of(error.into_json()))
}

/// The customId's part that tells them apart.
fn found(selector: &Value) -> String {
    let button = find(selector).unwrap_or_else(|error| panic!("{selector}: {error}"));
    button["customId"].as_str().unwrap().trim_start_matches("MJ::").trim_start_matches("JOB::").to_owned()
}

#[test]
fn each_is_found_by_its_label_and_by_its_emoji_where_that_is_its_own() {
    for button in task()["buttons"].as_array().unwrap() {
        for name in ["label", "emoji"].map(|name| &button[name]).into_iter().filter(|name| *name != "") {
            if !["Web", "upscale_1", "🪄", "🔍", "🎞️"].contains(&name.as_str().unwrap()) {
                assert_eq!(find(name).as_ref(), Ok(button), "{name}");
            }
        }
    }
}

#[test]
fn each_is_found_by_its_short_name() {
    let table = [
        ("u3", "upsample::3::h"),
        ("U 3", "upsample::3::h"),
        ("upscale 3", "upsample::3::h"),
        ("v2", "variation::2::h"),
        ("variation 2", "variation::2::h"),
        ("reroll", "reroll::0::h::SOLO"),
        ("Reroll", "reroll::0::h::SOLO"),
        ("zoom 2x", "Outpaint::50::1::h::SOLO"),
        ("zoom out 2x", "Outpaint::50::1::h::SOLO"),
        ("zoom 1.5x", "Outpaint::75::1::h::SOLO"),
        ("custom zoom", "CustomZoom::h"),
        ("make square", "Outpaint::100::1::h::SOLO"),
        ("pan left", "pan_left::1::h::SOLO"),
        ("pan right", "pan_right::1::h::SOLO"),
        ("Pan Up", "pan_up::1::h::SOLO"),
        ("pan-down", "pan_down::1::h::SOLO"),
        ("vary region", "Inpaint::1::h::SOLO"),
        ("vary subtle", "low_variation::1::h::SOLO"),
        ("vary strong", "high_variation::1::h::SOLO"),
        ("vary_strong", "high_variation::1::h::SOLO"),
        ("upscale subtle", "upsample_v7_2x_subtle::1::h::SOLO"),
        ("upscale creative", "upsample_v7_2x_creative::1::h::SOLO"),
        ("animate high", "animate_high::1::h::SOLO"),
        ("animate low", "animate_low::1::h::SOLO"),
        ("bookmark", "BOOKMARK::h"),
        ("dream big", "of_tomorrow::1::h"),
        ("of tomorrow", "of_tomorrow::1::h"),
    ];
    for (name, expected) in table {
        assert_eq!(found(&json!(name)), expected, "{name}");
    }
    for n in 1..=4 {
        assert_eq!(found(&json!(format!("U{n}"))), format!("upsample::{n}::h"));
        assert_eq!(found(&json!(format!("V{n}"))), format!("variation::{n}::h"));
    }
}

#[test]
fn each_is_found_by_kind_and_index_by_custom_id_and_as_itself() {
    for button in &task()["buttons"].as_array().unwrap()[1..] {
        let raw = parsed(button["customId"].as_str().unwrap());
        for selector in [
            json!({"kind": raw["kind"], "index": raw["index"]}),
            button["customId"].clone(),
            button.clone(),
            json!({"customId": button["customId"]}),
            // As it was seen a moment ago, in another colour.
            json!({"customId": button["customId"], "label": "other", "emoji": "", "type": 2, "style": 1}),
        ] {
            assert_eq!(find(&selector).as_ref(), Ok(button), "{selector}");
        }
    }
    assert_eq!(found(&json!({"kind": "vary_region"})), "Inpaint::1::h::SOLO");
}

/// A button is paid for.
#[test]
fn what_fits_several_buttons_means_none_of_them_and_lists_them() {
    let table = [
        (json!("upscale"), "U1, U2, U3, U4."),
        (json!("variation"), "V1, V2, V3, V4."),
        (json!({"kind": "variation"}), "V1, V2, V3, V4."),
        (json!({"kind": "variation", "index": null}), "V1, V2, V3, V4."),
        (json!("🔍"), "Zoom Out 2x, Zoom Out 1.5x, Custom Zoom."),
        (json!("🪄"), "Vary (Subtle), Vary (Strong)."),
        (json!("🎞"), "Animate (High motion), Animate (Low motion)."),
        (json!("upscale_1"), "Upscale (Subtle), Upscale (Creative)."),
    ];
    for (selector, fits) in table {
        let error = find(&selector).expect_err(&selector.to_string());
        let message = error["message"].as_str().unwrap();
        assert_eq!((&error["code"], &error["taskId"]), (&json!("invalid_argument"), &json!(TASK)));
        assert!(message.contains("several") && message.ends_with(fits), "{message}");
    }
}

#[test]
fn buttons_that_look_the_same_are_listed_by_their_custom_ids() {
    let task = json!({"id": TASK, "buttons": [button("MJ::A::1", "Go", ""), button("MJ::B::1", "Go", "")]});
    let error = look("findButton", &json_of(task), &json_of(json!("Go"))).unwrap_err();
    assert!(error.message.ends_with("MJ::A::1, MJ::B::1."), "{}", error.message);
}

#[test]
fn the_same_button_twice_is_one() {
    let twice = button("MJ::JOB::upsample::1::h", "U1", "");
    let task = json!({"id": TASK, "buttons": [twice, twice]});
    assert_eq!(look("findButton", &json_of(task), &json_of(json!("U1"))).map(value_of), Ok(twice));
}

#[test]
fn the_emoji_name_of_an_upscale_is_no_number() {
    let error = find(&json!("upscale 5")).unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("has no button"));
    let single = json!({"id": TASK, "buttons": [button("MJ::JOB::upsample_v7_2x_subtle::1::h::SOLO", "Upscale (Subtle)", "upscale_1")]});
    assert!(look("findButton", &json_of(single), &json_of(json!("upscale 1"))).is_err());
}

/// How a character is drawn is no part of a name.
#[test]
fn variation_selectors_count_for_nothing() {
    for (name, expected) in [
        ("⬅", "pan_left::1::h::SOLO"),
        ("⬅\u{fe0e}", "pan_left::1::h::SOLO"),
        ("❤", "BOOKMARK::h"),
        ("🖌", "Inpaint::1::h::SOLO"),
        ("🔄\u{fe0f}", "reroll::0::h::SOLO"),
    ] {
        assert_eq!(found(&json!(name)), expected, "{name}");
    }
}

#[test]
fn a_miss_lists_what_the_task_offers() {
    let misses = [
        json!("U5"),
        json!("U0"),
        json!("U"),
        json!("Web"),
        json!("zoom"),
        json!("pan"),
        json!("upscale_v7"),
        json!("MJ::JOB::upsample::1::other"),
        json!("MJ::JOB::upsample::1"),
        json!({"customId": "MJ::JOB::upsample::1::other", "label": "U1", "emoji": "", "type": 2, "style": 2}),
        json!({"customId": "", "label": "Web", "emoji": "", "type": 2, "style": 5}),
        json!({"kind": "upscale", "index": 5}),
        json!({"kind": "upscale", "index": "1"}),
        json!({"kind": "U1"}),
        json!({"kind": ""}),
        json!({"index": 1}),
        json!({}),
        json!([]),
        json!(""),
        json!(" "),
        json!("()"),
        json!(1),
        json!(true),
        json!(null),
    ];
    for selector in misses {
        let error = find(&selector).expect_err(&selector.to_string());
        let message = error["message"].as_str().unwrap();
        assert_eq!(
            (&error["code"], &error["taskId"], &error["retryable"]),
            (&json!("invalid_argument"), &json!(TASK), &json!(false))
        );
        assert!(
            message.contains("U1, U2, U3, U4, 🔄, V1") && message.contains("⬅️") && !message.contains("Web,"),
            "{message}"
        );
    }
}

#[test]
fn a_task_without_buttons_says_that_it_has_none_yet() {
    for buttons in [json!([]), json!(null), json!("x"), json!([{"customId": "", "label": "Web", "style": 5}])] {
        let task = json_of(json!({"id": TASK, "buttons": buttons}));
        let error = look("findButton", &task, &json_of(json!("U1"))).unwrap_err();
        assert!(error.message.contains("only a finished task has some"), "{}", error.message);
    }
    for task in [json!(null), json!({}), json!("x"), json!([])] {
        assert!(look("findButton", &json_of(task), &json_of(json!("U1"))).is_err());
    }
}

#[test]
fn a_videos_own_buttons_are_found_by_their_labels() {
    let task = json!({"id": TASK, "buttons": [
        button("MJ::JOB::video_virtual_upscale::2::h", "U2", ""),
        button("MJ::JOB::animate_high_extend::1::h", "Extend (High motion)", "🎞️"),
        button("MJ::Job::PicReader::1", "1️⃣", ""),
        button("MJ::Job::PicReader::all", "Imagine all", "🎉"),
    ]});
    for (name, at) in
        [("U2", 0), ("extend high motion", 1), ("1️⃣", 2), ("imagine all", 3), ("🎉", 3), ("pic_reader 1", 2)]
    {
        let found = look("findButton", &json_of(task.clone()), &json_of(json!(name)))
            .unwrap_or_else(|error| panic!("{}", error.message));
        assert_eq!(value_of(found), task["buttons"][at], "{name}");
    }
}
