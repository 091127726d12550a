//! A call's life, from queued to its end.

use crate::{
    Shared, amd,
    book::{Call, Redirect},
    callee::{Answers, Callee, CalleeKind, Line, Person},
    numbers::look_up,
    phone::{Answer, Ring},
    stream::{self, FRAME_TIME, StreamEnd},
    webhook::Callbacks,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use wire::g711::SILENCE;
use wire::media::FRAME_BYTES;
use wire::rest::{CallStatus, CallbackEvent, Method};
use wire::twiml::{Document, Verb};

/// The carrier's own defaults.
const TIMEOUT_S: u32 = 60;
const TIME_LIMIT_S: u32 = 4 * 60 * 60;
/// Documents that one call may go through.
const DOCUMENTS_MAX: u32 = 50;
/// `<Say>` is not spoken; it takes as long as reading it aloud would.
const SAY_PER_CHAR: Duration = Duration::from_millis(60);

/// Lives one call.
pub(crate) async fn live(shared: Arc<Shared>, call: Arc<Call>) {
    let mut callbacks = shared.webhook.callbacks(call.clone());
    let status = match connect(&shared, &call, &mut callbacks).await {
        Ok(callee) => {
            talk(&shared, &call, callee).await;
            CallStatus::Completed
        }
        Err(status) => status,
    };
    call.ended();
    let talked_s = call.talked_s().unwrap_or(0);
    call.change(|resource| {
        resource.status = status;
        resource.end_time = Some(crate::clock::rfc2822());
        resource.duration = Some(talked_s.to_string());
    });
    tracing::info!(call_sid = %call.sid, status = status.as_str(), "the simulated call is over");
    callbacks.tell(CallbackEvent::Completed);
    callbacks.finish().await;
}

/// What rings.
enum Rings {
    /// A callee of ours will pick up.
    At(CalleeKind),
    /// The phone page.
    InTheBrowser(Ring),
    /// Nobody is there.
    ForNobody,
}

/// Dials; ends with who has answered, or with how it failed.
async fn connect(shared: &Arc<Shared>, call: &Arc<Call>, callbacks: &mut Callbacks) -> Result<Callee, CallStatus> {
    let timing = &shared.timing;
    let reach = |status| call.change(|resource| resource.status = status);
    let steps = async {
        sleep(timing.queue).await;
        reach(CallStatus::Initiated);
        callbacks.tell(CallbackEvent::Initiated);
        sleep(timing.connect).await;
        let rings = match look_up(&call.request.to, shared.everywhere).unwrap_or(Answers::Fails) {
            Answers::Fails => return Err(CallStatus::Failed),
            Answers::Busy => return Err(CallStatus::Busy),
            Answers::Nobody => Rings::ForNobody,
            Answers::Picks(kind) => Rings::At(kind),
            Answers::Browser => Rings::InTheBrowser(shared.phone.ring(&call.sid, &call.request.from).ok_or(CallStatus::Busy)?),
        };
        reach(CallStatus::Ringing);
        callbacks.tell(CallbackEvent::Ringing);
        let timeout = Duration::from_secs(call.request.timeout_s.unwrap_or(TIMEOUT_S).into());
        let callee = tokio::time::timeout(timeout, pick_up(shared, call, rings)).await.unwrap_or(Err(CallStatus::NoAnswer))?;
        call.answered();
        call.note(|notes, _| notes.answered_by = Some(callee.answered_by()));
        call.change(|resource| {
            resource.status = CallStatus::InProgress;
            resource.start_time = Some(crate::clock::rfc2822());
        });
        callbacks.tell(CallbackEvent::Answered);
        amd::detect(shared, call, &callee);
        Ok(callee)
    };
    tokio::select! {
        ended = steps => ended,
        () = call.hang_up.cancelled() => Err(CallStatus::Canceled),
    }
}

/// Waits until somebody answers, for ever if nobody does.
async fn pick_up(shared: &Shared, call: &Call, rings: Rings) -> Result<Callee, CallStatus> {
    match rings {
        Rings::At(kind) => {
            sleep(shared.timing.ring).await;
            let seed = shared.seed.wrapping_add(call.number);
            Ok(Callee::Simulated(Box::new(Line::new(kind, seed, shared.timing.hold, shared.mind.clone()))))
        }
        Rings::InTheBrowser(ring) => match ring.answer().await {
            Answer::Picked(handset) => Ok(Callee::Person(Person::new(handset))),
            Answer::Declined => Err(CallStatus::Busy),
        },
        Rings::ForNobody => std::future::pending().await,
    }
}

/// Carries out TwiML until the call ends.
async fn talk(shared: &Shared, call: &Arc<Call>, mut callee: Callee) {
    let begun = Instant::now();
    let gone = callee.gone();
    let documents = async {
        let mut next = first_document(shared, call).await;
        for _ in 0..DOCUMENTS_MAX {
            let document = match next {
                Ok(document) => document,
                Err(error) => return call.error(error),
            };
            next = match carry_out(shared, call, &mut callee, document).await {
                After::Over => return,
                After::Redirect(url, method) => fetch(shared, call, &url, method).await,
                After::Document(document) => Ok(document),
            };
        }
        call.error("12100 the call went through too many documents".into());
    };
    tokio::pin!(documents);
    tokio::select! {
        () = &mut documents => {}
        () = gone.cancelled() => {
            call.hang_up.cancel();
            documents.await;
        }
        () = time_limit(call, begun) => {
            tracing::info!(call_sid = %call.sid, "the simulated call reached its time limit");
            // As if hung up by REST, so that the stream is told `stop`.
            call.hang_up.cancel();
            documents.await;
        }
    }
}

/// Waits for the call's time limit, which can be changed meanwhile.
async fn time_limit(call: &Call, begun: Instant) {
    loop {
        let limit = Duration::from_secs(call.time_limit_s().unwrap_or(TIME_LIMIT_S).into());
        tokio::select! {
            () = sleep_until(begun + limit) => return,
            () = call.limited.notified() => {}
        }
    }
}

/// Fetches a document, unless the call is hung up first.
async fn fetch(shared: &Shared, call: &Call, url: &str, method: Method) -> Result<Document, String> {
    tokio::select! {
        document = shared.webhook.fetch(call, url, method) => document,
        () = call.hang_up.cancelled() => Ok(Document::hangup()),
    }
}

async fn first_document(shared: &Shared, call: &Call) -> Result<Document, String> {
    match (&call.request.twiml, &call.request.url) {
        (Some(twiml), _) => Document::read(twiml).map_err(|error| format!("{} {error}", error.code())),
        (None, Some(url)) => fetch(shared, call, url, call.request.method).await,
        (None, None) => Err("11200 the call has neither Twiml nor Url".into()),
    }
}

/// What comes after a document.
enum After {
    Over,
    Redirect(String, Method),
    Document(Document),
}

async fn carry_out(shared: &Shared, call: &Arc<Call>, callee: &mut Callee, document: Document) -> After {
    for verb in document.0 {
        let done = match verb {
            Verb::Hangup => return After::Over,
            Verb::Redirect { url } => return After::Redirect(url, Method::Post),
            Verb::Pause { length_s } => wait(call, callee, Duration::from_secs(length_s.into())).await,
            Verb::Say { text } => {
                wait(call, callee, SAY_PER_CHAR * u32::try_from(text.len()).unwrap_or(u32::MAX).min(10_000)).await
            }
            Verb::Connect { stream, action } => {
                if let Err(error) = stream.check() {
                    call.error(format!("{} {error}", error.code()));
                    continue;
                }
                match stream::run(shared, call, callee, &stream).await {
                    StreamEnd::HungUp => Done::Over,
                    StreamEnd::Redirected => Done::Redirected,
                    // The server closed its socket: the call goes on with what follows.
                    StreamEnd::Closed => match action {
                        Some(url) => return After::Redirect(url, Method::Post),
                        None => Done::Next,
                    },
                }
            }
        };
        match done {
            Done::Next => {}
            Done::Over => return After::Over,
            Done::Redirected => {
                return match call.take_redirect() {
                    Some(Redirect::To(document)) => After::Document(document),
                    Some(Redirect::At(url, method)) => After::Redirect(url, method),
                    None => After::Over,
                };
            }
        }
    }
    After::Over
}

enum Done {
    Next,
    Over,
    Redirected,
}

/// The callee hears nothing for so long. They live on meanwhile: they speak, though nobody hears it, and may hang up.
async fn wait(call: &Call, callee: &mut Callee, time: Duration) -> Done {
    let over = sleep(time);
    tokio::pin!(over);
    let mut ticks = interval(FRAME_TIME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        tokio::select! {
            biased;
            () = call.hang_up.cancelled() => return Done::Over,
            () = call.redirected.notified() => return Done::Redirected,
            () = &mut over => return Done::Next,
            _ = ticks.tick() => {
                let tick = callee.tick(&[SILENCE; FRAME_BYTES]);
                if tick.begins || tick.ends {
                    call.note(|notes, _| (notes.slip, notes.lines) = (callee.slip(), callee.lines()));
                }
                if tick.hangs_up {
                    return Done::Over;
                }
            }
        }
    }
}
