//! What the mouth says over a telephone line, the ears must understand.

use speech::{Ear, EarConfig, EarEvent, Speech, Voice};
use std::sync::LazyLock;

/// The models, loaded once for all tests. Without them the tests fail, unless `RINGBACK_NO_MODELS=1` says that this is meant.
static SPEECH: LazyLock<Option<Speech>> = LazyLock::new(|| {
    let dir = speech::default_models_dir();
    match Speech::load(&dir, 2) {
        Ok(speech) => Some(speech),
        Err(speech::Error::Missing { .. }) if std::env::var("RINGBACK_NO_MODELS").is_ok_and(|set| set == "1") => {
            eprintln!("SKIPPED: no models in {}, and RINGBACK_NO_MODELS=1", dir.display());
            None
        }
        Err(error) => panic!("{error}\n(set RINGBACK_NO_MODELS=1 to skip the tests that need the models)"),
    }
});

/// G.711 µ-law and back: what a telephone line does to a sample.
fn over_the_line(sample: i16) -> i16 {
    let magnitude = i32::from(sample).abs().min(32_635) + 0x84;
    let exponent = 31 - magnitude.leading_zeros() - 7;
    let mantissa = (magnitude >> (exponent + 3)) & 0xF;
    let value = (((mantissa << 3) + 0x84) << exponent) - 0x84;
    (if sample < 0 { -value } else { value }) as i16
}

fn line(speech: &Speech, text: &str, voice: Voice) -> Vec<i16> {
    speech.say(text, voice).expect("it can be said").into_iter().map(over_the_line).collect()
}

fn words(text: &str) -> Vec<String> {
    let spoken = speech::spoken(text).to_lowercase().replace('-', " ");
    spoken.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

const LINES: &[&str] = &[
    "Tony's Pizza, how can I help you?",
    "What size would you like?",
    "Is that for delivery or pickup?",
    "One large pepperoni pizza, please.",
    "Can I get a name for the order?",
    "What is the delivery address?",
    "Your total is $18.50.",
    "It will be ready in thirty minutes.",
    "Sorry, could you repeat that?",
    "For how many people?",
    "We have a table at 7:30 pm.",
    "Hold on one moment, please.",
    "Anything else for you today?",
    "Thank you for calling, goodbye.",
];

/// Words that were heard wrongly, of all words.
fn misheard(speech: &Speech, voice: Voice) -> (usize, usize, String) {
    let (mut wrong, mut all, mut report) = (0, 0, String::new());
    for text in LINES {
        let heard = speech.transcribe(&line(speech, text, voice)).expect("it can be heard");
        let (want, got) = (words(text), words(&heard));
        all += want.len();
        if want != got {
            wrong += want.iter().filter(|word| !got.contains(word)).count().max(want.len().abs_diff(got.len()));
            report += &format!("\n  said  {text}\n  heard {heard}");
        }
    }
    (wrong, all, report)
}

#[test]
fn telephone_lines_are_understood_in_both_voices() {
    let Some(speech) = &*SPEECH else { return };
    for voice in [Voice::Bright, Voice::Deep] {
        let (wrong, all, report) = misheard(speech, voice);
        eprintln!("{voice:?}: {wrong} of {all} words misheard{report}");
        assert!(wrong * 100 <= all * 5, "{voice:?}: {wrong} of {all} words misheard{report}");
    }
}

#[test]
fn numbers_survive_the_line() {
    let Some(speech) = &*SPEECH else { return };
    for text in ["742 Evergreen Terrace.", "Your number is 415-555-0142.", "At 8:15 pm on November 28."] {
        let heard = speech.transcribe(&line(speech, text, Voice::Bright)).unwrap();
        eprintln!("{text} → {heard}");
        assert!(!heard.is_empty());
    }
}

#[test]
fn speech_is_even_short_at_the_ends_and_repeatable() {
    let Some(speech) = &*SPEECH else { return };
    let audio = speech.say("Hello there.", Voice::Bright).unwrap();
    assert_eq!(audio, speech.say("Hello there.", Voice::Bright).unwrap());
    let first = audio.iter().position(|s| s.abs() > 300).unwrap();
    let last = audio.iter().rposition(|s| s.abs() > 300).unwrap();
    assert!(first < 8 * 120 && audio.len() - last < 8 * 300, "{first} {last} {}", audio.len());
    assert!((8_000 / 2..8_000 * 2).contains(&audio.len()), "{}", audio.len());
    let peak = audio.iter().map(|s| s.unsigned_abs()).max().unwrap();
    assert!((5_000..30_000).contains(&peak), "{peak}");
    assert_eq!(speech.say(" … ", Voice::Bright).unwrap(), Vec::<i16>::new());
}

#[test]
fn silence_and_nothing_are_empty() {
    let Some(speech) = &*SPEECH else { return };
    assert_eq!(speech.transcribe(&[]).unwrap(), "");
    assert_eq!(speech.transcribe(&[0; 8_000]).unwrap(), "");
}

#[test]
fn an_ear_cuts_lines_apart_so_that_each_is_understood() {
    let Some(speech) = &*SPEECH else { return };
    let mut ear = Ear::new(EarConfig::default());
    let mut call = vec![0; 8_000];
    for text in &LINES[..4] {
        call.extend(line(speech, text, Voice::Deep));
        call.extend(vec![0; 8_000]);
    }
    let events: Vec<EarEvent> = call.chunks(160).flat_map(|frame| ear.push(frame)).collect();
    let heard: Vec<Vec<String>> = events
        .iter()
        .filter_map(|event| match event {
            EarEvent::Stopped { samples, .. } => Some(words(&speech.transcribe(samples).unwrap())),
            EarEvent::Started { .. } => None,
        })
        .collect();
    assert_eq!(heard, LINES[..4].iter().map(|text| words(text)).collect::<Vec<_>>());
}

#[test]
fn many_callers_take_turns() {
    let Some(speech) = &*SPEECH else { return };
    let alone = speech.say(LINES[1], Voice::Bright).unwrap();
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..6).map(|_| scope.spawn(|| speech.say(LINES[1], Voice::Bright).unwrap())).collect();
        for caller in callers {
            assert_eq!(caller.join().unwrap(), alone);
        }
    });
}

#[test]
fn a_missing_directory_says_what_to_do() {
    let error = Speech::load(std::path::Path::new("/nonexistent"), 1).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("cargo xtask models"), "{error}");
}
