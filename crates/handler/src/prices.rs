//! What a call costs: counts times prices, in whole numbers. A count without a price makes no figure rather than a wrong one.

mod pace;
mod running;

pub(crate) use running::{Counted, Meter, Moment};

use std::collections::BTreeMap;
use std::str::FromStr;
use types::{Cost, CostKind, CostPart, PhoneNumber, Usage};

/// Tokens that a price is for.
const TOKENS: u64 = 1_000_000;
/// Milliseconds that a price is for.
const MINUTE_MS: u64 = 60_000;

/// An amount of money in millionths of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub u64);

/// Why a text is no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount such as \"32\" or \"0.40\", at most 100000 and with at most six places after the point")]
pub struct NoPrice;

impl FromStr for Micros {
    type Err = NoPrice;

    /// Reads a decimal number, digit by digit.
    fn from_str(text: &str) -> Result<Self, NoPrice> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
        let good = !whole.is_empty() && digits(whole, 6) && digits(fraction, 6) && !text.ends_with('.');
        if !good {
            return Err(NoPrice);
        }
        let number: u64 = format!("{whole}{fraction:0<6}").parse().map_err(|_| NoPrice)?;
        if number > 100_000 * 1_000_000 { Err(NoPrice) } else { Ok(Self(number)) }
    }
}

/// The prices of one model. What is `None` is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelPrice {
    /// A million tokens of text in.
    pub text_input: Option<Micros>,
    /// A million tokens of text in that the model knew already.
    pub text_cached: Option<Micros>,
    /// A million tokens of text out.
    pub text_output: Option<Micros>,
    /// A million tokens of audio in.
    pub audio_input: Option<Micros>,
    /// A million tokens of audio in that the model knew already.
    pub audio_cached: Option<Micros>,
    /// A million tokens of audio out.
    pub audio_output: Option<Micros>,
    /// A minute of the session, or of the audio that is transcribed.
    pub minute: Option<Micros>,
}

impl ModelPrice {
    /// These prices, and where one is not known, the other's.
    pub fn or(self, other: Self) -> Self {
        Self {
            text_input: self.text_input.or(other.text_input),
            text_cached: self.text_cached.or(other.text_cached),
            text_output: self.text_output.or(other.text_output),
            audio_input: self.audio_input.or(other.audio_input),
            audio_cached: self.audio_cached.or(other.audio_cached),
            audio_output: self.audio_output.or(other.audio_output),
            minute: self.minute.or(other.minute),
        }
    }
}

/// All prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// The currency of all of them, ISO 4217.
    pub currency: String,
    /// By the model's name.
    pub models: BTreeMap<String, ModelPrice>,
    /// A minute at the carrier to a number that [`Self::carrier_by_prefix`] does not have, each begun one; `None` leaves the
    /// carrier out of the sum.
    pub carrier_minute: Option<Micros>,
    /// The same by how numbers begin, `+49`; the longest beginning counts.
    pub carrier_by_prefix: BTreeMap<String, Micros>,
    /// What it costs that the carrier finds out who has answered a call; `None` leaves it out of the sum.
    pub machine_detection: Option<Micros>,
}

/// Where the prices of [`published`] stand; each model has a page of its own below it.
pub const PUBLISHED_AT: &str = "https://developers.openai.com/api/docs/models";
/// When they were copied from there.
pub const PUBLISHED_ON: &str = "2026-11-21";

/// The provider's published prices in US dollars, as facts: text in, cached and out, audio in, cached and out, for a million
/// tokens. From [`PUBLISHED_AT`] on [`PUBLISHED_ON`].
const BY_TOKENS: &[(&str, [&str; 6])] = &[
    ("gpt-realtime", ["4.00", "0.40", "16.00", "32.00", "0.40", "64.00"]),
    ("gpt-realtime-1.5", ["4.00", "0.40", "16.00", "32.00", "0.40", "64.00"]),
    ("gpt-realtime-2", ["4.00", "0.40", "24.00", "32.00", "0.40", "64.00"]),
    ("gpt-realtime-2.1", ["4.00", "0.40", "24.00", "32.00", "0.40", "64.00"]),
    ("gpt-realtime-2.1-mini", ["0.60", "0.06", "2.40", "10.00", "0.30", "20.00"]),
];
/// The same of models that write down: whatever goes in, and text out.
const TRANSCRIBERS: &[(&str, [&str; 2])] =
    &[("gpt-4o-mini-transcribe", ["1.25", "5.00"]), ("gpt-4o-transcribe", ["2.50", "10.00"])];
/// The same of models that are paid by the minute.
const BY_TIME: &[(&str, &str)] = &[("gpt-live-1.1", "0.05"), ("gpt-live-transcribe", "0.017"), ("gpt-realtime-whisper", "0.017")];

/// The published prices by model, in US dollars.
pub fn published() -> BTreeMap<String, ModelPrice> {
    let price = |text: &str| text.parse().ok();
    let by_tokens =
        BY_TOKENS.iter().map(|(model, [text_input, text_cached, text_output, audio_input, audio_cached, audio_output])| {
            let prices = ModelPrice {
                text_input: price(text_input),
                text_cached: price(text_cached),
                text_output: price(text_output),
                audio_input: price(audio_input),
                audio_cached: price(audio_cached),
                audio_output: price(audio_output),
                minute: None,
            };
            (*model, prices)
        });
    let transcribers = TRANSCRIBERS.iter().map(|(model, [input, output])| {
        let (input, output) = (price(input), price(output));
        (*model, ModelPrice { text_input: input, audio_input: input, text_output: output, ..ModelPrice::default() })
    });
    let by_time = BY_TIME.iter().map(|(model, minute)| (*model, ModelPrice { minute: price(minute), ..ModelPrice::default() }));
    by_tokens.chain(transcribers).chain(by_time).map(|(model, prices)| (model.to_owned(), prices)).collect()
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            currency: "USD".into(),
            models: published(),
            carrier_minute: None,
            carrier_by_prefix: BTreeMap::new(),
            machine_detection: None,
        }
    }
}

/// The models of a call.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a> {
    /// Which speaks.
    pub voice: &'a str,
    /// Which writes down what the callee says.
    pub transcription: &'a str,
}

impl Prices {
    /// What a call to this number cost that lasted so many seconds at the carrier. `None` if anything was counted that has no
    /// price here, or if nothing was counted at all.
    pub fn cost(&self, models: Models<'_>, usage: &Usage, duration_s: u32, to: &PhoneNumber) -> Option<Cost> {
        let parts = self.parts(models, usage, duration_s, to).filter(|parts| !parts.is_empty())?;
        Some(Cost { currency: self.currency.clone(), amount_micros: sum_of(&parts), parts, estimated: true })
    }

    /// The same for a call in which two models spoke one after the other.
    pub fn cost_of_both(
        &self,
        first: (Models<'_>, &Usage),
        second: (Models<'_>, &Usage),
        duration_s: u32,
        to: &PhoneNumber,
    ) -> Option<Cost> {
        let mut parts = self.parts(first.0, first.1, duration_s, to)?;
        // The carrier is among the first one's parts.
        parts.extend(self.parts(second.0, second.1, 0, to)?);
        let parts = Some(parts).filter(|parts| !parts.is_empty())?;
        Some(Cost { currency: self.currency.clone(), amount_micros: sum_of(&parts), parts, estimated: true })
    }

    /// Whether the models have prices.
    pub fn knows(&self, models: Models<'_>) -> bool {
        let priced = |model: &str| self.price_of(model) != ModelPrice::default();
        priced(models.voice) && priced(models.transcription)
    }

    /// What a begun minute to this number costs at the carrier; `None` if that is not known.
    pub fn carrier_minute_to(&self, to: &PhoneNumber) -> Option<Micros> {
        let begins = self.carrier_by_prefix.iter().filter(|(prefix, _)| to.as_str().starts_with(prefix.as_str()));
        begins.max_by_key(|(prefix, _)| prefix.len()).map(|(_, minute)| *minute).or(self.carrier_minute)
    }

    /// What was paid for; `None` if anything was counted that has no price.
    fn parts(&self, models: Models<'_>, usage: &Usage, duration_s: u32, to: &PhoneNumber) -> Option<Vec<CostPart>> {
        let mut parts = Vec::new();
        let spoken = |price: ModelPrice| {
            let fresh = |all: u64, cached: u64| all.saturating_sub(cached);
            sum([
                (fresh(usage.input_text_tokens, usage.cached_text_tokens), price.text_input, TOKENS),
                (usage.cached_text_tokens, price.text_cached, TOKENS),
                (usage.output_text_tokens, price.text_output, TOKENS),
                (fresh(usage.input_audio_tokens, usage.cached_audio_tokens), price.audio_input, TOKENS),
                (usage.cached_audio_tokens, price.audio_cached, TOKENS),
                (usage.output_audio_tokens, price.audio_output, TOKENS),
                (usage.session_ms, price.minute, MINUTE_MS),
            ])
        };
        let written = |price: ModelPrice| {
            sum([
                (usage.transcription_text_tokens, price.text_input, TOKENS),
                (usage.transcription_audio_tokens, price.audio_input, TOKENS),
                (usage.transcription_output_tokens, price.text_output, TOKENS),
                (usage.transcription_ms, price.minute, MINUTE_MS),
            ])
        };
        let mut add = |kind, model: &str, amount_micros: u64| {
            if amount_micros > 0 {
                let model = (!model.is_empty()).then(|| model.to_owned());
                parts.push(CostPart { kind, model, amount_micros });
            }
        };
        add(CostKind::Model, models.voice, spoken(self.price_of(models.voice))?);
        add(CostKind::Transcription, models.transcription, written(self.price_of(models.transcription))?);
        let minute = self.carrier_minute_to(to).map_or(0, |minute| u64::from(duration_s.div_ceil(60)).saturating_mul(minute.0));
        // Only who answers is listened to.
        let detection = self.machine_detection.filter(|_| duration_s > 0).map_or(0, |price| price.0);
        add(CostKind::Carrier, "", minute.saturating_add(detection));
        Some(parts)
    }

    /// What is known of a model; of a dated snapshot what is known of its model.
    fn price_of(&self, model: &str) -> ModelPrice {
        let known = |name: &str| self.models.get(name).copied();
        known(model).or_else(|| known(undated(model)?)).unwrap_or_default()
    }
}

fn sum_of(parts: &[CostPart]) -> u64 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(part.amount_micros))
}

/// The sum of counts times prices, rounded to the nearest; `None` if something was counted whose price is not known.
fn sum<const N: usize>(counts: [(u64, Option<Micros>, u64); N]) -> Option<u64> {
    // A common denominator, so that it is rounded only once.
    const WHOLE: u128 = (TOKENS * MINUTE_MS) as u128;
    let mut sum: u128 = 0;
    for (count, price, per) in counts {
        if count > 0 {
            sum = sum.checked_add(u128::from(count).checked_mul(u128::from(price?.0))?.checked_mul(WHOLE / u128::from(per))?)?;
        }
    }
    u64::try_from((sum + WHOLE / 2) / WHOLE).ok()
}

/// `gpt-realtime` of `gpt-realtime-2025-08-28`.
fn undated(model: &str) -> Option<&str> {
    let (name, date) = model.split_at_checked(model.len().checked_sub(11)?)?;
    let shape = date.bytes().enumerate().all(|(i, b)| if matches!(i, 0 | 5 | 8) { b == b'-' } else { b.is_ascii_digit() });
    shape.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS: Models<'static> = Models { voice: "gpt-realtime-2025-08-28", transcription: "gpt-4o-mini-transcribe" };

    fn to() -> PhoneNumber {
        PhoneNumber::parse("+14155550100").unwrap()
    }

    fn call() -> Usage {
        Usage {
            input_text_tokens: 3_000,
            cached_text_tokens: 2_000,
            input_audio_tokens: 1_500,
            cached_audio_tokens: 500,
            output_text_tokens: 300,
            output_audio_tokens: 1_000,
            transcription_audio_tokens: 400,
            transcription_output_tokens: 60,
            ..Usage::default()
        }
    }

    #[test]
    fn amounts_are_read_digit_by_digit() {
        for (text, micros) in [("32", 32_000_000), ("0.40", 400_000), ("0.017", 17_000), ("0", 0), ("0.000001", 1)] {
            assert_eq!(text.parse(), Ok(Micros(micros)), "{text}");
        }
        for bad in ["", ".5", "1.", "1,5", "-1", "1e3", "0.0000001", "100001", "9999999", " 1"] {
            assert_eq!(bad.parse::<Micros>(), Err(NoPrice), "{bad}");
        }
    }

    #[test]
    fn what_is_published_is_readable() {
        let models = published();
        assert_eq!(models.len(), BY_TOKENS.len() + TRANSCRIBERS.len() + BY_TIME.len());
        assert!(BY_TOKENS.iter().all(|(model, _)| models[*model].audio_cached.is_some() && models[*model].text_output.is_some()));
        assert!(BY_TIME.iter().all(|(model, _)| models[*model].minute.is_some()));
    }

    #[test]
    fn a_call_costs_its_tokens() {
        let cost = Prices::default().cost(MODELS, &call(), 61, &to()).unwrap();
        // 1,000 × 4 + 2,000 × 0.40 + 300 × 16 + 1,000 × 32 + 500 × 0.40 + 1,000 × 64, each for a million.
        let model = 4_000 + 800 + 4_800 + 32_000 + 200 + 64_000;
        // 400 × 1.25 + 60 × 5.
        let transcription = 500 + 300;
        let amounts: Vec<_> = cost.parts.iter().map(|part| (part.kind, part.amount_micros)).collect();
        assert_eq!(amounts, [(CostKind::Model, model), (CostKind::Transcription, transcription)]);
        assert_eq!((cost.amount_micros, cost.currency.as_str(), cost.estimated), (model + transcription, "USD", true));
        assert_eq!(cost.parts[0].model.as_deref(), Some("gpt-realtime-2025-08-28"));
    }

    #[test]
    fn the_carrier_counts_begun_minutes_if_it_has_a_price() {
        let prices = Prices { carrier_minute: Some(Micros(14_000)), ..Prices::default() };
        let cost = prices.cost(MODELS, &call(), 61, &to()).unwrap();
        assert_eq!(cost.parts.last().map(|part| (part.kind, part.amount_micros)), Some((CostKind::Carrier, 28_000)));
        let alone = prices.cost(MODELS, &Usage::default(), 60, &to()).unwrap();
        assert_eq!((alone.amount_micros, alone.parts.len()), (14_000, 1));
    }

    #[test]
    fn finding_out_who_answers_costs_once_and_only_if_somebody_does() {
        let prices = Prices { machine_detection: Some(Micros(7_500)), carrier_minute: Some(Micros(14_000)), ..Prices::default() };
        let carrier = |seconds| prices.cost(MODELS, &Usage::default(), seconds, &to()).map(|cost| cost.amount_micros);
        assert_eq!([carrier(0), carrier(30), carrier(90)], [None, Some(21_500), Some(35_500)]);
    }

    #[test]
    fn the_longest_beginning_of_a_number_names_its_price() {
        let by_prefix = [("+1", 14_000), ("+1415", 9_000), ("+49", 20_000)];
        let carrier_by_prefix = by_prefix.into_iter().map(|(prefix, micros)| (prefix.to_owned(), Micros(micros))).collect();
        let prices = Prices { carrier_by_prefix, ..Prices::default() };
        let minute = |prices: &Prices, to: &str| prices.carrier_minute_to(&PhoneNumber::parse(to).unwrap());
        for (to, micros) in [("+14155550100", Some(9_000)), ("+12125550100", Some(14_000)), ("+33142685300", None)] {
            assert_eq!(minute(&prices, to), micros.map(Micros), "{to}");
        }
        let elsewhere = Prices { carrier_minute: Some(Micros(99_000)), ..prices };
        assert_eq!(minute(&elsewhere, "+33142685300"), Some(Micros(99_000)));
    }

    #[test]
    fn without_every_price_there_is_no_figure() {
        let prices = Prices::default();
        assert_eq!(prices.cost(Models { voice: "my-deployment", ..MODELS }, &call(), 60, &to()), None);
        assert_eq!(prices.cost(Models { transcription: "other", ..MODELS }, &call(), 60, &to()), None);
        assert_eq!(prices.cost(MODELS, &Usage::default(), 60, &to()), None);
        // A model that is not used needs no price.
        let silent = Usage { transcription_audio_tokens: 0, transcription_output_tokens: 0, ..call() };
        assert!(prices.cost(Models { transcription: "other", ..MODELS }, &silent, 60, &to()).is_some());
    }

    #[test]
    fn time_is_paid_too_and_rounded_once() {
        let models = Models { voice: "gpt-live-1.1", transcription: "gpt-live-transcribe" };
        let usage = Usage { session_ms: 90_000, transcription_ms: 1_000, ..Usage::default() };
        let cost = Prices::default().cost(models, &usage, 90, &to()).unwrap();
        // 1.5 × 0.05, and 1/60 × 0.017 = 0.000283.
        assert_eq!(cost.parts.iter().map(|part| part.amount_micros).collect::<Vec<_>>(), [75_000, 283]);
    }

    #[test]
    fn absurd_counts_do_not_overflow() {
        let usage = Usage { output_audio_tokens: u64::MAX, ..Usage::default() };
        assert_eq!(Prices::default().cost(MODELS, &usage, 0, &to()).map(|cost| cost.parts.len()), None);
    }

    #[test]
    fn only_a_date_is_left_out_of_a_name() {
        assert_eq!(undated("gpt-realtime-2025-08-28"), Some("gpt-realtime"));
        for other in ["gpt-realtime", "x", "gpt-realtime-2025-08-2x", "gpt-realtime-mini-preview"] {
            assert_eq!(undated(other), None, "{other}");
        }
    }
}
