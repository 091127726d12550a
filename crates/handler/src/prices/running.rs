//! What a call that is not over costs so far, and what it will have cost if it is ended now.

use super::{Models, Prices, sum_of};
use std::time::Duration;
use types::{PhoneNumber, Usage};

/// Of the agent's goodbye, and of what the callee says meanwhile.
const GOODBYE: Usage = Usage {
    input_text_tokens: 0,
    input_audio_tokens: 60,
    cached_text_tokens: 0,
    cached_audio_tokens: 0,
    output_text_tokens: 40,
    output_audio_tokens: 120,
    session_ms: 0,
    transcription_text_tokens: 0,
    transcription_audio_tokens: 60,
    transcription_output_tokens: 20,
    transcription_ms: 6_000,
};

/// What was counted in a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    /// In all.
    pub(crate) all: &'a Usage,
    /// By the second model.
    pub(crate) second: &'a Usage,
}

/// How far a call is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// How long the model's session is open.
    pub(crate) open: Duration,
    /// How long ago the call was answered.
    pub(crate) talked: Option<Duration>,
    /// How long a goodbye can take.
    pub(crate) goodbye: Duration,
    /// How long the call may last from the answer on.
    pub(crate) talk_max: Duration,
}

/// What one call costs while it lasts.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    prices: Prices,
    voice: String,
    transcription: String,
    /// The second model, and what writes down beside it.
    second: Option<(String, String)>,
    to: PhoneNumber,
    /// The dearest step from one count to the next: an answer more will cost about as much.
    dearest_micros: u64,
    counted: Option<u64>,
}

impl Meter {
    pub(crate) fn new(prices: Prices, models: Models<'_>, to: PhoneNumber) -> Self {
        let (voice, transcription) = (models.voice.to_owned(), models.transcription.to_owned());
        Self { prices, voice, transcription, second: None, to, dearest_micros: 0, counted: None }
    }

    /// The call may go on with these.
    pub(crate) fn with_second(self, models: Models<'_>) -> Self {
        Self { second: Some((models.voice.to_owned(), models.transcription.to_owned())), ..self }
    }

    /// What was counted already is no step of one answer.
    pub(crate) fn begin_at(&mut self, counted: &Counted<'_>) {
        self.counted = self.of_counts(counted);
    }

    /// The cost so far, and the cost if the agent says goodbye now. `None` if something was counted that has no price.
    pub(crate) fn read(&mut self, usage: &Counted<'_>, at: Moment) -> Option<(u64, u64)> {
        let tokens = self.of_counts(usage)?;
        if let Some(before) = self.counted.replace(tokens) {
            self.dearest_micros = self.dearest_micros.max(tokens.saturating_sub(before));
        } else {
            self.dearest_micros = tokens;
        }
        let so_far = self.total(usage, at.open, at.talked)?;
        let end = at.talked.map(|talked| talked.saturating_add(at.goodbye).min(at.talk_max.max(talked)));
        let with_time = self.total(usage, at.open.saturating_add(at.goodbye), end)?;
        let first = self.prices.paid_for(self.models(), GOODBYE);
        let goodbye = self.of_counts(&Counted { all: &first, second: &Usage::default() })?;
        Some((so_far, with_time.saturating_add(goodbye.max(self.dearest_micros))))
    }

    fn models(&self) -> Models<'_> {
        Models { voice: &self.voice, transcription: &self.transcription }
    }

    /// Of what was counted alone.
    fn of_counts(&self, usage: &Counted<'_>) -> Option<u64> {
        let first = Usage { session_ms: 0, ..usage.all.without(usage.second) };
        let without_carrier = 0;
        let parts = self.prices.parts(self.models(), &first, without_carrier, &self.to)?;
        Some(sum_of(&parts).saturating_add(self.of_second(usage.second)?))
    }

    /// Of what the second model counted.
    fn of_second(&self, usage: &Usage) -> Option<u64> {
        if *usage == Usage::default() {
            return Some(0);
        }
        let (voice, transcription) = self.second.as_ref()?;
        let parts = self.prices.parts(Models { voice, transcription }, usage, 0, &self.to)?;
        Some(sum_of(&parts))
    }

    fn total(&self, counted: &Counted<'_>, open: Duration, talked: Option<Duration>) -> Option<u64> {
        let mut usage = counted.all.without(counted.second);
        if self.prices.price_of(&self.voice).minute.is_some() {
            // The server tells of the time late or at the end.
            usage.session_ms = usage.session_ms.max(u64::try_from(open.as_millis()).unwrap_or(u64::MAX));
        }
        // A minute has begun with the answer.
        let seconds = talked.map_or(0, |talked| talked.as_millis().div_ceil(1_000).max(1));
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        let parts = self.prices.parts(self.models(), &usage, seconds, &self.to)?;
        Some(sum_of(&parts).saturating_add(self.of_second(counted.second)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::Micros;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn meter(voice: &str) -> Meter {
        let prices = Prices { carrier_minute: Some(Micros(10_000)), ..Prices::default() };
        let models = Models { voice, transcription: "gpt-4o-mini-transcribe" };
        Meter::new(prices, models, PhoneNumber::parse("+14155550100").unwrap())
    }

    fn at(open: u64, talked: Option<u64>) -> Moment {
        Moment { open: S(open), talked: talked.map(S), goodbye: S(15), talk_max: S(120) }
    }

    fn all(all: &Usage) -> Counted<'_> {
        const NOTHING: &Usage = &Usage {
            input_text_tokens: 0,
            input_audio_tokens: 0,
            cached_text_tokens: 0,
            cached_audio_tokens: 0,
            output_text_tokens: 0,
            output_audio_tokens: 0,
            session_ms: 0,
            transcription_text_tokens: 0,
            transcription_audio_tokens: 0,
            transcription_output_tokens: 0,
            transcription_ms: 0,
        };
        Counted { all, second: NOTHING }
    }

    fn said(tokens: u64) -> Usage {
        Usage { output_audio_tokens: tokens, ..Usage::default() }
    }

    #[test]
    fn a_minute_at_the_carrier_costs_from_its_beginning() {
        let mut meter = meter("gpt-realtime");
        let mut so_far = |talked| meter.read(&all(&Usage::default()), at(200, talked)).unwrap().0;
        assert_eq!([so_far(None), so_far(Some(0)), so_far(Some(60)), so_far(Some(61))], [0, 10_000, 10_000, 20_000]);
    }

    #[test]
    fn a_goodbye_costs_the_minute_that_begins_meanwhile_but_none_after_the_longest() {
        let mut meter = meter("gpt-realtime");
        let mut later = |talked| {
            let (so_far, with_goodbye) = meter.read(&all(&Usage::default()), at(200, Some(talked))).unwrap();
            (with_goodbye - so_far) / 10_000
        };
        let goodbye = 60 * 32 + 40 * 16 + 120 * 64 + 60 * 125 / 100 + 20 * 5;
        assert!(goodbye > 10_000 && goodbye < 20_000);
        assert_eq!([later(30), later(50), later(110)], [1, 2, 1]);
    }

    #[test]
    fn the_next_answer_may_cost_as_much_as_the_dearest() {
        let mut meter = meter("gpt-realtime");
        for tokens in [1_000, 9_000, 9_500] {
            meter.read(&all(&said(tokens)), at(10, Some(5))).unwrap();
        }
        let (so_far, with_goodbye) = meter.read(&all(&said(9_500)), at(10, Some(5))).unwrap();
        assert_eq!((so_far, with_goodbye), (10_000 + 9_500 * 64, 10_000 + 9_500 * 64 + 8_000 * 64));
    }

    #[test]
    fn what_a_call_cost_before_it_was_taken_up_is_not_the_dearest_answer() {
        let mut meter = meter("gpt-realtime");
        meter.begin_at(&all(&said(9_000)));
        let (so_far, with_goodbye) = meter.read(&all(&said(9_000)), at(10, Some(5))).unwrap();
        assert_eq!(so_far, 10_000 + 9_000 * 64);
        assert!(with_goodbye - so_far < 20_000, "{with_goodbye}");
    }

    #[test]
    fn a_model_that_is_paid_by_time_is_counted_by_the_clock() {
        let mut meter = meter("gpt-live-1.1");
        assert_eq!(meter.read(&all(&Usage::default()), at(60, None)).unwrap().0, 50_000);
        let told = Usage { session_ms: 120_000, ..Usage::default() };
        assert_eq!(meter.read(&all(&told), at(60, None)).unwrap().0, 100_000);
    }

    #[test]
    fn what_has_no_price_has_no_sum() {
        assert_eq!(meter("mine").read(&all(&said(1)), at(10, None)), None);
    }

    #[test]
    fn the_second_models_share_is_paid_at_its_own_price() {
        let (both, second) = (said(3_000), said(1_000));
        let counted = Counted { all: &both, second: &second };
        let mut meter = meter("gpt-realtime");
        assert_eq!(meter.read(&counted, at(10, None)), None, "nobody knows what it costs");
        let mini = Models { voice: "gpt-realtime-2.1-mini", transcription: "gpt-4o-mini-transcribe" };
        assert_eq!(meter.with_second(mini).read(&counted, at(10, None)).unwrap().0, 2_000 * 64 + 1_000 * 20);
    }
}
