//! A call screener that wants a key pressed: which one lets us through.

use super::{Choice, Line, PRESS, Reply, With, choices, has, heard_since_keys, is_press, press};
use types::briefing;

/// Words of a screener's choice that lead to the person behind it, and to nobody.
const TO_CALLEE: [&str; 10] =
    ["accept", "connect", "connected", "continue", "complete", "proceed", "through", "robot", "human", "speak"];
const TO_NOBODY: [&str; 7] = ["decline", "reject", "voicemail", "message", "hang up", "end this call", "removed"];

/// The key for a call screener, if one is wanted since we last did something.
pub(super) fn reply(tools: &[String], lines: &[Line]) -> Option<Reply> {
    let ours = |line: &Line| matches!(line, Line::Agent { .. }) || is_press(line);
    let from = lines.iter().rposition(ours).map_or(0, |at| at + 1);
    let wanted = |line: &Line| matches!(line, Line::Told { text } if briefing::is_press_to_connect(text));
    lines[from..].iter().any(wanted).then(|| connect(tools, &heard_since_keys(lines)))
}

/// The one that lets us through, of what the screener has said.
fn connect(tools: &[String], heard: &[&str]) -> Reply {
    let choices: Vec<Choice> = heard.iter().flat_map(|text| choices(text)).collect();
    let keys = || choices.iter().filter(|choice| matches!(choice.with, With::Key(_)) && !has(&choice.label, &TO_NOBODY));
    let choice = keys().rfind(|choice| has(&choice.label, &TO_CALLEE)).or_else(|| keys().next_back());
    match choice.map(|choice| (&choice.with, &choice.label)) {
        Some((With::Key(key), label)) if tools.iter().any(|tool| tool == PRESS) => press(key, label),
        Some(_) | None => Reply::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_that_lets_a_call_through_is_pressed_and_no_other() {
        for (said, key) in [
            ("This is a call screening service. Press 1 to be connected.", Some("1")),
            ("To prove that you are not a robot, press 5.", Some("5")),
            ("Press 1 to accept the call, or press 2 to decline.", Some("1")),
            ("To leave a message, press 1. To be connected, press 2.", Some("2")),
            ("Please press seven.", Some("7")),
            ("To leave a message, press 1.", None),
            ("Please state your name.", None),
        ] {
            let lines = [Line::Callee { text: said.into() }, Line::Told { text: briefing::press_to_connect() }];
            let reply = reply(&[PRESS.to_owned()], &lines).unwrap();
            let pressed = reply.tools.first().and_then(|tool| tool.arguments["digits"].as_str().map(str::to_owned));
            assert_eq!((pressed.as_deref(), reply.say.as_str()), (key, ""), "{said}");
        }
        let lines = [Line::Callee { text: "Press 1 to be connected.".into() }];
        assert_eq!(reply(&[PRESS.to_owned()], &lines), None, "a screener is told from a menu by the client");
    }
}
