//! Who can be called. Only numbers that are reserved for fiction exist here: +1 … 555 0100 to 0199.

use crate::callee::{Answers, CalleeKind};
use types::PhoneNumber;
use wire::rest::ErrorCode;

/// A number that somebody has.
#[derive(Clone, Debug, serde::Serialize)]
pub struct KnownNumber {
    /// In E.164 form.
    pub number: &'static str,
    /// Whose it is.
    pub name: &'static str,
    /// What happens when it is called.
    pub what: &'static str,
    #[serde(skip)]
    pub(crate) answers: Answers,
}

/// The number that is answered in the browser.
pub const BROWSER: &str = "+14155550120";

/// Every number that somebody has.
pub const KNOWN: [KnownNumber; 16] = [
    KnownNumber {
        number: "+14155550100",
        name: "Tony's Pizza",
        what: "A clerk takes an order: pizza, size, pickup or delivery.",
        answers: Answers::Picks(CalleeKind::Pizzeria),
    },
    KnownNumber {
        number: "+14155550101",
        name: "Harbor Grill",
        what: "The booking desk reserves a table: day, time, number of people; it cancels and moves one, too.",
        answers: Answers::Picks(CalleeKind::Booking),
    },
    KnownNumber {
        number: "+14155550102",
        name: "Green Corner Market",
        what: "A shop assistant answers a question or takes a message.",
        answers: Answers::Picks(CalleeKind::Shop),
    },
    KnownNumber {
        number: "+14155550103",
        name: "Bayview Clinic",
        what: "The desk books an appointment: what for, day, time. It offers 2 pm for noon to 2 pm, which is always taken.",
        answers: Answers::Picks(CalleeKind::Appointments),
    },
    KnownNumber {
        number: "+14155550104",
        name: "Maple House",
        what: "The desk cancels, moves or changes a booking: which day and name, and what it is to become.",
        answers: Answers::Picks(CalleeKind::Changes),
    },
    KnownNumber {
        number: "+14155550105",
        name: "Pacific Telephone",
        what: "An announcement and music; after about 25 seconds on hold a person answers a question or takes a message.",
        answers: Answers::Picks(CalleeKind::Hold),
    },
    KnownNumber {
        number: "+14155550106",
        name: "Sam Rivera",
        what: "Voicemail: a greeting, a beep, and what is said after it is recorded.",
        answers: Answers::Picks(CalleeKind::Voicemail),
    },
    KnownNumber {
        number: "+14155550107",
        name: "Robin, screened",
        what: "A call screener asks for name and reason; then a person answers a question or takes a message, or voicemail does.",
        answers: Answers::Picks(CalleeKind::Screener),
    },
    KnownNumber {
        number: "+14155550108",
        name: "A fax machine",
        what: "A fax machine sends its tone.",
        answers: Answers::Picks(CalleeKind::Fax),
    },
    KnownNumber {
        number: "+14155550109",
        name: "Northwind Supply",
        what: "A menu of two levels that wants keys; 0, or any last choice, leads to about 12 seconds of music and then to a person.",
        answers: Answers::Picks(CalleeKind::Menu),
    },
    KnownNumber { number: "+14155550110", name: "A busy line", what: "The line is busy.", answers: Answers::Busy },
    KnownNumber { number: "+14155550111", name: "Nobody", what: "It rings and nobody answers.", answers: Answers::Nobody },
    KnownNumber { number: "+14155550112", name: "A dead line", what: "The call cannot be connected.", answers: Answers::Fails },
    KnownNumber {
        number: "+14155550113",
        name: "Corner Hardware",
        what: "Somebody in a hurry picks up, talks, and hangs up in the middle of a sentence.",
        answers: Answers::Picks(CalleeKind::Hasty),
    },
    KnownNumber {
        number: "+14155550114",
        name: "Stone Oven Pizza",
        what: "A clerk takes an order and asks for classic or stuffed crust, which no order tells: you are asked while they wait.",
        answers: Answers::Picks(CalleeKind::StoneOven),
    },
    KnownNumber {
        number: BROWSER,
        name: "You, in the browser",
        what: "Rings on the phone page; whoever has it open answers and talks.",
        answers: Answers::Browser,
    },
];

/// What happens when the number is called, or why it cannot be. With `everywhere` a number of another area code is answered
/// like the known one that ends in the same seven digits.
pub(crate) fn look_up(to: &str, everywhere: bool) -> Result<Answers, ErrorCode> {
    let number = PhoneNumber::parse(to).map_err(|_| ErrorCode::InvalidTo)?;
    if let Some(known) = KNOWN.iter().find(|known| known.number == number.as_str()) {
        return Ok(known.answers);
    }
    let digits = number.as_str().strip_prefix("+1").filter(|digits| digits.len() == 10);
    match digits {
        // Area codes and exchanges begin with 2 to 9.
        Some(digits) if !digits.starts_with(['2', '3', '4', '5', '6', '7', '8', '9']) => Err(ErrorCode::InvalidTo),
        Some(digits) if digits[3..].starts_with("55501") => {
            let alike = KNOWN.iter().find(|known| everywhere && known.number.ends_with(&digits[3..]));
            Ok(alike.map_or(Answers::Nobody, |known| known.answers))
        }
        Some(_) => Err(ErrorCode::GeoPermission),
        None if number.as_str().starts_with("+1") => Err(ErrorCode::InvalidTo),
        None => Err(ErrorCode::GeoPermission),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_fiction_exist() {
        assert!(matches!(look_up("+12125550110", false), Ok(Answers::Nobody)));
        assert!(matches!(look_up("+12125550110", true), Ok(Answers::Busy)));
        assert!(matches!(look_up("+14155550100", false), Ok(Answers::Picks(CalleeKind::Pizzeria))));
        assert!(matches!(look_up(BROWSER, false), Ok(Answers::Browser)));
        assert!(matches!(look_up("+12125550155", true), Ok(Answers::Nobody)));
        assert_eq!(look_up("+14155551234", true).unwrap_err(), ErrorCode::GeoPermission);
        assert_eq!(look_up("+442079460000", true).unwrap_err(), ErrorCode::GeoPermission);
        for bad in ["4155550100", "+1415555010", "+11155550100", "911", "sip:a@example.com", ""] {
            assert_eq!(look_up(bad, true).unwrap_err(), ErrorCode::InvalidTo, "{bad}");
        }
    }
}
