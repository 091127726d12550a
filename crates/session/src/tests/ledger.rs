//! The ledger and the pacer by themselves.

use super::rig::ms;
use crate::playback::Playback;
use crate::tuning::Tuning;
use std::time::Duration;

fn playback(bytes: usize) -> Playback {
    let mut playback = Playback::new(&Tuning::default());
    let item = playback.item("r", "i", Some(0)).unwrap();
    assert!(item.queue(0, vec![0; bytes].into()));
    playback.audio_done("i");
    playback
}

/// Sends what may be sent; the marks.
fn send(playback: &mut Playback, now: Duration) -> Vec<String> {
    let mut marks = Vec::new();
    while let Some(sent) = playback.send(now, false) {
        assert!(sent.audio.len() <= 800);
        marks.extend(sent.mark);
    }
    marks
}

fn heard(playback: &Playback, now: Duration) -> u64 {
    let item = playback.items().next().unwrap();
    let (heard, played) = (playback.heard(now, item), playback.played(now, item));
    assert!(heard <= played && played <= item.sent && item.sent <= item.queued);
    heard
}

#[test]
fn the_carrier_gets_no_more_than_its_lead() {
    let mut playback = playback(80_000);
    let marks = send(&mut playback, ms(0));
    let item = playback.items().next().unwrap();
    assert_eq!((item.sent, marks), (3_200, vec!["m1".to_owned(), "m2".to_owned()]));
    assert_eq!(playback.send_at(ms(0), false), Some(ms(100)));
    assert!(playback.send(ms(99), false).is_none());
    assert_eq!(playback.send(ms(100), false).unwrap().audio.len(), 800);
}

#[test]
fn a_late_pacer_does_not_catch_up_beyond_its_lead() {
    let mut playback = playback(80_000);
    send(&mut playback, ms(0));
    send(&mut playback, ms(5_000));
    assert_eq!(playback.items().next().unwrap().sent, 6_400);
}

#[test]
fn between_marks_the_clock_tells_but_never_beyond_the_next_mark() {
    let mut playback = playback(80_000);
    send(&mut playback, ms(0));
    assert_eq!(heard(&playback, ms(150)), 1_200);
    // The first mark, at 200 ms, has not come back.
    assert_eq!(heard(&playback, ms(350)), 1_600);
    playback.mark_returned(ms(260), "m1");
    assert_eq!(heard(&playback, ms(260)), 1_600);
    assert_eq!(heard(&playback, ms(360)), 2_400);
}

#[test]
fn a_mark_that_comes_too_early_proves_no_more_than_time_allows() {
    let mut playback = playback(80_000);
    send(&mut playback, ms(0));
    assert!(playback.mark_returned(ms(40), "m2"));
    assert_eq!(heard(&playback, ms(40)), 320);
    let item = playback.items().next().unwrap();
    assert_eq!(playback.proven(ms(40), item), 320);
    assert_eq!(heard(&playback, ms(1_000)), 3_200);
}

#[test]
fn marks_of_before_a_clear_mean_nothing_after_it() {
    let mut playback = playback(80_000);
    let marks = send(&mut playback, ms(0));
    let cut = playback.cut(ms(120));
    assert_eq!((cut.len(), cut[0].heard), (1, 960));
    assert!(marks.iter().all(|name| !playback.mark_returned(ms(130), name)));
    let item = playback.item("r2", "i2", Some(0)).unwrap();
    item.queue(0, vec![0; 80_000].into());
    send(&mut playback, ms(130));
    assert_eq!(heard(&playback, ms(130)), 0);
    assert_eq!(heard(&playback, ms(180)), 400);
}

#[test]
fn small_pieces_go_out_together_and_none_is_lost() {
    let mut playback = Playback::new(&Tuning::default());
    let item = playback.item("r", "i", Some(0)).unwrap();
    let bytes: Vec<u8> = (0..2_000_u32).map(|n| n as u8).collect();
    for piece in bytes.chunks(77) {
        item.queue(0, piece.to_vec().into());
    }
    let mut out = Vec::new();
    while let Some(sent) = playback.send(ms(0), false) {
        out.push(sent.audio);
    }
    assert_eq!(out.iter().map(bytes::Bytes::len).collect::<Vec<_>>(), [800, 800, 400]);
    assert_eq!(out.concat(), bytes);
}

#[test]
fn an_item_without_end_is_not_taken_without_end() {
    let mut playback = Playback::new(&Tuning::default());
    let item = playback.item("r", "i", Some(0)).unwrap();
    let taken = (0..1_000).filter(|_| item.queue(0, vec![0; 8_000].into())).count();
    assert_eq!(taken, 300);
}

#[test]
fn items_follow_each_other_without_a_gap() {
    let mut playback = playback(400);
    let item = playback.item("r", "j", Some(0)).unwrap();
    item.queue(0, vec![0; 400].into());
    let first = playback.send(ms(0), false).unwrap();
    assert_eq!((first.began, first.mark.as_deref()), (Some((0, ms(0))), Some("m1")));
    assert_eq!(playback.send(ms(0), false).unwrap().began, Some((1, ms(50))));
    playback.close("r");
    playback.mark_returned(ms(60), "m1");
    assert_eq!(playback.take_played(ms(60)).map(|(item, proven)| (item.item_id, proven)), Some(("i".into(), true)));
    assert!(playback.take_played(ms(60)).is_none());
}
