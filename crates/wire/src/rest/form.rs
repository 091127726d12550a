//! The forms of creating, changing and listing calls.

use super::{CallStatus, ErrorBody, ErrorCode, MachineDetection};

/// The methods that the carrier uses on our URLs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Parameters in the query.
    Get,
    /// Parameters in a form.
    #[default]
    Post,
}

impl Method {
    fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    fn read(name: &str, value: &str) -> Result<Self, ErrorBody> {
        match value.to_ascii_uppercase().as_str() {
            "GET" => Ok(Self::Get),
            "POST" => Ok(Self::Post),
            _ => Err(ErrorCode::InvalidParameter.body(Some(&format!("{name} must be GET or POST")))),
        }
    }
}

/// What a status callback can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackEvent {
    /// It is being dialled.
    Initiated,
    /// It rings.
    Ringing,
    /// It was answered.
    Answered,
    /// It is over, however it ended.
    Completed,
}

impl CallbackEvent {
    fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Completed => "completed",
        }
    }

    fn read(value: &str) -> Result<Self, ErrorBody> {
        [Self::Initiated, Self::Ringing, Self::Answered, Self::Completed]
            .into_iter()
            .find(|event| event.as_str() == value)
            .ok_or_else(|| ErrorCode::InvalidParameter.body(Some(&format!("there is no StatusCallbackEvent {value:?}"))))
    }
}

/// `POST …/Calls.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateCall {
    /// Who is called.
    pub to: String,
    /// Who calls.
    pub from: String,
    /// Where the TwiML is. Either this or `twiml`.
    pub url: Option<String>,
    /// How it is fetched.
    pub method: Method,
    /// The TwiML itself.
    pub twiml: Option<String>,
    /// Where the call's progress is told.
    pub status_callback: Option<String>,
    /// How it is told.
    pub status_callback_method: Method,
    /// What is told; `completed` alone if nothing is named.
    pub status_callback_event: Vec<CallbackEvent>,
    /// How long it may ring, seconds; 60 if not set.
    pub timeout_s: Option<u32>,
    /// How long it may last, seconds.
    pub time_limit_s: Option<u32>,
    /// Whether it is found out who has answered, and when that is told. Not with `SendDigits`.
    pub machine_detection: Option<MachineDetection>,
    /// How long that is tried, seconds; 30 if not set.
    pub machine_detection_timeout_s: Option<u32>,
    /// The call goes on meanwhile.
    pub async_amd: bool,
    /// Where it is told who has answered, if the call goes on meanwhile.
    pub async_amd_status_callback: Option<String>,
    /// How it is told.
    pub async_amd_status_callback_method: Method,
    /// Fields that exist but mean nothing here: `Record`, `Trim`, …
    pub other: Vec<(String, String)>,
}

/// Fields of the call's creation that exist and are carried along without meaning.
const OTHER_FIELDS: &[&str] = &[
    "FallbackUrl",
    "FallbackMethod",
    "SendDigits",
    "Record",
    "RecordingChannels",
    "RecordingStatusCallback",
    "RecordingStatusCallbackMethod",
    "RecordingStatusCallbackEvent",
    "RecordingTrack",
    "SipAuthUsername",
    "SipAuthPassword",
    "MachineDetectionSpeechThreshold",
    "MachineDetectionSpeechEndThreshold",
    "MachineDetectionSilenceTimeout",
    "Trim",
    "CallerId",
    "Byoc",
    "CallReason",
    "CallToken",
    "ClientNotificationUrl",
    "ApplicationSid",
];

type Pairs = Vec<(String, String)>;

fn seconds(name: &str, value: &str, code: ErrorCode) -> Result<u32, ErrorBody> {
    value.trim().parse().map_err(|_| code.body(Some(&format!("{name} must be a whole number of seconds"))))
}

impl CreateCall {
    /// The form; what is not set is left out, several events repeat their name.
    pub fn to_pairs(&self) -> Pairs {
        let mut pairs: Pairs = vec![("To".into(), self.to.clone()), ("From".into(), self.from.clone())];
        let mut push = |name: &str, value: String| pairs.push((name.into(), value));
        if let Some(url) = &self.url {
            push("Url", url.clone());
            push("Method", self.method.as_str().into());
        }
        if let Some(twiml) = &self.twiml {
            push("Twiml", twiml.clone());
        }
        if let Some(url) = &self.status_callback {
            push("StatusCallback", url.clone());
            push("StatusCallbackMethod", self.status_callback_method.as_str().into());
            for event in &self.status_callback_event {
                push("StatusCallbackEvent", event.as_str().into());
            }
        }
        if let Some(seconds) = self.timeout_s {
            push("Timeout", seconds.to_string());
        }
        if let Some(seconds) = self.time_limit_s {
            push("TimeLimit", seconds.to_string());
        }
        if let Some(detection) = self.machine_detection {
            push("MachineDetection", detection.as_str().into());
        }
        if let Some(seconds) = self.machine_detection_timeout_s {
            push("MachineDetectionTimeout", seconds.to_string());
        }
        if self.async_amd {
            push("AsyncAmd", "true".into());
        }
        if let Some(url) = &self.async_amd_status_callback {
            push("AsyncAmdStatusCallback", url.clone());
            push("AsyncAmdStatusCallbackMethod", self.async_amd_status_callback_method.as_str().into());
        }
        pairs.extend(self.other.iter().cloned());
        pairs
    }

    /// Reads the form as the carrier does: what it does not know it refuses. Whether the numbers can be called is not decided here.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ErrorBody> {
        let mut call = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "To" => call.to = value,
                "From" => call.from = value,
                "Url" => call.url = Some(value),
                "Method" => call.method = Method::read(&name, &value)?,
                "Twiml" => call.twiml = Some(value),
                "StatusCallback" => call.status_callback = Some(value),
                "StatusCallbackMethod" => call.status_callback_method = Method::read(&name, &value)?,
                // Some clients send the list as one value with spaces, as TwiML has it.
                "StatusCallbackEvent" => {
                    for event in value.split_whitespace() {
                        call.status_callback_event.push(CallbackEvent::read(event)?);
                    }
                }
                "Timeout" => call.timeout_s = Some(seconds(&name, &value, ErrorCode::InvalidTimeout)?),
                "TimeLimit" => call.time_limit_s = Some(seconds(&name, &value, ErrorCode::InvalidParameter)?),
                "MachineDetection" => call.machine_detection = MachineDetection::read(&value)?,
                "MachineDetectionTimeout" => {
                    call.machine_detection_timeout_s = Some(seconds(&name, &value, ErrorCode::InvalidParameter)?);
                }
                "AsyncAmd" => call.async_amd = value.eq_ignore_ascii_case("true"),
                "AsyncAmdStatusCallback" => call.async_amd_status_callback = Some(value),
                "AsyncAmdStatusCallbackMethod" => call.async_amd_status_callback_method = Method::read(&name, &value)?,
                other if OTHER_FIELDS.contains(&other) => call.other.push((name, value)),
                _ => return Err(unknown(&name)),
            }
        }
        if call.to.is_empty() {
            return Err(ErrorCode::NoTo.body(None));
        }
        if call.from.is_empty() {
            return Err(ErrorCode::NoFrom.body(None));
        }
        if call.url.is_none() && call.twiml.is_none() {
            return Err(ErrorCode::InvalidUrl.body(Some("Url parameter is required.")));
        }
        Ok(call)
    }
}

fn unknown(name: &str) -> ErrorBody {
    ErrorCode::InvalidParameter.body(Some(&format!("there is no parameter {name:?}")))
}

/// What an update can set a call to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStatus {
    /// Ends it, whatever it does.
    Completed,
    /// Ends it only if it has not been answered.
    Canceled,
}

/// `POST …/Calls/{sid}.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateCall {
    /// Ends the call.
    pub status: Option<UpdateStatus>,
    /// Goes on with the TwiML there.
    pub url: Option<String>,
    /// How it is fetched.
    pub method: Method,
    /// Goes on with this TwiML.
    pub twiml: Option<String>,
    /// Where the call's end is told from now on.
    pub status_callback: Option<String>,
    /// How it is told.
    pub status_callback_method: Method,
    /// How long it may last, seconds.
    pub time_limit_s: Option<u32>,
}

impl UpdateCall {
    /// Ends the call.
    pub fn hang_up() -> Self {
        Self { status: Some(UpdateStatus::Completed), ..Self::default() }
    }

    /// The form; what is not set is left out.
    pub fn to_pairs(&self) -> Pairs {
        let mut pairs = Pairs::new();
        let mut push = |name: &str, value: String| pairs.push((name.into(), value));
        match self.status {
            Some(UpdateStatus::Completed) => push("Status", "completed".into()),
            Some(UpdateStatus::Canceled) => push("Status", "canceled".into()),
            None => {}
        }
        if let Some(url) = &self.url {
            push("Url", url.clone());
            push("Method", self.method.as_str().into());
        }
        if let Some(twiml) = &self.twiml {
            push("Twiml", twiml.clone());
        }
        if let Some(url) = &self.status_callback {
            push("StatusCallback", url.clone());
            push("StatusCallbackMethod", self.status_callback_method.as_str().into());
        }
        if let Some(seconds) = self.time_limit_s {
            push("TimeLimit", seconds.to_string());
        }
        pairs
    }

    /// Reads the form as the carrier does.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ErrorBody> {
        let mut update = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "Status" => {
                    update.status = Some(match value.as_str() {
                        "completed" => UpdateStatus::Completed,
                        "canceled" => UpdateStatus::Canceled,
                        _ => return Err(ErrorCode::InvalidParameter.body(Some("Status must be completed or canceled"))),
                    });
                }
                "Url" => update.url = Some(value),
                "Method" => update.method = Method::read(&name, &value)?,
                "Twiml" => update.twiml = Some(value),
                "StatusCallback" => update.status_callback = Some(value),
                "StatusCallbackMethod" => update.status_callback_method = Method::read(&name, &value)?,
                "TimeLimit" => update.time_limit_s = Some(seconds(&name, &value, ErrorCode::InvalidParameter)?),
                "FallbackUrl" | "FallbackMethod" => {}
                _ => return Err(unknown(&name)),
            }
        }
        Ok(update)
    }
}

/// The query of `GET …/Calls.json`. Times are `2026-11-21` or `2026-11-21T09:00:00Z`, both ends included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListCalls {
    /// Who was called.
    pub to: Option<String>,
    /// Who called.
    pub from: Option<String>,
    /// The call that made them.
    pub parent_call_sid: Option<String>,
    /// How far it is.
    pub status: Option<CallStatus>,
    /// Begun on this day, or on the day of this instant.
    pub start_time: Option<String>,
    /// Begun then or before.
    pub start_time_before: Option<String>,
    /// Begun then or after.
    pub start_time_after: Option<String>,
    /// Ended on this day, or on the day of this instant.
    pub end_time: Option<String>,
    /// Ended then or before.
    pub end_time_before: Option<String>,
    /// Ended then or after.
    pub end_time_after: Option<String>,
    /// The page, from 0.
    pub page: u32,
    /// How many a page holds, 1 to 1,000; 50 if not set.
    pub page_size: Option<u32>,
}

impl ListCalls {
    /// The query; what is not set is left out.
    pub fn to_pairs(&self) -> Pairs {
        let texts = [
            ("To", &self.to),
            ("From", &self.from),
            ("ParentCallSid", &self.parent_call_sid),
            ("StartTime", &self.start_time),
            ("StartTime<", &self.start_time_before),
            ("StartTime>", &self.start_time_after),
            ("EndTime", &self.end_time),
            ("EndTime<", &self.end_time_before),
            ("EndTime>", &self.end_time_after),
        ];
        let mut pairs: Pairs = texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
        if let Some(status) = self.status {
            pairs.push(("Status".into(), status.as_str().into()));
        }
        if self.page > 0 {
            pairs.push(("Page".into(), self.page.to_string()));
        }
        if let Some(size) = self.page_size {
            pairs.push(("PageSize".into(), size.to_string()));
        }
        pairs
    }

    /// Reads the query as the carrier does.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ErrorBody> {
        let mut list = Self::default();
        let number = |name: &str, value: &str| {
            value.parse::<u32>().map_err(|_| ErrorCode::InvalidParameter.body(Some(&format!("{name} must be a number"))))
        };
        for (name, value) in pairs {
            match name.as_str() {
                "To" => list.to = Some(value),
                "From" => list.from = Some(value),
                "ParentCallSid" => list.parent_call_sid = Some(value),
                "Status" => {
                    let status = CallStatus::parse(&value);
                    if status == CallStatus::Unknown {
                        return Err(ErrorCode::InvalidParameter.body(Some(&format!("there is no Status {value:?}"))));
                    }
                    list.status = Some(status);
                }
                "StartTime" => list.start_time = Some(value),
                "StartTime<" => list.start_time_before = Some(value),
                "StartTime>" => list.start_time_after = Some(value),
                "EndTime" => list.end_time = Some(value),
                "EndTime<" => list.end_time_before = Some(value),
                "EndTime>" => list.end_time_after = Some(value),
                "Page" => list.page = number(&name, &value)?,
                "PageSize" => list.page_size = Some(number(&name, &value)?.clamp(1, 1_000)),
                "PageToken" => {}
                _ => return Err(unknown(&name)),
            }
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create() -> CreateCall {
        CreateCall {
            to: "+14155550100".into(),
            from: "+14155550199".into(),
            url: Some("https://bot.example.com/twilio/twiml/o1".into()),
            status_callback: Some("https://bot.example.com/twilio/status/o1".into()),
            status_callback_event: vec![CallbackEvent::Initiated, CallbackEvent::Answered],
            timeout_s: Some(30),
            time_limit_s: Some(310),
            machine_detection: Some(MachineDetection::DetectMessageEnd),
            machine_detection_timeout_s: Some(30),
            async_amd: true,
            async_amd_status_callback: Some("https://bot.example.com/twilio/answered/o1".into()),
            ..CreateCall::default()
        }
    }

    #[test]
    fn a_creation_is_read_back_and_repeats_its_events() {
        let pairs = create().to_pairs();
        assert_eq!(pairs.iter().filter(|(name, _)| name == "StatusCallbackEvent").count(), 2);
        assert_eq!(CreateCall::from_pairs(pairs).unwrap(), create());
    }

    #[test]
    fn a_creation_is_refused_with_the_carriers_codes() {
        let code = |change: &dyn Fn(&mut Pairs)| {
            let mut pairs = create().to_pairs();
            change(&mut pairs);
            CreateCall::from_pairs(pairs).unwrap_err().code
        };
        assert_eq!(code(&|p| p.retain(|(n, _)| n != "To")), 21201);
        assert_eq!(code(&|p| p.retain(|(n, _)| n != "From")), 21213);
        assert_eq!(code(&|p| p.retain(|(n, _)| n != "Url")), 21205);
        assert_eq!(code(&|p| p.push(("Timeout".into(), "soon".into()))), 21208);
        assert_eq!(code(&|p| p.push(("StatusCallbackEvents".into(), "x".into()))), 20001);
        assert_eq!(code(&|p| p.push(("StatusCallbackEvent".into(), "busy".into()))), 20001);
        assert_eq!(code(&|p| p.push(("Method".into(), "PUT".into()))), 20001);
    }

    #[test]
    fn an_update_is_read_back() {
        assert_eq!(UpdateCall::hang_up().to_pairs(), [("Status".to_owned(), "completed".to_owned())]);
        let update = UpdateCall { url: Some("https://a.example".into()), time_limit_s: Some(5), ..UpdateCall::hang_up() };
        assert_eq!(UpdateCall::from_pairs(update.to_pairs()).unwrap(), update);
        assert_eq!(UpdateCall::from_pairs([("Status".to_owned(), "busy".to_owned())]).unwrap_err().code, 20001);
    }

    #[test]
    fn a_list_is_read_back() {
        let list = ListCalls {
            to: Some("+14155550100".into()),
            status: Some(CallStatus::InProgress),
            start_time_after: Some("2026-11-21T09:00:00Z".into()),
            page: 2,
            page_size: Some(20),
            ..ListCalls::default()
        };
        assert_eq!(ListCalls::from_pairs(list.to_pairs()).unwrap(), list);
        assert_eq!(ListCalls::from_pairs([("Statuses".to_owned(), "x".to_owned())]).unwrap_err().code, 20001);
    }
}
