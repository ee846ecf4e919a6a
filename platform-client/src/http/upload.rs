//! A file that is read while it is sent.
//!
//! Duty: hand the network one chunk at a time, with its length known from the start. Never: hold more than two chunks;
//! read on a thread that serves the network.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::io::{self, ErrorKind, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

const CHUNK: usize = 64 << 10;

/// Bytes that are read when they are needed, from their beginning each time: a call may have to be written anew.
#[derive(Clone)]
pub struct Content(Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>);

impl Content {
    /// With what opens them.
    pub fn new(open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }

    /// Opens them; reading may wait for the disk.
    ///
    /// # Errors
    /// They are gone or cannot be read.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        (self.0)()
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Content")
    }
}

/// The body of a request that is read from a file.
pub(super) struct Upload {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl Upload {
    /// Begins to read, on a thread that may wait for the disk; it ends with the request.
    pub(super) fn begin(content: Content, length: u64) -> Self {
        let (sender, chunks) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || match content.open() {
            Ok(content) => read(content, length, &sender),
            Err(error) => drop(sender.blocking_send(Err(error))),
        });
        Self { chunks, left: length }
    }
}

fn read(mut content: Box<dyn Read + Send>, mut left: u64, sender: &mpsc::Sender<io::Result<Bytes>>) {
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let mut chunk = Zeroizing::new(vec![0; length]);
        let read = content.read_exact(&mut chunk);
        let failed = read.is_err();
        // The bytes are wiped when the network is done with them.
        if sender.blocking_send(read.map(|()| Bytes::from_owner(chunk))).is_err() || failed {
            return;
        }
        left -= length as u64;
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let next = ready!(self.chunks.poll_recv(cx));
        if let Some(Ok(chunk)) = &next {
            self.left = self.left.saturating_sub(chunk.len() as u64);
        }
        Poll::Ready(match next {
            Some(chunk) => Some(chunk.map(Frame::data)),
            None if self.left > 0 => Some(Err(ErrorKind::UnexpectedEof.into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
