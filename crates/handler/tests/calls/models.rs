//! What the realtime model is told of itself: session options, an order's choice, addresses and keys, the second dialect, and
//! what a call costs.

use crate::support::rig::{error, pizza};
use crate::support::{FakeLive, Rig, until};
use handler::prices::{Micros, Prices};
use handler::voice::{Dialect, KeyForm, Turns};
use serde_json::{Value, json};
use types::{CostKind, Disposition, EndedReason, OrderAccepted, OutcomeStatus, Usage};
use url::Url;
use wire::realtime::{
    CachedTokens, Eagerness, InputTokens, MaxTokens, NoiseField, NoiseReduction, OutputTokens, Response, ResponseStatus,
    Retention, RetentionTag, ServerEvent, TokenUsage, Transcription, TranscriptionUsage, Truncation, TurnDetection, Voice,
};
use wire::rest::CallStatus;

/// An order with what it chooses.
fn choosing(choice: &Value) -> Value {
    let mut order = pizza();
    order.as_object_mut().unwrap().extend(choice.as_object().unwrap().clone());
    order
}

#[tokio::test]
async fn what_is_not_configured_is_not_sent() {
    let rig = Rig::start().await;
    let _posted = rig.order("k");
    let session = rig.voice.link().await.session;
    assert_eq!((session.max_output_tokens, session.truncation), (None, None));
    let audio = session.audio.unwrap();
    let (input, output) = (audio.input.unwrap(), audio.output.unwrap());
    assert_eq!((input.noise_reduction, output.speed), (None, None));
    let transcriber = input.transcription.flatten().unwrap();
    assert_eq!((transcriber.language, transcriber.prompt), (None, None));
    let Some(Some(TurnDetection::ServerVad { threshold, silence_duration_ms, create_response, interrupt_response, .. })) =
        input.turn_detection
    else {
        panic!("by silence")
    };
    assert_eq!((threshold, silence_duration_ms), (None, Some(300)));
    assert_eq!((create_response, interrupt_response), (Some(false), Some(false)));
}

/// The rig holds the message against the provider's strict schema when it goes.
#[tokio::test]
async fn every_session_option_is_sent() {
    let rig = Rig::with(|config| {
        let options = &mut config.voice.options;
        options.turns = Turns::Meaning { eagerness: Some(Eagerness::Low) };
        options.noise_reduction = Some(Some(NoiseReduction { kind: NoiseField::FarField }));
        options.transcription_language = Some("en".into());
        options.transcription_prompt = Some("Pizza names".into());
        options.speed = Some(1.1);
        options.max_output_tokens = Some(MaxTokens::Count(700));
        let retention = Retention { kind: RetentionTag::RetentionRatio, retention_ratio: 0.8, token_limits: None };
        options.truncation = Some(Truncation::Retention(retention));
    })
    .await;
    let _posted = rig.order("k");
    let session = rig.voice.link().await.session;
    let told = serde_json::to_value(&session).unwrap();
    let input = &told["audio"]["input"];
    assert_eq!(
        input["turn_detection"],
        json!({"type": "semantic_vad", "eagerness": "low", "create_response": false, "interrupt_response": false})
    );
    assert_eq!(input["noise_reduction"], json!({"type": "far_field"}));
    assert_eq!(input["transcription"], json!({"model": "gpt-4o-mini-transcribe", "language": "en", "prompt": "Pizza names"}));
    assert_eq!((&told["audio"]["output"]["speed"], &told["max_output_tokens"]), (&json!(1.1), &json!(700)));
    assert_eq!(told["truncation"], json!({"type": "retention_ratio", "retention_ratio": 0.8}));
}

#[tokio::test]
async fn an_order_chooses_voice_model_and_language() {
    let rig = Rig::with(|config| config.voice.options.transcription_language = Some("en".into())).await;
    let order = choosing(&json!({"voice": "cedar", "model": "gpt-realtime-2.1", "language": "de-AT"}));
    let posted = tokio::spawn(rig.post_order("k", &order).send());
    let mut voice = rig.voice.link().await;
    assert_eq!(voice.model, "gpt-realtime-2.1");
    let audio = voice.session.audio.clone().unwrap();
    assert_eq!(audio.output.unwrap().voice, Some(Voice::Named("cedar".into())));
    assert_eq!(audio.input.unwrap().transcription.flatten().unwrap().language.as_deref(), Some("de"));
    let briefing = voice.session.instructions.clone().unwrap();
    assert!(briefing.contains("Speak the language with the tag de-AT (German)"), "{briefing}");
    let accepted: OrderAccepted = posted.await.unwrap().unwrap().json().await.unwrap();
    let _line = rig.carrier.answer(accepted.call_sid.as_str()).await;
    let opening = voice.asked().await.unwrap();
    assert!(opening.contains("hier spricht ein KI-Assistent im Auftrag von Maria Lopez."), "{opening}");
}

#[tokio::test]
async fn a_simulated_model_is_the_only_one_and_speaks_english() {
    let rig = Rig::with(|config| config.voice.simulated = true).await;
    let order = choosing(&json!({"voice": "cedar", "model": "gpt-realtime-2.1", "language": "de"}));
    let _posted = tokio::spawn(rig.post_order("k", &order).send());
    let voice = rig.voice.link().await;
    assert_eq!(voice.model, "gpt-realtime");
    assert!(!voice.session.instructions.unwrap().contains("# Language"));
    assert_eq!(voice.session.audio.unwrap().output.unwrap().voice, Some(Voice::Named("cedar".into())));
}

#[tokio::test]
async fn a_wrong_choice_is_refused_and_named() {
    let rig = Rig::start().await;
    for (choice, field) in [
        (json!({"voice": "two words"}), "voice"),
        (json!({"model": ""}), "model"),
        (json!({"model": "x".repeat(101)}), "model"),
        (json!({"language": "German!"}), "language"),
        (json!({"language": 5}), "language"),
    ] {
        let (status, body) = error(rig.post_order("k", &choosing(&choice)).send().await.unwrap()).await;
        assert_eq!((status, body.field.as_deref()), (422, Some(field)), "{}", body.message);
    }
    assert_eq!(rig.carrier.creates(), 0);
}

#[tokio::test]
async fn azure_gets_its_key_and_keeps_its_parameters() {
    let rig = Rig::with(|config| {
        config.voice.key_form = KeyForm::ApiKey;
        config.voice.url.set_query(Some("x=1"));
        config.voice.model = "my-deployment".into();
    })
    .await;
    let _posted = rig.order("k");
    let voice = rig.voice.link().await;
    assert_eq!((voice.api_key.as_deref(), voice.authorization.as_deref()), (Some("sk-local"), None));
    assert_eq!((voice.model.as_str(), voice.query["x"].as_str()), ("my-deployment", "1"));
}

fn counted() -> TokenUsage {
    TokenUsage {
        total_tokens: 1_500,
        input_tokens: 1_200,
        output_tokens: 300,
        input_token_details: InputTokens {
            text_tokens: 800,
            audio_tokens: 400,
            cached_tokens: 500,
            cached_tokens_details: Some(CachedTokens { text_tokens: 500, audio_tokens: 0 }),
        },
        output_token_details: OutputTokens { text_tokens: 50, audio_tokens: 250 },
    }
}

/// Waits until the call's events have this text among them.
async fn told(rig: &Rig, sid: &str, text: &str) {
    let events = format!("/calls/{sid}/events");
    until(text, || async { crate::watching::first_bytes(rig, &events).await.contains(text).then_some(()) }).await;
}

/// A call with two answers and one transcription, which the callee ends.
async fn counted_call(rig: &Rig) -> types::CallResult {
    let accepted: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(sid).await;
    voice.asked().await;
    let content = voice.begin("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 200);
    let done = |id: &str| {
        let response = Response { status: ResponseStatus::Completed, usage: Some(counted()), ..Response::new(id) };
        ServerEvent::ResponseDone { response: Box::new(response) }
    };
    voice.send(done(&content.response_id));
    // A repeat is the same answer, and one that was never announced counts too.
    voice.send(done(&content.response_id));
    voice.send(done("resp_other"));
    let usage = TranscriptionUsage::Tokens {
        input_tokens: 40,
        input_token_details: CachedTokens { text_tokens: 10, audio_tokens: 30 },
        output_tokens: 6,
        total_tokens: 46,
    };
    let item_id = || "item_c1".to_owned();
    voice.send(ServerEvent::SpeechStarted { item_id: item_id(), audio_start_ms: 0 });
    voice.send(ServerEvent::SpeechStopped { item_id: item_id(), audio_end_ms: 100 });
    voice.send(ServerEvent::Committed { previous_item_id: None, item_id: item_id() });
    voice.send(ServerEvent::TranscriptionCompleted(Transcription {
        item_id: item_id(),
        transcript: "Hello?".into(),
        usage,
        ..Transcription::default()
    }));
    told(rig, sid, "Hello?").await;
    line.stop();
    rig.carrier.progress(sid, CallStatus::Completed).await;
    let result = rig.engine.result().await;
    assert_eq!(rig.view(sid).await.result.as_deref(), Some(&result));
    result
}

#[tokio::test]
async fn what_was_counted_is_summed_and_priced() {
    let prices = Prices { carrier_minute: Some(Micros(14_000)), ..Prices::default() };
    let rig = Rig::with(|config| config.prices = Some(prices)).await;
    let result = counted_call(&rig).await;
    let usage = Usage {
        input_text_tokens: 1_600,
        input_audio_tokens: 800,
        cached_text_tokens: 1_000,
        output_text_tokens: 100,
        output_audio_tokens: 500,
        transcription_text_tokens: 10,
        transcription_audio_tokens: 30,
        transcription_output_tokens: 6,
        ..Usage::default()
    };
    assert_eq!(result.usage, usage);
    let cost = result.cost.unwrap();
    // 600 × 4 + 1,000 × 0.40 + 100 × 16 + 800 × 32 + 500 × 64; 40 × 1.25 + 6 × 5; one minute.
    let model = 2_400 + 400 + 1_600 + 25_600 + 32_000;
    let parts: Vec<_> = cost.parts.iter().map(|part| (part.kind, part.amount_micros)).collect();
    assert_eq!(parts, [(CostKind::Model, model), (CostKind::Transcription, 80), (CostKind::Carrier, 14_000)]);
    assert_eq!((cost.amount_micros, cost.currency.as_str(), cost.estimated), (model + 14_080, "USD", true));
}

#[tokio::test]
async fn without_a_price_there_is_no_cost() {
    let rig = Rig::with(|config| {
        config.prices = Some(Prices::default());
        config.voice.model = "my-deployment".into();
    })
    .await;
    let result = counted_call(&rig).await;
    assert_eq!((result.cost, result.usage.output_audio_tokens), (None, 500));
}

#[tokio::test]
async fn a_call_in_the_live_dialect() {
    let live = FakeLive::start().await;
    let addr = live.addr;
    let rig = Rig::with(|config| {
        config.voice.dialect = Dialect::Live;
        config.voice.url = Url::parse(&format!("ws://{addr}/v1/live/sessions")).unwrap();
        config.voice.key_form = KeyForm::ApiKey;
        config.voice.model = "gpt-live-1.1".into();
        config.voice.options.delegate_model = Some("some-model".into());
        config.prices = Some(Prices::default());
    })
    .await;
    let posted = rig.order("k");
    let mut voice = live.link().await;
    assert_eq!((voice.query.as_deref(), voice.api_key.as_deref()), (None, Some("sk-local")));
    let start = voice.wait_for("session.start").await;
    let session = &start["session"];
    assert_eq!(session["audio"], json!({"format": {"type": "audio/pcmu", "rate": 8000}, "output": {"voice": "marin"}}));
    assert_eq!((&session["model"], &session["delegation"]["type"]), (&json!("gpt-live-1.1"), &json!("responses")));
    voice.send(json!({"type": "session.started", "event_id": "e", "session": {"id": "s_1"}}));

    let accepted: OrderAccepted = posted.await.unwrap().json().await.unwrap();
    let _line = rig.carrier.answer(accepted.call_sid.as_str()).await;
    // The callee is silent, so the model is asked to open; it speaks by itself from then on.
    let opening = voice.wait_for("session.commentary.append").await;
    let words = types::briefing::words_to_say(opening["content"].as_str().unwrap()).unwrap().to_owned();
    voice.speak(&words, 400);
    told(&rig, accepted.call_sid.as_str(), "\"disclosed\"").await;

    voice.heard("Sure. That will be 25 dollars.");
    let report = json!({"status": "achieved", "summary": "It is ordered.",
        "facts": [{"name": "total", "value": "25 dollars", "quote": "That will be 25 dollars"}]});
    voice.speak("Thank you very much.", 400);
    voice.call("call_1", "report_outcome", &report);
    let output = voice.wait_for("response.item.create").await;
    assert_eq!(output["item"]["call_id"], "call_1");
    voice.wait_for("response.create").await;
    voice.send(json!({"type": "session.usage.updated", "event_id": "e", "usage": {"seconds": 30}}));
    voice.speak("Goodbye.", 300);
    voice.call("call_2", "end_call", &json!({}));
    rig.carrier.hung_up(accepted.call_sid.as_str()).await;

    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::AgentHungUp));
    assert_eq!(result.outcome.status, OutcomeStatus::Achieved);
    assert!(result.outcome.facts[0].evidence.is_some() && result.disclosed_at_ms.is_some());
    assert_eq!((result.usage.session_ms, result.cost.unwrap().amount_micros), (30_000, 25_000));
    voice.wait_for("session.close").await;
}
