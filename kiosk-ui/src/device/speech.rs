//! The voice's thread: one text at a time, the newest wins.
//!
//! Duty: say what the session asks for, and stop when the visit ends. Never: hold the screen up; what cannot be said is
//! shown, and that is all.

use crate::chain::Chain;
use crate::config::SpeechConfig;
use domain::locale::Locale;
use domain::personal::Personal;
use drivers::speech::{SpeechError, Voice};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

/// The way to the voice's thread; dropping it ends the thread.
#[derive(Debug)]
pub struct SpeechDesk {
    texts: Sender<Text>,
    /// The number of the text that may be said; every other one is over.
    turn: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Text {
    turn: u64,
    locale: Locale,
    words: Personal,
}

impl SpeechDesk {
    /// Starts the thread.
    ///
    /// # Errors
    /// The machine gives no thread.
    pub fn start(config: SpeechConfig) -> std::io::Result<Self> {
        let (texts, heard) = channel();
        let turn = Arc::new(AtomicU64::new(0));
        let inside = Arc::clone(&turn);
        let spawn = std::thread::Builder::new().name("speech".to_owned());
        spawn.spawn(move || run(&config, &heard, &inside))?;
        Ok(Self { texts, turn })
    }

    /// Says a text; what is being said breaks off.
    pub fn say(&self, locale: Locale, words: Personal) {
        let turn = self.turn.fetch_add(1, Ordering::AcqRel) + 1;
        // The thread ends only with this sender.
        let _gone = self.texts.send(Text { turn, locale, words });
    }

    /// Nothing is said any more.
    pub fn hush(&self) {
        self.turn.fetch_add(1, Ordering::AcqRel);
    }
}

impl Drop for SpeechDesk {
    fn drop(&mut self) {
        self.hush();
    }
}

fn run(config: &SpeechConfig, heard: &Receiver<Text>, now: &AtomicU64) {
    let voice = |locale| Voice::new(&config.program, config.arguments(locale).to_vec());
    let mut told = false;
    while let Ok(Text { turn, locale, words }) = heard.recv() {
        let goes_on = || now.load(Ordering::Acquire) == turn;
        if !goes_on() {
            continue;
        }
        match voice(locale).say(words.reveal(), &goes_on) {
            Ok(_) => told = false,
            // That a voice which is not there is still not there fills no log.
            Err(error) if told && matches!(error, SpeechError::NotStarted { .. }) => {}
            Err(error) => {
                told = true;
                tracing::warn!(error = %Chain(&error), "a text is shown and not said");
            }
        }
    }
}
