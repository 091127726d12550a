//! Which kind of task some words begin. Where two kinds have as much for them, or where one reverses the other, there is doubt,
//! and the user is asked rather than taken at a word.

use super::{
    Heard, phrase,
    signs::{
        ABLE, ASK_FOR, ASK_TO, ASK_TO_ASK, ASKS, BEEN, CALLED, CALLING, CALLS, DIRECT, DOING, KEPT, KIN, MAY_GET, MAY_WE, MEAL,
        NO_FOOD, OTHER, OWNED, PASSED_ON, PAST, QUESTION_WORD, SEAT, SEATS, SOUGHT, STATES, TELLS, WAITS, WANTS, WISH,
    },
    vet,
};
use crate::{
    locale::Here,
    parse::{change, count, name, words},
    template::{Kind, Place, Template, Templates},
};

/// What words begin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Begun<'a> {
    /// A task of this kind, by words that stand for it alone.
    Surely(&'a Template),
    /// Perhaps a task of this kind: only a noun speaks for it.
    Perhaps(&'a Template),
    /// None, or it cannot be told which.
    Unknown,
}

/// The kind of task that the words begin, wherever in them it shows.
pub(super) fn begun<'a>(heard: &Heard<'a>) -> Begun<'a> {
    let text = heard.text;
    if KEPT.is_match(text)
        || phrase::is_undecided(text)
        || ASK_TO_ASK.is_match(text)
        || BEEN.is_match(text)
        || PAST.is_match(text) && name::find_business(text).is_none()
    {
        return Begun::Unknown;
    }
    let found: Vec<(Place, &Template)> =
        heard.templates.iter().filter_map(|template| Some((strong(template, text)?, template))).collect();
    let earliest = |wanted: fn(&Template) -> bool| {
        found.iter().filter(|(_, template)| wanted(template)).min_by_key(|(place, _)| *place).copied()
    };
    let (asks, waits, passes, alters) = (earliest(is_asking), earliest(is_waiting), earliest(is_errand), earliest(is_change));
    let does = earliest(does_something);
    let before = |one: Option<(Place, &Template)>, other: (Place, &Template)| one.is_some_and(|(place, _)| place.0 < other.0.0);
    let asks_to = ASK_TO
        .captures(text)
        .is_some_and(|found| found.name("whom").or(found.name("who")).is_none_or(|whom| !QUESTION_WORD.is_match(whom.as_str())));
    // Who waits on hold does what else is said afterwards.
    if let Some(waiting) = waits {
        let told_first = before(passes, waiting) || before(asks, waiting) && !asks_to;
        return if told_first { Begun::Unknown } else { Begun::Surely(waiting.1) };
    }
    // "Get a live agent on the line and ask …": waiting for somebody, or a question.
    if asks.is_some() && vet::is_reached_first(text) {
        return Begun::Unknown;
    }
    if let Some(change) = alters {
        if before(asks, change) && !asks_to && QUESTION_WORD.is_match(&text[asks.map_or(0, |(place, _)| place.0)..change.0.0]) {
            return asks.map_or(Begun::Unknown, |(_, template)| Begun::Surely(template));
        }
        return match passes {
            Some((place, template)) if place.0 < change.0.0 && PASSED_ON.is_match(&text[place.0..change.0.0]) => {
                Begun::Surely(template)
            }
            Some((place, _)) if place.0 < change.0.0 => Begun::Unknown,
            Some(_) | None => Begun::Surely(change.1),
        };
    }
    // "Two burgers, delivered to …, ask them to ring the bell": what is asked for at the end belongs to what is ordered.
    let last = [passes, asks.filter(|_| asks_to)].into_iter().flatten().map(|(place, _)| place.0).min();
    if let Some(at) = last.filter(|at| does.is_none_or(|(place, _)| place.0 > *at))
        && !CALLS.is_match(&text[..at])
    {
        let doing = heard.templates.hinted_by(&text[..at]).find(|template| does_something(template));
        if let Some(template) = doing {
            let brought = words::find_fulfilment(&text[..at]).is_some();
            return if brought && is_food(template) { Begun::Surely(template) } else { Begun::Unknown };
        }
    }
    if let Some(passing) = passes
        && !before(does, passing)
        && !before(asks, passing)
    {
        // What is cancelled and is no subscription may be a booking.
        let cancels = text[passing.0.0..].to_lowercase().starts_with("cancel") && !change::is_no_booking(text);
        let doubtful = cancels || WANTS.is_match(text) && !PASSED_ON.is_match(&text[passing.0.0..]);
        return if doubtful { Begun::Unknown } else { Begun::Surely(passing.1) };
    }
    // "see if there's a table free": whether there is one is seen by booking it.
    let sought = SOUGHT.is_match(text).then_some(does).flatten();
    if let Some((_, template)) = sought {
        return Begun::Surely(template);
    }
    // "see if they can deliver a large pizza": asks, or orders.
    let able = ABLE.is_match(text) && !asks_to;
    let food = || heard.templates.hinted_by(text).any(is_food) && words::find_fulfilment(text).is_some();
    let seen = text.to_lowercase();
    let seen = [
        "have anything for",
        "has anything for",
        "have something for",
        "availability",
        "space for",
        "room for",
        "see me",
        "fit me",
        "take me",
        "squeeze me",
        "see us",
        "fit us",
        "seat us",
    ]
    .iter()
    .any(|words| seen.contains(words));
    if able && (does.is_some() || seen || food()) {
        return Begun::Unknown;
    }
    // So many people on such a day: what a table is booked by, not what is asked.
    let party = count::find_people(text).is_some_and(|found| found.value.is_ok());
    let today = Here { locale: heard.locale, now: heard.now };
    let when = Kind::Date.find(text, today).is_some() && Kind::Time.find(text, today).is_some();
    if asks.is_some() && party && when && does.is_none() {
        return Begun::Unknown;
    }
    if let Some(asking) = asks
        && !before(does, asking)
    {
        if !asks_to {
            if ASK_FOR.is_match(text) {
                return Begun::Unknown;
            }
            let moves = able && change::find(text).is_some();
            return if moves || KIN.is_match(text) { Begun::Unknown } else { Begun::Surely(asking.1) };
        }
        // "ask for a table" books one; "ask them to call back" is an errand.
        let errand = heard.templates.iter().find(|template| is_errand(template));
        // "ask Luigi's to deliver a large pizza": that is an order, or a message.
        if does.is_none() && heard.templates.hinted_by(text).any(does_something) {
            return Begun::Unknown;
        }
        return does.or(errand.map(|errand| (asking.0, errand))).map_or(Begun::Unknown, |(_, template)| Begun::Surely(template));
    }
    if DIRECT.is_match(text) && !MAY_WE.is_match(text) && text.contains('?') {
        return match (does, asked_of_others(heard)) {
            (None, Some(template)) => Begun::Surely(template),
            (Some((_, template)), None) if !phrase::is_question(text) && !OWNED.is_match(text) => Begun::Surely(template),
            (_, _) => Begun::Unknown,
        };
    }
    // "does The Book Nook buy used books": asks, also without its mark.
    if ASKS.is_match(text) {
        return asked_of_others(heard).map_or(Begun::Unknown, Begun::Surely);
    }
    done(heard, &found)
}

/// Of the kinds that do something: the one that has most for it.
fn done<'a>(heard: &Heard<'a>, found: &[(Place, &'a Template)]) -> Begun<'a> {
    let text = heard.text;
    let party = count::find_people(text).is_some();
    // "book us a cab", "book me a spray tan": no table is spoken of.
    let no_table = |place: Option<Place>| {
        let seats = MEAL.is_match(text) || SEAT.is_match(text);
        OTHER.is_match(text) && !seats || place.is_some_and(|place| !is_pair(place) && !seats && !party)
    };
    let found: Vec<(Place, &Template)> =
        found.iter().filter(|(place, template)| !(is_table(template) && no_table(Some(*place)))).copied().collect();
    // "Our booking for four", "my appointment is at nine": there is one already.
    if OWNED.captures_iter(text).any(|found| found.name("verb").is_none()) {
        return Begun::Unknown;
    }
    let found: Vec<(Place, &Template)> =
        found.into_iter().filter(|(_, template)| !(is_food(template) && NO_FOOD.is_match(text))).collect();
    let mut doing: Vec<(Place, &Template)> = found.iter().filter(|(_, template)| does_something(template)).copied().collect();
    // A verb with its noun says more than a word alone, wherever they stand.
    doing.sort_by_key(|(place, _)| (!is_pair(*place), *place));
    match doing.as_slice() {
        [] => {}
        [(_, only)] => return Begun::Surely(only),
        [(first, best), (second, _), ..] => {
            let clear = first.0 == second.0 || is_pair(*first) && !is_pair(*second);
            return if clear { Begun::Surely(best) } else { Begun::Unknown };
        }
    }
    if let Some(template) = asked_of_others(heard) {
        return Begun::Surely(template);
    }
    let hinted: Vec<&Template> = heard.templates.hinted_by(text).filter(|template| !is_errand(template)).collect();
    let of = |wanted: fn(&Template) -> bool| heard.templates.iter().find(|template| wanted(template));
    let brought = words::find_fulfilment(text).is_some();
    if let Some(table) =
        of(is_table).filter(|_| party && !brought && !no_table(None) && (SEATS.is_match(text) || MEAL.is_match(text)))
    {
        return Begun::Surely(table);
    }
    match hinted.as_slice() {
        [only] if is_asking(only) && DIRECT.is_match(text) => Begun::Unknown,
        [only] if CALLED.is_match(text) && !WISH.is_match(text) && !is_asking(only) => Begun::Unknown,
        [only] if STATES.is_match(text) && !WISH.is_match(text) && !is_asking(only) => Begun::Unknown,
        [only] => Begun::Perhaps(only),
        [] => {
            let food = of(is_food).filter(|_| brought && !text.contains('?'));
            let errand = heard
                .templates
                .hinted_by(text)
                .find(|template| is_errand(template))
                .filter(|_| CALLING.is_match(text) && !DOING.is_match(text));
            food.or(errand).map_or(Begun::Unknown, Begun::Perhaps)
        }
        [_, _, ..] => Begun::Unknown,
    }
}

/// "How much is a haircut at Salon Rosa?" asks somebody for something, whatever it is about.
fn asked_of_others<'a>(heard: &Heard<'a>) -> Option<&'a Template> {
    let text = heard.text;
    // "Can we get six sandwiches": asks for food, or of it.
    if MAY_GET.is_match(text) && vet::has_food(text) {
        return None;
    }
    let asks = phrase::is_question_to_others(text)
        || phrase::is_question(text) && !MAY_WE.is_match(text) && name::find_business(text).is_some();
    heard.templates.iter().find(|template| is_asking(template)).filter(|_| asks)
}

fn strong(template: &Template, text: &str) -> Option<Place> {
    let place = template.place(text, &|_| true);
    if is_waiting(template) {
        let waits = WAITS.captures(text).filter(|found| found.name("no").is_none()).and_then(|found| found.get(0));
        let waits = waits.map(|found| (found.start(), std::cmp::Reverse(found.len())));
        return place.into_iter().chain(waits).min();
    }
    if is_errand(template) {
        let tells = TELLS.find(text).map(|found| (found.start(), std::cmp::Reverse(found.len())));
        return place.into_iter().chain(tells).min();
    }
    if !is_change(template) {
        return place;
    }
    let altered = change::find_altered(text).map(|at| (at, std::cmp::Reverse(usize::MAX)));
    place.into_iter().chain(altered).min()
}

fn is_pair(place: Place) -> bool {
    place.1.0 > Templates::PAIR
}

fn is_asking(template: &Template) -> bool {
    template.slot_of(Kind::Question).is_some()
}

fn is_waiting(template: &Template) -> bool {
    template.slot_of(Kind::Contact).is_some()
}

fn is_errand(template: &Template) -> bool {
    template.slot_of(Kind::Message).is_some() && !is_waiting(template)
}

fn is_change(template: &Template) -> bool {
    template.slot_of(Kind::Change).is_some()
}

fn is_food(template: &Template) -> bool {
    template.slot_of(Kind::Item).is_some()
}

fn is_table(template: &Template) -> bool {
    template.slot_of(Kind::Count).is_some() && !is_food(template)
}

/// Neither asks nor tells somebody something, nor undoes what is booked.
fn does_something(template: &Template) -> bool {
    !is_asking(template) && !is_waiting(template) && !is_errand(template) && !is_change(template)
}
