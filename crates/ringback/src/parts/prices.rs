//! What things cost: the published prices, with those of the configuration over them.

use crate::settings::{ModelPriceSettings, Settings};
use anyhow::{Context as _, ensure};
use handler::prices::{self, Micros, ModelPrice, Prices};

/// The currency of the published prices.
const PUBLISHED_IN: &str = "USD";

/// All prices; each is checked.
pub(crate) fn read(settings: &Settings) -> anyhow::Result<Prices> {
    let given = &settings.prices;
    let currency = given.currency.clone();
    ensure!(
        currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()),
        "prices.currency must be the three letters of a currency, as in USD, not {currency:?}"
    );
    // Prices in another currency are no prices in this one.
    let mut models = if currency == PUBLISHED_IN { prices::published() } else { Default::default() };
    for (name, price) in &given.models {
        let entry = models.entry(name.clone()).or_default();
        *entry = model(name, price)?.or(*entry);
    }
    let mut carrier_by_prefix = std::collections::BTreeMap::new();
    for (prefix, price) in &given.carrier {
        let digits = prefix.strip_prefix('+').unwrap_or_default();
        ensure!(
            (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0'),
            "prices.carrier.{prefix:?} is no beginning of numbers; write it with + and the country code, as in \"+49\""
        );
        let minute = amount(&format!("prices.carrier.{prefix:?}"), price.0.as_ref())?;
        carrier_by_prefix.extend(minute.map(|minute| (prefix.clone(), minute)));
    }
    let carrier_minute = amount("prices.carrier_minute", given.carrier_minute.as_ref())?;
    let detection = amount("prices.machine_detection", given.machine_detection.as_ref())?;
    let machine_detection = detection.filter(|_| settings.carrier.machine_detection);
    Ok(Prices { currency, models, carrier_minute, carrier_by_prefix, machine_detection })
}

/// An amount of money in millionths that is configured under this key.
pub(crate) fn micros(key: &str, text: Option<&String>) -> anyhow::Result<Option<u64>> {
    Ok(amount(key, text)?.map(|Micros(micros)| micros))
}

fn model(name: &str, given: &ModelPriceSettings) -> anyhow::Result<ModelPrice> {
    let amount = |key: &str, text: &Option<String>| amount(&format!("prices.models.{name:?}.{key}"), text.as_ref());
    Ok(ModelPrice {
        text_input: amount("text_input", &given.text_input)?,
        text_cached: amount("text_cached", &given.text_cached)?,
        text_output: amount("text_output", &given.text_output)?,
        audio_input: amount("audio_input", &given.audio_input)?,
        audio_cached: amount("audio_cached", &given.audio_cached)?,
        audio_output: amount("audio_output", &given.audio_output)?,
        minute: amount("minute", &given.minute)?,
    })
}

fn amount(key: &str, text: Option<&String>) -> anyhow::Result<Option<Micros>> {
    text.map(|text| text.parse().with_context(|| format!("{key} cannot be {text:?}"))).transpose()
}

/// The published prices as a part of the configuration's reference.
pub(crate) fn reference() -> String {
    let (at, on) = (prices::PUBLISHED_AT, prices::PUBLISHED_ON);
    let mut text = String::from(
        "\n# What a begun minute costs at your carrier by how the number begins; the longest beginning counts. Your carrier's list has\n\
         # the figures.\n[prices.carrier]\n# \"+1\" = \"…\"\n",
    );
    text += &format!(
        "\n# What a million tokens cost, and a minute where a model is paid by time: the provider's published prices in USD from\n\
         # {at} on {on}. What you set here wins; a model without prices makes no figure. Name Azure's by the deployment.\n"
    );
    for (name, price) in prices::published() {
        text += &format!("[prices.models.{name:?}]\n");
        for (key, amount) in [
            ("text_input", price.text_input),
            ("text_cached", price.text_cached),
            ("text_output", price.text_output),
            ("audio_input", price.audio_input),
            ("audio_cached", price.audio_cached),
            ("audio_output", price.audio_output),
            ("minute", price.minute),
        ] {
            if let Some(Micros(micros)) = amount {
                text += &format!("# {key} = \"{}\"\n", decimal(micros));
            }
        }
    }
    text
}

/// Millionths as people write them: `0.4`.
fn decimal(micros: u64) -> String {
    let (whole, fraction) = (micros / 1_000_000, format!("{:06}", micros % 1_000_000));
    match fraction.trim_end_matches('0') {
        "" => whole.to_string(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn with(file: &str) -> anyhow::Result<Prices> {
        let mut toml = tempfile::NamedTempFile::new()?;
        toml.write_all(file.as_bytes())?;
        read(&Settings::read(Some(&toml.path().to_path_buf()), [], |_| None)?)
    }

    #[test]
    fn the_published_prices_hold_until_others_are_set() {
        let prices =
            with("[prices.models.\"gpt-realtime\"]\naudio_output = \"50\"\n[prices.models.mine]\ntext_input = 0.4\n").unwrap();
        let model = prices.models["gpt-realtime"];
        assert_eq!((model.audio_output, model.audio_input), (Some(Micros(50_000_000)), Some(Micros(32_000_000))));
        assert_eq!(prices.models["mine"].text_input, Some(Micros(400_000)));
        assert_eq!((prices.currency.as_str(), prices.carrier_minute), ("USD", None));
    }

    #[test]
    fn in_another_currency_nothing_is_published() {
        let prices = with("[prices]\ncurrency = \"EUR\"\ncarrier_minute = \"0.013\"\n").unwrap();
        assert_eq!((prices.models.len(), prices.carrier_minute), (0, Some(Micros(13_000))));
    }

    #[test]
    fn the_carriers_prices_stand_by_beginnings() {
        let prices = with("[prices]\ncarrier_minute = 0.1\n[prices.carrier]\n\"+1\" = \"0.014\"\n\"+49\" = 0.02\n").unwrap();
        let minute = |to: &str| prices.carrier_minute_to(&types::PhoneNumber::parse(to).unwrap());
        for (to, micros) in [("+14155550100", 14_000), ("+493023125000", 20_000), ("+33142685300", 100_000)] {
            assert_eq!(minute(to), Some(Micros(micros)), "{to}");
        }
        for (wrong, named) in [("\"49\" = \"0.02\"", "\"49\""), ("\"+49\" = \"cheap\"", "cheap"), ("\"+\" = 1", "country code")] {
            let error = format!("{:#}", with(&format!("[prices.carrier]\n{wrong}\n")).unwrap_err());
            assert!(error.contains("prices.carrier") && error.contains(named), "{error}");
        }
    }

    #[test]
    fn a_wrong_price_is_named() {
        let error = format!("{:#}", with("[prices.models.\"gpt-realtime\"]\naudio_output = \"much\"\n").unwrap_err());
        assert!(error.contains("prices.models.\"gpt-realtime\".audio_output") && error.contains("0.40"), "{error}");
        let error = format!("{:#}", with("[prices]\ncurrency = \"dollars\"\n").unwrap_err());
        assert!(error.contains("prices.currency"), "{error}");
        let error = format!("{:#}", with("[prices.models.m]\naudio = \"1\"\n").unwrap_err());
        assert!(error.contains("audio") && error.contains("prices"), "{error}");
    }

    #[test]
    fn amounts_are_written_as_they_are_read() {
        for text in ["4", "0.4", "0.017", "32.5", "0"] {
            assert_eq!(decimal(text.parse::<Micros>().unwrap().0), text);
        }
    }
}
