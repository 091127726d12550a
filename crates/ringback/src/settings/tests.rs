//! Every way to give a key, and what is said of a wrong one.

use super::*;
use std::io::Write as _;

fn with(variables: &[(&str, &str)], flags: &[(&str, &str)], file: &str) -> anyhow::Result<Settings> {
    let mut toml = tempfile::NamedTempFile::new()?;
    toml.write_all(file.as_bytes())?;
    let path = toml.path().to_path_buf();
    Settings::read(Some(&path), variables.iter().map(|(k, v)| ((*k).into(), (*v).into())), |name| {
        flags.iter().find(|(flag, _)| *flag == name).map(|(_, value)| (*value).into())
    })
}

#[test]
fn defaults_are_enough() {
    let settings = Settings::read(None, [], |_| None).unwrap();
    assert_eq!(settings.engine.addr.port(), 8000);
    assert_eq!(settings.handler.max_calls, 20);
    assert_eq!(settings.voice.api_key, None);
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = "[engine]\naddr = \"127.0.0.1:1\"\n[handler]\naddr = \"127.0.0.1:2\"\n[sim]\naddr = \"127.0.0.1:3\"\n";
    let settings = with(
        &[("RINGBACK_ENGINE_ADDR", "127.0.0.1:10"), ("RINGBACK_HANDLER_ADDR", "127.0.0.1:20")],
        &[("engine-addr", "127.0.0.1:100")],
        file,
    )
    .unwrap();
    assert_eq!((settings.engine.addr.port(), settings.handler.addr.port(), settings.sim.addr.port()), (100, 20, 3));
}

#[test]
fn a_token_of_digits_stays_a_text() {
    let settings = with(&[("TWILIO_AUTH_TOKEN", "00123")], &[], "").unwrap();
    assert_eq!(settings.carrier.auth_token.as_deref(), Some("00123"));
}

#[test]
fn a_bad_key_is_named_with_its_place_and_the_nearest_right_one() {
    let error = with(&[], &[], "[handler]\nadress = \"127.0.0.1:2\"\n").unwrap_err().to_string();
    assert!(error.contains("unknown key \"handler.adress\"") && error.contains("did you mean \"handler.addr\""), "{error}");
    let error = with(&[("RINGBACK_PUBLIC_ULR", "x")], &[], "").unwrap_err().to_string();
    assert!(error.contains("did you mean RINGBACK_PUBLIC_URL"), "{error}");
}

#[test]
fn a_bad_value_is_named_with_where_it_came_from() {
    let error = with(&[("RINGBACK_ENGINE_ADDR", "here")], &[], "").unwrap_err().to_string();
    assert!(error.contains("engine.addr") && error.contains("RINGBACK_ENGINE_ADDR"), "{error}");
    let error = with(&[("TWILIO_PHONE_NUMBER", "4155550100")], &[], "").unwrap_err().to_string();
    assert!(error.contains("carrier.from_number") && error.contains("+14155550100"), "{error}");
    let error = with(&[], &[("max-calls", "many")], "").unwrap_err().to_string();
    assert_eq!(error, "the flag --max-calls must be a whole number, not \"many\"");
}

#[test]
fn a_brain_is_chosen_by_name_and_a_switch_by_true_or_false() {
    let settings = Settings::read(None, [], |_| None).unwrap();
    let brain = &settings.brain;
    assert_eq!((brain.kind, brain.fallback, brain.timeout_s), (BrainKind::BuiltIn, true, 12));
    assert_eq!(settings.local_voice.brain, BrainKind::BuiltIn);
    let settings = with(&[("OPENAI_MODEL", "some-model")], &[("brain", "model")], "[brain]\nfallback = false\n").unwrap();
    let brain = &settings.brain;
    assert_eq!((brain.kind, brain.model.as_deref(), brain.fallback), (BrainKind::Model, Some("some-model"), false));
    let error = with(&[("RINGBACK_BRAIN", "clever")], &[], "").unwrap_err().to_string();
    assert!(error.contains("RINGBACK_BRAIN") && error.contains("`built-in` or `model`"), "{error}");
    let error = with(&[("RINGBACK_BRAIN_FALLBACK", "perhaps")], &[], "").unwrap_err().to_string();
    assert_eq!(error, "the environment variable RINGBACK_BRAIN_FALLBACK must be true or false, not \"perhaps\"");
}

#[test]
fn a_secret_of_the_wrong_type_is_not_shown() {
    let error = with(&[], &[], "[carrier]\nauth_token = 8812345\n").unwrap_err().to_string();
    assert!(error.contains("carrier.auth_token") && !error.contains("8812345"), "{error}");
}

#[test]
fn the_reference_is_itself_a_good_file() {
    with(&[], &[], &reference()).unwrap();
    let uncommented: String = reference()
        .lines()
        .filter(|line| !line.contains("<") && !line.ends_with("= \"\"") && !line.contains("~"))
        .map(|line| line.strip_prefix("# ").filter(|l| l.contains(" = ")).unwrap_or(line).to_owned() + "\n")
        .collect();
    with(&[], &[], &uncommented).unwrap();
}

#[test]
fn no_key_stands_twice() {
    for (i, a) in KEYS.iter().enumerate() {
        for b in &KEYS[i + 1..] {
            assert!(a.key != b.key && a.env != b.env && a.flag != b.flag, "{} {}", a.key, b.key);
        }
    }
}
