//! The clerk of a pizzeria, who takes an order: Tony's Pizza, and Stone Oven Pizza, which asks for the crust as well.

use super::clerk::Form;
use super::script::Fields;
use super::words;

/// The order form.
pub(crate) struct Pizzeria {
    name: &'static str,
    /// How long it takes, minutes.
    ready_min: u32,
    /// Asks what no order tells, so that the caller has to find out.
    asks_crust: bool,
}

/// What there is, how it sounds, and what a medium one costs, in cents.
const MENU: [(&str, &[&str], u32); 14] = [
    ("pepperoni pizza", &["pepperoni"], 1_450),
    ("margherita pizza", &["margherita", "margarita", "margarida"], 1_250),
    ("Hawaiian pizza", &["hawaiian"], 1_450),
    ("vegetarian pizza", &["veggie", "vegetarian", "vegetable"], 1_400),
    ("four cheese pizza", &["4 cheese", "four cheese", "quattro formaggi"], 1_500),
    ("cheese pizza", &["cheese pizza", "plain pizza"], 1_200),
    ("mushroom pizza", &["mushroom"], 1_400),
    ("sausage pizza", &["sausage"], 1_450),
    ("buffalo chicken pizza", &["buffalo chicken"], 1_600),
    ("meat lovers pizza", &["meat lovers", "meat lover's", "meatlovers"], 1_650),
    ("calzone", &["calzone"], 1_350),
    ("lasagna", &["lasagna"], 1_300),
    ("Caesar salad", &["caesar salad", "salad"], 900),
    ("garlic bread", &["garlic bread"], 600),
];
/// A pizza that is not on the menu, made from what there is.
const OWN_PIZZA_CENTS: u32 = 1_500;
const DELIVERY_CENTS: u32 = 400;

impl Pizzeria {
    /// The clerk of one call; the seed decides how long the order takes.
    pub(crate) fn new(seed: u64) -> Self {
        Self { name: "Tony's Pizza", ready_min: 20 + 5 * (seed % 6) as u32, asks_crust: false }
    }

    /// The clerk of Stone Oven Pizza.
    pub(crate) fn of_stone_oven(seed: u64) -> Self {
        Self { name: "Stone Oven Pizza", asks_crust: true, ..Self::new(seed) }
    }

    fn crust(plain: &str, asked: bool) -> Option<String> {
        let named = words::has(plain, "crust") || asked;
        ["classic", "stuffed"].into_iter().find(|crust| named && words::sounds_like(plain, crust)).map(str::to_owned)
    }

    /// Whether it is asked what there is; that is no order.
    fn asks_for_gluten_free(plain: &str) -> bool {
        words::has_any(plain, &["do you have", "if you have", "whether you have"]) && words::sounds_like(plain, "gluten")
    }

    fn total_cents(fields: &Fields) -> u32 {
        let item = fields.get("item").map_or("", String::as_str);
        let medium = MENU.iter().find(|(name, ..)| *name == item).map_or(OWN_PIZZA_CENTS, |(.., cents)| *cents);
        let each = match fields.get("size").map(String::as_str) {
            Some("small") => medium - 300,
            Some("large") => medium + 400,
            Some("extra large") => medium + 700,
            _ => medium,
        };
        let count: u32 = fields.get("quantity").and_then(|n| n.parse().ok()).unwrap_or(1);
        let delivery = if fields.get("fulfilment").is_some_and(|f| f == "delivery") { DELIVERY_CENTS } else { 0 };
        each * count + delivery
    }

    fn item(plain: &str) -> Option<String> {
        // The longest name wins, so that "four cheese" is not "cheese".
        let heard = MENU.iter().filter(|(_, sounds, _)| sounds.iter().any(|s| words::sounds_like(plain, s)));
        if let Some((name, ..)) = heard.max_by_key(|(name, ..)| name.len()) {
            return Some((*name).to_owned());
        }
        // "a ham and onion pizza": the words before, back to the size or the article.
        let words: Vec<&str> = plain.split(' ').collect();
        let end = words.iter().position(|word| ["pizza", "pizzas"].contains(word))?;
        let stop = |word: &&str| {
            const STOPS: [&str; 24] = [
                "a", "an", "the", "of", "order", "like", "get", "want", "have", "small", "medium", "large", "size", "sized",
                "some", "your", "that", "with", "is", "for", "this", "please", "no", "extra",
            ];
            STOPS.contains(word) || word.parse::<u32>().is_ok()
        };
        let start = words[..end].iter().rposition(stop).map_or(0, |at| at + 1);
        ((1..=4).contains(&(end - start))).then(|| format!("{} pizza", words[start..end].join(" ")))
    }

    fn size(plain: &str) -> Option<&'static str> {
        if words::has_any(plain, &["extra large", "extra-large", "xl"]) {
            return Some("extra large");
        }
        let last = |phrases: &[&str]| phrases.iter().filter_map(|phrase| words::position(plain, phrase)).max();
        [
            ("small", last(&["small", "smaller"])),
            ("medium", last(&["medium", "regular"])),
            ("large", last(&["large", "big", "larger", "largest"])),
        ]
        .into_iter()
        .filter_map(|(size, at)| Some((at?, size)))
        .max()
        .map(|(_, size)| size)
    }

    fn quantity(plain: &str, asked: bool) -> Option<u32> {
        if asked {
            return words::count_answer(plain);
        }
        let words: Vec<&str> = plain.split(' ').collect();
        let thing = |word: &str| {
            ["small", "medium", "large", "extra", "pizza", "pizzas", "calzone", "calzones", "lasagna", "salad", "salads"]
                .contains(&word)
                || MENU.iter().any(|(_, sounds, _)| sounds.iter().any(|sound| words::sounds_like(word, sound)))
        };
        words.iter().enumerate().find_map(|(at, word)| {
            let count = match *word {
                "a" | "an" => 1,
                "quantity" => {
                    let rest = words[at + 1..].iter().take(3).find_map(|word| word.parse().ok());
                    return rest.filter(|n| (1..=99).contains(n));
                }
                number => number.parse().ok().filter(|n| (1..=99).contains(n))?,
            };
            // "4 cheese" is a name.
            let cheese = *word == "4" && words.get(at + 1) == Some(&"cheese");
            (!cheese && words[at + 1..].iter().take(4).any(|next| thing(next))).then_some(count)
        })
    }

    fn fulfilment(plain: &str) -> Option<&'static str> {
        let last = |phrases: &[&str]| {
            let refused =
                |phrase: &str| words::has(plain, &format!("not {phrase}")) || words::has(plain, &format!("not for {phrase}"));
            phrases.iter().filter(|phrase| !refused(phrase)).filter_map(|phrase| words::position(plain, phrase)).max()
        };
        let delivery = last(&["delivery", "deliver", "delivered", "delivering"]);
        let pickup = last(&[
            "pickup",
            "pick up",
            "pick it up",
            "picked up",
            "picking up",
            "collect",
            "collection",
            "takeaway",
            "take away",
            "takeout",
            "take out",
            "carry out",
            "carryout",
            "pick them up",
        ]);
        match (delivery, pickup) {
            (None, None) => None,
            (delivery, pickup) if delivery > pickup => Some("delivery"),
            _ => Some("pickup"),
        }
    }

    fn special_requests(plain: &str) -> Option<String> {
        if Self::asks_for_gluten_free(plain) {
            return None;
        }
        const ENDS: [&str; 12] = ["and", "please", "for", "to", "with", "thank", "thanks", "on", "the", "i", "is", "delivered"];
        let starts = ["with extra", "extra", "without", "with no", "gluten free", "well done", "cut into"];
        let (start, at) = starts.iter().filter_map(|s| Some((*s, words::position(plain, s)?))).min_by_key(|(_, at)| *at)?;
        let rest: Vec<&str> = plain[at + start.len()..].split_whitespace().take_while(|w| !ENDS.contains(w)).take(2).collect();
        let complete = matches!(start, "gluten free" | "well done");
        if rest.first() == Some(&"large") || (rest.is_empty() && !complete) {
            return None;
        }
        let request = if complete { start.to_owned() } else { format!("{start} {}", rest.join(" ")) };
        Some(request.trim_start_matches("with extra").trim_start().to_owned())
            .map(|text| if start == "with extra" { format!("extra {text}") } else { request })
    }
}

impl Form for Pizzeria {
    const KIND: &'static str = "order_food";

    fn greeting(&self) -> String {
        format!("{}, what can I get you?", self.name)
    }

    fn missing(&self, fields: &Fields) -> Option<(&'static str, &'static str)> {
        let delivery = fields.get("fulfilment").is_some_and(|f| f == "delivery");
        let order = [
            ("item", "What would you like to order?"),
            ("size", "What size would you like: small, medium or large?"),
            ("crust", "Would you like classic or stuffed crust?"),
            ("quantity", "How many would you like?"),
            ("fulfilment", "Is that for pickup or delivery?"),
            ("delivery_address", "What's the address for the delivery?"),
            ("user_name", "What name should I put on the order?"),
        ];
        let needed = |name: &str| match name {
            "delivery_address" => delivery,
            "crust" => self.asks_crust,
            _ => true,
        };
        order.into_iter().find(|(name, _)| !fields.contains_key(*name) && needed(name))
    }

    fn read(&self, said: &str, asked: Option<&str>) -> Vec<(&'static str, String)> {
        let plain = words::plain(said);
        let mut read = Vec::new();
        let mut take = |name, value: Option<String>| read.extend(value.map(|value| (name, value)));
        take("item", Self::item(&plain));
        take("size", Self::size(&plain).map(str::to_owned));
        take("crust", Self::crust(&plain, asked == Some("crust")));
        let address = words::address(said, asked == Some("delivery_address"));
        // The number of a house is no count.
        let counted = address.is_none() || asked == Some("quantity");
        let counted = Self::quantity(&plain, asked == Some("quantity"))
            .filter(|_| counted || words::has(&plain, "pizza") || words::has(&plain, "pizzas"));
        take("quantity", counted.map(|n| n.to_string()));
        // An address can be told only for a delivery.
        let fulfilment = Self::fulfilment(&plain).or(address.is_some().then_some("delivery"));
        take("fulfilment", fulfilment.map(str::to_owned));
        take("delivery_address", address);
        take("user_name", words::name(said, asked == Some("user_name")));
        take("special_requests", Self::special_requests(&plain));
        take("callback_number", words::telephone(&plain));
        read
    }

    fn otherwise(&self, field: &str) -> &'static str {
        match field {
            "size" => "medium",
            "crust" => "classic",
            "quantity" => "1",
            "fulfilment" => "pickup",
            "user_name" => "the caller",
            "item" => "cheese pizza",
            _ => "unknown",
        }
    }

    fn read_back(&self, fields: &Fields) -> String {
        let get = |name: &str| fields.get(name).map_or("", String::as_str);
        let many = get("quantity") != "1";
        let plural = if many && get("item").ends_with("pizza") { "s" } else { "" };
        let mut text = format!("So that's {} {} {}{plural}", get("quantity"), get("size"), get("item"));
        if let Some(crust) = fields.get("crust") {
            text += &format!(", with {crust} crust");
        }
        if let Some(requests) = fields.get("special_requests") {
            text += &format!(", {requests}");
        }
        text += match get("fulfilment") {
            "delivery" => ", for delivery to ",
            _ => ", for pickup",
        };
        text + get("delivery_address") + ", under the name " + get("user_name") + "."
    }

    fn settle(&self, fields: &Fields) -> Fields {
        let cents = Self::total_cents(fields);
        [
            ("total".to_owned(), format!("${}.{:02}", cents / 100, cents % 100)),
            ("ready_time".to_owned(), format!("{} minutes", self.ready_min)),
        ]
        .into()
    }

    fn tell(&self, facts: &Fields) -> String {
        format!("Your total is {}, and it will be ready in {}.", facts["total"], facts["ready_time"])
    }

    fn answer(&self, plain: &str, fields: &Fields) -> Option<String> {
        if words::has_any(plain, &["how much", "what is the total", "what's the total", "the price"])
            && fields.contains_key("item")
        {
            let cents = Self::total_cents(fields);
            return Some(format!("That would be ${}.{:02}.", cents / 100, cents % 100));
        }
        if words::has_any(plain, &["how long", "when will it be", "when would it be"]) {
            return Some(format!("It takes about {} minutes.", self.ready_min));
        }
        if Self::asks_for_gluten_free(plain) {
            return Some("Yes, we have gluten free dough.".into());
        }
        let do_you = words::has_any(plain, &["do you have", "are you open", "do you deliver", "do you take"]);
        (do_you && !fields.contains_key("item")).then(|| "Yes, we do.".to_owned())
    }

    fn goodbye(&self) -> String {
        format!("Thanks for calling {}. Goodbye!", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::clerk::Clerk;
    use super::super::script::{Script, Then};
    use super::*;

    fn clerk() -> Clerk<Pizzeria> {
        let mut clerk = Clerk::new(Pizzeria::new(7));
        assert_eq!(clerk.greeting().say, "Tony's Pizza, what can I get you?");
        clerk
    }

    #[track_caller]
    fn says(clerk: &mut Clerk<Pizzeria>, said: &str, expected: &str) {
        let reply = clerk.hear(said);
        assert!(reply.say.contains(expected), "to {said:?} the clerk says {:?}", reply.say);
    }

    #[test]
    fn an_order_is_taken_question_by_question() {
        let clerk = &mut clerk();
        says(
            clerk,
            "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to order a pizza.",
            "What would you like to order?",
        );
        says(clerk, "A pepperoni pizza, please.", "What size");
        says(clerk, "Large.", "pickup or delivery");
        says(clerk, "For delivery, please.", "address");
        says(
            clerk,
            "It's twelve Elm Street.",
            "So that's 1 large pepperoni pizza, for delivery to 12 Elm Street, under the name Maria Lopez. Is that right?",
        );
        let reply = clerk.hear("Yes, that's right.");
        assert_eq!(
            reply.say,
            "Your total is $22.50, and it will be ready in 25 minutes. Thanks for calling Tony's Pizza. Goodbye!"
        );
        assert_eq!(reply.then, Then::AwaitGoodbye);
        let slip = clerk.slip();
        assert!(slip.confirmed);
        assert_eq!((slip.facts["total"].as_str(), slip.facts["ready_time"].as_str()), ("$22.50", "25 minutes"));
        for (name, value) in [
            ("item", "pepperoni pizza"),
            ("size", "large"),
            ("quantity", "1"),
            ("fulfilment", "delivery"),
            ("delivery_address", "12 Elm Street"),
            ("user_name", "Maria Lopez"),
        ] {
            assert_eq!(slip.fields.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(clerk.hear("Thank you, goodbye.").then, Then::HangUp);
    }

    #[test]
    fn the_other_pizzeria_asks_for_the_crust_as_well() {
        let clerk = &mut Clerk::new(Pizzeria::of_stone_oven(7));
        assert_eq!(clerk.greeting().say, "Stone Oven Pizza, what can I get you?");
        says(clerk, "On behalf of Maria Lopez. I would like a large pepperoni pizza for pickup.", "classic or stuffed crust?");
        says(clerk, "One moment, please, I'll ask Maria Lopez.", "Sure.");
        says(clerk, "Sorry, could you repeat that?", "classic or stuffed crust?");
        says(
            clerk,
            "One moment, please, I'll ask Maria Lopez. Stuffed crust.",
            "1 large pepperoni pizza, with stuffed crust, for pickup, under the name Maria Lopez.",
        );
        says(clerk, "May I also ask if you have gluten-free?", "Yes, we have gluten free dough. So that's 1 large");
        says(clerk, "Yes, that's right.", "Your total is $18.50");
        says(clerk, "May I also ask if you have gluten-free?", "Yes, we have gluten free dough.");
        assert_eq!(clerk.slip().fields["crust"], "stuffed");
        assert!(!clerk.slip().fields.contains_key("special_requests"), "{:?}", clerk.slip());
    }

    #[test]
    fn an_order_in_one_sentence() {
        let clerk = &mut clerk();
        says(
            clerk,
            "I'm calling on behalf of Ben Okafor. I would like to order two large margarita pizzas for pickup.",
            "So that's 2 large margherita pizzas, for pickup, under the name Ben Okafor.",
        );
    }

    #[test]
    fn a_surname_that_was_not_heard_is_written_down_when_it_is_spelt() {
        let clerk = &mut clerk();
        says(
            clerk,
            "On behalf of John. I would like a small margherita pizza, delivered to 14 Oak Avenue.",
            "for delivery to 14 Oak Avenue, under the name John.",
        );
        says(clerk, "No, Miller. That's M, i, l, l, e, r.", "for delivery to 14 Oak Avenue, under the name John Miller.");
    }

    #[test]
    fn a_word_that_is_said_again_instead_of_spelt_is_taken_as_its_correction() {
        let clerk = &mut clerk();
        says(
            clerk,
            "On behalf of John Miller. I would like a small margherita pizza, delivered to 12 Alm Street.",
            "for delivery to 12 Alm Street, under the name John Miller.",
        );
        says(clerk, "No, that's wrong.", "What should I change?");
        says(clerk, "No-own that's elm.", "No problem. So that's 1 small margherita pizza, for delivery to 12 Elm Street");
        says(clerk, "No, that's Elm.", "Yes, I have that.");
        says(clerk, "Yes, that's right.", "Your total is");
    }

    #[test]
    fn corrections_are_taken_and_read_back() {
        let clerk = &mut clerk();
        says(clerk, "On behalf of Maria Lopez. I would like a small pepperoni pizza for pickup.", "1 small pepperoni pizza");
        says(clerk, "No, size large.", "1 large pepperoni pizza");
        says(clerk, "The name is Marta Lopez.", "under the name Marta Lopez");
        says(
            clerk,
            "No, Maria. That's M, a, r, i, a.",
            "No problem. So that's 1 large pepperoni pizza, for pickup, under the name Maria Lopez.",
        );
        says(
            clerk,
            "Actually, make it two mushroom pizzas, for delivery to 9 Oak Road.",
            "2 large mushroom pizzas, for delivery to 9 Oak Road",
        );
        says(clerk, "No.", "What should I change?");
        says(clerk, "Extra cheese please.", "extra cheese");
        says(clerk, "Yes, two large mushroom pizzas for delivery.", "Your total is $40.00");
    }

    #[test]
    fn what_the_recogniser_makes_of_it() {
        for (said, field, value) in [
            ("a large pepper only pizza", "size", "large"),
            ("I'd like a peperoni pizza", "item", "pepperoni pizza"),
            ("a large peppermint roni pizza", "size", "large"),
            ("one Hawaian pizza", "item", "Hawaiian pizza"),
            ("two four cheese pizzas", "item", "four cheese pizza"),
            ("two four cheese pizzas", "quantity", "2"),
            ("a ham and onion pizza", "item", "ham and onion pizza"),
            ("I will pick it up", "fulfilment", "pickup"),
            ("please deliver it to forty two Wallaby Way", "delivery_address", "42 Wallaby Way"),
            ("not for delivery, for pick up", "fulfilment", "pickup"),
            ("with no onions please", "special_requests", "with no onions"),
            ("a large pizza with extra cheese", "special_requests", "extra cheese"),
            ("an extra large pepperoni pizza", "size", "extra large"),
            ("my number is 415 555 0142", "callback_number", "4155550142"),
        ] {
            let read = Pizzeria::new(1).read(said, None);
            let found = read.iter().find(|(name, _)| *name == field).map(|(_, value)| value.as_str());
            assert_eq!(found, Some(value), "{said}: {read:?}");
        }
        let read = Pizzeria::new(1).read("an extra large pepperoni pizza", None);
        assert!(!read.iter().any(|(name, _)| *name == "special_requests"), "{read:?}");
    }

    #[test]
    fn three_misses_end_the_call_and_one_hit_forgives_them() {
        let clerk = &mut clerk();
        says(clerk, "mumble", "Sorry, I didn't get that.");
        says(clerk, "", "Sorry, I didn't catch that.");
        says(clerk, "A calzone.", "What size");
        says(clerk, "mumble", "What size");
        says(clerk, "mumble", "What size");
        assert_eq!(clerk.hear("mumble").then, Then::HangUp);
        assert!(!clerk.slip().confirmed);
    }

    #[test]
    fn questions_are_answered_and_words_repeated() {
        let clerk = &mut clerk();
        says(clerk, "Hello?", "Tony's Pizza");
        says(clerk, "Sorry, could you repeat that?", "Tony's Pizza");
        says(clerk, "How much is a large pepperoni pizza?", "That would be $18.50. Is that for pickup");
        says(clerk, "I can't answer that, I will pass it on.", "What name");
        says(clerk, "For Ann Smith.", "under the name Ann Smith");
        says(clerk, "Correct.", "Your total is $18.50");
        says(clerk, "When will it be ready?", "25 minutes");
        assert_eq!(clerk.hear("Thank you.").then, Then::AwaitGoodbye);
    }

    #[test]
    fn a_caller_who_says_goodbye_early_is_let_go() {
        assert_eq!(clerk().hear("Never mind, goodbye.").then, Then::HangUp);
    }
}
