//! Telephone numbers. Source of what is a number and what kind: the metadata of libphonenumber.

use super::{Found, pattern};
use phonenumber::{ParseError, PhoneNumberType, PossibleResult};
use regex::Regex;
use std::sync::LazyLock;
use types::PhoneNumber;

/// Something that is long enough to be meant as a number.
static CANDIDATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:(?:the|their|his|her|its)\s+)?(?:phone\s+|telephone\s+)?(?:at|on|by calling|call|dial|phone|ring|number's|number is|number|tel\.?|it's|theirs is|is)\s*:?\s*)?(\+?\(?\d[\d\s().\-/\u{a0}]{5,}\d)",
    )
});
/// Few digits, after a word that makes them a number to be called.
static SHORT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:call|calling|dial|phone|ring|number is|number:?)\s+(\+?\d{3,6})\b"));
static DATE_LIKE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{4}-\d{1,2}-\d{1,2}$|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}$"));

/// The first number in a sentence.
pub fn find(text: &str, region: &str) -> Option<Found> {
    for found in CANDIDATE.captures_iter(text) {
        let (Some(whole), Some(number)) = (found.get(0), found.get(1)) else { continue };
        let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
        if digits < 7 || DATE_LIKE.is_match(number.as_str().trim()) {
            continue;
        }
        return Some(Found { range: whole.range(), value: read(number.as_str(), region).map(|n| n.as_str().to_owned()) });
    }
    let found = SHORT.captures(text)?;
    let (whole, number) = (found.get(0)?, found.get(1)?);
    Some(Found { range: whole.range(), value: read(number.as_str(), region).map(|n| n.as_str().to_owned()) })
}

/// A text that ought to be a number. The error is a sentence for the user.
pub fn read(text: &str, region: &str) -> Result<PhoneNumber, String> {
    let example = example(region);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 3 {
        return Err(format!("I see no phone number there. A number looks like {example}."));
    }
    if digits.len() <= 6 && phonenumber::connects_to_emergency_number(&digits, region)
        || ["911", "112", "999"].contains(&digits.as_str())
    {
        return Err(format!(
            "{digits} is an emergency number. I never call those: if this is an emergency, please dial {digits} yourself. For anything else I need a business's number, such as {example}."
        ));
    }
    if digits.len() <= 6 {
        return Err(format!("{digits} is a short number, and I only call full ones, such as {example}."));
    }
    let wrong = |what: &str| format!("\"{}\" {what}. A full number looks like {example}.", text.trim());
    let parsed = phonenumber::parse(Some(region), text).map_err(|error| match error {
        ParseError::InvalidCountryCode => wrong("begins with a country code that does not exist"),
        ParseError::TooLong => wrong("has too many digits for a phone number"),
        ParseError::NotANumber | ParseError::TooShortAfterIdd | ParseError::TooShortNsn => {
            wrong("is not a phone number that I can read")
        }
    })?;
    if !phonenumber::is_valid_number(&parsed) {
        let national = parsed.national_significant_number().len();
        // The reader takes a further leading 1 for a trunk prefix.
        if parsed.country_code == 1 && digits.strip_prefix('1').unwrap_or(&digits).len() == 10 {
            return Err(wrong("has the right length, but there is no such area code or number"));
        }
        return Err(match phonenumber::validate_length(&parsed) {
            PossibleResult::TooShort | PossibleResult::IsPossibleLocalOnly => {
                wrong(&format!("is too short: it has {national} digits; perhaps the area code is missing"))
            }
            PossibleResult::TooLong => wrong(&format!("is too long: it has {national} digits without the country code")),
            PossibleResult::InvalidLength => wrong(&format!("has {national} digits, and there is no such number")),
            PossibleResult::InvalidCountryCode => wrong("begins with a country code that does not exist"),
            PossibleResult::IsPossible => wrong("has the right length, but there is no such area code or number"),
        });
    }
    if parsed.extension.as_ref().is_some_and(|extension| !extension.is_empty()) {
        return Err(wrong("has an extension, and I can't dial those; please give me the number without it"));
    }
    if phonenumber::number_type(&parsed) == PhoneNumberType::PremiumRate {
        return Err(wrong("is a premium-rate number, and I don't call those"));
    }
    let e164 = phonenumber::format(&parsed, phonenumber::PhoneNumberFormat::E164);
    PhoneNumber::parse(&e164).map_err(|_| wrong("is not a phone number that I can read"))
}

/// A number that shows the form: one that is reserved for examples, where there are such.
fn example(region: &str) -> String {
    if phonenumber::country_code_for_region(region) == Some(1) {
        return "+1 415 555 0100".into();
    }
    match phonenumber::country_code_for_region(region) {
        Some(code) => format!("+{code} and then the rest of the number, or +1 415 555 0100"),
        None => "+1 415 555 0100".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for text in [
            "+1 415 555 0100",
            "(415) 555-0100",
            "415-555-0100",
            "415.555.0100",
            "4155550100",
            "1 415 555 0100",
            "+1 (415) 555-0100",
            "+14155550100",
            "it's 415 555 0100",
        ] {
            assert_eq!(read(text, "US").unwrap().as_str(), "+14155550100", "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            ("911", "emergency"),
            ("112", "emergency"),
            ("311", "short number"),
            ("555 0100", "area code"),
            ("+1 415 555 010", "too short"),
            ("+1 415 555 01000", "too long"),
            ("+999 415 555 0100", "country code"),
            ("+1 123 555 0100", "no such"),
            ("+1 900 555 0100", "premium"),
            ("Tony's", "no phone number"),
        ] {
            let error = read(text, "US").unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
            assert!(error.contains("+1 415 555 0100"), "{error}");
        }
    }

    /// Numbers that are kept free for fiction and examples, with what two other implementations of the same metadata make of them.
    #[test]
    fn numbers_of_several_countries() {
        for (region, text, number) in [
            ("US", "(415) 555-0199", "+14155550199"),
            ("CA", "604 555 0123", "+16045550123"),
            ("US", "011 44 20 7946 0123", "+442079460123"),
            ("GB", "00 1 415 555 0100", "+14155550100"),
            ("GB", "020 7946 0958", "+442079460958"),
            ("US", "+44 117 496 0123", "+441174960123"),
            ("DE", "030 23125 123", "+493023125123"),
            ("DE", "0171 39200 12", "+491713920012"),
            ("FR", "01 99 00 12 34", "+33199001234"),
            // The zero of a landline belongs to the number in Italy, and 39 also begins numbers there.
            ("IT", "06 1234 5678", "+390612345678"),
            ("US", "+39 02 1234 5678", "+390212345678"),
            ("IT", "391 231 2312", "+393912312312"),
            ("AU", "0491 570 156", "+61491570156"),
            ("AU", "(02) 7010 1234", "+61270101234"),
            ("SE", "08-465 004 10", "+46846500410"),
            // Begins like an emergency number, and is none.
            ("ES", "911 23 45 67", "+34911234567"),
            ("US", "+1 800 555 0100", "+18005550100"),
        ] {
            assert_eq!(read(text, region).as_ref().map(PhoneNumber::as_str), Ok(number), "{text} in {region}");
        }
    }

    #[test]
    fn what_is_never_called_is_refused_with_the_reason() {
        for (region, text, said) in [
            ("US", "911", "emergency"),
            ("US", "call 112 please", "emergency"),
            ("GB", "999", "emergency"),
            ("DE", "110", "emergency"),
            ("AU", "000", "emergency"),
            ("JP", "119", "emergency"),
            ("US", "411", "short number"),
            ("DE", "11833", "short number"),
            ("US", "900 555 0100", "premium"),
            ("GB", "0909 879 0123", "premium"),
            ("DE", "0900 1234567", "premium"),
            ("AU", "1900 654 321", "premium"),
            ("US", "911 555 0100", "no such area code"),
            ("US", "+1 415 555 0100 ext 12", "extension"),
        ] {
            let error = read(text, region).unwrap_err();
            assert!(error.contains(said), "{text} in {region}: {error}");
        }
    }

    #[test]
    fn a_number_inside_a_sentence() {
        let text = "order from Tony's at +1 415 555 0100, please";
        let found = find(text, "US").unwrap();
        assert_eq!((found.value, &text[found.range]), (Ok("+14155550100".into()), "at +1 415 555 0100"));
        let told = "ask them. The number is 415-555-0100.";
        assert_eq!(&told[find(told, "US").unwrap().range], "The number is 415-555-0100");
        assert!(find("call 911 now", "US").unwrap().value.unwrap_err().contains("emergency"));
        for text in ["a table for 4 on 2026-11-28", "12 Elm Street", "at 1930 please", "28/11/2026"] {
            assert_eq!(find(text, "US"), None, "{text}");
        }
    }
}
