//! What was hard to hear proves nothing, until it is said again alike or confirmed.

use crate::numbers::tokens;
use crate::quote::content;
use types::{Evidence, Fact, FactKind, Speaker, TranscriptLine};

/// Words in which yes and no are told.
const TELLING: [&str; 9] = ["yes", "no", "not", "dont", "cant", "isnt", "arent", "wont", "never"];
/// Words of dates and times of day, which matter as numbers do.
const TIMES: [&str; 23] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "noon",
    "today",
    "tomorrow",
    "tonight",
];

/// The fact without its evidence if the words for it were hard to hear.
pub(crate) fn unless_doubted(fact: Fact, kind: FactKind, question: &str, transcript: &[TranscriptLine]) -> Fact {
    let heard = fact.evidence.as_ref().filter(|_| fact.confirms.is_none());
    let doubted = heard.is_some_and(|evidence| {
        // On a bad line what sounds sure may be wrong; words that take up the question are hardly made up.
        let to_the_point = kind == FactKind::Text && shares_words(&evidence.quote, question);
        let doubted = is_doubted(evidence, kind, transcript) || is_bad_line(transcript) && !to_the_point;
        doubted && !said_again(evidence, &fact.value, transcript)
    });
    if doubted { Fact { evidence: None, ..fact } } else { fact }
}

/// The transcript as if every word had been heard well. That the callee told something is judged by it; what it was is not. On a
/// bad line even that is not sure, and the doubts stay.
pub fn undoubted(transcript: &[TranscriptLine]) -> Vec<TranscriptLine> {
    if is_bad_line(transcript) {
        return transcript.to_vec();
    }
    transcript.iter().map(|line| TranscriptLine { doubted: Vec::new(), ..line.clone() }).collect()
}

fn is_doubted(evidence: &Evidence, kind: FactKind, transcript: &[TranscriptLine]) -> bool {
    let Some(line) = transcript.iter().find(|line| line.line == evidence.line) else { return false };
    let doubted: Vec<String> = line.doubted.iter().map(|word| bare(word)).collect();
    let quoted: Vec<String> = evidence.quote.split_whitespace().map(bare).collect();
    let unsure = quoted.iter().filter(|word| doubted.contains(word));
    // A sentence with one unlikely word still says what it says; one that is doubted in so many places was heard wrongly.
    unsure.clone().any(|word| matters(word, kind)) || 3 * unsure.count() > quoted.len()
}

/// Of all that the callee said much was hard to hear.
fn is_bad_line(transcript: &[TranscriptLine]) -> bool {
    let callee = transcript.iter().filter(|line| line.speaker == Speaker::Callee);
    let words = callee.clone().map(|line| line.text.split_whitespace().count()).sum();
    types::doubt::is_bad_line(words, callee.map(|line| line.doubted.len()).sum())
}

fn shares_words(quote: &str, question: &str) -> bool {
    let asked = content(question);
    // "You" is in every question.
    content(quote).iter().any(|word| word.chars().count() >= 4 && asked.contains(word))
}

/// Whether the fact changes with this word.
fn matters(word: &str, kind: FactKind) -> bool {
    let counts = tokens(word).iter().any(|token| token.number) || TIMES.contains(&word);
    counts || kind == FactKind::Text && TELLING.contains(&word)
}

/// Another line of the callee's has the same value, and was well heard there: the same ear mishears the same words in the same way.
fn said_again(evidence: &Evidence, value: &str, transcript: &[TranscriptLine]) -> bool {
    let words = |text: &str| tokens(text).into_iter().map(|token| token.word).collect::<Vec<_>>();
    let (value, quote) = (words(value), words(&evidence.quote));
    let mut others = transcript.iter().filter(|line| line.speaker == Speaker::Callee && line.line != evidence.line);
    others.any(|line| {
        let (said, doubted) = (words(&line.text), words(&line.doubted.join(" ")));
        let has = |wanted: &[String]| !wanted.is_empty() && said.windows(wanted.len()).any(|row| row == wanted);
        let unsure = |wanted: &[String]| wanted.iter().any(|word| doubted.contains(word));
        (has(&value) && !unsure(&value)) || (has(&quote) && !unsure(&quote))
    })
}

fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::tests::lines;
    use crate::{Claim, facts};
    use types::FactWanted;

    fn proven(said: &[(&str, &str)], doubted: &[&str]) -> bool {
        let mut transcript = lines(said);
        transcript[1].doubted = doubted.iter().map(|word| (*word).to_owned()).collect();
        let wanted = FactWanted { name: "confirmation_number".into(), question: "Is there a number?".into(), kind: None };
        let claim = Claim { name: "confirmation_number", value: "4821", quote: None };
        let facts = facts(&[wanted], &[claim], &transcript);
        assert_eq!(facts[0].value, "4821");
        facts[0].evidence.is_some()
    }

    #[test]
    fn a_number_that_was_hard_to_hear_is_proven_only_when_it_is_confirmed_or_said_again() {
        let told = ("callee", "Your confirmation number is 4 8 2 1.");
        let hello = ("agent", "Hello.");
        assert!(proven(&[hello, told], &[]));
        assert!(proven(&[hello, told], &["confirmation"]), "the number itself was well heard");
        assert!(!proven(&[hello, told], &["8"]));
        let read_back = ("agent", "Just to be sure: the confirmation number is 4 8 2 1. Is that right?");
        assert!(proven(&[hello, told, read_back, ("callee", "Yes, that's right.")], &["8"]));
        assert!(!proven(&[hello, told, read_back, ("callee", "Goodbye.")], &["8"]));
        assert!(proven(&[hello, told, read_back, ("callee", "The confirmation number is four eight two one.")], &["8"]));
    }

    #[test]
    fn what_is_hard_to_hear_twice_is_misheard_twice() {
        let told = |line: &str| ("callee", line.to_owned());
        let said = [told("Your confirmation number is 4827."), told("I said the confirmation number is 4827.")];
        let proven = |doubted: [&[&str]; 2]| {
            let mut transcript = lines(&said.each_ref().map(|(who, line)| (*who, line.as_str())));
            for (line, words) in transcript.iter_mut().zip(doubted) {
                line.doubted = words.iter().map(|word| (*word).to_owned()).collect();
            }
            let wanted = FactWanted { name: "confirmation_number".into(), question: "Is there a number?".into(), kind: None };
            let claim = Claim { name: "confirmation_number", value: "4827", quote: None };
            facts(&[wanted], &[claim], &transcript)[0].evidence.is_some()
        };
        assert!(proven([&["4827"], &[]]));
        assert!(!proven([&["4827"], &["4827"]]));
    }

    #[test]
    fn on_a_bad_line_only_what_takes_up_the_question_is_an_answer() {
        let proven = |answer: &str| {
            let mut transcript = lines(&[
                ("callee", "Harbor drill, graduation, how can I help you today please?"),
                ("agent", "Do you have oat milk?"),
                ("callee", answer),
            ]);
            transcript[0].doubted = ["Harbor", "drill", "graduation"].map(str::to_owned).to_vec();
            let wanted = [FactWanted { name: "answer".into(), question: "Do you have oat milk?".into(), kind: None }];
            facts(&wanted, &[Claim { name: "answer", value: answer, quote: Some(answer) }], &transcript)[0].evidence.is_some()
        };
        assert!(proven("We have oat milk."));
        assert!(!proven("Live by."), "it was \"Goodbye\"");
    }

    #[test]
    fn a_callee_who_was_hard_to_hear_has_told_something_all_the_same() {
        let mut transcript = lines(&[("agent", "Do you have oat milk?"), ("callee", "We do have oat milk.")]);
        transcript[1].doubted = vec!["have".into(), "oat".into()];
        let wanted = [FactWanted { name: "answer".into(), question: "Do you have oat milk?".into(), kind: None }];
        let claims = [Claim { name: "answer", value: "We do have oat milk", quote: None }];
        let goal = |facts: &[types::Fact]| crate::goal(types::OutcomeStatus::Achieved, &wanted, facts, &transcript);
        assert_eq!(goal(&facts(&wanted, &claims, &transcript)), types::OutcomeStatus::Unknown);
        assert_eq!(goal(&facts(&wanted, &claims, &crate::undoubted(&transcript))), types::OutcomeStatus::Achieved);
    }

    #[test]
    fn words_that_were_hard_to_hear_prove_no_answer() {
        let mut transcript = lines(&[("agent", "Do you have oat milk?"), ("callee", "We do have oat milk.")]);
        let wanted = [FactWanted { name: "answer".into(), question: "Do you have oat milk?".into(), kind: None }];
        assert!(facts(&wanted, &[], &transcript)[0].evidence.is_some());
        transcript[1].doubted = vec!["oat".into()];
        assert!(facts(&wanted, &[], &transcript)[0].evidence.is_some(), "one unlikely word of five");
        transcript[1].doubted = vec!["have".into(), "oat".into()];
        assert!(facts(&wanted, &[], &transcript)[0].evidence.is_none());
        let mut transcript =
            lines(&[("agent", "Do you have oat milk?"), ("callee", "We don't have any oat milk here today, sorry.")]);
        transcript[1].doubted = vec!["don't".into()];
        assert!(facts(&wanted, &[], &transcript)[0].evidence.is_none(), "the word that decides");
    }
}
