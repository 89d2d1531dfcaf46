use cometapi_midjourney::api::quote_long_integers;

#[test]
fn long_bare_integers_are_quoted() {
    let table = [
        (r#"{"result":1773314942177684}"#, r#"{"result":"1773314942177684"}"#),
        (r#"{"result": 12345678901234567890 }"#, r#"{"result": "12345678901234567890" }"#),
        ("[14001934816969359,14001934816969360]", r#"["14001934816969359","14001934816969360"]"#),
        ("1773314942177684", r#""1773314942177684""#),
        (r#"{"id":0741798445574458}"#, r#"{"id":"0741798445574458"}"#),
    ];
    for (text, quoted) in table {
        assert_eq!(quote_long_integers(text), quoted);
    }
}

#[test]
fn everything_else_stays_as_it_is() {
    let unchanged = [
        r#"{"t":1773314942177}"#,
        r#"{"t":123456789012345}"#,
        r#"{"id":"1773314942177684"}"#,
        r#"{"p":"see: 1773314942177684, and \"1773314942177684\""}"#,
        r#"{"p":"\\","q":"\\\"1773314942177684"}"#,
        r#"{"x":0.1234567890123456789}"#,
        r#"{"x":1234567890123456e3}"#,
        r#"{"x":-1234567890123456}"#,
        r#"{"x":1234567890123456.5}"#,
        "",
        "\"",
        "\"\\",
        "<html>é1773</html>",
        "null",
    ];
    for text in unchanged {
        assert_eq!(quote_long_integers(text), text);
    }
}
