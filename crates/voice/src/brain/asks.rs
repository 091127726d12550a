//! Which details a sentence of the callee asks for.

use super::compare::{fulfilments, sizes};
use super::words::{Sentence, has};
use types::Details;

/// The names of the details that the sentence asks for, known or not, each once.
pub(super) fn asked(sentence: &Sentence<'_>, kind: &str, details: &Details) -> Vec<String> {
    let plain = sentence.plain.as_str();
    let short = plain.split(' ').count() <= 4;
    if !sentence.question && !short {
        return Vec::new();
    }
    let (table, appointment, change) = (kind == "book_table", kind == "book_appointment", kind == "change_booking");
    let booking = table || appointment || change;
    let food = kind == "order_food" || details.contains_key("item");
    let mut names: Vec<&str> = Vec::new();
    let mut take = |asked: bool, name: &'static str| {
        if asked && !names.contains(&name) {
            names.push(name);
        }
    };
    let has = |phrases: &[&str]| has(plain, phrases);
    let email = has(&["email", "e mail"]);
    let wh = has(&["what", "what's", "which", "how", "where", "when", "whose", "who"]);

    let people = has(&["people", "guests", "persons", "party", "of you", "seats", "diners"]);
    take(
        people && has(&["how many", "how big", "how large", "size", "for how", "number"])
            || has(&["for how many", "how many will"]),
        "party_size",
    );
    take(table && has(&["how many"]), "party_size");
    take(!booking && !people && has(&["how many", "what quantity", "which quantity"]) && !has(&["how many minutes"]), "quantity");
    take(
        !people && (has(&["what size", "which size", "how big", "how large"]) || sizes(plain).len() >= 2 || plain == "size"),
        "size",
    );
    take(fulfilments(plain).len() >= 2, "fulfilment");
    take(
        !email
            && (has(&["address"])
                || has(&[
                    "where should",
                    "where do",
                    "where shall",
                    "where to",
                    "where is it going",
                    "where are we",
                    "what street",
                    "deliver to where",
                    "delivered to where",
                ])),
        "delivery_address",
    );
    let when = booking && has(&["when", "when's"]) && !has(&["when you"]);
    take(
        when || has(&["what day", "which day", "what date", "which date", "the date", "what evening"]) || plain == "date",
        "date",
    );
    take(when || has(&["what time", "which time", "at what hour", "the time"]) || plain == "time", "time");
    let number = has(&["number"])
        && !has(&[
            "confirmation number",
            "order number",
            "card number",
            "credit card",
            "number of",
            "account number",
            "reference number",
        ])
        && !people;
    take(number || has(&["phone", "telephone", "call you back", "callback", "reach you", "contact you"]), "callback_number");
    let whose = has(&[
        "who is it for",
        "who's it for",
        "who is this for",
        "who's this for",
        "who is that for",
        "who's the order for",
        "who is the order for",
        "who's that for",
        "who is the booking for",
    ]);
    let name = has(&["name", "names", "last name", "first name", "surname"])
        && !has(&["name of the street", "name of the card", "street name"]);
    take(name || whose, "user_name");
    let more = has(&[
        "anything else",
        "something else",
        "any special",
        "special request",
        "special requests",
        "special instructions",
        "any requests",
        "any notes",
        "any other",
        "any allergies",
        "allergies",
        "dietary",
        "any extras",
        "any sides",
        "any drinks",
        "any toppings",
        "what else",
        "will that be all",
        "is that all",
        "is that everything",
        "that everything",
        "that be everything",
        "is that it",
    ]);
    take(more, "special_requests");
    let what_for = [
        "what kind",
        "which kind",
        "what type",
        "what service",
        "which service",
        "what is it for",
        "what's it for",
        "what is the appointment for",
        "what's the appointment for",
        "what for",
        "what are you coming in for",
        "what brings you",
        "reason for",
        "you need done",
        "you like done",
        "to have done",
    ];
    take(appointment && has(&what_for), "appointment_kind");
    take(
        change
            && has(&[
                "which booking",
                "what booking",
                "which appointment",
                "what appointment",
                "which reservation",
                "what reservation",
                "what is it for",
                "what was it for",
                "what kind",
                "what type",
            ]),
        "booking",
    );
    take(change && has(&["cancel"]) && has(&["reschedule", "move", "change", "another"]), "change");
    take(
        kind == "wait_on_hold"
            && has(&[
                "who would you like",
                "whom would you like",
                "who do you want",
                "who are you trying",
                "who are you calling for",
                "who do you need",
                "which department",
                "what department",
                "direct your call",
                "transfer you to",
                "put you through to",
            ]),
        "person",
    );
    take(has(&["budget", "want to spend", "like to spend", "willing to spend", "price limit", "spending limit"]), "budget");
    let item = !booking
        && (has(&[
            "what kind",
            "which kind",
            "what type",
            "which pizza",
            "what pizza",
            "what are you ordering",
            "which one",
            "which 1",
            "what flavor",
            "what dish",
        ]) || (food
            && wh
            && has(&["you like", "you want", "your order", "you order", "are you having", "you like to order"])
            && names.is_empty()));
    if item && !names.contains(&"size") {
        names.push("item");
    }

    let mut names: Vec<String> =
        names.into_iter().map(|name| if change { which(plain, name, details) } else { name }.to_owned()).collect();
    // A detail that only this task has, by the words of its name.
    for detail in details.keys().filter(|name| !is_told_otherwise(name)) {
        let label = detail.replace('_', " ");
        if sentence.question && self::has(plain, &[&label]) && !names.contains(detail) {
            names.push(detail.clone());
        }
    }
    names
}

/// Of a booking that is moved: whether the booked day and time are asked for or the new ones.
fn which(plain: &str, name: &'static str, details: &Details) -> &'static str {
    let old = match name {
        "date" => "old_date",
        "time" => "old_time",
        other => return other,
    };
    let new = has(
        plain,
        &[
            "new",
            "move it to",
            "moved to",
            "move to",
            "change it to",
            "reschedule",
            "instead",
            "would you like",
            "you prefer",
            "you want",
            "works for you",
            "suits you",
            "better",
        ],
    );
    if new && details.contains_key(name) { name } else { old }
}

/// Details that have rules of their own here, or are no answer to a question.
fn is_told_otherwise(name: &str) -> bool {
    matches!(
        name,
        "item"
            | "size"
            | "quantity"
            | "fulfilment"
            | "delivery_address"
            | "user_name"
            | "user_address"
            | "callback_number"
            | "party_size"
            | "date"
            | "time"
            | "special_requests"
            | "question"
            | "instructions"
            | "appointment_kind"
            | "booking"
            | "change"
            | "old_date"
            | "old_time"
            | "new_details"
            | "person"
            | "budget"
    )
}

#[cfg(test)]
mod tests {
    use super::super::words::sentences;
    use super::*;

    #[test]
    fn questions_name_what_they_ask_for() {
        let details: Details = [("table_area".to_owned(), "outside".to_owned())].into_iter().collect();
        let food = [
            ("What size would you like: small, medium or large?", "size"),
            ("How big?", "size"),
            ("How many would you like?", "quantity"),
            ("Is that for pickup or delivery?", "fulfilment"),
            ("What's the address for the delivery?", "delivery_address"),
            ("Where should we bring it?", "delivery_address"),
            ("What name should I put on the order?", "user_name"),
            ("Who's the order for?", "user_name"),
            ("And your name?", "user_name"),
            ("Can I get a phone number?", "callback_number"),
            ("What number can we reach you at?", "callback_number"),
            ("What would you like to order?", "item"),
            ("What kind of pizza?", "item"),
            ("Anything else?", "special_requests"),
            ("Name and address, please?", "delivery_address user_name"),
            ("It will be ready in thirty minutes, at this address.", ""),
            ("What is your email address?", ""),
        ];
        for (said, expected) in food {
            assert_eq!(asked(&sentences(said)[0], "order_food", &details).join(" "), expected, "{said}");
        }
        let table = [
            ("For how many people?", "party_size"),
            ("How many are you?", "party_size"),
            ("What size is your party?", "party_size"),
            ("For what day and what time?", "date time"),
            ("When would you like to come?", "date time"),
            ("Which date?", "date"),
            ("What time would you like?", "time"),
            ("Under what name?", "user_name"),
            ("Which table area?", "table_area"),
        ];
        for (said, expected) in table {
            assert_eq!(asked(&sentences(said)[0], "book_table", &details).join(" "), expected, "{said}");
        }
        for (said, expected) in [
            ("What kind of appointment?", "appointment_kind"),
            ("What is it for?", "appointment_kind"),
            ("What day and what time?", "date time"),
            ("Under what name?", "user_name"),
        ] {
            assert_eq!(asked(&sentences(said)[0], "book_appointment", &details).join(" "), expected, "{said}");
        }
        let moved: Details = [("date".to_owned(), "Friday".to_owned()), ("time".to_owned(), "4:00 pm".to_owned())].into();
        for (said, expected) in [
            ("What day is your appointment?", "old_date"),
            ("What time is it booked for?", "old_time"),
            ("What day would you like to move it to?", "date"),
            ("What time would you prefer?", "time"),
            ("Do you want to cancel or reschedule?", "change"),
        ] {
            assert_eq!(asked(&sentences(said)[0], "change_booking", &moved).join(" "), expected, "{said}");
        }
        assert_eq!(asked(&sentences("Who would you like to speak to?")[0], "wait_on_hold", &details), ["person"]);
        assert_eq!(asked(&sentences("What's your budget?")[0], "order_food", &details), ["budget"]);
    }
}
