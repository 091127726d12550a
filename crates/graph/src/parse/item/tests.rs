//! Orders as people say them.

use super::*;

#[test]
fn orders_are_taken_apart() {
    for (text, quantity, size, item) in [
        ("order a large pepperoni pizza", "1", "large", "pepperoni pizza"),
        ("I'd like two large pepperoni pizzas, please", "2", "large", "pepperoni pizza"),
        ("a margherita", "1", "", "margherita"),
        ("pepperoni pizza", "", "", "pepperoni pizza"),
        ("can you get me a 12 inch ham pizza with extra cheese", "1", "12 inch", "ham pizza with extra cheese"),
        ("three chicken sandwiches", "3", "", "chicken sandwich"),
        ("ten chicken wings", "10", "", "chicken wing"),
        ("two orders of wings", "2", "", "wings"),
        ("three bottles of water", "3", "", "bottle of water"),
        ("two cookies", "2", "", "cookie"),
        ("a four cheese pizza", "1", "", "four cheese pizza"),
        ("I want some fries", "", "", "fries"),
        ("two large pizzas and a coke", "1", "large", "two large pizzas and a coke"),
        ("4 x spring rolls", "4", "", "spring roll"),
        ("medium", "", "medium", ""),
        ("two", "2", "", ""),
        ("order food", "", "", ""),
        ("I'm hungry", "", "", ""),
        ("something to eat", "", "", ""),
        ("order", "", "", ""),
        ("yes", "", "", ""),
    ] {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        assert_eq!(split(text), Ordered { quantity: some(quantity), size: some(size), item: some(item) }, "{text}");
    }
}

#[test]
fn an_order_is_found_among_other_words() {
    for (text, item) in [
        ("my kids want pizza again", Some("pizza")),
        ("for dinner i want lamb vindaloo", Some("lamb vindaloo")),
        ("order twenty chicken wings for tonight's game, we'll", Some("chicken wing")),
        ("we'd love some Thai food delivered tonight", Some("Thai food")),
        ("pizza or pasta", None),
        ("what they had on Monday", None),
    ] {
        assert_eq!(find(text).item.as_deref(), item, "{text}");
    }
}

#[test]
fn orders_are_put_together() {
    for (quantity, size, item, line) in [
        ("1", Some("large"), "pepperoni pizza", "a large pepperoni pizza"),
        ("2", Some("large"), "pepperoni pizza", "2 large pepperoni pizzas"),
        ("1", None, "omelette", "an omelette"),
        ("1", Some("large"), "fries", "large fries"),
        ("3", None, "chicken sandwich", "3 chicken sandwiches"),
        ("2", None, "ham pizza with extra cheese", "2 ham pizzas with extra cheese"),
        ("1", Some("large"), "two large pizzas and a coke", "two large pizzas and a coke"),
    ] {
        assert_eq!(super::line(quantity, size, item), line);
    }
}
