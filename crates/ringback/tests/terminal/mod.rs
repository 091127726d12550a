//! A person at a terminal: a pseudo-terminal that the program reads from, and Ctrl-C.

use crate::support::scripted;
use crate::support::{Ran, Rig, WITHIN, done};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// Presses Ctrl-C.
pub(crate) fn interrupt(child: &Child) {
    let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).unwrap())).expect("it runs");
    kill_process(pid, Signal::INT).unwrap();
}

/// Who types.
struct Typist {
    keyboard: File,
    /// What is shown: the standard error, where questions before the call stand.
    shows: Box<dyn AsyncRead + Send + Unpin>,
    seen: String,
}

/// Starts the program with its input from a terminal.
fn sit_down(mut command: Command) -> (Child, Typist) {
    let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let name = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
    let noctty = i32::try_from(OpenptFlags::NOCTTY.bits()).unwrap();
    let screen = OpenOptions::new().read(true).write(true).custom_flags(noctty).open(name).unwrap();
    let mut child = command.stdin(screen).spawn().unwrap();
    let shows = Box::new(child.stderr.take().unwrap());
    (child, Typist { keyboard: keyboard.into(), shows, seen: String::new() })
}

impl Typist {
    /// Waits until this is asked, then types the answer.
    async fn answer(&mut self, asked: &str, answer: &str) {
        tokio::time::timeout(WITHIN, async {
            let mut some = [0; 1024];
            while !self.seen.contains(asked) {
                let n = self.shows.read(&mut some).await.unwrap();
                assert!(n > 0, "{asked} was not asked: {}", self.seen);
                self.seen += &String::from_utf8_lossy(&some[..n]);
            }
        })
        .await
        .unwrap_or_else(|_| panic!("{asked} was not asked in time: {}", self.seen));
        let after = self.seen.find(asked).unwrap() + asked.len();
        self.seen.drain(..after);
        writeln!(self.keyboard, "{answer}").unwrap();
    }
}

async fn talk(rig: &Rig, answers: &[(&str, &str)]) -> Ran {
    let (child, mut typist) = sit_down(rig.call(&["+14155550110", "order a pepperoni pizza for pickup"]));
    for (asked, answer) in answers {
        typist.answer(asked, answer).await;
    }
    let ran = done(child).await;
    drop(typist);
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_and_a_yes_dials() {
    let rig = Rig::start().await;
    let ran = talk(&rig, &[("What size", "large"), ("What name", "Maria Lopez"), ("Call? [y/N]", "y")]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.out.contains("the line was busy"), "{}", ran.out);
    assert_eq!(rig.dialled().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_a_yes_is_a_no() {
    let rig = Rig::start().await;
    let ran = talk(&rig, &[("What size", "large"), ("What name", "Maria Lopez"), ("Call? [y/N]", "")]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(rig.dialled().await, 0);
    assert_eq!(rig.conversations().await[0]["node"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_at_a_question_leaves_without_a_call() {
    let rig = Rig::start().await;
    let (child, mut typist) = sit_down(rig.call(&["+14155550110", "order a pepperoni pizza for pickup"]));
    typist.answer("What size", "large").await;
    interrupt(&child);
    assert_eq!(done(child).await.code, 3);
    assert_eq!((rig.dialled().await, rig.conversations().await.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_of_the_call_is_answered_and_an_instruction_given_at_the_terminal() {
    let (rig, mut told) = scripted::asks_for_the_crust().await;
    let details = ["--detail", "size=large", "--detail", "quantity=1", "--name", "Maria Lopez", "--yes"];
    let arguments: Vec<&str> = ["+14155550100", "order a pepperoni pizza for pickup"].into_iter().chain(details).collect();
    let (mut child, mut typist) = sit_down(rig.call(&arguments));
    // What the call tells stands on the standard output.
    let _errors = std::mem::replace(&mut typist.shows, Box::new(child.stdout.take().unwrap()));
    typist.answer("/tell WORDS tells the agent what to do", "/order").await;
    typist.answer("There is no /order.", "").await;
    typist.answer("1  thin\n      2  thick\n    Type a number from 1 to 2", "3").await;
    typist.answer("Type a number from 1 to 2", "2").await;
    typist.answer("(Answered: thick. The agent goes on.)", "/tell ask if they have gluten-free").await;
    typist.answer("You told the agent: ask if they have gluten-free", "").await;
    scripted::is_told(&mut told, &types::briefing::instruct("ask if they have gluten-free")).await;
    interrupt(&child);
    assert_eq!(done(child).await.code, 1);
}
