//! `ringback call --json --json-input`, as a program drives it: events on its output, answers and instructions on its input.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use serde_json::{Value, json};
use support::scripted;
use support::{Rig, WITHIN, done};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

const ORDER: [&str; 10] = [
    "+14155550100",
    "order a pepperoni pizza for pickup",
    "--detail",
    "size=large",
    "--detail",
    "quantity=1",
    "--name",
    "Maria Lopez",
    "--yes",
    "--json",
];

/// A program that runs another.
struct Driver {
    child: Child,
    says: ChildStdin,
    hears: Lines<BufReader<ChildStdout>>,
}

impl Driver {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        let (says, hears) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
        Self { child, says, hears }
    }

    async fn say(&mut self, line: &[u8]) {
        self.says.write_all(line).await.unwrap();
        self.says.write_all(b"\n").await.unwrap();
    }

    /// The next line that is wanted.
    async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let next = async {
            while let Some(line) = self.hears.next_line().await.unwrap() {
                let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
                if wanted(&line) {
                    return line;
                }
            }
            panic!("the program has ended");
        };
        tokio::time::timeout(WITHIN, next).await.expect("the line comes")
    }

    /// What became of the next line that was said.
    async fn became(&mut self) -> Value {
        self.until(|line| line["stream"] == "input").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_answers_the_question_and_tells_the_agent_something() {
    let (rig, mut told) = scripted::asks_for_the_crust().await;
    let mut driver = Driver::start(rig.call(&[&ORDER[..], &["--json-input"]].concat()));
    let asked = driver.until(|line| line["stream"] == "call" && line["event"]["type"] == "question").await;
    let question = &asked["event"]["question"];
    assert_eq!((&question["id"], &question["choices"][1]), (&json!("q1"), &json!("thick")));

    // What cannot be used costs nothing but its own line.
    driver.say(b"thick").await;
    let refused = driver.became().await;
    assert_eq!((&refused["line"], &refused["status"], &refused["code"]), (&json!(1), &json!("refused"), &json!("unusable_line")));
    assert!(refused["message"].as_str().unwrap().contains("question_id"), "{refused}");
    driver.say(&vec![b'x'; 100_000]).await;
    let refused = driver.became().await;
    assert!(refused["line"] == 2 && refused["message"].as_str().unwrap().contains("longer than 8192 bytes"), "{refused}");
    driver.say(json!({"type": "answer", "question_id": "q7", "text": "thick"}).to_string().as_bytes()).await;
    let refused = driver.became().await;
    assert_eq!((&refused["line"], &refused["code"]), (&json!(3), &json!("no_question")), "in the engine's words");

    driver.say(b"").await;
    driver.say(json!({"type": "answer", "question_id": "q1", "text": "thick"}).to_string().as_bytes()).await;
    assert_eq!(driver.became().await, json!({"stream": "input", "line": 5, "status": "taken"}));
    driver.say(json!({"type": "instruction", "text": "ask if they have gluten-free"}).to_string().as_bytes()).await;
    assert_eq!(driver.became().await, json!({"stream": "input", "line": 6, "status": "taken"}));
    scripted::is_told(&mut told, &types::briefing::instruct("ask if they have gluten-free")).await;

    // The end of the input is no end of the call.
    let Driver { child, says, hears } = driver;
    drop(says);
    let conversation = rig.conversations().await[0]["conversation_id"].as_str().unwrap().to_owned();
    assert_eq!(rig.conversations().await[0]["node"], "await_result");
    rig.hang_up(&conversation).await;
    let mut rest = hears;
    let mut last = Value::Null;
    while let Some(line) = tokio::time::timeout(WITHIN, rest.next_line()).await.expect("the call ends").unwrap() {
        last = serde_json::from_str(&line).unwrap();
    }
    assert_eq!(last["ended_reason"], "user_hung_up", "the last line is the result: {last}");
    assert_eq!(done(child).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_flag_the_input_is_left_alone() {
    let rig = Rig::start().await;
    let busy: Vec<&str> = std::iter::once("+14155550110").chain(ORDER[1..].iter().copied()).collect();
    let ran = done({
        let mut driver = Driver::start(rig.call(&busy));
        driver.say(b"the next line of a loop's input").await;
        drop(driver.says);
        let mut child = driver.child;
        child.stdout = Some(driver.hears.into_inner().into_inner());
        child
    })
    .await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.lines().iter().all(|line| line["stream"] != "input"), "{ran:?}");
    let needs = support::run(rig.call(&[&busy[..9], &["--json-input"]].concat())).await;
    assert!(needs.code == 2 && needs.err.contains("--json"), "{needs:?}");
}
