//! Times as people say them.

use super::*;

#[test]
fn times_as_people_say_them() {
    for (text, time) in [
        ("7", "7:00 pm"),
        ("7pm", "7:00 pm"),
        ("7 p.m.", "7:00 pm"),
        ("19:30", "7:30 pm"),
        ("half past seven", "7:30 pm"),
        ("quarter to eight", "7:45 pm"),
        ("a quarter past 6", "6:15 pm"),
        ("ten to eight", "7:50 pm"),
        ("half seven", "7:30 pm"),
        ("quarter to 8", "7:45 pm"),
        ("quarter of 8", "7:45 pm"),
        ("half-past six", "6:30 pm"),
        ("seven-thirty", "7:30 pm"),
        ("7ish", "7:00 pm"),
        ("730pm", "7:30 pm"),
        ("at 7 30", "7:30 pm"),
        ("Friday evening at 10", "10:00 pm"),
        ("noonish", "12:00 pm"),
        ("1930 hrs", "7:30 pm"),
        ("let's say 8 please", "8:00 pm"),
        ("at seven in the evening", "7:00 pm"),
        ("seven thirty", "7:30 pm"),
        ("seven o'clock", "7:00 pm"),
        ("noon", "12:00 pm"),
        ("midnight", "12:00 am"),
        ("12", "12:00 pm"),
        ("10", "10:00 am"),
        ("9 in the morning", "9:00 am"),
        ("09:15", "9:15 am"),
        ("8.30 pm", "8:30 pm"),
        ("around 8", "8:00 pm"),
        ("8am", "8:00 am"),
        ("11 at night", "11:00 pm"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(time), "{text}");
        assert_eq!(read(time).as_deref(), Ok(time), "read again: {time}");
    }
    for bad in
        ["later", "25:00", "7:75", "19 pm", "yes", "we'll be seven, not five", "after 5 pm", "7 or 8 pm", "between 2 pm and 4 pm"]
    {
        assert!(read(bad).unwrap_err().contains("7 pm"), "{bad}");
    }
}

#[test]
fn an_hour_means_what_one_goes_there_for() {
    for (text, evening, office) in
        [("at 9", "9:00 pm", "9:00 am"), ("8:30", "8:30 pm", "8:30 am"), ("at 2", "2:00 pm", "2:00 pm")]
    {
        assert_eq!(read(text).as_deref(), Ok(evening), "{text}");
        assert_eq!(read_for(text, Habit::Office).as_deref(), Ok(office), "{text}");
    }
    for (text, part) in
        [("afternoon would be best", "in the afternoon"), ("any time", "any time"), ("in the morning", "in the morning")]
    {
        assert_eq!(read_for(text, Habit::Office).as_deref(), Ok(part), "{text}");
        assert_eq!(read_for(part, Habit::Either).as_deref(), Ok(part), "read again: {part}");
    }
    assert!(read_for("at 9", Habit::Either).unwrap_err().contains("9 am or 9 pm"));
    assert_eq!(read_for("9 am", Habit::Either).as_deref(), Ok("9:00 am"));
}

#[test]
fn a_time_inside_a_sentence_shows_itself() {
    for (text, time) in [
        ("a table for 4 on Saturday at 7pm", Some("7:00 pm")),
        ("a table for 4 at eight", Some("8:00 pm")),
        ("for two at half past seven, please", Some("7:30 pm")),
        ("a table for 4", None),
        ("a table for three tonight at 19:30", Some("7:30 pm")),
        ("move it from 7 to 8 pm", None),
        ("at 12 Elm Street", None),
        ("two pizzas", None),
    ] {
        assert_eq!(find(text).and_then(|f| f.value.ok()).as_deref(), time, "{text}");
    }
}
