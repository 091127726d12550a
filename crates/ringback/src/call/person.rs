//! The person at the terminal: asked questions, and listened to for Ctrl-C.

use super::{
    Error,
    line::{self, Line},
};
use anyhow::Context as _;
use std::io::{BufRead as _, Read as _, Write as _};
use tokio::sync::{mpsc, oneshot};

/// The longest answer that is read, bytes.
const ANSWER_BYTES_MAX: u64 = 8 * 1024;
/// How many lines may wait to be read.
const LINES_MAX: usize = 16;

/// Who has asked for the call.
pub(super) struct Person {
    can_be_asked: bool,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Person {
    pub(super) fn new(can_be_asked: bool) -> Result<Self, Error> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let listen = |kind| signal(kind).context("cannot listen for Ctrl-C");
            Ok(Self { can_be_asked, interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self { can_be_asked })
    }

    /// Whether somebody sits at the terminal.
    pub(super) fn can_be_asked(&self) -> bool {
        self.can_be_asked
    }

    /// Ends with the next Ctrl-C or SIGTERM.
    pub(super) async fn interrupted(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }

    /// What comes from now on, line by line. Nothing can be asked any more.
    pub(super) fn lines(&self) -> mpsc::Receiver<Line> {
        let (tell, lines) = mpsc::channel(LINES_MAX);
        // Not one of the runtime's threads: it may wait for Enter for ever.
        std::thread::spawn(move || {
            let mut input = std::io::stdin().lock();
            while line::read(&mut input).ok().flatten().is_some_and(|line| tell.blocking_send(line).is_ok()) {}
        });
        lines
    }

    /// Asks on the standard error, so that the standard output is what was learned. `None`: the input has ended.
    pub(super) async fn ask(&mut self, question: &str) -> Result<Option<String>, Error> {
        {
            let mut err = std::io::stderr().lock();
            write!(err, "{question}").and_then(|()| err.flush()).context("cannot ask at the terminal")?;
        }
        let (tell, answer) = oneshot::channel();
        // Not one of the runtime's threads: nobody may come to press Enter, and the program must be able to end.
        std::thread::spawn(move || {
            drop(tell.send(read_line()));
        });
        tokio::select! {
            answer = answer => Ok(answer.context("the terminal is gone")?.context("cannot read the answer")?),
            () = self.interrupted() => {
                eprintln!();
                Err(Error::Declined)
            }
        }
    }
}

/// A line of the standard input; `None` when it has ended.
fn read_line() -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let bytes = std::io::stdin().lock().take(ANSWER_BYTES_MAX).read_line(&mut line)?;
    Ok((bytes > 0).then_some(line))
}
