use super::*;
use wire::g711::SILENCE;

/// Byte values that stand for speech, and for a click in it.
const SPEECH: u8 = 0x20;
const CLICK: u8 = 0x01;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn frame() -> Bytes {
    Bytes::from_static(&[SPEECH; 160])
}

fn clicking() -> Bytes {
    let mut audio = vec![SPEECH; 160];
    audio[0] = CLICK;
    Bytes::from(audio)
}

/// Where the clicks of one side are, milliseconds.
fn clicks(recording: &[u8], side: usize) -> Vec<u64> {
    let samples = recording.iter().skip(side).step_by(2).enumerate();
    samples.filter(|(_, sample)| **sample == CLICK).map(|(place, _)| place as u64 / 8).collect()
}

/// How many milliseconds of one side are no silence.
fn spoken(recording: &[u8], side: usize) -> u64 {
    recording.iter().skip(side).step_by(2).filter(|sample| **sample != SILENCE).count() as u64 / 8
}

#[test]
fn a_click_stays_at_its_moment_in_an_hour_of_a_carrier_whose_clock_goes_wrong() {
    // Naively one frame is put behind the other: at 300 ppm the last click is a second off.
    for drift_ppm in [-300_i64, 300] {
        let (mut mix, mut recording, mut want) = (Mix::after(0), Vec::new(), Vec::new());
        for n in 1..=180_000_i64 {
            let micros = n * 20_000 + n * 20_000 * drift_ppm / 1_000_000;
            // The network delivers a little late, now more, now less.
            let at = Duration::from_micros(micros.unsigned_abs() + [0, 7_000, 3_000, 12_000][n.unsigned_abs() as usize % 4]);
            if n % 5_000 == 0 {
                want.push(u64::try_from(at.as_millis()).unwrap());
                mix.callee_said(at, clicking());
            } else {
                mix.callee_said(at, frame());
            }
            if n % 50 == 0 {
                recording.extend(mix.take(at));
            }
        }
        recording.extend(mix.finish(ms(3_605_000)));
        let found = clicks(&recording, 0);
        assert_eq!(found.len(), want.len(), "no click is lost or doubled");
        let off = found.iter().zip(&want).map(|(found, want)| found.abs_diff(*want)).max().unwrap();
        println!("{drift_ppm} ppm over an hour: at most {off} ms off");
        assert!(off < 100, "{off} ms at {drift_ppm} ppm");
    }
}

#[test]
fn a_burst_after_a_stall_is_not_torn_apart_and_a_pause_is_kept() {
    let mut mix = Mix::after(0);
    for n in 1..=50 {
        mix.callee_said(ms(n * 20), frame());
    }
    // The network stalls for 200 ms and then brings everything at once.
    for _ in 0..10 {
        mix.callee_said(ms(1_210), frame());
    }
    for n in 61..=100 {
        mix.callee_said(ms(n * 20), frame());
    }
    // Then the carrier sends nothing for two seconds.
    mix.callee_said(ms(4_020), clicking());
    let recording = mix.finish(ms(5_000));
    assert_eq!(spoken(&recording, 0), 101 * 20);
    let click = clicks(&recording, 0)[0];
    assert!(click.abs_diff(4_010) < 100, "{click}");
    let whole = recording.iter().step_by(2).take(2_000 * 8).filter(|sample| **sample == SILENCE).count();
    assert_eq!(whole, 0, "there is no hole where the network stalled");
}

#[test]
fn what_was_sent_ahead_lies_where_it_was_played() {
    let mut mix = Mix::after(0);
    // 400 ms are sent at once; the carrier plays them 150 ms late, says the mark.
    mix.agent_sent(ms(1_000), clicking());
    for _ in 0..19 {
        mix.agent_sent(ms(1_000), frame());
    }
    mix.mark_sent("m1");
    mix.mark_returned(ms(1_550), "m1");
    let recording = mix.finish(ms(3_000));
    let click = clicks(&recording, 1)[0];
    assert!(click.abs_diff(1_150) < 40, "{click}");
    assert_eq!(spoken(&recording, 1), 400);
}

#[test]
fn what_was_cut_off_is_not_in_it_over_a_long_call_with_many_cuts() {
    let (mut mix, mut recording, mut want, mut heard) = (Mix::after(0), Vec::new(), Vec::new(), 0);
    for round in 0..600_u64 {
        let begins = round * 5_000 + 500;
        // Two seconds are sent, 300 ms ahead of their playing; each item begins with a click.
        mix.agent_sent(ms(begins), clicking());
        want.push(begins);
        let mut sent = 20_u64;
        while sent < 2_000 {
            mix.agent_sent(ms(begins + sent.saturating_sub(300)), frame());
            sent += 20;
            if sent.is_multiple_of(200) {
                mix.mark_sent(&format!("{round}-{sent}"));
                if round % 2 == 1 {
                    mix.mark_returned(ms(begins + sent + 15), &format!("{round}-{sent}"));
                }
            }
            if round % 2 == 0 && sent == 1_000 {
                // Barge-in: what was sent ahead is thrown away, and all marks come back at once.
                mix.cleared(ms(begins + 700));
                mix.mark_returned(ms(begins + 710), &format!("{round}-{sent}"));
                heard += 700;
                break;
            }
        }
        heard += if round % 2 == 1 { 2_000 } else { 0 };
        recording.extend(mix.take(ms(begins + 3_000)));
    }
    recording.extend(mix.finish(ms(600 * 5_000)));
    let off = clicks(&recording, 1).iter().zip(&want).map(|(found, want)| found.abs_diff(*want)).max().unwrap();
    println!("600 items, every other one cut off: at most {off} ms off");
    assert!(off < 100 && clicks(&recording, 1).len() == 600, "{off}");
    assert_eq!(spoken(&recording, 1), heard, "nothing is in it that was not heard, and nothing is missing");
}

#[test]
fn a_call_that_is_taken_up_again_goes_on_behind_a_silence() {
    let mut first = Mix::after(0);
    first.callee_said(ms(20), frame());
    let mut recording = first.finish(ms(1_000));
    let mut second = Mix::after(recording.len() as u64 / 2);
    second.callee_said(ms(9_020), clicking());
    recording.extend(second.finish(ms(10_000)));
    assert_eq!(recording.len(), 10 * 8_000 * 2);
    let click = clicks(&recording, 0)[0];
    assert!(click.abs_diff(9_010) < 40, "{click}");
}

#[test]
fn what_waits_is_bounded() {
    let mut mix = Mix::after(0);
    for n in 1..=5_000 {
        mix.callee_said(ms(n * 20), frame());
        mix.agent_sent(ms(n * 20), frame());
        if n % 50 == 0 {
            mix.take(ms(n * 20));
            assert!(mix.arrived.len() + mix.sent.len() < 300, "{} {}", mix.arrived.len(), mix.sent.len());
        }
    }
}
