//! The reference call handler: one book of orders, in which a key stands once. It keeps its word and no more.

use crate::world::{order_id, result, sid, view};
use async_trait::async_trait;
use graph::task::{Calls, HangUpError, PlaceError, StatusError, TellError};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Mutex,
};
use types::{CallResult, CallStage, CallView, Estimated, IdempotencyKey, Order, OrderAccepted, OrderId};

/// How the handler takes the next question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It does what it is asked to.
    Well,
    /// It refuses the order; nothing is dialled.
    Refuses,
    /// Nobody answers, and nothing arrives.
    Away,
    /// It does what it is asked to, but the answer is lost.
    AnswerLost,
    /// Nothing arrives, but the one who asks cannot know that.
    QuestionLost,
}

/// One answer that a step got; played back, the step must do the same again.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Placed(Result<OrderAccepted, PlaceError>),
    Status(Result<Option<CallView>, StatusError>),
    HungUp(Result<(), HangUpError>),
}

#[derive(Debug, Default)]
struct Book {
    orders: BTreeMap<String, (Order, Option<CallResult>)>,
    moods: VecDeque<Mood>,
    /// The answers since [`Handler::listen`].
    answers: Vec<Answer>,
    /// What is answered from instead of the book.
    playback: Option<VecDeque<Answer>>,
}

#[derive(Debug, Default)]
pub(crate) struct Handler(Mutex<Book>);

impl Handler {
    pub(crate) fn will_be(&self, mood: Mood) {
        self.0.lock().unwrap().moods.push_back(mood);
    }

    /// From now on everything goes well.
    pub(crate) fn calms_down(&self) {
        self.0.lock().unwrap().moods.clear();
    }

    /// The call of an attempt ends, if there is one that has not ended; its result is in the book from now on.
    pub(crate) fn ends(&self, key: &str, status: &str, outcome: &str) -> Option<CallResult> {
        let mut book = self.0.lock().unwrap();
        let (order, ended) = book.orders.get_mut(key)?;
        if ended.is_none() {
            *ended = Some(result(order.attempt, status, outcome, "What happened."));
        }
        ended.clone()
    }

    /// Every order that was taken, by its key: each is one telephone that rings.
    pub(crate) fn dialled(&self) -> BTreeMap<String, Order> {
        self.0.lock().unwrap().orders.iter().map(|(key, (order, _))| (key.clone(), order.clone())).collect()
    }

    /// Forgets the answers so far.
    pub(crate) fn listen(&self) {
        self.0.lock().unwrap().answers.clear();
    }

    pub(crate) fn answers(&self) -> Vec<Answer> {
        self.0.lock().unwrap().answers.clone()
    }

    /// Answers as it did before; `None`: by the book again. Every answer must have been asked for.
    pub(crate) fn play(&self, answers: Option<Vec<Answer>>) {
        let before = std::mem::replace(&mut self.0.lock().unwrap().playback, answers.map(Into::into));
        assert!(before.is_none_or(|rest| rest.is_empty()), "the step asked less than the first time");
    }

    fn tell<T>(
        &self,
        ask: impl FnOnce(&mut Book, Mood) -> T,
        keep: impl FnOnce(T) -> Answer,
        again: impl FnOnce(Answer) -> Option<T>,
    ) -> T
    where
        T: Clone,
    {
        let mut book = self.0.lock().unwrap();
        if let Some(playback) = &mut book.playback {
            return playback.pop_front().and_then(again).expect("the step asked something else than the first time");
        }
        let mood = book.moods.pop_front().unwrap_or(Mood::Well);
        let told = ask(&mut book, mood);
        book.answers.push(keep(told.clone()));
        told
    }
}

#[async_trait]
impl Calls for Handler {
    fn order_url(&self) -> String {
        "http://127.0.0.1:5002/order".into()
    }

    async fn estimate(&self, _: &Order) -> Result<Estimated, StatusError> {
        Ok(Estimated { estimate: None, unknown: Some("nothing has a price here".into()) })
    }

    async fn place_order(&self, order: &Order, key: &IdempotencyKey) -> Result<OrderAccepted, PlaceError> {
        order.check().expect("every order that is sent has been checked");
        let place = |book: &mut Book, mood: Mood| {
            let message = || "a test".to_owned();
            let known = book.orders.get(key.as_str()).map(|(order, _)| order.clone());
            assert!(known.as_ref().is_none_or(|known| known == order), "{key:?} with another body: {known:?} {order:?}");
            match mood {
                Mood::Away => return Err(PlaceError::Unavailable { message: message() }),
                Mood::QuestionLost => return Err(PlaceError::Unclear { message: message() }),
                Mood::Refuses if known.is_none() => {
                    return Err(PlaceError::Refused { code: "carrier_refused".into(), message: message(), field: None });
                }
                Mood::Well | Mood::AnswerLost | Mood::Refuses => {}
            }
            book.orders.entry(key.as_str().to_owned()).or_insert_with(|| (order.clone(), None));
            if mood == Mood::AnswerLost {
                return Err(PlaceError::Unclear { message: message() });
            }
            let (call_sid, order_id) = (sid(order.attempt), order_id(order.attempt));
            Ok(OrderAccepted { status: "Call initiated".into(), call_sid, order_id })
        };
        self.tell(place, Answer::Placed, |answer| match answer {
            Answer::Placed(told) => Some(told),
            Answer::Status(_) | Answer::HungUp(_) => None,
        })
    }

    async fn answer(&self, _: &OrderId, _: &str, _: &str) -> Result<(), TellError> {
        Err(TellError::Unavailable { message: "a test".into() })
    }

    async fn instruct(&self, _: &OrderId, _: &str, _: &str) -> Result<(), TellError> {
        Err(TellError::Unavailable { message: "a test".into() })
    }

    async fn order_status(&self, key: &IdempotencyKey) -> Result<Option<CallView>, StatusError> {
        let ask = |book: &mut Book, mood: Mood| match mood {
            Mood::Away | Mood::AnswerLost | Mood::QuestionLost => Err(StatusError { message: "a test".into() }),
            Mood::Well | Mood::Refuses => Ok(book.orders.get(key.as_str()).map(|(order, ended)| {
                let stage = if ended.is_some() { CallStage::Ended } else { CallStage::Connected };
                view(order.attempt, stage, ended.clone())
            })),
        };
        self.tell(ask, Answer::Status, |answer| match answer {
            Answer::Status(told) => Some(told),
            Answer::Placed(_) | Answer::HungUp(_) => None,
        })
    }

    async fn hang_up(&self, order: &OrderId) -> Result<(), HangUpError> {
        let hang_up = |book: &mut Book, mood: Mood| {
            if matches!(mood, Mood::Away | Mood::AnswerLost | Mood::QuestionLost) {
                return Err(HangUpError::Unavailable { message: "a test".into() });
            }
            let live = book.orders.values().any(|(known, ended)| order_id(known.attempt) == *order && ended.is_none());
            if live { Ok(()) } else { Err(HangUpError::AlreadyEnded) }
        };
        self.tell(hang_up, Answer::HungUp, |answer| match answer {
            Answer::HungUp(told) => Some(told),
            Answer::Placed(_) | Answer::Status(_) => None,
        })
    }
}
