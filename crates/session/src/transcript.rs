//! What both sides said, line by line, in the order in which the speech began.

use crate::playback::{Cut, ITEM_TEXT_CHARS_MAX, Playback};
use crate::words;
use types::{CallEvent, Speaker, TranscriptLine};

/// More turns than any call has; what comes after is not recorded.
const LINES_MAX: usize = 2_000;
/// More doubted words of a line than anybody looks at.
const DOUBTED_MAX: usize = 40;

/// The lines, in the order in which they got their numbers.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    number: u32,
    speaker: Speaker,
    /// The model's name for the callee's speech.
    item_id: Option<String>,
    text: String,
    /// What was heard of it, when it was cut off.
    heard: Option<String>,
    start_ms: u64,
    /// When it began was never told.
    guessed: bool,
    end_ms: Option<u64>,
    done: bool,
    /// Words of the callee's that were hard to hear.
    doubted: Vec<String>,
}

impl Transcript {
    /// The lines of an earlier part of the call, in the order of their numbers; nothing of them changes any more.
    pub(crate) fn recorded(lines: Vec<TranscriptLine>) -> Self {
        let mut kept: Vec<Line> = Vec::new();
        for line in lines.into_iter().filter(|line| line.line as usize <= LINES_MAX) {
            // Numbers of which nothing was told belong to lines without words.
            while kept.len() + 1 < line.line as usize {
                kept.push(Line::silent(kept.len() as u32 + 1));
            }
            if kept.len() + 1 == line.line as usize {
                kept.push(Line::recorded(line));
            }
        }
        Self { lines: kept }
    }

    /// Nobody has said anything yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.text.is_empty())
    }

    /// The last words, if they were the agent's and were cut off, and what was heard of them.
    pub(crate) fn cut_off_last(&self) -> Option<(&str, &str)> {
        let last = self.lines.iter().rfind(|line| !line.text.is_empty())?;
        let heard = last.heard.as_deref().filter(|_| last.speaker == Speaker::Agent)?;
        Some((last.text.as_str(), heard))
    }

    /// The callee began to speak. A speech that is known already stays as it is.
    pub(crate) fn begin_callee(&mut self, item_id: &str, start_ms: u64) {
        if self.callee(item_id).is_none() {
            self.begin(Speaker::Callee, Some(item_id.to_owned()), start_ms);
        }
    }

    /// Speech whose beginning was never told.
    fn guess_callee(&mut self, item_id: &str, now_ms: u64) {
        if self.callee(item_id).is_none() {
            self.begin_callee(item_id, now_ms);
            if let Some(line) = self.callee(item_id) {
                line.guessed = true;
            }
        }
    }

    pub(crate) fn callee_stopped(&mut self, item_id: &str, end_ms: u64) {
        if let Some(line) = self.callee(item_id) {
            line.end_ms = Some(end_ms.max(line.start_ms));
        }
    }

    /// What the callee said; nothing to tell when it has no words.
    pub(crate) fn callee_text(&mut self, item_id: &str, text: &str, done: bool, now_ms: u64) -> Option<CallEvent> {
        self.guess_callee(item_id, now_ms);
        let line = self.callee(item_id).filter(|line| !line.done)?;
        let had_words = !line.text.is_empty();
        line.text = text.trim().chars().take(ITEM_TEXT_CHARS_MAX).collect();
        line.done = done;
        (had_words || !line.text.is_empty()).then(|| line.caption())
    }

    /// These words of the callee's were hard to hear. Told with the line, so it must come before its last text.
    pub(crate) fn doubt(&mut self, item_id: &str, mut words: Vec<String>) {
        words.truncate(DOUBTED_MAX);
        if let Some(line) = self.callee(item_id).filter(|line| !line.done) {
            line.doubted = words;
        }
    }

    /// When the callee began to say it.
    pub(crate) fn callee_began_ms(&self, item_id: &str) -> Option<u64> {
        self.lines.iter().rfind(|line| line.item_id.as_deref() == Some(item_id)).map(|line| line.start_ms)
    }

    /// What is known of the callee's words.
    pub(crate) fn text_of(&self, item_id: &str) -> &str {
        self.known(item_id).map_or("", |line| line.text.as_str())
    }

    /// The callee's words will not change any more.
    pub(crate) fn is_done(&self, item_id: &str) -> bool {
        self.known(item_id).is_some_and(|line| line.done)
    }

    /// The callee's speech is an item that follows another. Of a speech whose beginning was never told, that is all that is
    /// known of its place: it comes after the one before it.
    pub(crate) fn commit_callee(&mut self, item_id: &str, previous: Option<&str>, now_ms: u64) {
        self.guess_callee(item_id, now_ms);
        let before = previous.and_then(|previous| self.known(previous)).map(|line| (line.start_ms, line.end_ms));
        let Some(line) = self.callee(item_id) else { return };
        if let Some((start_ms, end_ms)) = before {
            let after = end_ms.unwrap_or(start_ms).max(start_ms);
            if line.guessed {
                line.start_ms = after.min(line.start_ms);
            } else if line.start_ms < start_ms {
                line.start_ms = after;
            }
        }
        line.guessed = false;
    }

    /// It was not the callee who spoke. A caption, if there was one, is taken back.
    pub(crate) fn forget_callee(&mut self, item_id: &str) -> Option<CallEvent> {
        let line = self.callee(item_id)?;
        let told = !line.text.is_empty();
        line.text.clear();
        line.done = true;
        told.then(|| line.caption())
    }

    /// What the agent has said since then, as far as it was sent; the words of those lines that had begun by then, too.
    pub(crate) fn agent_words_since(&self, since_ms: u64, playback: &Playback) -> String {
        let recent = self.lines.iter().filter(|line| {
            line.speaker == Speaker::Agent && line.end_ms.is_none_or(|end_ms| end_ms >= since_ms) && !line.text.is_empty()
        });
        let texts: Vec<&str> = recent.map(|line| line.text.as_str()).collect();
        let sent = playback.items().filter(|item| item.line.is_none() && item.sent > 0).map(|item| item.text.as_str());
        texts.into_iter().chain(sent).collect::<Vec<_>>().join(" ")
    }

    fn known(&self, item_id: &str) -> Option<&Line> {
        self.lines.iter().rfind(|line| line.item_id.as_deref() == Some(item_id))
    }

    /// Speech of the callee has not been understood yet.
    pub(crate) fn awaits_text(&self) -> bool {
        self.lines.iter().any(|line| line.speaker == Speaker::Callee && !line.done)
    }

    /// The agent began to be heard; the line's number, unless there are too many.
    pub(crate) fn begin_agent(&mut self, start_ms: u64) -> Option<u32> {
        self.begin(Speaker::Agent, None, start_ms)
    }

    /// The agent's line has grown.
    pub(crate) fn agent_text(&mut self, number: u32, text: &str) -> Option<CallEvent> {
        let line = self.line(number)?;
        text.clone_into(&mut line.text);
        Some(line.caption())
    }

    /// The agent's line was heard to its end.
    pub(crate) fn agent_done(&mut self, number: u32, text: &str, end_ms: u64) -> Option<CallEvent> {
        let line = self.line(number)?;
        text.clone_into(&mut line.text);
        (line.end_ms, line.done) = (Some(end_ms), true);
        Some(line.caption())
    }

    /// The agent's line was cut off. Nothing to tell when none of it had been sent.
    pub(crate) fn agent_cut(&mut self, cut: &Cut, whole: bool, now_ms: u64) -> Option<CallEvent> {
        let number = cut.item.line?;
        if whole {
            return self.agent_done(number, &cut.item.text, now_ms);
        }
        let line = self.line(number)?;
        line.text.clone_from(&cut.item.text);
        line.heard = Some(words::share(&cut.item.text, cut.heard, cut.item.whole()).to_owned());
        (line.end_ms, line.done) = (Some(now_ms.max(line.start_ms)), true);
        Some(line.caption())
    }

    /// The agent's line broke off; this much of it is heard in the end.
    pub(crate) fn agent_broken(&mut self, number: u32, text: &str, heard: &str, now_ms: u64) -> Option<CallEvent> {
        let line = self.line(number)?;
        text.clone_into(&mut line.text);
        line.heard = Some(heard.to_owned());
        (line.end_ms, line.done) = (Some(now_ms.max(line.start_ms)), true);
        Some(line.caption())
    }

    /// The model that named the callee's speech is gone. What it had not understood to the end is taken back; another one will
    /// hear it again. Whether there was such speech.
    pub(crate) fn forget_items(&mut self) -> (Vec<CallEvent>, bool) {
        let (mut captions, mut unknown) = (Vec::new(), false);
        for line in &mut self.lines {
            line.item_id = None;
            if line.speaker == Speaker::Callee && !line.done {
                (line.done, unknown) = (true, true);
                if !line.text.is_empty() {
                    line.text.clear();
                    captions.push(line.caption());
                }
            }
        }
        (captions, unknown)
    }

    /// Every line with words, in the order in which the speech began.
    pub(crate) fn lines(&self, now_ms: u64) -> Vec<TranscriptLine> {
        let mut lines: Vec<TranscriptLine> =
            self.lines.iter().filter(|line| !line.text.is_empty()).map(|line| line.told(now_ms)).collect();
        lines.sort_by_key(|line| line.start_ms);
        lines
    }

    fn begin(&mut self, speaker: Speaker, item_id: Option<String>, start_ms: u64) -> Option<u32> {
        if self.lines.len() >= LINES_MAX {
            return None;
        }
        let number = self.lines.len() as u32 + 1;
        let text = String::new();
        self.lines.push(Line {
            number,
            speaker,
            item_id,
            text,
            heard: None,
            start_ms,
            guessed: false,
            end_ms: None,
            done: false,
            doubted: Vec::new(),
        });
        Some(number)
    }

    fn callee(&mut self, item_id: &str) -> Option<&mut Line> {
        self.lines.iter_mut().rfind(|line| line.item_id.as_deref() == Some(item_id))
    }

    fn line(&mut self, number: u32) -> Option<&mut Line> {
        self.lines.get_mut(number as usize - 1)
    }
}

impl Line {
    fn silent(number: u32) -> Self {
        let (text, done) = (String::new(), true);
        Self {
            number,
            speaker: Speaker::Callee,
            item_id: None,
            text,
            heard: None,
            start_ms: 0,
            guessed: false,
            end_ms: Some(0),
            done,
            doubted: Vec::new(),
        }
    }

    fn recorded(line: TranscriptLine) -> Self {
        Self {
            number: line.line,
            speaker: line.speaker,
            item_id: None,
            text: line.text,
            heard: line.interrupted.then_some(line.heard),
            start_ms: line.start_ms,
            guessed: false,
            end_ms: Some(line.end_ms),
            done: true,
            doubted: line.doubted,
        }
    }

    fn caption(&self) -> CallEvent {
        CallEvent::Caption {
            line: self.number,
            speaker: self.speaker,
            text: self.text.clone(),
            done: self.done,
            heard: self.heard.clone(),
            doubted: self.doubted.clone(),
        }
    }

    fn told(&self, now_ms: u64) -> TranscriptLine {
        TranscriptLine {
            line: self.number,
            speaker: self.speaker,
            text: self.text.clone(),
            heard: self.heard.clone().unwrap_or_else(|| self.text.clone()),
            interrupted: self.heard.is_some(),
            doubted: self.doubted.clone(),
            start_ms: self.start_ms,
            end_ms: self.end_ms.unwrap_or(now_ms).max(self.start_ms),
        }
    }
}
