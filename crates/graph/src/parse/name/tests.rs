//! Names as people say them.

use super::*;

#[test]
fn people_within_a_sentence() {
    for (text, name) in [
        ("a large pizza, for Maria Lopez, from Tony's", Some("Maria Lopez")),
        ("two pizzas, name's John Doe, 12 Elm Street", Some("John Doe")),
        ("my name is maria lopez and I want a pizza", Some("Maria Lopez")),
        ("I'm Maria Lopez", Some("Maria Lopez")),
        ("book it under Maria Lopez at 7", Some("Maria Lopez")),
        ("under the name of Lopez", Some("Lopez")),
        ("a table for 5, 8:15 pm, name Maria Lopez", Some("Maria Lopez")),
        ("I'm hungry", None),
        ("I am looking for a table", None),
        ("a table for Saturday", None),
        ("a pizza for delivery", None),
    ] {
        assert_eq!(find_person(text).and_then(|f| f.value.ok()).as_deref(), name, "{text}");
    }
}

#[test]
fn names_as_answers() {
    for (text, name) in [
        ("Maria Lopez", "Maria Lopez"),
        ("maria lopez", "Maria Lopez"),
        ("It's Maria", "Maria"),
        ("my name is Maria Lopez.", "Maria Lopez"),
        ("call me Maria", "Maria"),
        ("Dr. O'Neill-Smith", "Dr. O'Neill-Smith"),
    ] {
        assert_eq!(read_person(text).as_deref(), Ok(name), "{text}");
        assert_eq!(read_person(name).as_deref(), Ok(name), "read again: {name}");
    }
    for bad in ["what?", "no", "12 Elm Street", "why do you need that", "I don't know"] {
        assert!(read_person(bad).unwrap_err().contains("Maria Lopez"), "{bad}");
    }
}

#[test]
fn businesses_within_a_sentence() {
    for (text, name) in [
        ("order a pizza from Tony's at +1 415 555 0100", Some("Tony's")),
        ("order a pizza from tony's at +1 415 555 0100", Some("Tony's")),
        ("a table at Luigi's for two", Some("Luigi's")),
        ("a table at luigi's for two", Some("Luigi's")),
        ("call Tony's Pizza and ask", Some("Tony's Pizza")),
        ("from The Golden Lion please", Some("The Golden Lion")),
        ("ask Luigi's if they have oat milk", Some("Luigi's")),
        ("from dominos", Some("Dominos")),
        ("pad thai from golden dragon", Some("Golden Dragon")),
        ("is Tony's open on Sunday?", Some("Tony's")),
        ("whether Mike's Garage does oil changes", Some("Mike's Garage")),
        ("whether Maria Lopez is there", None),
        ("the opening hours of Spice Garden", Some("Spice Garden")),
        ("a table at seven", None),
        ("deliver it at home", None),
        ("from Monday on", None),
    ] {
        assert_eq!(find_business(text).and_then(|f| f.value.ok()).as_deref(), name, "{text}");
    }
}
