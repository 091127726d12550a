//! TwiML: what our webhook answers the carrier, and how the carrier reads it.
//!
//! Only the verbs of an outbound agent exist here. Source: Twilio, "TwiML for Programmable Voice" and `<Stream>`.

use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use std::fmt::Write as _;

/// The longest document that is read, bytes. Twilio's own limit.
pub const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// A `<Parameter>`'s name and value together must be shorter, characters.
pub const PARAMETER_CHARS_MAX: usize = 500;
/// How many verbs, and how many parameters, are read.
const ENTRIES_MAX: usize = 100;

/// A `<Response>`: verbs that are carried out one after the other. When none is left, the call ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document(pub Vec<Verb>);

/// A verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `<Connect><Stream>`: joins the call to a WebSocket until that is closed.
    Connect {
        /// The socket.
        stream: Stream,
        /// Fetched when the stream is over; replaces what follows.
        action: Option<String>,
    },
    /// `<Say>`.
    Say {
        /// The words.
        text: String,
    },
    /// `<Pause>`.
    Pause {
        /// Seconds.
        length_s: u32,
    },
    /// `<Redirect>`: goes on with another document.
    Redirect {
        /// Where it is.
        url: String,
    },
    /// `<Hangup>`.
    Hangup,
}

/// A `<Stream>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// `wss://…`, or `ws://…` on the loopback; without a query.
    pub url: String,
    /// Told in the `start` message.
    pub parameters: Vec<(String, String)>,
    /// Told of the stream's start and end.
    pub status_callback: Option<String>,
}

/// Why a document cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is longer than [`DOCUMENT_BYTES_MAX`].
    #[error("the document has {0} bytes, the limit is {DOCUMENT_BYTES_MAX}")]
    TooLong(usize),
    /// It is no XML.
    #[error("the document is not well-formed")]
    NotXml(#[source] quick_xml::Error),
    /// It is XML, but not TwiML.
    #[error("the document is not TwiML: {0}")]
    NotTwiml(String),
    /// A stream's URL cannot be used.
    #[error("the stream's url {0}")]
    StreamUrl(&'static str),
    /// A parameter is too long.
    #[error("the stream's parameter {0} has a name and value of {PARAMETER_CHARS_MAX} characters or more")]
    ParameterTooLong(String),
}

impl Error {
    /// Twilio's error code: 12100 parse failure, 31922 scheme not supported.
    pub fn code(&self) -> u32 {
        match self {
            Self::TooLong(_) | Self::NotXml(_) | Self::NotTwiml(_) | Self::ParameterTooLong(_) => 12100,
            Self::StreamUrl(_) => 31922,
        }
    }
}

impl Stream {
    /// Refuses what Twilio would refuse.
    pub fn check(&self) -> Result<(), Error> {
        let rest = self.url.strip_prefix("wss://").or_else(|| self.url.strip_prefix("ws://"));
        match rest {
            None => return Err(Error::StreamUrl("must begin with wss://")),
            Some(rest) if rest.is_empty() || rest.starts_with('/') => return Err(Error::StreamUrl("must name a host")),
            Some(rest) if rest.contains('?') => return Err(Error::StreamUrl("must not have a query; use <Parameter>")),
            Some(_) => {}
        }
        for (name, value) in &self.parameters {
            if name.chars().count() + value.chars().count() >= PARAMETER_CHARS_MAX {
                return Err(Error::ParameterTooLong(name.clone()));
            }
        }
        Ok(())
    }
}

impl Document {
    /// The document that joins a call to a socket.
    pub fn connect(url: &str, parameters: &[(&str, &str)]) -> Self {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self(vec![Verb::Connect { stream: Stream { url: url.into(), parameters, status_callback: None }, action: None }])
    }

    /// The document that ends a call.
    pub fn hangup() -> Self {
        Self(vec![Verb::Hangup])
    }

    /// Writes the document.
    pub fn write(&self) -> String {
        let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>".to_owned();
        for verb in &self.0 {
            // Writing to a String cannot fail.
            let _ = match verb {
                Verb::Connect { stream, action } => write_connect(&mut out, stream, action.as_deref()),
                Verb::Say { text } => write!(out, "<Say>{}</Say>", escape(text)),
                Verb::Pause { length_s } => write!(out, "<Pause length=\"{length_s}\"/>"),
                Verb::Redirect { url } => write!(out, "<Redirect method=\"POST\">{}</Redirect>", escape(url)),
                Verb::Hangup => write!(out, "<Hangup/>"),
            };
        }
        out + "</Response>"
    }

    /// Reads a document as the carrier does, and refuses what it would refuse.
    pub fn read(text: &str) -> Result<Self, Error> {
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(Error::TooLong(text.len()));
        }
        let mut reader = Reader { xml: quick_xml::Reader::from_str(text), inside: false };
        let (root, empty) = reader.next_element()?.ok_or_else(|| Error::NotTwiml("there is no <Response>".into()))?;
        if root.name != "Response" {
            return Err(Error::NotTwiml(format!("the root is <{}>, not <Response>", root.name)));
        }
        let mut verbs = Vec::new();
        if !empty {
            reader.inside = true;
            while let Some((element, empty)) = reader.next_element()? {
                if verbs.len() >= ENTRIES_MAX {
                    return Err(Error::NotTwiml(format!("there are more than {ENTRIES_MAX} verbs")));
                }
                verbs.push(reader.verb(element, empty)?);
            }
            reader.inside = false;
        }
        match reader.next_element()? {
            None => Ok(Self(verbs)),
            Some(_) => Err(Error::NotTwiml("something follows </Response>".into())),
        }
    }
}

fn write_connect(out: &mut String, stream: &Stream, action: Option<&str>) -> std::fmt::Result {
    match action {
        Some(action) => write!(out, "<Connect action=\"{}\">", escape(action))?,
        None => out.push_str("<Connect>"),
    }
    write!(out, "<Stream url=\"{}\"", escape(&stream.url))?;
    if let Some(callback) = &stream.status_callback {
        write!(out, " statusCallback=\"{}\"", escape(callback))?;
    }
    out.push('>');
    for (name, value) in &stream.parameters {
        write!(out, "<Parameter name=\"{}\" value=\"{}\"/>", attribute(name), attribute(value))?;
    }
    out.push_str("</Stream></Connect>");
    Ok(())
}

/// Escapes an attribute's value; XML would take bare line breaks and tabs for spaces.
fn attribute(text: &str) -> String {
    escape(text).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

struct Reader<'a> {
    xml: quick_xml::Reader<&'a [u8]>,
    /// Whether `<Response>` is open, so that the end of the text is too early.
    inside: bool,
}

impl Reader<'_> {
    /// The next child, and whether it is empty; `None` at the parent's end.
    fn next_element(&mut self) -> Result<Option<(Element, bool)>, Error> {
        loop {
            match self.xml.read_event().map_err(Error::NotXml)? {
                Event::Start(start) => return Ok(Some((element(&start)?, false))),
                Event::Empty(start) => return Ok(Some((element(&start)?, true))),
                Event::Eof if self.inside => return Err(Error::NotTwiml("the document breaks off".into())),
                Event::End(_) | Event::Eof => return Ok(None),
                Event::Text(text) => {
                    if !text.xml10_content().trim().is_empty() {
                        return Err(Error::NotTwiml("there is text between the verbs".into()));
                    }
                }
                Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(Error::NotTwiml("there is text between the verbs".into()));
                }
                Event::DocType(_) => return Err(Error::NotTwiml("a document type is not allowed".into())),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    /// The text of an element, to its end.
    fn text(&mut self, empty: bool) -> Result<String, Error> {
        let mut out = String::new();
        if empty {
            return Ok(out);
        }
        loop {
            match self.xml.read_event().map_err(Error::NotXml)? {
                Event::Text(text) => out.push_str(&text.xml10_content()),
                Event::CData(text) => out.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().map_err(Error::NotXml)? {
                        Some(c) => Some(c.to_string()),
                        None => quick_xml::escape::resolve_xml_entity(&reference.xml10_content()).map(str::to_owned),
                    };
                    out += &resolved.ok_or_else(|| Error::NotTwiml("there is an unknown entity".into()))?;
                }
                Event::End(_) => break,
                Event::Eof => return Err(Error::NotTwiml("the document breaks off".into())),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Start(_) | Event::Empty(_) | Event::DocType(_) => {
                    return Err(Error::NotTwiml("there is an element where text is expected".into()));
                }
            }
        }
        Ok(out.trim().to_owned())
    }

    fn verb(&mut self, element: Element, empty: bool) -> Result<Verb, Error> {
        match element.name.as_str() {
            "Connect" => {
                let action = element.attribute("action").map(str::to_owned);
                let mut stream = None;
                while !empty && let Some((child, empty)) = self.next_element()? {
                    if child.name != "Stream" || stream.is_some() {
                        return Err(Error::NotTwiml(format!("<Connect> takes one <Stream>, not <{}>", child.name)));
                    }
                    stream = Some(self.stream(&child, empty)?);
                }
                let stream = stream.ok_or_else(|| Error::NotTwiml("<Connect> is empty".into()))?;
                Ok(Verb::Connect { stream, action })
            }
            "Say" => Ok(Verb::Say { text: self.text(empty)? }),
            "Redirect" => Ok(Verb::Redirect { url: self.text(empty)? }),
            "Hangup" => self.text(empty).map(|_| Verb::Hangup),
            "Pause" => {
                let length = element.attribute("length").unwrap_or("1");
                let length_s = length.parse().map_err(|_| Error::NotTwiml("<Pause> has a length that is no number".into()))?;
                self.text(empty)?;
                Ok(Verb::Pause { length_s })
            }
            name => Err(Error::NotTwiml(format!("<{name}> is not supported"))),
        }
    }

    fn stream(&mut self, element: &Element, empty: bool) -> Result<Stream, Error> {
        let mut stream = Stream {
            url: element.attribute("url").unwrap_or_default().trim().to_owned(),
            parameters: Vec::new(),
            status_callback: element.attribute("statusCallback").map(str::to_owned),
        };
        while !empty && let Some((child, empty)) = self.next_element()? {
            let (Some(name), Some(value)) = (child.attribute("name"), child.attribute("value")) else {
                return Err(Error::NotTwiml("a <Parameter> needs a name and a value".into()));
            };
            if child.name != "Parameter" || stream.parameters.len() >= ENTRIES_MAX {
                return Err(Error::NotTwiml(format!("<Stream> takes up to {ENTRIES_MAX} <Parameter>s, nothing else")));
            }
            stream.parameters.push((name.to_owned(), value.to_owned()));
            self.text(empty)?;
        }
        stream.check()?;
        Ok(stream)
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Error> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| Error::NotXml(error.into()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| Error::NotTwiml(error.to_string()))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name: start.name().as_ref().to_owned(), attributes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read_back() {
        let document = Document(vec![
            Verb::Say { text: "Fish & <chips>".into() },
            Verb::Pause { length_s: 2 },
            Verb::Connect {
                stream: Stream {
                    url: "wss://bot.example.com/media".into(),
                    parameters: vec![("token".into(), "a\"b'&<\n\t>".into()), ("name".into(), "Zoë 李雷".into())],
                    status_callback: Some("https://bot.example.com/s?a=1&b=2".into()),
                },
                action: Some("https://bot.example.com/after".into()),
            },
            Verb::Redirect { url: "https://bot.example.com/next?a=1&b=2".into() },
            Verb::Hangup,
        ]);
        assert_eq!(Document::read(&document.write()).unwrap(), document);
        assert_eq!(Document::read(&Document::hangup().write()).unwrap(), Document::hangup());
        assert_eq!(Document::read("<Response/>").unwrap(), Document::default());
    }

    #[test]
    fn the_limits_of_the_carrier_hold() {
        let code = |document: Document| Document::read(&document.write()).unwrap_err().code();
        assert_eq!(code(Document::connect("https://a.example/media", &[])), 31922);
        assert_eq!(code(Document::connect("wss://a.example/media?x=1", &[])), 31922);
        assert_eq!(code(Document::connect("wss:///media", &[])), 31922);
        assert_eq!(code(Document::connect("wss://a.example/m", &[("n", &"x".repeat(499))])), 12100);
        assert!(Document::read(&Document::connect("wss://a.example/m", &[("n", &"x".repeat(498))]).write()).is_ok());
    }

    #[test]
    fn what_is_not_twiml_is_refused() {
        for bad in [
            "",
            "hello",
            "<Response>",
            "<Response><Dial/></Response>",
            "<Html/>",
            "<Response><Connect/></Response>",
            "<Response><Hangup></Response>",
            "<!DOCTYPE r [<!ENTITY a \"b\">]><Response><Say>&a;</Say></Response>",
            "<Response><Say>&a;</Say></Response>",
            "<Response><Pause length=\"-1\"/></Response>",
            "<Response>hi<Hangup/></Response>",
            "<Response/><Response/>",
            "<Response><Connect>",
        ] {
            assert!(Document::read(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_parameter_survives(name in "[^\\p{C}]{1,50}", value in "[^\\p{C}]{0,50}") {
            let document = Document::connect("wss://a.example/m", &[(&name, &value)]);
            prop_assert_eq!(Document::read(&document.write()).unwrap(), document);
        }

        #[test]
        fn nothing_makes_the_reader_panic(text in "(<|>|/|Response|Connect|Stream|Parameter|Say|&|amp;|\"|=|url| |\\PC){0,40}") {
            let _ = Document::read(&text);
        }
    }
}
