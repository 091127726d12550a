//! The named crash points of engine and handler.

/// In the handler, in the order in which a call comes by.
pub(crate) const HANDLER: [&str; 25] = [
    "handler.order_received",
    "handler.before_commit",
    "handler.after_commit",
    "handler.order_stored",
    "handler.before_dial_intent",
    "handler.after_dial_intent",
    "handler.after_create",
    "handler.after_claim",
    "handler.before_look_up",
    "handler.answer_kept",
    "handler.claimed_by_webhook",
    "handler.twiml_asked",
    "handler.twiml_answered",
    "handler.media_joined",
    "handler.before_hang_up",
    "handler.before_result_stored",
    "handler.after_result_stored",
    "handler.before_result_sent",
    "handler.after_result_sent",
    "handler.recovery_begun",
    "handler.recovery_found",
    "handler.recovery_over",
    "handler.recovery_resumed",
    "handler.recovery_before_redirect",
    "handler.recovery_after_redirect",
];

/// In the engine.
pub(crate) const ENGINE: [&str; 10] = [
    "engine.conversation_begun",
    "engine.input_stored",
    "engine.before_commit",
    "engine.after_commit",
    "engine.decision_accepted",
    "engine.before_order",
    "engine.after_order",
    "engine.progress_noted",
    "engine.result_received",
    "engine.result_accepted",
];

/// Those that are passed only when something else has gone wrong before.
pub(crate) fn in_recovery(place: &str) -> bool {
    place.starts_with("handler.recovery_") || place == "handler.before_look_up"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn every_crash_point_of_the_program_is_in_the_plan() {
        for (part, known) in [("handler", &HANDLER[..]), ("engine", &ENGINE[..])] {
            let mut found = BTreeSet::new();
            let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(part).join("src")];
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        read(&path, &mut found);
                    }
                }
            }
            assert_eq!(found, known.iter().map(|place| (*place).to_owned()).collect::<BTreeSet<_>>());
        }
    }

    fn read(path: &Path, found: &mut BTreeSet<String>) {
        let text = std::fs::read_to_string(path).unwrap();
        for after in text.split("crash_point::reach(\"").skip(1) {
            found.insert(after.split('"').next().unwrap().to_owned());
        }
    }
}
