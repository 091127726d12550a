use super::super::mind::hum;
use super::*;
use speech::Voice;
use std::sync::Mutex;

/// Says by humming, understands what the test has put in.
#[derive(Default)]
struct Prompter(Mutex<VecDeque<&'static str>>);

impl Mind for Prompter {
    fn begin(&self, job: Job, done: mpsc::UnboundedSender<Done>) {
        let result = match job {
            Job::Listen { start_ms, end_ms, .. } => {
                let text = self.0.lock().unwrap().pop_front().unwrap_or_default().to_owned();
                Done::Heard { text, start_ms, end_ms }
            }
            Job::Say { text, voice } => Done::Said(hum(&text[..text.len().min(30)], voice)),
        };
        done.send(result).unwrap();
    }
}

struct Call {
    line: Line,
    events: Vec<(&'static str, u64)>,
}

impl Call {
    fn to(kind: CalleeKind, understood: &[&'static str]) -> Self {
        let mind = Prompter(Mutex::new(understood.iter().copied().collect()));
        Self { line: Line::new(kind, 7, Duration::from_secs(25), Arc::new(mind)), events: Vec::new() }
    }

    fn hear(&mut self, audio: &[u8]) {
        for frame in audio.chunks(160) {
            let tick = self.line.tick(frame);
            let now = self.line.clock_ms;
            for (happened, name) in [(tick.begins, "begins"), (tick.ends, "ends"), (tick.hangs_up, "hangs up")] {
                if happened && self.events.last().is_none_or(|(last, _)| *last != "hangs up") {
                    self.events.push((name, now));
                }
            }
        }
    }

    fn silence(&mut self, ms: usize) {
        self.hear(&vec![SILENCE; ms * 8]);
    }

    fn agent(&mut self, ms: usize) {
        let audio = hum("x".repeat(ms.div_ceil(60)).as_str(), Voice::Bright);
        self.hear(&audio[..ms * 8]);
    }

    fn names(&self) -> Vec<&'static str> {
        self.events.iter().map(|(name, _)| *name).collect()
    }

    fn said(&self) -> Vec<(Speaker, String)> {
        self.line.lines().into_iter().map(|line| (line.speaker, line.text)).collect()
    }
}

#[test]
fn the_callee_greets_listens_and_answers_when_the_agent_is_silent() {
    let mut call = Call::to(CalleeKind::Pizzeria, &["On behalf of Maria Lopez. I would like a pepperoni pizza."]);
    call.silence(2_000);
    call.agent(2_000);
    assert_eq!(call.names(), ["begins", "ends"], "it does not talk over the agent");
    call.silence(3_000);
    assert_eq!(call.names(), ["begins", "ends", "begins", "ends"]);
    let said = call.said();
    assert_eq!(said[0], (Speaker::Callee, "Tony's Pizza, what can I get you?".into()));
    assert_eq!(said[1].0, Speaker::Agent);
    assert!(said[2].1.contains("What size"), "{said:?}");
    assert_eq!(call.line.slip().fields["user_name"], "Maria Lopez");
}

#[test]
fn the_callee_stops_when_talked_over_but_not_for_a_short_word() {
    let mut call = Call::to(CalleeKind::Pizzeria, &["okay", "a calzone please"]);
    call.silence(100);
    call.agent(300);
    call.silence(2_000);
    assert!(!call.line.lines()[0].interrupted);
    let mut call = Call::to(CalleeKind::Pizzeria, &["a calzone please"]);
    call.silence(100);
    call.agent(1_500);
    let (_, stopped_at) = call.events[1];
    assert!((600..1_100).contains(&stopped_at), "{:?}", call.events);
    assert!(call.line.lines()[0].interrupted);
    call.silence(1_500);
    assert!(call.said().last().unwrap().1.contains("What size"), "{:?}", call.said());
}

#[test]
fn a_silent_agent_is_asked_and_then_left() {
    let mut call = Call::to(CalleeKind::Booking, &[]);
    call.silence(28_000);
    let said: Vec<String> = call.said().into_iter().map(|(_, text)| text).collect();
    assert_eq!(said[1..], ["Hello? Are you still there?", "I can't hear anybody. Goodbye."]);
    let (last, at) = *call.events.last().unwrap();
    assert_eq!(last, "hangs up");
    assert!((20_000..26_000).contains(&at), "{:?}", call.events);
}

#[test]
fn after_its_goodbye_the_callee_waits_for_the_agents() {
    let lines = ["Do you have oat milk?", "No, thank you.", "Goodbye."];
    let mut answered = Call::to(CalleeKind::Shop, &lines);
    let mut silent = Call::to(CalleeKind::Shop, &lines[..2]);
    for call in [&mut answered, &mut silent] {
        call.silence(2_500);
        call.agent(900);
        call.silence(3_500);
        call.agent(900);
        call.silence(2_500);
        assert!(!call.names().contains(&"hangs up"));
    }
    answered.agent(900);
    answered.silence(3_000);
    silent.silence(4_500);
    for call in [&answered, &silent] {
        assert_eq!(call.names().last(), Some(&"hangs up"), "{:?}", call.said());
        assert!(call.line.slip().confirmed);
    }
}

#[test]
fn somebody_in_a_hurry_hangs_up_in_the_middle() {
    let mut call = Call::to(CalleeKind::Hasty, &["Hello"]);
    call.silence(2_000);
    call.agent(900);
    call.silence(4_000);
    assert_eq!(call.names().last(), Some(&"hangs up"));
    assert!(call.line.lines().last().unwrap().interrupted);
}

#[test]
fn a_noise_is_no_turn() {
    let mut call = Call::to(CalleeKind::Pizzeria, &[""]);
    call.silence(2_500);
    call.agent(400);
    call.silence(3_000);
    assert_eq!(call.said().len(), 1, "{:?}", call.said());
}

#[test]
fn on_hold_a_recording_does_not_listen_and_then_a_person_answers() {
    let lines = ["Hello?", "Hello, is anybody there?", "On behalf of Maria Lopez. I would like to ask why I was charged twice."];
    let mut call = Call::to(CalleeKind::Hold, &lines);
    call.silence(4_000);
    call.agent(900);
    call.silence(1_000);
    call.agent(900);
    call.silence(25_000);
    let said = call.said();
    let callee: Vec<&str> =
        said.iter().filter(|(speaker, _)| *speaker == Speaker::Callee).map(|(_, text)| text.as_str()).collect();
    assert!(callee[0].starts_with("Thank you for calling") && callee[0].ends_with("Please stay on the line."), "{callee:?}");
    assert!(callee.iter().any(|text| text.starts_with("Your call is important")), "{callee:?}");
    assert_eq!(callee.last(), Some(&"Thank you for holding, this is Dana. How can I help you?"));
    assert_eq!(call.line.slip().fields.len(), 0, "what was said to the recording is not answered");
    let person = call.line.lines().last().unwrap().start_ms;
    assert!((20_000..32_000).contains(&person), "{person}");
    call.agent(2_000);
    call.silence(3_000);
    assert_eq!(call.line.slip().facts["answer"], "The second charge was a mistake, and it will be refunded within 5 days.");
}

#[test]
fn music_is_played_between_the_announcements() {
    let mut call = Call::to(CalleeKind::Hold, &[]);
    let mut sounding = Vec::new();
    for _ in 0..1_000 {
        let frame = call.line.tick(&[SILENCE; 160]).frame;
        sounding.push(frame.iter().any(|byte| g711::decode_sample(*byte).unsigned_abs() > 500));
    }
    let longest_silence = sounding.split(|sound| *sound).map(<[bool]>::len).max().unwrap_or(0);
    assert!((40..80).contains(&longest_silence), "there is a gap of a second and no more: {longest_silence} frames");
    assert!(sounding.iter().filter(|sound| **sound).count() > 700);
}

fn said_by_callee(call: &Call) -> Vec<String> {
    call.said().into_iter().filter(|(speaker, _)| *speaker == Speaker::Callee).map(|(_, text)| text).collect()
}

fn key(key: &str) -> Vec<u8> {
    wire::dtmf::encode(key).unwrap()
}

#[test]
fn a_menu_is_got_past_with_keys_and_only_with_keys() {
    let mut call = Call::to(
        CalleeKind::Menu,
        &["Orders, please.", "", "", "On behalf of Maria Lopez. I would like to ask why I was charged twice."],
    );
    call.silence(500);
    call.agent(900);
    call.silence(2_000);
    assert_eq!(said_by_callee(&call).len(), 1, "words lead nowhere: {:?}", said_by_callee(&call));
    call.hear(&key("2"));
    call.silence(1_000);
    assert!(said_by_callee(&call)[1].starts_with("For billing, press 1."), "{:?}", said_by_callee(&call));
    call.hear(&key("1"));
    call.silence(9_000);
    assert!(said_by_callee(&call).last().unwrap().starts_with("Your call is important"), "{:?}", said_by_callee(&call));
    call.silence(7_000);
    assert_eq!(said_by_callee(&call).last().unwrap(), "Thank you for holding, this is Lee. How can I help you?");
    assert_eq!(call.line.slip().fields["keys"], "21");
    call.agent(2_000);
    call.silence(3_000);
    assert!(call.line.slip().confirmed, "{:?}", call.said());
}

#[test]
fn zero_leads_to_a_person_and_a_wrong_key_to_the_choices_again() {
    let mut call = Call::to(CalleeKind::Menu, &[]);
    call.silence(2_000);
    call.hear(&key("7"));
    call.silence(1_000);
    assert!(
        said_by_callee(&call)[1].starts_with("Sorry, that is not a valid option. Thank you for calling"),
        "{:?}",
        said_by_callee(&call)
    );
    call.hear(&key("0"));
    call.silence(18_000);
    assert!(said_by_callee(&call).last().unwrap().contains("this is Lee"), "{:?}", said_by_callee(&call));
    assert_eq!(call.line.slip().fields["keys"], "70");
}

#[test]
fn a_menu_repeats_itself_and_gives_up() {
    let mut call = Call::to(CalleeKind::Menu, &[]);
    call.silence(60_000);
    assert_eq!(said_by_callee(&call).len(), 5, "{:?}", said_by_callee(&call));
    assert_eq!(call.names().last(), Some(&"hangs up"));
}
