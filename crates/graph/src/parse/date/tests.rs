//! Days as people say them.

use super::*;

/// A Saturday.
const TODAY: Date = jiff::civil::date(2026, 11, 21);

#[test]
fn days_as_people_say_them() {
    for (text, day) in [
        ("today", "Saturday, November 21"),
        ("tonight", "Saturday, November 21"),
        ("tomorrow", "Sunday, November 22"),
        ("tomorrow evening", "Sunday, November 22"),
        ("the day after tomorrow", "Monday, November 23"),
        ("on Saturday", "Saturday, November 28"),
        ("sat", "Saturday, November 28"),
        ("Friday", "Friday, November 27"),
        ("this Friday", "Friday, November 27"),
        ("next Friday", "Friday, November 27"),
        ("next Saturday", "Saturday, November 28"),
        ("28 November", "Saturday, November 28"),
        ("November 28th", "Saturday, November 28"),
        ("the 28th of November", "Saturday, November 28"),
        ("Nov 28", "Saturday, November 28"),
        ("the 28th", "Saturday, November 28"),
        ("the 3rd", "Thursday, December 3"),
        ("11/28", "Saturday, November 28"),
        ("28/11", "Saturday, November 28"),
        ("2026-11-28", "Saturday, November 28"),
        ("Saturday, November 28", "Saturday, November 28"),
        ("January 2", "Saturday, January 2, 2027"),
        ("in three days", "Tuesday, November 24"),
        ("in a week", "Saturday, November 28"),
        ("on Christmas Eve", "Thursday, December 24"),
        ("New Year's Day", "Friday, January 1, 2027"),
        ("a week from Tuesday", "Tuesday, December 1"),
        ("Tuesday next week", "Tuesday, November 24"),
        ("next week on Thursday", "Thursday, November 26"),
        ("two weeks from today", "Saturday, December 5"),
        ("ten days from now", "Tuesday, December 1"),
        ("Sunday the 29th", "Sunday, November 29"),
        ("Thanksgiving", "Thursday, November 26"),
        ("in eight days", "Sunday, November 29"),
    ] {
        assert_eq!(read(text, TODAY, true).as_deref(), Ok(day), "{text}");
        assert_eq!(read(day, TODAY, true).as_deref(), Ok(day), "read again: {day}");
    }
    assert_eq!(read("4/12", TODAY, false).as_deref(), Ok("Friday, December 4"));
}

#[test]
fn from_the_middle_of_a_week_next_friday_is_next_weeks() {
    let wednesday = jiff::civil::date(2026, 11, 25);
    assert_eq!(read("on Friday", wednesday, true).as_deref(), Ok("Friday, November 27"));
    assert_eq!(read("next Friday", wednesday, true).as_deref(), Ok("Friday, December 4"));
}

#[test]
fn a_day_that_cannot_be_is_asked_for_again() {
    for (text, said) in [
        ("November 3", "already passed"),
        ("2026-11-20", "already passed"),
        ("31 November", "no such day"),
        ("2/30", "no such day"),
        ("Sunday, November 28", "is a Saturday"),
        ("this weekend", "Saturday or Sunday"),
        ("2029-01-01", "more than a year"),
        ("soon", "did not find a day"),
        ("the Friday after next", "Which day exactly"),
        ("Monday or Tuesday", "Which day exactly"),
        ("not before Friday", "Which day exactly"),
        ("Friday the 29th", "is a Sunday"),
    ] {
        let error = read(text, TODAY, true).unwrap_err();
        assert!(error.contains(said), "{text}: {error}");
    }
}
