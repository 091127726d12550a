//! The addresses that the carrier reaches us by. Signatures are made against these, not against what a proxy passes on.

use types::OrderId;
use url::Url;

/// Our public address.
#[derive(Clone, Debug)]
pub(crate) struct PublicUrl {
    /// Without a slash at the end.
    base: String,
    stream: String,
}

impl PublicUrl {
    /// Takes an `http` or `https` address, with or without a path.
    pub(crate) fn new(url: &Url) -> Self {
        let base = url.as_str().trim_end_matches('/').to_owned();
        // `http` becomes `ws`, `https` becomes `wss`.
        let stream = format!("ws{}/media-stream", base.strip_prefix("http").unwrap_or(&base));
        Self { base, stream }
    }

    /// Where the carrier asks what to do with the call.
    pub(crate) fn twiml(&self, order_id: &OrderId) -> String {
        format!("{}/twilio/twiml/{order_id}", self.base)
    }

    /// Where the carrier tells how the call gets on.
    pub(crate) fn status(&self, order_id: &OrderId) -> String {
        format!("{}/twilio/status/{order_id}", self.base)
    }

    /// Where the carrier tells who has answered.
    pub(crate) fn answered(&self, order_id: &OrderId) -> String {
        format!("{}/twilio/answered/{order_id}", self.base)
    }

    /// Where the carrier connects the call's audio.
    pub(crate) fn stream(&self) -> &str {
        &self.stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_scheme_port_and_path() {
        let public = PublicUrl::new(&Url::parse("https://bot.example.com:8443/ringback/").unwrap());
        assert_eq!(public.twiml(&OrderId::new("o_1")), "https://bot.example.com:8443/ringback/twilio/twiml/o_1");
        assert_eq!(public.stream(), "wss://bot.example.com:8443/ringback/media-stream");
        let local = PublicUrl::new(&Url::parse("http://127.0.0.1:5002").unwrap());
        assert_eq!(local.stream(), "ws://127.0.0.1:5002/media-stream");
    }
}
