//! What an order is expected to cost before its call is made, and the price that its call does not pass.

use crate::api::{read_order, unreadable_body};
use crate::app::App;
use crate::config::Config;
use crate::error::ApiError;
use crate::prices::{Meter, Models};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use std::sync::Arc;
use types::{CallResult, Cost, CostEstimate, Estimated, Order, Usage, VoiceChoice};

const NO_PRICE: &str = "the realtime model, or what writes down the callee's words, has no price; set it in [prices.models]";

/// What a call is expected to cost.
///
/// Takes the same body as `POST /order` and dials nothing. Without a price for the model there is no estimate but the reason.
#[utoipa::path(
    post, path = "/estimate", request_body = Order,
    responses((status = 200, body = Estimated, description = "What it is expected to cost, or why that cannot be told."))
)]
pub(crate) async fn estimate(
    State(app): State<Arc<App>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Estimated>, ApiError> {
    let body = body.map_err(|rejection| unreadable_body(&rejection))?;
    let order = read_order(&body)?;
    let known = of(&app.config, &order);
    let unknown = known.is_none().then(|| NO_PRICE.to_owned());
    Ok(Json(Estimated { estimate: known, unknown }))
}

/// What the order's call is expected to cost; `None` if that cannot be told.
pub(crate) fn of(config: &Config, order: &Order) -> Option<CostEstimate> {
    let Some(prices) = &config.prices else {
        // What is simulated costs nothing.
        return Some(CostEstimate { currency: "USD".into(), minute_micros: 0, most_micros: 0, with_carrier: true });
    };
    let limits = [order.limits.cost_max_micros, config.gate.cost_per_call_micros()];
    let most = limits.into_iter().flatten().min();
    let (voice, transcription) = models(config, &config.voice.choice(order));
    let models = Models { voice: &voice, transcription: &transcription };
    prices.estimate(models, order.limits.call_max_s, most, &order.target_phone_number)
}

/// What counts the cost of the order's call while it lasts, if it may not cost more than something.
pub(crate) fn meter(config: &Config, order: &Order, choice: &VoiceChoice) -> Option<Meter> {
    order.limits.cost_max_micros?;
    let (voice, transcription) = models(config, choice);
    let models = Models { voice: &voice, transcription: &transcription };
    let meter = Meter::new(config.prices.clone()?, models, order.target_phone_number.clone());
    Some(match second_models(config) {
        Some((voice, transcription)) => meter.with_second(Models { voice: &voice, transcription: &transcription }),
        None => meter,
    })
}

/// What an ended call cost, as far as the prices are known. `second`: of what was counted, the second model's share.
pub(crate) fn cost(config: &Config, order: &Order, choice: &VoiceChoice, result: &CallResult, second: &Usage) -> Option<Cost> {
    let (prices, to) = (config.prices.as_ref()?, &order.target_phone_number);
    let (voice, transcription) = models(config, choice);
    let models = Models { voice: &voice, transcription: &transcription };
    if *second == Usage::default() {
        return prices.cost(models, &result.usage, result.duration, to);
    }
    let (other_voice, other_transcription) = second_models(config)?;
    let others = Models { voice: &other_voice, transcription: &other_transcription };
    prices.cost_of_both((models, &result.usage.without(second)), (others, second), result.duration, to)
}

/// Whether the second model may be spoken to in the order's call: not if the call has a price limit and the model no price.
pub(crate) fn second_holds(config: &Config, order: &Order) -> bool {
    let Some((voice, transcription)) = second_models(config) else { return false };
    let models = Models { voice: &voice, transcription: &transcription };
    order.limits.cost_max_micros.is_none() || config.prices.as_ref().is_none_or(|prices| prices.knows(models))
}

/// The models that the call is paid for: which speaks, and which writes down.
pub(crate) fn models(config: &Config, choice: &VoiceChoice) -> (String, String) {
    (config.voice.model_of(choice.model.as_deref()), config.voice.options.transcription_model.clone())
}

/// The same of the second voice, if there is one.
fn second_models(config: &Config) -> Option<(String, String)> {
    let second = config.second_voice.as_ref()?;
    Some((second.model_of(None), second.options.transcription_model.clone()))
}
