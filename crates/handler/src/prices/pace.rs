//! How much is said in a call of a given length, as what a model would count: estimates are made from it.
//!
//! A second of the callee is 10 tokens and a second of the agent 20, and every answer reads the whole conversation again, what
//! it knows already at the cached price. Source: <https://developers.openai.com/api/docs/guides/realtime-costs>. How much of a
//! minute each speaks, and how often the agent answers, are assumptions of this program.

use super::{Models, Prices};
use types::{CostEstimate, PhoneNumber, Usage};

/// Tokens of a minute in which the callee speaks all the time.
const CALLEE_MINUTE: u64 = 600;
/// The same of the agent.
const AGENT_MINUTE: u64 = 1_200;
/// Tokens of the words of a minute of speech.
const WORDS_MINUTE: u64 = 200;
/// Tokens of the instructions and the tools.
const INSTRUCTIONS: u64 = 2_500;

/// How lively a call is.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// How much of the time the callee speaks, in hundredths.
    callee: u64,
    /// How much of it the agent speaks, in hundredths.
    agent: u64,
    /// How often the agent answers in a minute.
    answers: u64,
}

impl Pace {
    /// As calls usually go.
    const USUAL: Self = Self { callee: 50, agent: 50, answers: 6 };
    /// Both speak all the time, and the agent answers every four seconds.
    const LIVELIEST: Self = Self { callee: 100, agent: 100, answers: 15 };

    /// What would be counted in so many minutes.
    fn usage(self, minutes: u64) -> Usage {
        let share = |of_a_minute: u64, hundredths: u64| of_a_minute * hundredths * minutes / 100;
        let (callee, agent) = (share(CALLEE_MINUTE, self.callee), share(AGENT_MINUTE, self.agent));
        let (heard_words, said_words) = (share(WORDS_MINUTE, self.callee), share(WORDS_MINUTE, self.agent));
        let answers = self.answers * minutes;
        // On the average an answer reads half of the conversation again.
        let (cached_audio, cached_text) = (answers * (callee + agent) / 2, answers * (INSTRUCTIONS + said_words / 2));
        Usage {
            input_text_tokens: INSTRUCTIONS + cached_text,
            cached_text_tokens: cached_text,
            // What the agent has said goes in once as well, before it is known.
            input_audio_tokens: callee + agent + cached_audio,
            cached_audio_tokens: cached_audio,
            output_text_tokens: said_words,
            output_audio_tokens: agent,
            session_ms: minutes * 60_000,
            transcription_text_tokens: 0,
            transcription_audio_tokens: callee,
            transcription_output_tokens: heard_words,
            transcription_ms: share(60_000, self.callee),
        }
    }
}

impl Prices {
    /// What a call of at most so many seconds is expected to cost, as far as `cost_max_micros` allows. `None` if the models have
    /// no prices.
    pub(crate) fn estimate(
        &self,
        models: Models<'_>,
        call_max_s: u32,
        cost_max_micros: Option<u64>,
        to: &PhoneNumber,
    ) -> Option<CostEstimate> {
        let minutes = u64::from(call_max_s.div_ceil(60).max(1));
        let usual = self.of_pace(Pace::USUAL, models, minutes, to)?;
        let most = self.of_pace(Pace::LIVELIEST, models, minutes, to)?;
        Some(CostEstimate {
            currency: self.currency.clone(),
            minute_micros: usual.div_ceil(minutes),
            most_micros: cost_max_micros.map_or(most, |max| max.min(most)),
            with_carrier: self.carrier_minute_to(to).is_some(),
        })
    }

    fn of_pace(&self, pace: Pace, models: Models<'_>, minutes: u64, to: &PhoneNumber) -> Option<u64> {
        let usage = self.paid_for(models, pace.usage(minutes));
        let parts = self.parts(models, &usage, u32::try_from(minutes * 60).unwrap_or(u32::MAX), to)?;
        // A model of which nothing at all is known has no price, whatever it counts.
        (!parts.is_empty()).then(|| super::sum_of(&parts))
    }

    /// Models are paid either by time or by tokens: the counts that are not paid for are left out.
    pub(super) fn paid_for(&self, models: Models<'_>, usage: Usage) -> Usage {
        let mut paid = usage;
        if self.price_of(models.voice).minute.is_some() {
            paid = Usage {
                session_ms: usage.session_ms,
                transcription_audio_tokens: usage.transcription_audio_tokens,
                transcription_output_tokens: usage.transcription_output_tokens,
                transcription_ms: usage.transcription_ms,
                ..Usage::default()
            };
        } else {
            paid.session_ms = 0;
        }
        if self.price_of(models.transcription).minute.is_some() {
            (paid.transcription_text_tokens, paid.transcription_audio_tokens, paid.transcription_output_tokens) = (0, 0, 0);
        } else {
            paid.transcription_ms = 0;
        }
        paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::Micros;

    const MODELS: Models<'static> = Models { voice: "gpt-realtime", transcription: "gpt-4o-mini-transcribe" };

    fn estimate(prices: &Prices, models: Models<'_>, call_max_s: u32, max: Option<u64>) -> Option<CostEstimate> {
        prices.estimate(models, call_max_s, max, &PhoneNumber::parse("+14155550100").unwrap())
    }

    #[test]
    fn five_minutes_of_the_published_model() {
        let known = estimate(&Prices::default(), MODELS, 300, None).unwrap();
        // 1,500 tokens of the callee and 3,000 of the agent go in at 32, 3,000 come out at 64, 30 answers read 2,250 again at
        // 0.40; 2,500 of text at 4, 30 × 2,750 at 0.40 and 500 out at 16; 1,500 × 1.25 and 500 × 5 of the transcription.
        let audio = 4_500 * 32 + 3_000 * 64 + 30 * 2_250 * 4 / 10;
        let text = 2_500 * 4 + 30 * 2_750 * 4 / 10 + 500 * 16;
        let transcription = 1_875 + 2_500;
        assert_eq!(known.minute_micros, (audio + text + transcription as u64).div_ceil(5));
        assert!(known.most_micros > 5 * known.minute_micros && known.most_micros < 15 * known.minute_micros, "{known:?}");
        assert!(!known.with_carrier);
    }

    #[test]
    fn longer_calls_cost_more_a_minute_because_all_is_read_again() {
        let of = |call_max_s| estimate(&Prices::default(), MODELS, call_max_s, None).unwrap().minute_micros;
        assert!(of(60) < of(3_600) && of(61) == of(120));
    }

    #[test]
    fn the_carrier_is_in_it_when_its_price_is_known() {
        let prices = Prices { carrier_minute: Some(Micros(14_000)), ..Prices::default() };
        let (with, without) = (estimate(&prices, MODELS, 300, None).unwrap(), estimate(&Prices::default(), MODELS, 300, None));
        let without = without.unwrap();
        assert_eq!(
            (with.minute_micros - without.minute_micros, with.most_micros - without.most_micros, with.with_carrier),
            (14_000, 70_000, true)
        );
    }

    #[test]
    fn a_limit_is_the_most_where_it_is_lower() {
        let known = |max| estimate(&Prices::default(), MODELS, 300, max).unwrap().most_micros;
        assert_eq!((known(Some(1_000)), known(Some(u64::MAX))), (1_000, known(None)));
    }

    #[test]
    fn a_model_that_is_paid_by_time_needs_no_other_price() {
        let models = Models { voice: "gpt-live-1.1", transcription: "gpt-live-transcribe" };
        // 0.05 and half of 0.017.
        assert_eq!(estimate(&Prices::default(), models, 120, None).unwrap().minute_micros, 58_500);
    }

    #[test]
    fn without_prices_nothing_is_estimated() {
        assert_eq!(estimate(&Prices::default(), Models { voice: "mine", ..MODELS }, 300, None), None);
        assert_eq!(estimate(&Prices::default(), Models { transcription: "mine", ..MODELS }, 300, None), None);
    }
}
