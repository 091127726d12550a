//! Every time and size of a call that is not an order's own limit, in one place.

use std::time::Duration;

/// How long things take or may take. The defaults are meant for telephone calls to businesses.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// How long the model's session may take to open before the call is given up.
    pub voice_open_max: Duration,
    /// How long the shell may take to say what became of the dialling.
    pub dial_max: Duration,
    /// What is added to the order's answer timeout for our own deadline; the carrier's own comes first.
    pub answer_slack: Duration,
    /// How long an answered call may be without a media stream.
    pub stream_wait_max: Duration,
    /// How long the callee may be silent at the beginning before the agent opens.
    pub opener_silence: Duration,
    /// How long the callee must speak before the agent stops for it, from the first sound of the voice. An "mm-hm" is shorter.
    pub barge_in_min: Duration,
    /// The same while all the words that are known of it are nods: "mm-hm, yeah, okay".
    pub nods_max: Duration,
    /// Speech that the model's server hears for so long is speech, even if our own ear hears little voice through the noise.
    pub barge_in_trusted: Duration,
    /// How much voice that is at least, as a share.
    pub barge_in_trusted_voice: f32,
    /// The same as `barge_in_min` while the agent's answer is being made and nothing of it is heard: it costs nothing to yield.
    pub answer_yield_min: Duration,
    /// Both have begun at the same time if no more than this lies between them.
    pub double_talk: Duration,
    /// How long the callee must then speak before the agent stops: nobody nods at what has not been said.
    pub double_talk_min: Duration,
    /// How much longer the agent waits after each further time that both begin at the same time.
    pub double_talk_wait: Duration,
    /// How much voice a sound must have, by our own ear, to be answered before its words are known.
    pub voice_min: Duration,
    /// How much the agent must still have to say for an "okay" to be a nod and not an answer.
    pub backchannel_left_min: Duration,
    /// How long the words of a speech over the agent's are awaited.
    pub overlap_words_max: Duration,
    /// How long an answer waits for the rest of what the callee has clearly not finished: "the total is". Finished turns do not
    /// wait.
    pub fragment_wait: Duration,
    /// How long the callee may be silent after asking for a moment.
    pub patience: Duration,
    /// The same while the agent says goodbye: a short "bye" does not stop it.
    pub goodbye_barge_in_min: Duration,
    /// The same while the agent says, after it was cut off, that an AI is calling.
    pub disclosure_barge_in_min: Duration,
    /// How often the callee may turn a goodbye back into a conversation.
    pub goodbyes_undone_max: u32,
    /// How often a call may be taken up again after its process was lost.
    pub resumes_max: u32,
    /// How often a call may get another session of the model in place of a lost one.
    pub reopenings_max: u32,
    /// How long such a session may take to open before another is asked for.
    pub reopen_max: Duration,
    /// The first pause before the next one is asked for; doubles.
    pub reopen_pause: Duration,
    /// How long a call goes on without a model.
    pub outage_max: Duration,
    /// How long a busy server is waited for if there is another one.
    pub busy_wait_max: Duration,
    /// How long the callee may wait for us and hear nothing before they are asked for a moment.
    pub filler_after: Duration,
    /// How long the model may take to begin an answer before that counts as such a wait.
    pub slow_after: Duration,
    /// The shortest, whatever its server says of its end: a server that gives little time is not followed in a circle.
    pub session_min: Duration,
    /// The longest that one session of the model is used.
    pub session_max: Duration,
    /// How long before the end of its time a session is renewed.
    pub swap_before: Duration,
    /// How long nobody must have spoken when it is.
    pub quiet_moment: Duration,
    /// How much silence the model waits for before it takes a turn for over; its end of the speech includes it.
    pub endpoint_silence: Duration,
    /// How long speech that has stopped may take to become an item.
    pub commit_max: Duration,
    /// How much audio may be at the carrier ahead of playback.
    pub lead_max: Duration,
    /// How much audio goes in one message.
    pub piece_max: Duration,
    /// How much audio goes between two marks.
    pub mark_every: Duration,
    /// How long after its time a mark is waited for.
    pub mark_overdue: Duration,
    /// How long the model may take to begin a response.
    pub response_start_max: Duration,
    /// How long the model may take for a response.
    pub response_max: Duration,
    /// How long a cancelled response may take to end.
    pub cancel_max: Duration,
    /// How long a goodbye may take from the decision to hang up.
    pub goodbye_max: Duration,
    /// How long before the order's longest time the agent says goodbye.
    pub time_limit_notice: Duration,
    /// How long before the order's longest time the agent says it over everything else.
    pub time_limit_force: Duration,
    /// How long after the stream's end the carrier may take to say that the call is over before we hang up.
    pub stream_stop_grace: Duration,
    /// How often a callee who waits for the user's answer is told that we are still there: before they have to ask.
    pub still_checking_every: Duration,
    /// How long nobody must have spoken before the agent carries out an instruction by itself.
    pub instruction_pause: Duration,
    /// How much of the user's voice may be at the carrier ahead of playback when the user speaks in the agent's place.
    pub user_lead_max: Duration,
    /// How long a user whose line broke off has to come back.
    pub user_grace: Duration,
    /// How long a user who speaks in the agent's place may send no audio, not even silence.
    pub user_silent_max: Duration,
    /// How long the carrier may take to confirm our hang-up.
    pub hang_up_confirm_max: Duration,
    /// How long the result waits for texts of the callee that are still being understood, and for the call's name.
    pub settle_max: Duration,
    /// From this share of the agent's own voice on, what is heard is its echo; above 1 nothing is.
    pub echo_min: f32,
    /// How often in one call the model is told that a key which it says it presses was not pressed.
    pub claims_told_max: u32,
    /// Whether menus, hold, voicemail, screeners and fax machines are told from people. Without it the model talks to all of them.
    pub tells_machines: bool,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            voice_open_max: Duration::from_secs(10),
            dial_max: Duration::from_secs(90),
            answer_slack: Duration::from_secs(15),
            stream_wait_max: Duration::from_secs(10),
            opener_silence: Duration::from_millis(2_500),
            barge_in_min: Duration::from_millis(520),
            nods_max: Duration::from_millis(1_500),
            barge_in_trusted: Duration::from_millis(1_300),
            barge_in_trusted_voice: 0.15,
            answer_yield_min: Duration::from_millis(200),
            double_talk: Duration::from_millis(400),
            double_talk_min: Duration::from_millis(300),
            double_talk_wait: Duration::from_millis(350),
            voice_min: Duration::from_millis(100),
            backchannel_left_min: Duration::from_secs(1),
            overlap_words_max: Duration::from_millis(1_500),
            fragment_wait: Duration::from_millis(1_500),
            patience: Duration::from_secs(45),
            goodbye_barge_in_min: Duration::from_millis(1_500),
            disclosure_barge_in_min: Duration::from_millis(2_500),
            goodbyes_undone_max: 2,
            resumes_max: 2,
            reopenings_max: 4,
            reopen_max: Duration::from_secs(3),
            reopen_pause: Duration::from_millis(250),
            outage_max: Duration::from_secs(8),
            busy_wait_max: Duration::from_secs(2),
            filler_after: Duration::from_millis(700),
            slow_after: Duration::from_secs(2),
            session_min: Duration::from_secs(120),
            session_max: Duration::from_secs(55 * 60),
            swap_before: Duration::from_secs(4 * 60),
            quiet_moment: Duration::from_millis(400),
            endpoint_silence: Duration::ZERO,
            commit_max: Duration::from_secs(1),
            lead_max: Duration::from_millis(400),
            piece_max: Duration::from_millis(100),
            mark_every: Duration::from_millis(200),
            mark_overdue: Duration::from_secs(5),
            response_start_max: Duration::from_secs(5),
            response_max: Duration::from_secs(60),
            cancel_max: Duration::from_secs(3),
            goodbye_max: Duration::from_secs(15),
            time_limit_notice: Duration::from_secs(10),
            time_limit_force: Duration::from_secs(6),
            stream_stop_grace: Duration::from_secs(3),
            still_checking_every: Duration::from_secs(9),
            instruction_pause: Duration::from_secs(3),
            user_lead_max: Duration::from_millis(400),
            user_grace: Duration::from_secs(3),
            user_silent_max: Duration::from_secs(8),
            hang_up_confirm_max: Duration::from_secs(10),
            settle_max: Duration::from_millis(1_500),
            echo_min: 0.5,
            claims_told_max: 2,
            tells_machines: true,
        }
    }
}
