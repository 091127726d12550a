//! The carrier's errors.

use serde::{Deserialize, Serialize};

/// The body of an error answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Twilio's code; 0 when it told none.
    #[serde(default, deserialize_with = "crate::json::count")]
    pub code: u64,
    /// A sentence.
    #[serde(default, deserialize_with = "crate::json::or_default")]
    pub message: String,
    /// A page about the code.
    #[serde(default, deserialize_with = "crate::json::or_default")]
    pub more_info: String,
    /// The HTTP status again.
    #[serde(default, deserialize_with = "crate::json::count")]
    pub status: u64,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $http:literal, $title:literal;)*) => {
        /// A code of Twilio's error dictionary that matters for calls and streams.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = $title] $name,)*
        }

        impl ErrorCode {
            /// Every code that is known here.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The number.
            pub fn number(self) -> u32 {
                match self { $(Self::$name => $code),* }
            }
            /// The HTTP status of the answer that carries it; 0 for what happens during a call.
            pub fn http(self) -> u16 {
                match self { $(Self::$name => $http),* }
            }
            /// The title in the dictionary.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

codes! {
    InvalidParameter = 20001, 400, "Unknown parameters";
    Authentication = 20003, 401, "Permission Denied / authentication";
    NotFound = 20404, 404, "Not Found";
    MethodNotAllowed = 20004, 405, "Method not allowed";
    TooManyRequests = 20429, 429, "Too Many Requests; the request was not processed and is safe to retry after backing off";
    Internal = 20500, 500, "Internal Server Error";
    NoTo = 21201, 400, "No Called number specified";
    PremiumTo = 21202, 400, "Called number is a premium number";
    InternationalNotEnabled = 21203, 400, "International calling not enabled";
    InvalidUrl = 21205, 400, "Invalid URL";
    InvalidSendDigits = 21206, 400, "Invalid SendDigits";
    InvalidTimeout = 21208, 400, "Invalid Timeout";
    FromNotVerified = 21210, 400, "'From' phone number not verified";
    InvalidTo = 21211, 400, "Invalid 'To' Phone Number";
    InvalidFrom = 21212, 400, "Invalid From Number (caller ID)";
    NoFrom = 21213, 400, "Caller phone number is required";
    ToNotReachable = 21214, 400, "'To' phone number cannot be reached";
    GeoPermission = 21215, 403, "Geo Permission configuration is not permitting call";
    Blocked = 21216, 403, "API: Call blocked by Twilio blocklist";
    NotAPhoneNumber = 21217, 400, "Phone number does not appear to be valid";
    ToNotVerified = 21219, 400, "'To' phone number not verified (trial account)";
    InvalidCallState = 21220, 400, "Invalid call state (e.g. call already ended)";
    ConcurrencyLimit = 10004, 0, "Call concurrency limit exceeded";
    HttpRetrieval = 11200, 0, "HTTP retrieval failure";
    HttpConnection = 11205, 0, "HTTP connection failure";
    DocumentParse = 12100, 0, "Document parse failure";
    InvalidContentType = 12300, 0, "Invalid Content-Type";
    StreamTimeout = 31901, 0, "Stream - WebSocket - Connection Timeout";
    StreamRefused = 31902, 0, "Connection Refused";
    StreamUnreachable = 31904, 0, "Host Unreachable";
    StreamHandshake = 31920, 0, "Stream - WebSocket - Handshake Error (HTTP status other than 101)";
    StreamClose = 31921, 0, "Close Error";
    StreamScheme = 31922, 0, "URL Schema Not Supported";
    StreamProtocol = 31924, 0, "Stream - Websocket - Protocol Error";
    StreamOverflow = 31930, 0, "Stream - Media - Buffer Overflow";
    StreamDiscarded = 31931, 0, "Stream - Media - Media Discarded";
    StreamTrack = 31941, 0, "Invalid Track configuration";
    StreamMalformed = 31950, 0, "Stream - Protocol - Malformed Message";
    StreamInvalid = 31951, 0, "Stream - Protocol - Invalid Message";
}

impl ErrorCode {
    /// The code of a number, if it is known here.
    pub fn of(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| u64::from(code.number()) == number)
    }

    /// The answer's body; `message` is the title if it says nothing more.
    pub fn body(self, message: Option<&str>) -> ErrorBody {
        let code = self.number();
        ErrorBody {
            code: code.into(),
            message: message.unwrap_or(self.title()).to_owned(),
            more_info: format!("https://www.twilio.com/docs/errors/{code}"),
            status: self.http().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_the_carriers_shape() {
        let body = ErrorCode::InvalidTo.body(None);
        let text = serde_json::to_string(&body).unwrap();
        assert_eq!(
            text,
            r#"{"code":21211,"message":"Invalid 'To' Phone Number","more_info":"https://www.twilio.com/docs/errors/21211","status":400}"#
        );
        assert_eq!(serde_json::from_str::<ErrorBody>(&text).unwrap(), body);
        assert_eq!(serde_json::from_str::<ErrorBody>(r#"{"code":null,"message":"x"}"#).unwrap().code, 0);
    }

    #[test]
    fn numbers_are_found_and_unique() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::of(code.number().into()), Some(*code));
        }
        assert_eq!(ErrorCode::of(1), None);
    }
}
