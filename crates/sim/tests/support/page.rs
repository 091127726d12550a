//! A phone page as its socket sees it.

use super::within;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// Opens the socket with that origin; the status of the refusal if it is refused.
pub async fn open_from(addr: SocketAddr, origin: Option<&str>) -> Result<Page, u16> {
    let mut request = format!("ws://{addr}/phone/socket").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Page(socket)),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// A page of our own that has been told that it waits, or whatever else is the case.
pub async fn open(addr: SocketAddr) -> (Page, Value) {
    let mut page = open_from(addr, Some(&format!("http://{addr}"))).await.unwrap();
    let told = page.told().await;
    (page, told)
}

impl Page {
    async fn next(&mut self) -> Message {
        within(self.0.next()).await.expect("the socket goes on").unwrap()
    }

    /// The next text message; audio before it is passed over.
    pub async fn told(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.next().await {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Waits until the page is told something of that type.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let told = self.told().await;
            if told["type"] == kind {
                return told;
            }
        }
    }

    /// The next frame of audio.
    pub async fn hear(&mut self) -> Vec<u8> {
        loop {
            if let Message::Binary(frame) = self.next().await {
                return frame.to_vec();
            }
        }
    }

    /// Why the simulator closed the socket.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(Some(frame)) = self.next().await {
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    pub async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub async fn speak(&mut self, frame: Vec<u8>) {
        self.0.send(Message::binary(frame)).await.unwrap();
    }

    /// Answers the call that rings.
    pub async fn answer(&mut self) -> String {
        let call_sid = self.until("ringing").await["call_sid"].as_str().unwrap().to_owned();
        self.say(json!({"type": "answer", "call_sid": call_sid})).await;
        assert_eq!(self.told().await, json!({"type": "in_call", "call_sid": call_sid}));
        call_sid
    }
}
