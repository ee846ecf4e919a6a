//! Where devices and province put what they have to say; the session reads it on the screen's thread.

use domain::session::event::EventKind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Takes events from any thread and wakes the reader.
#[derive(Clone)]
pub struct Post {
    sender: Sender<EventKind>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Post")
    }
}

impl Post {
    /// Puts an event in. After the terminal was closed nobody reads it, and it is dropped.
    pub fn put(&self, event: EventKind) {
        if self.sender.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// The reading end.
#[derive(Debug)]
pub struct Inbox(Receiver<EventKind>);

impl Inbox {
    /// An inbox and its post; `wake` is called after each event, from any thread.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> (Self, Post) {
        let (sender, receiver) = channel();
        (Self(receiver), Post { sender, wake: Arc::new(wake) })
    }

    /// The next event, if one is there.
    pub fn next(&self) -> Option<EventKind> {
        self.0.try_recv().ok()
    }

    /// The next event, waiting for it.
    pub fn wait(&self, at_most: Duration) -> Option<EventKind> {
        self.0.recv_timeout(at_most).ok()
    }
}
