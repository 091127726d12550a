//! Answers of a language model's server that are almost right: nothing panics, and no answer is longer than its limit.

use crate::{Error, Limits, error::Said, stream};
use bytes::Bytes;
use odd_input::fuzz;
use tokio::time::Instant;

const STREAMS: [&str; 4] = [
    "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    ": keep-alive\r\n\r\nevent: message\r\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"end\",\"arguments\":\"{\"}}]}}]}\r\n\r\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]},\"finish_reason\":\"tool_calls\"}]}\r\n\r\n",
    "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\",\"code\":null}}\n\n",
    "id: 1\nretry: 10\ndata: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\ndata: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":\"length\"}]}\n\n",
];
const WHOLE: [&str; 2] = [
    r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#,
    r#"{"error":{"message":"Invalid API key sk-123","type":"invalid_request_error","code":"invalid_api_key"}}"#,
];
const LIMIT: usize = 8 * 1024;

/// The same bytes in pieces of any size are the same answer.
fn answers(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let limits = Limits { bytes_max: LIMIT, ..Limits::default() };
    let read = |size: usize, is_json: bool| {
        let pieces: Vec<_> = bytes.chunks(size).map(|piece| Ok::<_, Error>(Bytes::copy_from_slice(piece))).collect();
        runtime.block_on(async {
            stream::read_bytes(futures_util::stream::iter(pieces), is_json, &limits, Instant::now() + limits.first_token).await
        })
    };
    for is_json in [false, true] {
        let (one, many) = (read(bytes.len().max(1), is_json), read(7, is_json));
        let told = |answer: &Result<crate::Answer, Error>| {
            answer.as_ref().map_err(ToString::to_string).map(|answer| format!("{answer:?}"))
        };
        // What is too long fails with the first piece that passes the limit.
        assert!(bytes.len() > LIMIT || told(&one) == told(&many), "{one:?} {many:?}");
        if let Ok(answer) = one {
            let calls: usize = answer.calls.iter().map(|call| call.arguments.len() + call.name.len()).sum();
            assert!(answer.text.len() + calls <= LIMIT);
        }
    }
    assert!(Said::read(bytes, Some("sk-123")).message.chars().count() <= 300);
}

#[test]
fn answers_that_are_almost_right() {
    fuzz(1_000, &STREAMS, answers);
    fuzz(500, &WHOLE, answers);
}
