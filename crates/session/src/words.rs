//! Words as they are compared: lower case, without signs.

/// Words of a text with the byte where each ends in it. "A.I." is `ai`, "it's" is `its`.
pub(crate) fn plain_with_ends(text: &str) -> Vec<(String, usize)> {
    let mut words: Vec<(String, usize)> = Vec::new();
    let mut open = false;
    for (start, letter) in text.char_indices() {
        if letter.is_alphanumeric() {
            if !open {
                words.push((String::new(), 0));
                open = true;
            }
            if let Some((word, end)) = words.last_mut() {
                word.extend(letter.to_lowercase());
                *end = start + letter.len_utf8();
            }
        } else if !matches!(letter, '.' | '\'' | '’') {
            open = false;
        }
    }
    words
}

/// Words of a text.
pub(crate) fn plain(text: &str) -> Vec<String> {
    plain_with_ends(text).into_iter().map(|(word, _)| word).collect()
}

/// How many of the wanted words were said in their order, others between them allowed, and the byte where the last one ends.
pub(crate) fn in_order(wanted: &[String], said: &[(String, usize)]) -> (usize, usize) {
    // The longest common subsequence, row by row over what was said.
    let mut row = vec![0; wanted.len() + 1];
    let (mut most, mut end) = (0, 0);
    for (word, word_end) in said {
        let mut diagonal = 0;
        for (index, other) in wanted.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if word == other { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
        if row[wanted.len()] > most {
            (most, end) = (row[wanted.len()], *word_end);
        }
    }
    (most, end)
}

/// The words tell that no person is speaking.
pub(crate) fn tells_of_ai(words: &[String]) -> bool {
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "ai" | "ki" | "artificial" | "artificielle" | "artificiale" | "automated" | "robot" | "virtual" | "bot"
        )
    })
}

/// The words take leave.
pub(crate) fn says_goodbye(text: &str) -> bool {
    let words = plain(text);
    let single = [
        "bye",
        "goodbye",
        "byebye",
        "farewell",
        "wiederhören",
        "wiedersehen",
        "tschüss",
        "adiós",
        "revoir",
        "arrivederci",
        "adeus",
    ];
    let phrases = [
        ["good", "bye"],
        ["take", "care"],
        ["nice", "day"],
        ["great", "day"],
        ["good", "day"],
        ["good", "evening"],
        ["tot", "ziens"],
    ];
    words.iter().any(|word| single.contains(&word.as_str())) || words.windows(2).any(|pair| phrases.iter().any(|p| pair == p))
}

/// The whole words at a text's beginning that fit in `heard` of `total` of its audio, by their length in letters.
pub(crate) fn share(text: &str, heard: u64, total: u64) -> &str {
    if heard >= total {
        return text;
    }
    let letters = text.chars().count() as u64;
    let room = letters * heard / total;
    let mut end = 0;
    let mut in_word = false;
    for (count, (place, letter)) in text.char_indices().enumerate() {
        let space = letter.is_whitespace();
        if space && in_word {
            end = place;
        }
        in_word = !space;
        if count as u64 >= room {
            break;
        }
    }
    &text[..end]
}

/// What is left of a text of which the beginning was heard, from the sentence on that was not heard to its end.
pub(crate) fn unheard<'a>(text: &'a str, heard: &str) -> &'a str {
    let heard = if text.starts_with(heard) { heard.len() } else { 0 };
    let begins = text.char_indices().zip(text.chars().skip(1));
    let starts = begins.filter(|((_, sign), next)| ends_sentence(*sign) && next.is_whitespace()).map(|((at, _), _)| at + 1);
    let from = starts.take_while(|start| *start <= heard).last().unwrap_or(0);
    text[from..].trim()
}

/// The text ends where a sentence does.
pub(crate) fn is_complete(text: &str) -> bool {
    text.trim_end().ends_with(ends_sentence)
}

fn ends_sentence(sign: char) -> bool {
    matches!(sign, '.' | '!' | '?' | '…')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_and_signs() {
        assert_eq!(
            plain("Hello, this is an A.I. assistant; it's me!"),
            ["hello", "this", "is", "an", "ai", "assistant", "its", "me"]
        );
    }

    #[test]
    fn only_whole_words_count_as_heard() {
        let text = "one two three four";
        assert_eq!(share(text, 0, 100), "");
        assert_eq!(share(text, 50, 100), "one two");
        assert_eq!(share(text, 99, 100), "one two three");
        assert_eq!(share(text, 100, 100), text);
        assert_eq!(share("", 0, 0), "");
    }

    #[test]
    fn the_rest_begins_with_the_sentence_that_was_not_heard_to_its_end() {
        let text = "Yes, large. With extra cheese please. For delivery?";
        assert_eq!(unheard(text, ""), text);
        assert_eq!(unheard(text, "Yes, lar"), text);
        assert_eq!(unheard(text, "Yes, large."), "With extra cheese please. For delivery?");
        assert_eq!(unheard(text, "Yes, large. With extra"), "With extra cheese please. For delivery?");
        assert_eq!(unheard("It is 1.5 litres", "It is 1.5"), "It is 1.5 litres");
        assert!(is_complete("Yes? ") && !is_complete("One large pep") && !is_complete(""));
    }

    #[test]
    fn a_sentence_is_found_among_other_words() {
        let wanted = plain("this is an AI assistant");
        let text = "Good evening to you all, this is, well, an AI assistant. Is it late?";
        let (matched, end) = in_order(&wanted, &plain_with_ends(text));
        assert_eq!((matched, &text[..end]), (5, "Good evening to you all, this is, well, an AI assistant"));
    }

    #[test]
    fn the_disclosures_and_goodbyes_of_other_languages_are_known() {
        for tag in ["de", "es", "fr", "it", "nl", "pt"] {
            let Some(phrases) = types::language::phrases(tag) else { panic!("{tag} has phrases") };
            assert!(tells_of_ai(&plain(phrases.disclosure)), "{tag}");
            assert!(says_goodbye(phrases.goodbye) && says_goodbye(phrases.nobody_heard), "{tag}");
        }
    }

    #[test]
    fn goodbyes_are_known() {
        assert!(says_goodbye("Thanks, have a nice day!") && says_goodbye("Good-bye.") && says_goodbye("OK, bye"));
        assert!(!says_goodbye("I would like to order a pizza."));
    }
}
