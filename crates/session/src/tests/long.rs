//! A call that goes on for long.

use super::rig::{Rig, config, ms, says};
use crate::Session;

/// How much a session remembers, as text, without the lines of its transcript and what it has heard of the line, which have limits
/// of their own.
fn remembered(session: &Session) -> usize {
    let parts = [
        format!("{:?}", session.playback),
        format!("{:?}", session.responses),
        format!("{:?}", session.turns),
        format!("{:?}", session.outputs),
        format!("{:?}", session.keys),
        format!("{:?}", session.claims),
        format!("{:?}", session.menus),
        format!("{:?}", session.answered),
        format!("{:?}", session.troubles),
    ];
    parts.iter().map(String::len).sum()
}

/// The callee asks again and again, and interrupts every other answer.
fn talk(rig: &mut Rig, turns: usize) {
    for n in 0..turns {
        rig.replies.push_back(says("That would be a large pepperoni pizza for delivery, please."));
        rig.callee_says(ms(200), ms(1_000), "Sorry, what was that?");
        if n % 2 == 0 {
            rig.run(ms(3_000));
            rig.callee_says(ms(0), ms(1_200), "Excuse me, there is one thing that I need first.");
        }
        rig.run_until_quiet();
    }
}

#[test]
fn a_long_call_remembers_no_more_than_a_short_one_but_its_lines() {
    let mut config = config();
    config.limits.call_max_s = 3_600;
    let mut rig = Rig::answered_with(config);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    talk(&mut rig, 20);
    let (after_few, few_at) = (remembered(&rig.session), rig.now);
    talk(&mut rig, 160);
    let after_many = remembered(&rig.session);
    assert!(rig.ended.is_none() && rig.now > few_at * 5, "{:?}", rig.now);
    assert!(after_many < after_few + after_few / 20, "{after_few} letters after 20 turns, {after_many} after 180");
}
