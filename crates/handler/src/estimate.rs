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
use types::{CostEstimate, Estimated, Order, VoiceChoice};

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
    Some(Meter::new(config.prices.clone()?, models, order.target_phone_number.clone()))
}

/// The models that the call is paid for: which speaks, and which writes down.
pub(crate) fn models(config: &Config, choice: &VoiceChoice) -> (String, String) {
    (config.voice.model_of(choice.model.as_deref()), config.voice.options.transcription_model.clone())
}
