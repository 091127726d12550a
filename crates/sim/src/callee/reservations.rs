//! The reservations of Harbor Grill: one person for new bookings and for changes of old ones.

use super::booking::BookingDesk;
use super::changes::ChangeDesk;
use super::clerk::Clerk;
use super::script::{Reply, Script, Slip};
use super::words;

/// Two forms; which one it is shows when the caller says what they want.
pub(crate) struct Reservations {
    booking: Clerk<BookingDesk>,
    change: Option<Clerk<ChangeDesk>>,
}

impl Reservations {
    /// The clerk of one call; the seed decides the confirmation number.
    pub(crate) fn new(seed: u64) -> Self {
        Self { booking: Clerk::new(BookingDesk::new(seed)), change: None }
    }
}

impl Script for Reservations {
    fn greeting(&mut self) -> Reply {
        self.booking.greeting()
    }

    fn hear(&mut self, said: &str) -> Reply {
        // Within a booking "change it to six" is a correction.
        if self.change.is_none() && self.booking.slip().fields.len() < 2 && ChangeDesk::is_change(&words::plain(said)) {
            self.change = Some(Clerk::new(ChangeDesk::new("Harbor Grill")));
        }
        match &mut self.change {
            Some(change) => change.hear(said),
            None => self.booking.hear(said),
        }
    }

    fn slip(&self) -> Slip {
        self.change.as_ref().map_or_else(|| self.booking.slip(), Script::slip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_wants_decides_the_form() {
        let mut desk = Reservations::new(1);
        desk.greeting();
        let said = "On behalf of Maria Lopez. I would like to cancel the table on Friday under the name Maria Lopez.";
        assert!(desk.hear(said).say.starts_with("Okay. So I cancel the table on Friday"), "{:?}", desk.slip());
        assert_eq!(desk.slip().kind, "change_booking");
        let mut desk = Reservations::new(1);
        desk.greeting();
        desk.hear("On behalf of Maria Lopez. I would like to book a table for four on Friday at 7 pm.");
        assert!(desk.hear("No, change the table to six people.").say.contains("a table for 6"), "{:?}", desk.slip());
        assert_eq!(desk.slip().kind, "book_table");
    }
}
