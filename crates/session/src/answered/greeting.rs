//! What the callee's words tell of who has answered.

use super::press;
use crate::words;

/// What kind of words they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Voicemail that takes no message.
    MailboxFull,
    /// A machine asks who is calling and why.
    Screening,
    /// A machine takes a message.
    LeaveMessage,
    /// Somebody cannot be reached, or has been reached: people say it, too.
    Unavailable,
    /// The call is not taken.
    Rejected,
    /// The caller is to wait.
    PleaseWait,
    /// Nobody but a person says it.
    Person,
    /// Anything else.
    Other,
}

const FULL: &[&str] = &[
    "mailbox is full",
    "mailbox is currently full",
    "mail box is full",
    "inbox is full",
    "cannot accept any messages",
    "cant accept any messages",
    "cannot accept any more messages",
    "cannot accept new messages",
    "not accepting messages",
    "has not been set up",
    "hasnt been set up",
    "mailbox ist voll",
];

const SCREENING: &[&str] = &[
    "state your name",
    "say your name and why",
    "say your name and the reason",
    "say your name after",
    "record your name",
    "your name and reason for calling",
    "your name and the reason for calling",
    "your name and the reason for your call",
    "screening service",
    "call screening",
    "call screener",
    "call assist",
    "google assistant",
    "copy of this conversation",
    "say who is calling and why",
    "say whos calling and why",
    "tell me who is calling and why",
    "see if this person is available",
    "see if they are available to take your call",
];

const MESSAGE: &[&str] = &[
    "after the tone",
    "after the beep",
    "at the tone",
    "at the beep",
    "after the signal",
    "leave a message",
    "leave me a message",
    "leave us a message",
    "leave your message",
    "leave your name and number",
    "leave your name and your number",
    "leave your name number",
    "leave a brief message",
    "leave a short message",
    "leave a detailed message",
    "record your message",
    "record a message",
    "voicemail",
    "voice mail",
    "voice mailbox",
    "voice messaging system",
    "answering machine",
    "no one is available to take your call",
    "nobody is available to take your call",
    "not available to take your call",
    "unable to take your call",
    "cant take your call",
    "cannot take your call",
    "cant come to the phone",
    "cannot come to the phone",
    "cant get to the phone",
    "nach dem signalton",
    "nach dem piepton",
    "hinterlassen sie",
    "después de la señal",
    "después del tono",
    "deje un mensaje",
    "deje su mensaje",
    "après le bip",
    "après le signal",
    "laissez un message",
    "laisser un message",
    "dopo il segnale",
    "lasciate un messaggio",
    "na de piep",
    "na de toon",
    "após o sinal",
    "deixe sua mensagem",
    "deixe uma mensagem",
];

/// People offer to take a message, and ask whether one is to be left.
const OFFER: &[&str] = &[
    "can i take a message",
    "could i take a message",
    "may i take a message",
    "like to leave a message",
    "want to leave a message",
    "wanna leave a message",
    "want me to leave a message",
    "can leave a message with me",
    "like me to take a message",
    "like to leave your name",
    "can i leave a message",
];

const UNAVAILABLE: &[&str] = &[
    "you have reached",
    "youve reached",
    "is not available",
    "isnt available",
    "not available right now",
    "is unavailable",
    "currently unavailable",
    "im not here",
    "not in right now",
    "cant answer",
    "the person you are calling",
    "the person youre calling",
    "the number you have dialed",
    "the number you dialed",
    "get back to you",
    "return your call",
];

const REJECTED: &[&str] = &[
    "not accepting calls",
    "does not accept calls",
    "not interested in",
    "take this number off",
    "remove this number",
    "cant take this call",
    "cannot take this call",
    "cant talk right now",
    "declined the call",
    "declined your call",
];

const WAIT: &[&str] = &[
    "one moment",
    "just a moment",
    "please wait",
    "hold on",
    "please hold",
    "stay on the line",
    "connecting",
    "trying to connect",
    "trying to reach",
    "ill see if",
    "let me see if",
    "let me check if",
    "putting you through",
];

const PERSON: &[&str] = &[
    "who is this",
    "whos this",
    "who is calling",
    "whos calling",
    "how can i help",
    "how may i help",
    "what can i do for you",
    "are you there",
    "anybody there",
    "anyone there",
    "can you hear me",
    "i can hear you",
    "im here",
    "sorry i missed",
    "speaking",
];

/// A greeting of this many words at most may be a person's.
const SHORT_MAX: usize = 6;

/// What these words tell.
pub(crate) fn read(text: &str) -> Words {
    let plain = words::plain(text);
    let padded = format!(" {} ", plain.join(" "));
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")));
    let greets = || plain.first().is_some_and(|first| matches!(first.as_str(), "hello" | "hi" | "yes" | "yeah" | "hey"));
    match () {
        () if any(FULL) => Words::MailboxFull,
        () if any(SCREENING) || any(press::PUTS_THROUGH) && press::wants_key(text) => Words::Screening,
        () if any(OFFER) => Words::Person,
        () if any(MESSAGE) => Words::LeaveMessage,
        () if any(REJECTED) => Words::Rejected,
        () if any(PERSON) => Words::Person,
        () if any(UNAVAILABLE) => Words::Unavailable,
        () if any(WAIT) => Words::PleaseWait,
        () if greets() && plain.len() <= SHORT_MAX => Words::Person,
        () => Words::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_by_what_they_say() {
        for (text, words) in [
            (
                "Hi, you've reached Bob. I can't come to the phone right now. Please leave a message after the tone.",
                Words::LeaveMessage,
            ),
            ("The person you are calling is not available. At the tone, please record your message.", Words::LeaveMessage),
            ("Your call has been forwarded to an automated voice messaging system.", Words::LeaveMessage),
            ("Leave your name and number and we'll get back to you.", Words::LeaveMessage),
            ("Guten Tag, bitte hinterlassen Sie eine Nachricht nach dem Signalton.", Words::LeaveMessage),
            ("The mailbox is full and cannot accept any messages at this time. Goodbye.", Words::MailboxFull),
            ("The person you have dialed has a voice mailbox that has not been set up yet.", Words::MailboxFull),
            ("Please state your name and the reason for calling.", Words::Screening),
            ("Hi, if you record your name and reason for calling, I'll see if this person is available.", Words::Screening),
            (
                "The person you're calling is using a screening service from Google, and will get a copy of this conversation. Go \
                 ahead and say your name, and why you're calling.",
                Words::Screening,
            ),
            ("After the tone, please record your name.", Words::Screening),
            ("Thank you. Please stay on the line.", Words::PleaseWait),
            ("To prove that you are not a robot, press 5.", Words::Screening),
            ("Press one to connect your call.", Words::Screening),
            // Every menu says so.
            ("To continue in English, press 1.", Words::Other),
            ("The person you are calling is not accepting calls at this time.", Words::Rejected),
        ] {
            assert_eq!(read(text), words, "{text}");
        }
    }

    /// Who only looks for "message" or "you've reached" takes receptionists for machines.
    #[test]
    fn people_who_speak_of_messages_are_people() {
        for (text, words) in [
            ("He is out for lunch. Can I take a message?", Words::Person),
            ("She's not in right now, would you like to leave a message?", Words::Person),
            ("Hello? Who is this?", Words::Person),
            ("Thanks for calling Tony's Pizza, how can I help you?", Words::Person),
            ("Yes?", Words::Person),
            ("You've reached Tony's Pizza.", Words::Unavailable),
            ("Tony's Pizza, what would you like?", Words::Other),
            ("And what is your name?", Words::Other),
        ] {
            assert_eq!(read(text), words, "{text}");
        }
    }
}
