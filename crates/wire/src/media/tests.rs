use super::*;
use proptest::prelude::*;

fn stream() -> Start {
    Start {
        stream_sid: format!("MZ{}", "2".repeat(32)),
        call_sid: format!("CA{}", "1".repeat(32)),
        account_sid: format!("AC{}", "a".repeat(32)),
        custom_parameters: [("token".to_owned(), "t\"1\"".to_owned()), ("order_id".to_owned(), "ord_42".to_owned())].into(),
    }
}

#[test]
fn what_the_carrier_writes_is_read_back() {
    let stream = stream();
    for message in [
        FromCarrier::Connected,
        FromCarrier::Start(stream.clone()),
        FromCarrier::Media(Media { payload: Bytes::from_static(&[0xff; 160]), chunk: 7, timestamp_ms: 140 }),
        FromCarrier::Dtmf { digit: '#' },
        FromCarrier::Mark { name: "item \\ 1".into() },
        FromCarrier::Stop { call_sid: stream.call_sid.clone() },
        FromCarrier::Unknown { event: "later".into() },
    ] {
        assert_eq!(FromCarrier::read(&message.write(&stream, 3)).unwrap(), message);
    }
}

#[test]
fn what_we_write_is_read_back() {
    for message in [
        ToCarrier::Media { payload: Bytes::from_static(&[1, 2, 3, 4]) },
        ToCarrier::Mark { name: "a:1".into() },
        ToCarrier::Clear,
    ] {
        assert_eq!(ToCarrier::read(&message.write("MZ1"), "MZ1").unwrap(), message);
    }
}

#[test]
fn numbers_may_be_text_or_numbers() {
    for media in [r#"{"payload":"/w==","chunk":2,"timestamp":20.0}"#, r#"{"payload":"/w","chunk":"2","timestamp":"20","x":[]}"#] {
        let text = format!(r#"{{"media":{media},"event":"media","streamSid":null,"sequenceNumber":4}}"#);
        let expected = Media { payload: Bytes::from_static(&[0xff]), chunk: 2, timestamp_ms: 20 };
        assert_eq!(FromCarrier::read(&text).unwrap(), FromCarrier::Media(expected));
    }
}

#[test]
fn unknown_events_are_passed_over_even_when_they_reuse_our_names() {
    let read = FromCarrier::read(r#"{"event":"quality","media":5}"#).unwrap();
    assert_eq!(read, FromCarrier::Unknown { event: "quality".into() });
}

#[test]
fn a_stream_without_parameters_has_none() {
    let text = r#"{"event":"start","start":{"streamSid":"MZ1","callSid":"CA1","customParameters":null}}"#;
    let FromCarrier::Start(start) = FromCarrier::read(text).unwrap() else { panic!("not a start") };
    assert!(start.custom_parameters.is_empty());
}

#[test]
fn the_carrier_tells_malformed_from_invalid() {
    let code = |text: &str| ToCarrier::read(text, "MZ1").unwrap_err().code();
    assert_eq!(code("{"), 31950);
    assert_eq!(code("[]"), 31950);
    assert_eq!(code(r#"{"streamSid":"MZ1"}"#), 31950);
    assert_eq!(code(&" ".repeat(MESSAGE_BYTES_MAX + 1)), 31950);
    assert_eq!(code(r#"{"event":"start","streamSid":"MZ1"}"#), 31951);
    assert_eq!(code(r#"{"event":"clear","streamSid":"MZ2"}"#), 31951);
    assert_eq!(code(r#"{"event":"clear"}"#), 31951);
    assert_eq!(code(r#"{"event":"media","streamSid":"MZ1","media":{"payload":"/w"}}"#), 31951);
    assert_eq!(code(r#"{"event":"media","streamSid":"MZ1","media":{"payload":""}}"#), 31951);
    assert_eq!(code(r#"{"event":"mark","streamSid":"MZ1","mark":{}}"#), 31951);
    assert_eq!(code(r#"{"event":"mark","streamSid":"MZ1","mark":{"name":5}}"#), 31951);
}

proptest! {
    #[test]
    fn nothing_makes_the_readers_panic(text in "\\PC{0,300}") {
        let _ = FromCarrier::read(&text);
        let _ = ToCarrier::read(&text, "MZ1");
    }

    #[test]
    fn nothing_near_a_message_makes_them_panic(event in "connected|start|media|mark|dtmf|stop|clear|x", field in "start|media|mark|dtmf|stop", value in "null|5|\"a\"|\\[\\]|\\{\\}|\\{\"payload\":5\\}|\\{\"digit\":\"\"\\}|\\{\"chunk\":\"x\"\\}|\\{\"timestamp\":-1\\}") {
        let text = format!(r#"{{"event":"{event}","{field}":{value},"streamSid":"MZ1"}}"#);
        let _ = FromCarrier::read(&text);
        let _ = ToCarrier::read(&text, "MZ1");
    }

    #[test]
    fn any_audio_survives(payload in proptest::collection::vec(any::<u8>(), 1..2000)) {
        let message = ToCarrier::Media { payload: payload.into() };
        prop_assert_eq!(ToCarrier::read(&message.write("MZ1"), "MZ1").unwrap(), message);
    }
}
