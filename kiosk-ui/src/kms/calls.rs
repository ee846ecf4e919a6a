//! What other threads want done on the screen's thread, and what wakes it for that.

use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use slint::EventLoopError;
use slint::platform::EventLoopProxy;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

type Call = Box<dyn FnOnce() + Send>;

/// Calls in their order.
pub(super) struct Calls {
    waiting: Mutex<Vec<Call>>,
    end: AtomicBool,
    /// An eventfd(2): readable while there is something to do.
    bell: OwnedFd,
}

impl Calls {
    /// # Errors
    /// The process has no descriptor left.
    pub(super) fn new() -> std::io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        Ok(Self { waiting: Mutex::default(), end: AtomicBool::new(false), bell })
    }

    /// What has come since the last look.
    pub(super) fn take(&self) -> Vec<Call> {
        // First the bell: what comes after it rings again.
        let _silent = rustix::io::read(&self.bell, &mut [0; 8]);
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the loop is to end; asked for once.
    pub(super) fn end_is_wanted(&self) -> bool {
        self.end.swap(false, Ordering::AcqRel)
    }

    fn ring(&self) {
        // It rings already where this does not fit.
        let _rings = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
    }
}

impl AsFd for Calls {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

/// The way for other threads.
pub(super) struct Proxy(pub(super) Arc<Calls>);

impl EventLoopProxy for Proxy {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        self.0.end.store(true, Ordering::Release);
        self.0.ring();
        Ok(())
    }

    fn invoke_from_event_loop(&self, event: Call) -> Result<(), EventLoopError> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        self.0.ring();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::sync::mpsc;

    fn rings(calls: &Calls) -> bool {
        let mut bell = [PollFd::new(calls, PollFlags::IN)];
        poll(&mut bell, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).expect("a poll") == 1
    }

    #[test]
    fn calls_of_other_threads_come_in_order_and_ring_until_they_are_taken() {
        let calls = Arc::new(Calls::new().expect("a bell"));
        assert!(!rings(&calls));
        let (told, heard) = mpsc::channel();
        let proxy = Proxy(Arc::clone(&calls));
        std::thread::spawn(move || {
            for number in 0..3 {
                let told = told.clone();
                let call: Call = Box::new(move || told.send(number).expect("an ear"));
                proxy.invoke_from_event_loop(call).expect("taken");
            }
        })
        .join()
        .expect("asked");
        assert!(rings(&calls));
        for call in calls.take() {
            call();
        }
        assert!(!rings(&calls));
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn an_end_is_wanted_once() {
        let calls = Arc::new(Calls::new().expect("a bell"));
        assert!(!calls.end_is_wanted());
        Proxy(Arc::clone(&calls)).quit_event_loop().expect("asked");
        assert!(rings(&calls) && calls.end_is_wanted() && !calls.end_is_wanted());
    }
}
