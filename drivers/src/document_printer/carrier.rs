//! What takes a request to a printer and brings its answer back.
//!
//! Duty: the seam between the protocol and the network, at which recordings are made and played; it keeps the time too, so
//! that a replay needs none. Never: know what a request asks.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use super::http::{Patience, PostError, PrinterUri, Sent, post};
use crate::transport::RecordingError;

/// A way to a printer.
pub(super) trait Carrier: Send {
    /// The printer's address, as `printer-uri` has it.
    fn uri(&self) -> &str;

    /// Sends a request with the document that follows it, if any, and brings the answer. `progress` is called with each
    /// piece of the document.
    fn post(
        &mut self,
        request: &[u8],
        document: &[u8],
        patience: Patience,
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<Vec<u8>, PostError>);

    /// The time since the carrier was made.
    fn time(&self) -> Duration;

    /// Lets time pass.
    fn pause(&mut self, length: Duration);

    /// A name for a job that no other job has, and that says nothing of anybody.
    fn job_name(&mut self) -> String;

    /// Ends it: whether the recording that was made is whole, or the one that was played was about the same.
    fn finish(self: Box<Self>) -> Result<(), RecordingError> {
        Ok(())
    }
}

/// Over the network, by the clock.
pub(super) struct Network {
    uri: PrinterUri,
    begun: Instant,
}

impl Network {
    pub(super) fn new(uri: PrinterUri) -> Self {
        Self { uri, begun: Instant::now() }
    }
}

impl Carrier for Network {
    fn uri(&self) -> &str {
        self.uri.as_str()
    }

    fn post(
        &mut self,
        request: &[u8],
        document: &[u8],
        patience: Patience,
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<Vec<u8>, PostError>) {
        post(&self.uri, request, document, patience, progress)
    }

    fn time(&self) -> Duration {
        self.begun.elapsed()
    }

    fn pause(&mut self, length: Duration) {
        std::thread::sleep(length);
    }

    fn job_name(&mut self) -> String {
        format!("yilin-{:016x}", RandomState::new().hash_one(Instant::now()))
    }
}
