//! What the gate's library takes for a number, held against another port of the same metadata.

use gate::{Gate, Rules};
use phonenumber::{PhoneNumberFormat, PhoneNumberType as Type};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType as OtherType};
use std::collections::BTreeSet;
use types::PhoneNumber;

const TYPES: [Type; 11] = [
    Type::FixedLine,
    Type::Mobile,
    Type::FixedLineOrMobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::Voip,
    Type::PersonalNumber,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// The example numbers of every country and kind, with each of their digits changed, one left out, and one too many.
fn numbers() -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for region in phonenumber::supported_regions() {
        let examples = TYPES.iter().filter_map(|kind| phonenumber::example_number_for_type(region, *kind));
        for example in examples.chain(phonenumber::example_number(region)) {
            let number = phonenumber::format(&example, PhoneNumberFormat::E164);
            for at in example.country_code.to_string().len() + 1..number.len() {
                numbers.extend((0..10).map(|digit| format!("{}{digit}{}", &number[..at], &number[at + 1..])));
            }
            numbers.insert(number[..number.len() - 1].to_owned());
            numbers.insert(format!("{number}0"));
        }
    }
    numbers
}

#[test]
fn another_library_agrees_on_what_must_not_be_called() {
    let countries = phonenumber::supported_regions().map(str::to_owned).collect();
    let gate = Gate::new(Rules { countries, ..Rules::simulated() }).expect("every country may be called");
    let (mut all, mut differ, mut costly) = (0, Vec::new(), Vec::new());
    for text in numbers() {
        let Ok(number) = PhoneNumber::parse(&text) else { continue };
        all += 1;
        let admitted = gate.admits(&number, jiff::Timestamp::UNIX_EPOCH).is_ok();
        let other = PHONE_NUMBER_UTIL.parse(&text, None).ok().filter(|parsed| parsed.is_valid()).map(|parsed| parsed.get_type());
        let other_admits = match other {
            Some(
                OtherType::FixedLine
                | OtherType::Mobile
                | OtherType::FixedLineOrMobile
                | OtherType::TollFree
                | OtherType::VoIP
                | OtherType::UAN,
            ) => true,
            Some(
                OtherType::PremiumRate
                | OtherType::SharedCost
                | OtherType::PersonalNumber
                | OtherType::Pager
                | OtherType::VoiceMail
                | OtherType::Unknown,
            )
            | None => false,
        };
        if admitted && !other_admits && other.is_some() {
            costly.push(text.clone());
        }
        if admitted != other_admits {
            differ.push(text);
        }
    }
    assert!(all > 50_000, "{all} numbers");
    assert_eq!(costly, Vec::<String>::new(), "numbers that the gate admits and another library takes for costly ones");
    // The two follow the metadata at their own pace.
    assert!(differ.len() * 200 < all, "{} of {all} differ: {:?}", differ.len(), &differ[..differ.len().min(20)]);
    println!("{} of {all} numbers differ", differ.len());
}
