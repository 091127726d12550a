//! The user who spoke in the agent's place: what they said is not known, so the callee's answers to it are not the agent's.

use types::{Speaker, TranscriptLine, UserSpoke};

/// The transcript with a silent line of our side wherever the user spoke, for judging only: a "yes" after it says yes to nothing that
/// the agent said before.
pub fn with_user(transcript: &[TranscriptLine], spoke: &[UserSpoke]) -> Vec<TranscriptLine> {
    let mut lines = transcript.to_vec();
    for spoke in spoke {
        let at = lines.iter().position(|line| line.start_ms > spoke.start_ms).unwrap_or(lines.len());
        let unknown = TranscriptLine {
            line: 0,
            speaker: Speaker::Agent,
            text: "…".into(),
            heard: "…".into(),
            doubted: Vec::new(),
            interrupted: false,
            start_ms: spoke.start_ms,
            end_ms: spoke.end_ms,
        };
        lines.insert(at, unknown);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use crate::tests::lines;
    use types::FactWanted;

    #[test]
    fn a_yes_to_the_user_is_no_yes_to_the_agent() {
        let said = lines(&[("agent", "So the total is $18.50, is that right?"), ("callee", "Yes, that's right.")]);
        let wanted = [FactWanted { name: "total".into(), question: "What is the total?".into(), kind: None }];
        let proven = |spoke: &[UserSpoke]| !facts(&wanted, &[], &with_user(&said, spoke)).is_empty();
        assert!(proven(&[]));
        assert!(proven(&[UserSpoke { start_ms: 1_500, end_ms: 1_900 }]), "they spoke afterwards");
        assert!(!proven(&[UserSpoke { start_ms: 910, end_ms: 990 }]), "who knows what was asked?");
    }

    #[test]
    fn an_answer_to_the_user_is_no_answer_to_the_agents_question() {
        let said = lines(&[("agent", "Do you have gluten-free crust?"), ("callee", "We have that on the patio.")]);
        let wanted = [FactWanted { name: "answer".into(), question: "Do they have gluten-free crust?".into(), kind: None }];
        let told = |spoke: &[UserSpoke]| facts(&wanted, &[], &with_user(&said, spoke)).len();
        assert_eq!((told(&[]), told(&[UserSpoke { start_ms: 950, end_ms: 990 }])), (1, 0));
    }
}
