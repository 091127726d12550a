//! Names of people and of businesses.

use super::{Found, pattern, tidy, title_case};
use regex::Regex;
use std::sync::LazyLock;

const PART: &str = r"\p{Lu}[\p{L}'’.-]*";

/// "my name is Maria Lopez", "under the name Maria Lopez": any case, to the end of the words that can be a name.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:my |the )?name(?: is|'s)(?: spell?ed)?|name:|under(?: the name)?(?: of)?|in the name of|on behalf of)\s+(?P<name>[\p{L}'’.-]+(?:\s+[\p{L}'’.-]+){0,3}?)(?:\s*[,|;.!?]|\s+(?:and|from|at|for|on|to|with|please|instead|then|actually|thanks|tomorrow|today|tonight|my|i|the|order|call)\b|\s*$)",
    )
});
/// "I'm Maria", "this is Maria Lopez": only as a proper name.
static CALLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"\b(?:[Ii]'m|[Ii] am|[Tt]his is)\s+(?P<name>{PART}(?:\s+{PART}){{0,3}})")));
/// "for Maria Lopez": two capital words that are followed by the end of a phrase.
static FOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"\b[Ff]or\s+(?P<name>{PART}(?:\s+{PART}){{1,3}})(?:\s*[,|;.!?:]|\s+(?:from|at|on|to|please)\b|\s*$)"))
});
/// ", name Maria Lopez".
static LABELLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:^|[,.;|]\s*)[Nn]ame:?\s+(?P<name>{PART}(?:\s+{PART}){{0,3}})")));
static ANSWER_LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:well|sure|ok|okay|yes|hi|hello),?\s+)?(?:my name is|my name's|the name is|the name's|name is|(?:tell (?:them|him|her) |say )?(?:it's|it is|that it's|i'm|i am|my name is)(?: for| under)?|booked under|it's under|this is|spelled|spelt|put it under|under(?: the name)?(?: of)?|for|call me|make it|just)\s+(?:spelled\s+|spelt\s+)?",
    )
});
/// What leads to a business's name.
static CALLED_SO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:well|oh|yes|ok|sure)[,\s]+)*(?:(?:it's|it\s+is|they're|they\s+are|the\s+(?:place|name|restaurant|shop|business)(?:'s|\s+is))\s+(?:called\s+)?|called\s+)",
    )
});
/// Words that no name begins with or consists of.
const NO_NAME: &str = "a about an and address allergic at book busy but call can cancel change craving delivery dinner do fine from \
    going good help hello here hi hungry i in is it know large late looking lunch maybe me medium never no none not \
    nothing now ok okay on one order pickup please size small sure thanks that the to today tomorrow tonight trying \
    two what whatever who why yes you anniversary birthday we they he she my our your their his her this for with \
    of or if when where how because table pizza people guests delivered party afraid calling so really also free \
    available running driving vegan vegetarian gluten wrong wrongly incorrect incorrectly misspelled misspelt spelled spelt \
    written correct right missing different";

/// "from Tony's", "at Luigi's", "call Tony's Pizza".
static BUSINESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<lead>[Ff]rom|[Aa]t|[Cc]all|[Rr]ing|[Pp]hone|[Aa]sk|[Tt]ell|[Tt]hank|[Ww]ith|[Dd]oes|(?:hours|menu|prices?|address)\s+of)\s+(?P<name>(?:[Tt]he\s+)?{PART}(?:\s+(?:{PART}|&|and\s+{PART}|(?:of|de|la|del|di)\b)){{0,4}})"
    ))
});
static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s+\d{1,3}(?:\s+(?:on|at|for|in|tomorrow|tonight|today)\b|\s*[,.|]|\s*$)"));
/// "Is Tony's open?", "whether Mike's Garage does oil changes", "when Green Valley Pool closes": what is said of it shows that
/// it is a business.
static ASKED_ABOUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:[Ii]s|[Ii]f|[Ww]hether|[Ww]hen|[Ww]hy|[Hh]ow\s+(?:late|long|early|much)(?:\s+is)?|[Ww]hat\s+time|[Ww]hat|[Dd]id|[Hh]as|[Ww]ill|[Cc]an|[Aa]re)\s+(?P<name>(?:[Tt]he\s+)?{PART}(?:\s+(?:{PART}|&|and\s+{PART}|(?:of|de|la|del|di)\b)){{0,4}})\s+(?:is\s+|was\s+|will\s+be\s+|still\s+|also\s+|usually\s+|already\s+|even\s+)*(?:open|closed|busy|hiring|accessible|(?:dog|pet|kid|child|family|wheelchair)[ -](?:friendly|accessible)|makes|sells|does|has|have|had|offers?|delivers?|takes?|serves?|accepts?|closes?|opens?|repairs?|rents?|fixes|stocks?|carries|carry|charges?|bakes?|ships?|provides?|allows?|does|didn't|did|doesn't|hasn't|won't|can't|keeps?|gives?|buys?|works\s+on|got|starts?|ends?|shuts?|sharpens?|cuts?|prints?|hires?|lets?|needs?|uses?|teaches|runs?)\b"
    ))
});
/// "the shop is Circuit Corner", "Lotus House has it", "give Nico's a call", "question for Rosebud Nails:".
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let name = format!(r"(?P<name>(?:[Tt]he\s+)?{PART}(?:\s+(?:{PART}|&|and\s+{PART}|(?:of|de|la|del|di)\b)){{0,4}})");
    pattern(&format!(
        r"(?:\b(?:shop|store|place|restaurant|business|salon|garage|clinic|company|practice|bakery|caf[eé]|hotel)(?:'s|\s+is)(?:\s+called)?\s+|\b[Gg]ive\s+|\b[Qq]uestion\s+(?:for|to)\s+|\b(?:complain|write|speak|talk)\s+(?:to|with)\s+|\bout\s+(?:from|of)\s+|\b[Cc]heck\s+with\s+|\b[Rr]ing\s+up\s+|\b[Cc]all\s+up\s+){name}|\bto\s+(?P<own>(?:[Tt]he\s+)?{PART}['’]s)\b"
    ))
});
/// ", Casa Rosa" at the end, or between two commas.
static APART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:,|\||\.)\s*(?P<name>(?:[Tt]he\s+)?{PART}(?:\s+(?:{PART}|&|and\s+{PART}|(?:of|de|la|del|di)\b)){{1,4}})\s*(?:[,|.!;]|$)"
    ))
});
/// The same in lower case: after "from", or with an apostrophe.
static BUSINESS_LOWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:from|at|call|ask|tell)\s+(?P<name>(?:the\s+)?(?:[\p{L}&-]+\s+){0,2}?[\p{L}&-]+['’]s(?:\s+(?:pizza|pizzeria|bistro|cafe|café|diner|restaurant|kitchen|grill|bakery|place|bar|house))?)\b|\bfrom\s+(?P<name2>[\p{L}'’&-]+(?:\s+[\p{L}'’&-]+){0,2}?)(?:\s*[,|;.!?]|\s+(?:at|on|for|to|under|please)\b|\s*$)",
    )
});
/// Capital words that are no business's name, nor the beginning of one.
const NO_BUSINESS: &str = "my me home a an the there here work monday tuesday wednesday thursday friday saturday sunday january february \
    march april may june july august september october november december noon midnight i them him her it's that's \
    mon tue tues wed thu thurs fri sat jan feb mar apr jun jul aug sep sept oct nov dec christmas thanksgiving new \
    valentine's halloween easter day eve year's mother's father's i'm i'll i'd thanks thank please can could would \
    pickup delivery tomorrow today tonight hi hello hey ok yes no it they we you our your their this that under \
    name aunt uncle grandma grandpa granny cousin for and or but not morning afternoon evening takeaway am pm";
/// Somebody for whom something is done, or who is not the one who speaks.
const KIN: &str = "mom mum dad grandma grandpa granny aunt uncle mr mrs ms dr mr. mrs. ms. dr. mother's father's valentine's";
/// With these a name is a business's.
const TRADE: &str = "grill bistro cafe café diner kitchen house restaurant pizza pizzeria trattoria osteria tavern bar pub bakery deli books hardware pool \
    garage auto motors salon spa nails hair cuts barbers clinic dental hospital medical pharmacy vet veterinary plumbing electric inn hotel hostel \
    theater theatre cinema museum library gym yoga fitness studio studios school academy sports shop store market grocery foods wok palace garden \
    gardens sushi noodle noodles ramen thai tacos taqueria cantina steakhouse brewery coffee tea roasters beans bank insurance airlines water energy \
    telecom optical optics eyewear cleaners laundry florist flowers tailors tailoring dr casa chez bella la le el il trattoria bowl bean pot anchor lion \
    smokehouse bbq burgers burger chicken wings creamery gelato sweets cakes pastry patisserie eatery lounge rooftop terrace center centre";
/// What is no name by itself when it is written small: kinds of shops, and people.
const COMMON: &str = "cobbler baker butcher barber dentist doctor vet hairdresser tailor florist mechanic grocer pharmacy pharmacist bakery pizzeria \
    restaurant place shop store deli corner cafe café bar market usual mom mum dad brother sister friend neighbor neighbour boss wife husband \
    grandma grandpa aunt uncle somewhere anywhere wherever there work school office house home clinic hospital library garage salon gym \
    o'clock today tomorrow tonight first next whoever someone everyone scratch now then inside outside down up around across near over downtown your any whichever street road avenue town city beach mall airport one";

/// The user's name inside a sentence.
pub fn find_person(text: &str) -> Option<Found> {
    for shape in [&SAID, &LABELLED, &CALLED, &FOR] {
        let Some(found) = shape.captures(text) else { continue };
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else { continue };
        // "for Thanksgiving Day", "for Grandma Rose": a day, and somebody for whom it is done.
        let first = name.as_str().split(' ').next().unwrap_or_default().to_lowercase();
        let owner = name.as_str().ends_with("'s") || name.as_str().contains("'s ");
        if owner && (std::ptr::eq(shape, &CALLED) || std::ptr::eq(shape, &FOR)) {
            continue;
        }
        // "Rowan Steele. Thank you": the name ends with its sentence.
        let end = sentence_end(name.as_str());
        let asked = text[..whole.start()].trim_end().to_lowercase().ends_with("question");
        let last = name.as_str().rsplit(' ').next().unwrap_or_default().to_lowercase();
        let day = ["day", "eve", "week", "weekend", "party", "lunch", "dinner"].contains(&last.as_str());
        let other = asked || std::ptr::eq(shape, &FOR) && (day || is_no_business(name.as_str()) || is_known(KIN, &first));
        if other {
            continue;
        }
        if let Ok(value) = read_person(&name.as_str()[..end]) {
            return Some(Found { range: whole.start()..name.start() + end, value: Ok(value) });
        }
    }
    None
}

/// A name with a capital, and a word of everyday speech without one: "say Smith".
fn is_mixed(name: &str) -> bool {
    let capital = |word: &&str| word.starts_with(char::is_uppercase);
    let words = || name.split(' ').filter(|word| !word.is_empty());
    words().any(|word| capital(&word)) && words().any(|word| !capital(&word) && super::lexicon::is_common(word))
}

/// Where a name ends that a sentence may end with: behind a word with a dot that is neither a title nor an initial.
fn sentence_end(name: &str) -> usize {
    /// Shorter words before a dot are titles or initials.
    const LETTERS_MIN: usize = 4;
    let dot = name.match_indices(". ").map(|(at, _)| at);
    let mut ends = dot.filter(|at| name[..*at].rsplit([' ', '.']).next().is_some_and(|word| word.chars().count() >= LETTERS_MIN));
    ends.next().unwrap_or(name.len())
}

/// A text that ought to be a person's name.
pub fn read_person(text: &str) -> Result<String, String> {
    let text = tidy(text);
    let name = tidy(&ANSWER_LEAD.replace(&text, ""));
    let name = [" please", " instead", " then", " thanks"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(&name)
        .trim_end_matches([',', ' ']);
    let lettered = |word: &str| {
        word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '.' | '-')) && word.chars().any(char::is_alphabetic)
    };
    let words: Vec<&str> = name.split(' ').collect();
    let good = (1..=5).contains(&words.len())
        && words.iter().all(|word| lettered(word))
        && words.iter().all(|word| !is_known(NO_NAME, &word.to_lowercase()))
        && name.chars().count() <= 80
        && !text.contains('?')
        && !is_mixed(name)
        && super::number_word(name).is_none()
        && (!super::lexicon::is_speech(name) || name.split(' ').all(|word| word.starts_with(char::is_uppercase)));
    if good {
        Ok(title_case(name))
    } else {
        Err("I did not find a name there. Please give me just the name, such as Maria Lopez.".into())
    }
}

/// A business's name inside a sentence, also in lower case where the words around it show that it is one.
pub fn find_business(text: &str) -> Option<Found> {
    find_proper_business(text).or_else(|| find_lower_business(text))
}

/// A business's name inside a sentence, written as a name.
pub fn find_proper_business(text: &str) -> Option<Found> {
    if let Some(name) =
        ASKED_ABOUT.captures(text).and_then(|found| found.name("name")).filter(|name| !is_no_business(name.as_str()))
    {
        // It stays where it is, for the question is about it.
        return Some(Found { range: name.start()..name.start(), value: Ok(business(name.as_str())) });
    }
    for found in BUSINESS.captures_iter(text) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else { continue };
        // "at Grill 55": the number may belong to it. "with Tony": somebody who works there.
        // "Dr. Weber's office": not yet the whole name.
        let office = name.as_str().ends_with("'s")
            && (name.as_str().starts_with("Dr") || name.as_str().starts_with("Mr"))
            && found["lead"].len() < 9;
        let numbered = NUMBERED.is_match(&text[name.end()..]);
        let titled = name.as_str().contains([' ', '\'', '’', '.']);
        let person = ["with", "tell", "thank", "ask"].contains(&found["lead"].to_lowercase().as_str()) && !titled;
        if is_no_business(name.as_str()) || numbered || office || person {
            continue;
        }
        // "does" belongs to the question, "thank" to the errand, and so do the "opening hours" of a place.
        let range = match found["lead"].to_lowercase().as_str() {
            "does" | "thank" => whole.start()..whole.start(),
            of if of.ends_with("of") => name.start().saturating_sub(" of".len())..whole.end(),
            _ => whole.range(),
        };
        return Some(Found { range, value: Ok(business(name.as_str())) });
    }
    // Apart, only what is surely no person's name.
    let apart = APART.captures_iter(text).filter(|found| {
        let words = found["name"].split(' ').map(|word| word.trim_end_matches('.').to_lowercase());
        !is_no_business(&found["name"]) && words.into_iter().any(|word| is_known(TRADE, &word))
    });
    if let [name] = apart.filter_map(|found| found.name("name")).collect::<Vec<_>>().as_slice() {
        return Some(Found { range: name.range(), value: Ok(business(name.as_str())) });
    }
    for found in NAMED.captures_iter(text) {
        if let Some(name) = found.name("name").or(found.name("own")).filter(|name| !is_no_business(name.as_str())) {
            return Some(Found { range: name.start()..name.start(), value: Ok(business(name.as_str())) });
        }
    }
    None
}

/// Whether a capital word is one for another reason: a day, a month, the beginning of a sentence.
fn is_no_business(name: &str) -> bool {
    let words: Vec<String> = name.split([' ', ',']).map(|word| word.trim_end_matches(['.', ',']).to_lowercase()).collect();
    let first = words.first().map(String::as_str).unwrap_or_default();
    is_known(NO_BUSINESS, first) && first != "the" || words.iter().all(|word| is_known(NO_BUSINESS, word))
}

fn is_known(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

fn find_lower_business(text: &str) -> Option<Found> {
    for found in BUSINESS_LOWER.captures_iter(text) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name").or(found.name("name2"))) else { continue };
        let first = name.as_str().split(' ').next().unwrap_or_default().to_lowercase();
        // "from the station": what there is in every town.
        if first == "the" && name.as_str().split(' ').count() < 3 && !name.as_str().contains(['\'', '’']) {
            continue;
        }
        let common = name.as_str().split([' ', '\'', '’']).any(|word| is_known(COMMON, &word.to_lowercase()));
        if is_known(NO_BUSINESS, &first) && first != "the" || common || name.as_str().chars().any(|c| c.is_ascii_digit()) {
            continue;
        }
        return Some(Found { range: whole.start()..name.end(), value: Ok(business(&title_case(name.as_str()))) });
    }
    None
}

/// A text that ought to be a business's name.
pub fn read_business(text: &str) -> Result<String, String> {
    // Cut first: capitals in what is cut off say nothing of the name's own. Then again, since "i" has become "I".
    let text = CALLED_SO.replace(text, "");
    let name = business(&title_case(&business(&tidy(&text))));
    let described = super::lexicon::is_speech(&text) && !text.split(' ').all(|word| word.starts_with(char::is_uppercase))
        || name.to_lowercase().starts_with("the one ");
    let none = [
        "no",
        "nope",
        "none",
        "nothing",
        "yes",
        "not sure",
        "don't know",
        "i don't know",
        "no idea",
        "any",
        "anyone",
        "whatever",
    ];
    if described
        || none.contains(&name.to_lowercase().as_str())
        || name.is_empty()
        || name.chars().count() > 100
        || !name.chars().any(char::is_alphabetic)
    {
        return Err("I need the business's name, such as Tony's Pizza.".into());
    }
    Ok(name)
}

fn business(name: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    // "tell Mr. Okafor I'll be late"
    for word in name.split_whitespace().take_while(|word| !["I", "I'll", "I'm", "I've", "I'd"].contains(word)) {
        words.push(word);
        // The end of a sentence, unless it is a title's dot.
        if word.ends_with('.') && !["Dr.", "St.", "Mr.", "Mrs.", "Ms.", "Prof."].contains(&word) {
            break;
        }
    }
    tidy(&words.join(" "))
}

#[cfg(test)]
mod tests;
