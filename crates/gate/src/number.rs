//! Which numbers are never called. Source of what is a number and of what kind: the metadata of libphonenumber.

use crate::{Refusal, Rule};
use phonenumber::{PhoneNumber as Parsed, PhoneNumberType};
use types::PhoneNumber;

/// Country codes that are no country's: satellites, networks of their own, personal and premium numbers everywhere.
/// Source: ITU-T E.164, list of assigned country codes.
const NO_COUNTRY: [u16; 9] = [808, 870, 878, 881, 882, 883, 888, 969, 979];
/// The longest national number that is taken for a short one: emergency numbers and services.
const SHORT_MAX: usize = 6;

/// A number that can be called as far as its kind goes.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// As it is shown.
    pub(crate) shown: String,
    pub(crate) parsed: Parsed,
    /// The countries that it can belong to.
    pub(crate) regions: Vec<&'static str>,
}

/// Reads a number and refuses those that are never called.
pub(crate) fn read(number: &PhoneNumber) -> Result<Known, Refusal> {
    let shown = number.as_str();
    let invalid = || Refusal::of(Rule::Invalid, format!("{shown} is not a number that anybody can have; check its digits"));
    let parsed = phonenumber::parse(None, shown).map_err(|_| invalid())?;
    let national = parsed.national_significant_number();
    if NO_COUNTRY.contains(&parsed.country_code) {
        let message = format!("{shown} belongs to a satellite or another network without a country, and those are never called");
        return Err(Refusal::of(Rule::NoCountry, message));
    }
    if national.len() <= SHORT_MAX && phonenumber::is_valid_short_number(&parsed) {
        let message = format!("{shown} is an emergency number or another short one, and those are never called");
        return Err(Refusal::of(Rule::Short, message));
    }
    if !phonenumber::is_valid_number(&parsed) {
        return Err(invalid());
    }
    let what = match phonenumber::number_type(&parsed) {
        PhoneNumberType::FixedLine
        | PhoneNumberType::Mobile
        | PhoneNumberType::FixedLineOrMobile
        | PhoneNumberType::TollFree
        | PhoneNumberType::Voip
        | PhoneNumberType::Uan => None,
        PhoneNumberType::PremiumRate => Some("a premium-rate number"),
        PhoneNumberType::SharedCost => Some("a shared-cost number"),
        PhoneNumberType::PersonalNumber => Some("a personal number, which may cost anything"),
        PhoneNumberType::Pager => Some("a pager"),
        PhoneNumberType::Voicemail => Some("a voicemail access number"),
        PhoneNumberType::Unknown => Some("a number of an unknown kind"),
    };
    if let Some(what) = what {
        return Err(Refusal::of(Rule::Costly, format!("{shown} is {what}, and those are never called")));
    }
    let regions = phonenumber::regions_for_country_code(parsed.country_code);
    let regions: Vec<&str> =
        regions.iter().map(String::as_str).filter(|region| phonenumber::is_valid_number_for_region(&parsed, region)).collect();
    if regions.is_empty() {
        return Err(invalid());
    }
    Ok(Known { shown: shown.into(), parsed, regions })
}

/// Refuses a number of a country that is not allowed. One that several countries share, such as a toll-free number, is at home
/// in each of them.
pub(crate) fn check_country(known: &Known, allowed: &[String]) -> Result<(), Refusal> {
    if known.regions.iter().any(|region| allowed.iter().any(|name| name.eq_ignore_ascii_case(region))) {
        return Ok(());
    }
    let region = known.regions.first().copied().unwrap_or_default();
    let country = phonenumber::region_name(region).unwrap_or(region);
    let shown = &known.shown;
    let message = format!(
        "{shown} is in {country}, and calls may go to {} only; {region} can be added to gate.countries",
        allowed.join(", ")
    );
    Err(Refusal::of(Rule::Country, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(number: &str) -> Option<Rule> {
        let number = PhoneNumber::parse(number).unwrap();
        read(&number).and_then(|known| check_country(&known, &["US".into()])).err().map(|refusal| refusal.rule)
    }

    #[test]
    fn numbers_of_allowed_countries_pass() {
        for number in ["+14155550100", "+12125550199", "+18005550100"] {
            assert_eq!(refused(number), None, "{number}");
        }
    }

    #[test]
    fn what_is_never_called_is_refused_whatever_is_allowed() {
        for (number, rule) in [
            // An area code that does not exist, an exchange that cannot, and too few digits.
            ("+19995550100", Rule::Invalid),
            ("+14151550100", Rule::Invalid),
            ("+1415555010", Rule::Invalid),
            ("+19005550100", Rule::Costly),
            ("+449098790000", Rule::Costly),
            ("+448431230000", Rule::Costly),
            ("+447012345678", Rule::Costly),
            ("+870773111632", Rule::NoCountry),
            ("+881612345678", Rule::NoCountry),
            ("+979123456789", Rule::NoCountry),
        ] {
            assert_eq!(refused(number), Some(rule), "{number}");
        }
    }

    #[test]
    fn emergency_numbers_are_refused_with_any_country_code() {
        // Those of six digits and fewer in all are no E.164 numbers to begin with.
        for number in ["+44999", "+1911", "+49112", "+353999"] {
            assert!(PhoneNumber::parse(number).is_err(), "{number}");
        }
        for number in ["+1876119", "+8861190", "+9712999"] {
            let refused = refused(number);
            assert!(matches!(refused, Some(Rule::Short | Rule::Invalid)), "{number}: {refused:?}");
        }
    }

    #[test]
    fn other_countries_are_refused_by_name() {
        let number = PhoneNumber::parse("+493023125000").unwrap();
        let refusal = read(&number).and_then(|known| check_country(&known, &["US".into(), "CA".into()])).unwrap_err();
        assert_eq!(refusal.rule, Rule::Country);
        assert!(refusal.message.contains("Germany") && refusal.message.contains("US, CA"), "{refusal}");
        assert_eq!(refused("+18765550100"), Some(Rule::Country), "an island that shares the country code");
    }
}
