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
    /// How long the callee must speak before the agent stops for it.
    pub barge_in_min: Duration,
    /// The same while the agent says goodbye: a short "bye" does not stop it.
    pub goodbye_barge_in_min: Duration,
    /// How often the callee may turn a goodbye back into a conversation.
    pub goodbyes_undone_max: u32,
    /// How often a call may be taken up again after its process was lost.
    pub resumes_max: u32,
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
    /// How long the carrier may take to confirm our hang-up.
    pub hang_up_confirm_max: Duration,
    /// How long the result waits for texts of the callee that are still being understood, and for the call's name.
    pub settle_max: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            voice_open_max: Duration::from_secs(10),
            dial_max: Duration::from_secs(90),
            answer_slack: Duration::from_secs(15),
            stream_wait_max: Duration::from_secs(10),
            opener_silence: Duration::from_millis(2_500),
            barge_in_min: Duration::from_millis(200),
            goodbye_barge_in_min: Duration::from_millis(1_500),
            goodbyes_undone_max: 2,
            resumes_max: 2,
            endpoint_silence: Duration::ZERO,
            commit_max: Duration::from_secs(1),
            lead_max: Duration::from_millis(400),
            piece_max: Duration::from_millis(100),
            mark_every: Duration::from_millis(200),
            mark_overdue: Duration::from_secs(5),
            response_start_max: Duration::from_secs(10),
            response_max: Duration::from_secs(60),
            cancel_max: Duration::from_secs(3),
            goodbye_max: Duration::from_secs(15),
            time_limit_notice: Duration::from_secs(10),
            time_limit_force: Duration::from_secs(6),
            stream_stop_grace: Duration::from_secs(3),
            hang_up_confirm_max: Duration::from_secs(10),
            settle_max: Duration::from_millis(1_500),
        }
    }
}
