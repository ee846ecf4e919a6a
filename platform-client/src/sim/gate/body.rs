//! Bodies that do not come as bodies should.

use std::convert::Infallible;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use http_body::Frame;
use tokio::time::Sleep;

type Next = Poll<Option<Result<Frame<Bytes>, Infallible>>>;

/// One byte a second. Its length is known, so it is announced.
pub(super) struct Drip {
    bytes: Bytes,
    pause: Pin<Box<Sleep>>,
}

const PAUSE: Duration = Duration::from_secs(1);

impl Drip {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self { bytes, pause: Box::pin(tokio::time::sleep(PAUSE)) }
    }
}

impl HttpBody for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Next {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.pause.as_mut().poll(cx));
        self.pause = Box::pin(tokio::time::sleep(PAUSE));
        Poll::Ready(Some(Ok(Frame::data(self.bytes.split_to(1)))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// So much white space before the answer; `None` is without length and without end.
pub(super) struct Padded {
    left: Option<usize>,
    answer: Bytes,
}

/// A piece of white space: JSON takes any amount of it.
static BLANK: [u8; 64 << 10] = [b' '; 64 << 10];

impl Padded {
    pub(super) fn new(padding: Option<usize>, answer: Bytes) -> Self {
        Self { left: padding, answer }
    }
}

impl HttpBody for Padded {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Next {
        let piece = match self.left {
            None => Bytes::from_static(&BLANK),
            Some(0) if self.answer.is_empty() => return Poll::Ready(None),
            Some(0) => std::mem::take(&mut self.answer),
            Some(left) => {
                let part = left.min(BLANK.len());
                self.left = Some(left - part);
                Bytes::from_static(&BLANK[..part])
            }
        };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self.left {
            Some(left) => http_body::SizeHint::with_exact((left + self.answer.len()) as u64),
            None => http_body::SizeHint::default(),
        }
    }
}
