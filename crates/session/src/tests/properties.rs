//! What holds whatever happens in whatever order.

use super::rig::{Reply, Rig, config, ms};
use crate::{CallProgress, CarrierCommand, Config, HangUpBy, Input, Output, ResponseStatus, Session, Trouble, VoiceCommand};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;
use types::{CallEvent, CallSid, CallStage, Disposition, OutcomeStatus, Speaker, Usage};

/// Watches one session from outside, and its ledger from inside.
pub(super) struct Watch {
    pub(super) session: Session,
    pub(super) now: Duration,
    stages: Vec<CallStage>,
    dials: u32,
    pub(super) hang_ups: u32,
    pub(super) ended: u32,
    play_end: Duration,
    /// Of each item that was ever sent from: when that began and how much was sent.
    sent: BTreeMap<String, (Duration, u64)>,
    /// A response was asked for, and nothing has been heard of it since.
    asked: bool,
    streaming: bool,
    sessions: u32,
}

impl Watch {
    pub(super) fn new(config: Config) -> Self {
        let session = Session::new(config);
        let sent = BTreeMap::new();
        Self {
            session,
            now: ms(0),
            stages: vec![],
            dials: 0,
            hang_ups: 0,
            ended: 0,
            play_end: Duration::ZERO,
            sent,
            asked: false,
            streaming: false,
            sessions: 0,
        }
    }

    pub(super) fn input(&mut self, input: Input) {
        let excuses = matches!(
            input,
            Input::ResponseStarted { .. } | Input::ResponseEnded { .. } | Input::VoiceError { .. } | Input::AgentAudio { .. }
        ) || matches!(input, Input::AgentTextDelta { .. } | Input::ToolCall { .. } | Input::VoiceTrouble { .. });
        if excuses {
            self.asked = false;
        }
        let ends = matches!(input, Input::StreamStopped | Input::StreamLost { .. } | Input::StreamRefused { .. });
        self.streaming &= !ends;
        let begins = matches!(input, Input::StreamStarted);
        self.session.handle(self.now, input);
        for item in self.session.playback.items() {
            let (heard, played) = (self.session.playback.heard(self.now, item), self.session.playback.played(self.now, item));
            assert!(heard <= played && played <= item.sent && item.sent <= item.queued, "{heard} {played} {item:?}");
            assert!(self.session.playback.proven(self.now, item) <= heard);
        }
        self.streaming |= begins;
        while let Some(output) = self.session.poll_output() {
            self.check(output);
        }
        for item in self.session.playback.items().filter(|item| item.sent > 0) {
            self.sent.entry(item.item_id.clone()).or_insert((self.now, 0)).1 = item.sent;
        }
        assert!(self.session.wake_at().is_none_or(|at| at > self.now));
        let due = self.session.next_timer().filter(|at| *at <= self.now);
        assert_eq!(due, None, "something that is due was left undone");
    }

    fn check(&mut self, output: Output) {
        assert_eq!(self.ended, 0, "{output:?} after the end");
        match output {
            Output::Dial => self.dials += 1,
            Output::HangUp => self.hang_ups += 1,
            Output::Ended(_) => self.ended += 1,
            Output::Event(CallEvent::Stage { stage }) => {
                assert!(self.stages.last() < Some(&stage), "{stage:?} after {:?}", self.stages);
                self.stages.push(stage);
            }
            Output::Carrier(CarrierCommand::Audio(audio)) => {
                assert!((1..=800).contains(&audio.len()));
                self.play_end = self.play_end.max(self.now) + Duration::from_micros(125 * audio.len() as u64);
                assert!(self.play_end - self.now <= ms(400), "more than real time and the lead");
            }
            Output::Voice(VoiceCommand::CreateResponse { .. }) => {
                assert!(!self.asked, "asked twice without hearing of the first");
                self.asked = true;
            }
            Output::Voice(VoiceCommand::Truncate { item_id, audio_end_ms, .. }) => {
                let (since, sent) = self.sent.get(&item_id).copied().unwrap_or((self.now, 0));
                assert!(8 * audio_end_ms <= sent, "{audio_end_ms} ms of {sent} bytes");
                assert!(ms(audio_end_ms) <= self.now - since, "{audio_end_ms} ms in {:?}", self.now - since);
            }
            Output::Carrier(CarrierCommand::Clear) => self.play_end = self.now,
            Output::BringBack => assert!(!self.streaming, "a call that is not lost is brought back"),
            Output::OpenVoice { beside: false, .. } | Output::SwitchVoice => {
                self.asked = false;
                self.sessions += 1;
            }
            Output::OpenVoice { beside: true, .. }
            | Output::CloseVoice
            | Output::Carrier(CarrierCommand::Mark { .. })
            | Output::Voice(VoiceCommand::AppendAudio(_) | VoiceCommand::CancelResponse { .. })
            | Output::Voice(VoiceCommand::ToolResult { .. } | VoiceCommand::Recall { .. } | VoiceCommand::Note { .. })
            | Output::Ledger(_)
            | Output::Event(_) => {}
        }
        assert!(self.dials <= 1 && self.hang_ups <= 1);
    }

    pub(super) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.session.wake_at().filter(|at| *at <= until) {
            self.now = at;
            // Our own time-outs are as good as hearing that it came to nothing.
            self.asked &= !matches!(self.session.responses.timer(&self.session.tuning), Some(due) if due <= at);
            self.input(Input::Tick);
        }
        self.now = until;
    }
}

fn progress() -> impl Strategy<Value = CallProgress> {
    let disposition = prop_oneof![
        Just(Disposition::Completed),
        Just(Disposition::Busy),
        Just(Disposition::NoAnswer),
        Just(Disposition::Canceled),
        Just(Disposition::Failed),
    ];
    prop_oneof![
        2 => Just(CallProgress::Queued),
        2 => Just(CallProgress::Initiated),
        3 => Just(CallProgress::Ringing),
        3 => Just(CallProgress::InProgress),
        1 => (disposition, proptest::option::of(0_u32..100))
            .prop_map(|(disposition, duration_s)| CallProgress::Over { disposition, duration_s }),
    ]
}

fn name(prefix: &'static str) -> impl Strategy<Value = String> {
    (1_u32..4).prop_map(move |n| format!("{prefix}{n}"))
}

fn arguments() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("{}".to_owned()),
        Just("not json".to_owned()),
        Just(r#"{"question":"Thin or thick?","choices":["thin","thick"],"time_limit_s":15}"#.to_owned()),
        Just(r#"{"status":"achieved","summary":"Done.","facts":[{"name":"total","value":"$20","quote":"twenty"}]}"#.to_owned()),
    ]
}

/// What the carrier and the user may do.
fn telephone() -> impl Strategy<Value = Input> {
    let message = || Just("reason".to_owned());
    prop_oneof![
        6 => Just(Input::Dialled { call_sid: CallSid::new("CA1") }),
        1 => message().prop_map(|message| Input::DialRefused { message }),
        1 => message().prop_map(|message| Input::DialUnknown { message }),
        8 => progress().prop_map(Input::Progress),
        8 => Just(Input::StreamStarted),
        3 => (1_usize..400).prop_map(|length| Input::CalleeAudio(vec![0; length].into())),
        6 => (0_u64..50, 20_u32..400).prop_map(|(seed, length_ms)| {
            Input::CalleeAudio(sounds::g711::encode(&sounds::made_up::voice(seed, length_ms, 3_000.0)).into())
        }),
        12 => (1_u32..40).prop_map(|n| Input::MarkReturned { name: format!("m{n}") }),
        1 => Just(Input::DigitReceived('5')),
        2 => (name("q"), Just("Thin.".to_owned())).prop_map(|(id, text)| Input::UserAnswer { id, text }),
        1 => (name("n"), Just("ask about parking".to_owned())).prop_map(|(id, text)| Input::Instruction { id, text }),
        2 => Just(Input::TakeOver),
        6 => (0_usize..5_000).prop_map(|length| Input::UserAudio(vec![0; length].into())),
        1 => Just(Input::UserLost),
        2 => Just(Input::HandBack),
        1 => Just(Input::StreamStopped),
        1 => message().prop_map(|message| Input::StreamLost { message }),
        1 => message().prop_map(|message| Input::StreamRefused { message }),
        1 => prop_oneof![Just(HangUpBy::User), Just(HangUpBy::Shutdown)].prop_map(|by| Input::HangUp { by }),
    ]
}

const CALLEE_TEXTS: &[&str] =
    &["Mm-hm.", "Okay.", "Wait!", "No, stop.", "The total is", "One moment, please.", "Hello, this is an AI assistant.", ""];

/// Nods, interruptions, parts, the agent's own words, nothing, and anything.
fn callee_text() -> impl Strategy<Value = String> {
    prop_oneof![3 => proptest::sample::select(CALLEE_TEXTS).prop_map(str::to_owned), 1 => "\\PC{0,20}"]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        4 => Just(Trouble::Connection),
        1 => Just(Trouble::Expired),
        1 => Just(Trouble::Server),
        1 => Just(Trouble::Refused),
        2 => proptest::option::of(0_u64..4_000).prop_map(|wait| Trouble::Busy { wait: wait.map(ms) }),
    ]
}

/// What the model may do, also what it should not.
fn model() -> impl Strategy<Value = Input> {
    let status = prop_oneof![3 => Just(ResponseStatus::Completed), 1 => Just(ResponseStatus::Cancelled), 1 => Just(ResponseStatus::Failed)];
    let code = prop_oneof![
        Just(Some("response_cancel_not_active".to_owned())),
        Just(Some("conversation_already_has_active_response".to_owned())),
        Just(None),
    ];
    let text = prop_oneof![
        Just("Hello, this is an AI assistant. ".to_owned()),
        Just("Bye. ".to_owned()),
        Just("I am a real person. ".to_owned()),
        "\\PC{0,20}"
    ];
    prop_oneof![
        8 => Just(Input::VoiceReady),
        2 => trouble().prop_map(|trouble| Input::VoiceLost { trouble, message: "reason".into() }),
        1 => trouble().prop_map(|trouble| Input::VoiceTrouble { trouble, message: "reason".into() }),
        1 => (0_u64..400).prop_map(|after| Input::VoiceExpires { after: Duration::from_secs(after) }),
        1 => Just(Input::StandbyReady),
        1 => Just(Input::StandbyLost { message: "reason".into() }),
        1 => Just(Input::Filler { text: "One moment.".into(), audio: vec![0; 4_000].into() }),
        5 => (name("c"), 0_u64..20_000).prop_map(|(item_id, audio_start_ms)| Input::SpeechStarted { item_id, audio_start_ms }),
        6 => (name("c"), 0_u64..20_000).prop_map(|(item_id, audio_end_ms)| Input::SpeechStopped { item_id, audio_end_ms }),
        6 => (name("c"), proptest::option::of(name("c")))
            .prop_map(|(item_id, previous_item_id)| Input::SpeechCommitted { item_id, previous_item_id }),
        5 => (name("c"), callee_text(), any::<bool>()).prop_map(|(item_id, text, done)| Input::CalleeText { item_id, text, done }),
        5 => name("r").prop_map(|response_id| Input::ResponseStarted { response_id }),
        10 => (name("r"), name("i"), 0_u32..2, 0_usize..20_000).prop_map(|(response_id, item_id, content_index, length)| {
            Input::AgentAudio { response_id, item_id, content_index, audio: vec![0; length].into() }
        }),
        3 => (name("r"), name("i")).prop_map(|(response_id, item_id)| Input::AgentAudioDone { response_id, item_id }),
        4 => (name("r"), name("i"), text)
            .prop_map(|(response_id, item_id, delta)| Input::AgentTextDelta { response_id, item_id, delta }),
        2 => (name("r"), prop_oneof![Just("end_call"), Just("report_outcome"), Just("ask_user"), Just("other")], arguments()).prop_map(
            |(response_id, name, arguments)| Input::ToolCall { response_id, call_id: "t".into(), name: name.into(), arguments }
        ),
        5 => (name("r"), status)
            .prop_map(|(response_id, status)| Input::ResponseEnded { response_id, status, usage: Usage::default() }),
        2 => code.prop_map(|code| Input::VoiceError { code, message: "reason".into() }),
        2 => (0_u64..110, 0_u64..40).prop_map(|(so_far_micros, more)| {
            Input::Cost { so_far_micros, with_goodbye_micros: so_far_micros + more }
        }),
    ]
}

pub(super) fn inputs() -> impl Strategy<Value = Vec<(u64, Input)>> {
    let pause = prop_oneof![4 => 0_u64..60, 3 => 60_u64..800, 1 => 800_u64..12_000];
    proptest::collection::vec((pause, prop_oneof![2 => telephone(), 3 => model()]), 0..120)
}

pub(super) fn short() -> Config {
    let mut config = config();
    config.limits.call_max_s = 60;
    config.limits.cost_max_micros = Some(100);
    config.second_voice = true;
    config
}

fn ends_once(mut watch: Watch) -> Watch {
    watch.run(Duration::from_secs(600));
    assert_eq!((watch.ended, watch.session.wake_at()), (1, None));
    assert_eq!((watch.stages.first(), watch.stages.last()), (Some(&CallStage::Queued), Some(&CallStage::Ended)));
    watch
}

fn reply() -> impl Strategy<Value = Reply> {
    let tool = prop_oneof![Just("end_call"), Just("report_outcome"), Just("ask_user"), Just("other")];
    let tools = proptest::collection::vec((tool, arguments()), 0..2);
    let text = prop_oneof![
        3 => Just("Hello, this is an AI assistant calling on behalf of Maria Lopez. May I?".to_owned()),
        2 => Just("Thank you, goodbye.".to_owned()),
        1 => Just(String::new()),
    ];
    let status = prop_oneof![9 => Just(None), 1 => Just(Some(ResponseStatus::Failed))];
    (text, 100_u64..8_000, 100_u64..3_000, tools, status, 0..20_u8).prop_map(|(text, sounds, after, tools, status, fate)| Reply {
        text,
        sounds: Some(ms(sounds)),
        after: Some(ms(after)),
        tools,
        status,
        mute: fate == 0,
    })
}

/// So many random cases, or as many as `PROPTEST_CASES` says.
pub(super) fn cases(usual: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { usual }, ..default }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Whatever comes in, in whatever order: no panic, one end, nothing twice that may be once, no word that was not heard.
    #[test]
    fn any_inputs_lead_to_exactly_one_end(inputs in inputs()) {
        let mut watch = Watch::new(short());
        for (pause, input) in inputs {
            watch.run(ms(pause));
            watch.input(input);
        }
        ends_once(watch);
    }

    /// The same for a call that has been answered, so that most of it happens in the conversation.
    #[test]
    fn any_conversation_leads_to_exactly_one_end(inputs in inputs()) {
        let mut watch = Watch::new(short());
        watch.input(Input::VoiceReady);
        watch.input(Input::Dialled { call_sid: CallSid::new("CA1") });
        watch.input(Input::StreamStarted);
        for (pause, input) in inputs {
            let breaks = matches!(input, Input::StreamStopped | Input::StreamRefused { .. } | Input::HangUp { .. })
                || matches!(input, Input::Progress(CallProgress::Over { .. }));
            watch.run(ms(pause));
            watch.input(if breaks { Input::Tick } else { input });
        }
        let watch = ends_once(watch);
        prop_assert_eq!(watch.stages.len(), 5);
    }

    /// With an honest carrier and model there are never two responses at once (the rig sees to that), the lead is kept, and the
    /// result is in order.
    #[test]
    fn honest_partners_get_an_honest_result(
        speeches in proptest::collection::vec((0_u64..9_000, 50_u64..4_000), 0..8),
        replies in proptest::collection::vec(reply(), 0..12),
        delay in 5_u64..400,
        gives_marks in prop_oneof![9 => Just(true), 1 => Just(false)],
    ) {
        let mut rig = Rig::answered_with(short());
        (rig.carrier.delay, rig.carrier.gives_marks) = (ms(delay), gives_marks);
        rig.replies.extend(replies);
        let mut at = 0;
        for (pause, sounds) in speeches {
            rig.callee_says(ms(at + pause), ms(sounds), "It is twenty dollars.");
            at += pause + sounds + 400;
        }
        let result = rig.run_to_end();
        let starts: Vec<u64> = result.transcript.iter().map(|line| line.start_ms).collect();
        prop_assert!(starts.is_sorted());
        for line in &result.transcript {
            prop_assert!(line.text.starts_with(&line.heard) && line.start_ms <= line.end_ms);
            prop_assert!(line.interrupted || line.text == line.heard);
        }
        let spoke = result.transcript.iter().any(|line| line.speaker == Speaker::Callee);
        prop_assert!(result.outcome.status != OutcomeStatus::Achieved || (spoke && result.status == Disposition::Completed));
        let disclosed = rig.when(|o| matches!(o, Output::Event(CallEvent::Disclosed { .. })));
        prop_assert_eq!(disclosed.is_some(), result.disclosed_at_ms.is_some());
        prop_assert!(gives_marks || disclosed.is_none());
        prop_assert!(result.duration <= 61);
    }
}
