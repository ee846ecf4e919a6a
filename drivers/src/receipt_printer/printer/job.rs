//! One job, from its first byte to its proof.

use std::time::{Duration, Instant};

use super::super::escpos::{PrintJob, proof};
use super::super::link::Link;
use super::super::profile::{AutomaticStatus, PrinterProfile, Proof};
use super::super::reply::Reply;
use super::super::status::{Cause, PrinterStatus, RawStatus};
use super::super::{
    Evidence, Outcome, Presented, PrintProgress, PrintReport, PrintStage, PrintedAs, Remainder,
};
use super::marks::{Marks, Said};
use super::presenter::HeldOut;
use super::recovery::Unfinished;
use crate::transport::{TransportError, TransportErrorKind};

/// A job on its way.
pub(super) struct Running<'a> {
    job: &'a PrintJob,
    marks: Marks,
    pub(super) profile: &'a PrinterProfile,
    link: &'a mut Link,
    progress: &'a mut dyn FnMut(PrintProgress),
    begun: Instant,
    /// The last status that was asked for.
    pub(super) status: PrinterStatus,
    pub(super) stage: PrintStage,
    presented: Option<Presented>,
    bytes: usize,
    rows_sent: u32,
    /// Bytes of a chunk that was broken off.
    missing: usize,
    all_sent: bool,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The paper is out.
    Proved(Evidence),
    /// Trouble before the last row was sent: the paper cannot be whole.
    Interrupted(Cause),
    /// Trouble or silence after it.
    Unproved(Cause),
}

/// What the printer's own word says.
enum Proved {
    Whole(Evidence),
    /// The end was printed, and not all before it.
    InPieces,
}

/// How often a waiting job looks up.
pub(super) const LOOK: Duration = Duration::from_millis(100);
/// How often it asks a printer that tells changes by itself, and one that does not.
const ASK_SELDOM: Duration = Duration::from_millis(500);
const ASK_OFTEN: Duration = Duration::from_millis(200);

impl<'a> Running<'a> {
    pub(super) fn begin(
        job: &'a PrintJob,
        id: [u8; 4],
        profile: &'a PrinterProfile,
        link: &'a mut Link,
        status: PrinterStatus,
        progress: &'a mut dyn FnMut(PrintProgress),
    ) -> Self {
        Self {
            job,
            marks: Marks::new(id),
            profile,
            link,
            progress,
            begun: Instant::now(),
            status,
            stage: PrintStage::Printing,
            presented: None,
            bytes: 0,
            rows_sent: 0,
            missing: 0,
            all_sent: false,
        }
    }

    pub(super) fn run(&mut self) -> End {
        if let Err(cause) = self.paper() {
            let all_rows = self.rows_sent == self.job.rows;
            return if all_rows { End::Unproved(cause) } else { End::Interrupted(cause) };
        }
        let evidence = match self.proof() {
            Ok(evidence) => evidence,
            Err(cause) => return End::Unproved(cause),
        };
        let Some(presenter) = &self.profile.presenter else { return End::Proved(evidence) };
        match self.hold_out(presenter) {
            HeldOut::Seen(presented) => {
                self.presented = Some(presented);
                End::Proved(Evidence::Sensor)
            }
            HeldOut::NotSeen(cause) => {
                self.presented = Some(Presented::Unknown);
                End::Unproved(cause)
            }
        }
    }

    /// What recovery has to know of a job that is not proved.
    pub(super) fn unfinished(&self, outcome: Outcome) -> Unfinished {
        Unfinished {
            marks: self.marks,
            all_sent: self.all_sent,
            missing: self.missing,
            head_time: self.profile.head_time(self.job.rows),
            outcome,
            remainder: Remainder::MayStillCome,
        }
    }

    pub(super) fn report(&self, end: End) -> PrintReport {
        let (outcome, evidence, cause) = match end {
            End::Proved(evidence) => (Outcome::Printed, evidence, None),
            End::Interrupted(cause) => (Outcome::NotPrinted, Evidence::None, Some(cause)),
            // The printer itself says that it stopped before the end.
            End::Unproved(
                cause @ (Cause::PaperOut | Cause::CoverOpen | Cause::PaperJam | Cause::Hardware),
            ) => (Outcome::NotPrinted, Evidence::None, Some(cause)),
            End::Unproved(cause) => (Outcome::Unknown, Evidence::None, Some(cause)),
        };
        PrintReport {
            outcome,
            evidence,
            cause,
            status: self.status,
            bytes: self.bytes,
            head_bound: self.head_bound(),
            remainder: Remainder::Nothing,
            presented: self.presented,
            copy: PrintedAs::Given,
        }
    }

    /// Sends the paper, looking at the printer after each chunk, then the cut and the question for proof.
    fn paper(&mut self) -> Result<(), Cause> {
        for (i, chunk) in self.job.chunks.iter().enumerate() {
            self.send(&chunk.bytes)?;
            self.rows_sent = chunk.rows_until_end;
            self.show();
            self.look()?;
            if i + 1 < self.job.chunks.len() && self.profile.proof == Proof::ProcessId {
                let mark = proof(Proof::ProcessId, self.marks.next());
                self.send(&mark)?;
                self.hear()?;
            }
        }
        let end = [self.job.cut.as_slice(), self.job.proof.as_slice()].concat();
        self.send(&end)?;
        self.all_sent = true;
        Ok(())
    }

    /// Takes in the numbers of the pieces that are printed by now.
    fn hear(&mut self) -> Result<(), Cause> {
        while let Some(reply) = self.link.reply(Instant::now()).map_err(|_| Cause::NoAnswer)? {
            if let Reply::ProcessId(number) = reply {
                self.marks.prove(number);
            }
        }
        Ok(())
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        // A printer that takes nothing for as long as its longest chunk needs has stopped.
        let deadline = Instant::now() + self.head_bound() + self.profile.finish_limit;
        match self.link.send(bytes, deadline) {
            Ok(()) => {
                self.bytes += bytes.len();
                Ok(())
            }
            Err((sent, error)) => {
                self.bytes += sent;
                self.missing = bytes.len() - sent;
                self.look()?;
                // It says that it is well, and takes nothing.
                Err(if error.kind() == TransportErrorKind::TimedOut {
                    Cause::Offline
                } else {
                    Cause::NoAnswer
                })
            }
        }
    }

    /// Asks whether the printer is online, and if not, why. A head that is too hot is waited for.
    fn look(&mut self) -> Result<(), Cause> {
        let limit = Instant::now() + self.profile.finish_limit;
        loop {
            let told = self.link.take_trouble();
            let judged = match self.ask_first() {
                Some(byte) if byte & 0x28 == 0 && !told => return Ok(()),
                Some(_) => self.judge(),
                None => return Err(self.silent()),
            };
            if judged != Err(Cause::Overheated) || Instant::now() >= limit {
                return judged;
            }
            std::thread::sleep(LOOK);
        }
    }

    fn ask_first(&mut self) -> Option<u8> {
        self.link.ask(1, self.profile.reply_limit).unwrap_or(None)
    }

    /// Asks everything; what keeps the printer from going on is the error.
    pub(super) fn judge(&mut self) -> Result<(), Cause> {
        let raw = self.link.ask_all(self.profile).unwrap_or_default();
        self.status = PrinterStatus::of(raw, self.profile);
        self.status.cause.map_or(Ok(()), Err)
    }

    fn silent(&mut self) -> Cause {
        self.status = PrinterStatus::of(RawStatus::default(), self.profile);
        Cause::NoAnswer
    }

    /// Waits for the proof, and for the head: an answer that comes before the paper can be out is no proof yet.
    fn proof(&mut self) -> Result<Evidence, Cause> {
        let limit = self.begun + self.head_bound() + self.profile.finish_limit;
        let every = match self.profile.status.automatic {
            AutomaticStatus::Present => ASK_SELDOM,
            AutomaticStatus::Absent => ASK_OFTEN,
        };
        let mut next_question = Instant::now() + every;
        let evidence = loop {
            self.show();
            match self.proved_within(LOOK) {
                Ok(Some(Proved::Whole(evidence))) => break evidence,
                // It answers the end, and has forgotten something before it.
                Ok(Some(Proved::InPieces)) => {
                    self.judge()?;
                    return Err(Cause::NoAnswer);
                }
                Ok(None) => {}
                Err(_) => return Err(self.silent()),
            }
            let told = self.link.take_trouble();
            if !told && Instant::now() < next_question.min(limit) {
                continue;
            }
            next_question = Instant::now() + every;
            let Some(byte) = self.ask_first() else { return Err(self.silent()) };
            if byte & 0x28 != 0 || told {
                match self.judge() {
                    // A head that is too hot goes on by itself.
                    Ok(()) | Err(Cause::Overheated) => {}
                    Err(cause) => return Err(cause),
                }
            }
            if Instant::now() >= limit {
                // It answers, is not offline, and does not say that it is done.
                self.judge()?;
                return Err(Cause::NoAnswer);
            }
        };
        if evidence == Evidence::Drained {
            let bound = self.begun + self.head_bound();
            while Instant::now() < bound {
                std::thread::sleep(LOOK.min(bound.saturating_duration_since(Instant::now())));
                self.show();
            }
            self.judge()?;
            return Ok(evidence);
        }
        // Whatever is wrong by now, this paper is out.
        let _ = self.judge();
        self.rows_sent = self.job.rows;
        Ok(evidence)
    }

    fn proved_within(&mut self, time: Duration) -> Result<Option<Proved>, TransportError> {
        let deadline = Instant::now() + time;
        while let Some(reply) = self.link.reply(deadline)? {
            match (self.profile.proof, reply) {
                (Proof::ProcessId, Reply::ProcessId(number)) => match self.marks.prove(number) {
                    Said::NotTheEnd => {}
                    Said::Whole => return Ok(Some(Proved::Whole(Evidence::ProcessId))),
                    Said::PiecesMissing => return Ok(Some(Proved::InPieces)),
                },
                // Bits 2 and 3: no paper.
                (Proof::Drained, Reply::Transmitted(byte)) if byte & 0x0C == 0 => {
                    return Ok(Some(Proved::Whole(Evidence::Drained)));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// The earliest end: the head's speed, or the line's where that is slower.
    fn head_bound(&self) -> Duration {
        let head = self.profile.head_time(self.job.rows);
        let bits = u32::try_from(self.job.len() * 10).unwrap_or(u32::MAX);
        let wire =
            self.link.baud().map_or(Duration::ZERO, |baud| Duration::from_secs(1) * bits / baud.max(1));
        head.max(wire)
    }

    pub(super) fn show(&mut self) {
        let passed = self.begun.elapsed().as_secs_f64() / self.profile.head_time(self.job.rows).as_secs_f64();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the rows, a u32"
        )]
        let by_time = (f64::from(self.job.rows) * passed.clamp(0.0, 1.0)) as u32;
        let rows_out = by_time.min(self.rows_sent);
        (self.progress)(PrintProgress { rows_out, rows: self.job.rows, stage: self.stage });
    }
}

#[cfg(test)]
mod tests;
