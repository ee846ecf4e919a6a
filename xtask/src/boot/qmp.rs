//! QEMU's monitor: one JSON object a line over a socket.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// A conversation of JSON lines; the guest's agent speaks the same way.
#[derive(Debug)]
pub(super) struct Lines {
    reader: BufReader<UnixStream>,
}

/// Why a command was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LinesError {
    #[error("the connection to {0} is lost")]
    Lost(&'static str, #[source] std::io::Error),
    #[error("{0} was refused: {1}")]
    Refused(String, Value),
    #[error("{0} was not answered")]
    Silent(String),
}

impl Lines {
    /// Connects as soon as the socket is there.
    pub(super) fn connect(path: &Path, who: &'static str, patience: Duration) -> Result<Self, LinesError> {
        let begun = Instant::now();
        let stream = loop {
            match UnixStream::connect(path) {
                Ok(stream) => break stream,
                Err(error) if begun.elapsed() > patience => return Err(LinesError::Lost(who, error)),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// Asks, and waits for the answer past what is told besides.
    pub(super) fn ask(
        &mut self,
        name: &str,
        arguments: Value,
        patience: Duration,
    ) -> Result<Value, LinesError> {
        let lost = |e| LinesError::Lost("the machine", e);
        let asked = json!({"execute": name, "arguments": arguments});
        writeln!(self.reader.get_mut(), "{asked}").map_err(lost)?;
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(LinesError::Silent(name.to_owned()));
            }
            self.reader.get_ref().set_read_timeout(Some(left)).map_err(lost)?;
            let mut line = String::new();
            match self.reader.read_line(&mut line) {
                Ok(0) => return Err(lost(std::io::ErrorKind::UnexpectedEof.into())),
                Ok(_) => {}
                Err(e)
                    if matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
                {
                    return Err(LinesError::Silent(name.to_owned()));
                }
                Err(e) => return Err(lost(e)),
            }
            // The agent marks a new beginning by a byte that is no text of JSON.
            let Ok(mut answer) = serde_json::from_str::<Value>(line.trim_start_matches('\u{fffd}')) else {
                continue;
            };
            if let Some(error) = answer.get("error") {
                return Err(LinesError::Refused(name.to_owned(), error.clone()));
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
        }
    }
}
