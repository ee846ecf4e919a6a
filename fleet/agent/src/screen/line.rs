//! JSON lines from a stream, each of bounded length.

use fleet_api::ui::LINE_BYTES;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Why a line is not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    #[error("the line broke")]
    Io(#[from] std::io::Error),
    #[error("a line is longer than {LINE_BYTES} bytes")]
    TooLong,
    #[error("a line is no message")]
    Content(#[from] serde_json::Error),
}

/// The lines of a stream.
pub(super) struct Lines<R> {
    from: BufReader<R>,
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from: BufReader::new(from), line: Vec::new() }
    }

    /// The next message; none at the end of the stream.
    pub(super) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, LineError> {
        self.line.clear();
        loop {
            let piece = self.from.fill_buf().await?;
            if piece.is_empty() {
                return Ok(None);
            }
            let end = piece.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(piece.len(), |end| end + 1);
            if self.line.len() + taken > LINE_BYTES {
                return Err(LineError::TooLong);
            }
            self.line.extend_from_slice(&piece[..taken]);
            self.from.consume(taken);
            if end.is_some() {
                let message = serde_json::from_slice(&self.line)?;
                // A picture of the screen is long; the lines after it are not.
                self.line = Vec::new();
                return Ok(Some(message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet_api::ui::FromScreen;

    async fn check(bytes: &[u8]) -> Vec<Result<FromScreen, String>> {
        let mut lines = Lines::new(bytes);
        let mut found = Vec::new();
        loop {
            match lines.next::<FromScreen>().await {
                Ok(None) => return found,
                Ok(Some(message)) => found.push(Ok(message)),
                Err(error) => {
                    found.push(Err(error.to_string()));
                    return found;
                }
            }
        }
    }

    #[tokio::test]
    async fn lines_and_what_is_none() {
        let two =
            b"{\"from_screen\":\"help_ended\",\"call\":\"a\"}\n{\"from_screen\":\"later\",\"x\":1}\n{\"cut";
        let found = check(two).await;
        assert_eq!(found, [Ok(FromScreen::HelpEnded { call: "a".into() }), Ok(FromScreen::Unrecognised)]);
        assert_eq!(check(b"nonsense\n").await, [Err("a line is no message".to_owned())]);
        let endless = vec![b' '; LINE_BYTES + 1];
        assert_eq!(check(&endless).await.len(), 1);
    }
}
