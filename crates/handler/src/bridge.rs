//! What the carrier is told to do with a call: connect it to us, and what to do when the connection is gone and the call is
//! not. Then the callee is kept on the line for a while, so that a handler that is started again finds the call alive.

use crate::app::App;
use crate::live::LiveCall;
use types::{Order, OrderId, language};
use wire::twiml::{Document, Verb};

/// A stream that ends because the call is hung up at the same moment is followed by nothing audible.
const HUSH_S: u32 = 1;
/// How long a call that waits for its model is silent before it asks again.
const AGAIN_S: u32 = 2;
const MOMENT: &str = "One moment, please.";

/// Connects the call; when the stream ends before the call, keeps the callee on the line, then asks again what to do.
pub(crate) fn connect(app: &App, order_id: &OrderId, live: &LiveCall) -> Document {
    let token = live.token();
    let parameters = [("token", token.as_str()), ("order_id", order_id.as_str())];
    let mut document = Document::connect(app.public.stream(), &parameters);
    let window_s = u32::try_from(app.config.timing.comeback_window.as_secs()).unwrap_or(u32::MAX);
    if window_s > 0 {
        document.0.push(Verb::Pause { length_s: HUSH_S });
        if live.speaks_english {
            document.0.push(Verb::Say { text: MOMENT.into() });
        }
        document.0.push(Verb::Pause { length_s: window_s });
        document.0.push(Verb::Redirect { url: app.public.twiml(order_id) });
    }
    document
}

/// Keeps the callee on the line for a moment, then asks again.
pub(crate) fn wait(app: &App, order_id: &OrderId) -> Document {
    Document(vec![Verb::Pause { length_s: AGAIN_S }, Verb::Redirect { url: app.public.twiml(order_id) }])
}

/// Whether the carrier's own voice, which speaks English, may say something in the order's call.
pub(crate) fn speaks_english(app: &App, order: &Order) -> bool {
    app.config.voice.choice(order).language.is_none_or(|tag| language::primary(&tag) == "en")
}
