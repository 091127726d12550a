//! `ringback eval` as a build server runs it: what it prints, writes and ends with. The calls are ones that nobody answers, so
//! that they take no time.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use serde_json::Value;
use std::path::Path;
use support::{ringback, run};

/// A scenario of a busy line, which comes out as this or not.
fn scenario(folder: &Path, name: &str, disposition: &str) {
    let callee = "[callee]\nnumber = \"+14155550110\"\n";
    let order = "[order]\ngoal = \"ask whether they are open\"\n";
    let text = format!("name = \"{name}\"\nshows = \"x\"\n{order}{callee}[expect]\ndisposition = \"{disposition}\"\n");
    std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}

/// Its exit code, and all that it has printed.
async fn eval(arguments: &[&str]) -> (i32, String) {
    let ran = run(ringback("eval", arguments)).await;
    (ran.code, ran.out + &ran.err)
}

#[tokio::test]
async fn the_exit_code_and_the_reports_tell_how_it_came_out() {
    if speech::Speech::load(&speech::default_models_dir(), 1).is_err() {
        eprintln!("SKIPPED: the speech models are not there; cargo xtask models gets them");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    scenario(folder.path(), "busy", "busy");
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (all, json, junit) = (text(""), text("all.json"), text("all.xml"));
    let (code, printed) = eval(&[&all, "--json", &json, "--junit", &junit]).await;
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("1 of 1 scenarios met"), "{printed}");

    scenario(folder.path(), "not-busy", "completed");
    // Who has no language model does not fail for that.
    let played = "\n[callee.model]\npersona = \"Anna.\"\n";
    let path = folder.path().join("played.toml");
    scenario(folder.path(), "played", "busy");
    let without_number = std::fs::read_to_string(&path).unwrap().replace("[callee]\nnumber = \"+14155550110\"\n", played);
    std::fs::write(&path, without_number).unwrap();
    let (code, printed) = eval(&[&all, "--json", &json, "--junit", &junit]).await;
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("1 of 3 scenarios met, 1 skipped"), "{printed}");
    assert!(printed.contains("none is configured: name one in OPENAI_MODEL"), "{printed}");
    let read: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!((&read["sum"]["met"], &read["sum"]["skipped"]), (&1.into(), &1.into()));
    assert_eq!(read["scenarios"][1]["faults"][0], "the disposition is busy", "{read:#}");
    let xml = std::fs::read_to_string(&junit).unwrap();
    assert!(xml.contains("tests=\"3\" failures=\"1\" skipped=\"1\""), "{xml}");
    assert!(xml.contains("the disposition is busy") && xml.contains("<skipped message="), "{xml}");
    assert_eq!(eval(&[&all, "--require", "1"]).await.0, 0);
    assert_eq!(eval(&[&all, "--only", "busy", "--only", "played", "--require", "3"]).await.0, 1);

    std::fs::remove_file(folder.path().join("not-busy.toml")).unwrap();
    assert_eq!(eval(&[&all]).await.0, 0, "what is skipped has not failed");
}

#[tokio::test]
async fn what_cannot_be_read_ends_with_2_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    scenario(folder.path(), "wrong", "engaged");
    let (code, printed) = eval(&[folder.path().to_str().unwrap()]).await;
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("line 8") && printed.contains("expect.disposition"), "{printed}");
    let (code, printed) = eval(&["--only", "no-such-scenario"]).await;
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("no scenario has no-such-scenario in its name"), "{printed}");
    let (code, printed) = eval(&["--list"]).await;
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("voicemail-message"), "{printed}");
}
