//! A printer after a job that ended without proof.
//!
//! Duty: bring it to a clean start, and find out what became of that job. Never: guess that it came out.

use std::time::{Duration, Instant};

use super::super::escpos::{CLEAR_BUFFERS, DRAINED, RECOVER_AND_CLEAR, cut};
use super::super::link::Link;
use super::super::profile::{Buffer, PrinterProfile, Proof};
use super::super::reply::Reply;
use super::super::status::{Cause, Media, PrinterStatus};
use super::super::{Earlier, Evidence, Outcome, Recovery, Remainder};
use super::EscPosPrinter;
use super::marks::{Marks, Said};
use crate::transport::TransportError;

/// What is known of a job that ended without proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfinished {
    /// Its numbers.
    pub(super) marks: Marks,
    /// Whether the cut and the question for proof had gone out as well.
    pub(super) all_sent: bool,
    /// Bytes that the printer may still take for those of a command that was broken off.
    pub(super) missing: usize,
    /// The time in which the head can print what it has of it.
    pub(super) head_time: Duration,
    /// What was said of it.
    pub(super) outcome: Outcome,
    /// What is left of it in the printer.
    pub(super) remainder: Remainder,
}

impl EscPosPrinter<'_> {
    /// Asks the printer to forget what it has; whether it said that it did.
    pub(super) fn clear(&mut self) -> Remainder {
        let remainder = self.try_clear().unwrap_or(Remainder::MayStillCome);
        if let Some(unfinished) = &mut self.unfinished {
            unfinished.remainder = remainder;
        }
        remainder
    }

    fn try_clear(&mut self) -> Result<Remainder, TransportError> {
        let deadline = Instant::now() + self.profile.reply_limit;
        let Some(link) = self.link.as_mut() else { return Ok(Remainder::MayStillCome) };
        link.send(&RECOVER_AND_CLEAR, deadline).map_err(|(_, e)| e)?;
        if self.profile.buffer == Buffer::Clearable {
            link.send(&CLEAR_BUFFERS, deadline).map_err(|(_, e)| e)?;
            while let Some(reply) = link.reply(deadline)? {
                if reply == Reply::Cleared {
                    return Ok(Remainder::Nothing);
                }
            }
        }
        Ok(Remainder::MayStillCome)
    }

    pub(super) fn recovered(&mut self) -> Recovery {
        if self.unfinished.as_ref().is_some_and(|u| u.remainder == Remainder::MayStillCome)
            && self.connected().is_ok()
        {
            self.clear();
        }
        let status = self.asked();
        let Some(unfinished) = self.unfinished.clone() else {
            return Recovery { status, earlier: Earlier::Nothing };
        };
        let still_there = |status| Recovery { status, earlier: Earlier::StillThere };
        if status.cause.is_some() {
            return still_there(status);
        }
        let Some(link) = self.link.as_mut() else { return still_there(status) };
        let earlier = match freed(&unfinished, link, &self.profile) {
            Ok(Some(earlier)) => earlier,
            Ok(None) => return still_there(self.asked()),
            Err(_) => {
                self.link = None;
                return still_there(PrinterStatus::unreachable(Cause::NoAnswer));
            }
        };
        self.unfinished = None;
        if self.connected().is_ok_and(|link| link.discard_input().is_err()) {
            self.link = None;
        }
        let status = self.asked();
        let holds = status.cause.is_none() && status.media == Media::Present;
        Recovery { status: if holds { self.clear_exit(status) } else { status }, earlier }
    }
}

/// Works off or cuts off what is left; none when the printer does not say that it has.
fn freed(
    unfinished: &Unfinished,
    link: &mut Link,
    profile: &PrinterProfile,
) -> Result<Option<Earlier>, TransportError> {
    let cut_off = [&[0x1B, b'@'], cut(profile).as_slice()].concat();
    let send = |link: &mut Link, bytes: &[u8]| {
        link.send(bytes, Instant::now() + unfinished.head_time + profile.finish_limit).map_err(|(_, e)| e)
    };
    // Where all rows had gone out they may all have been printed.
    let cut_short = if unfinished.outcome == Outcome::Unknown { Earlier::Unknown } else { Earlier::Lost };
    match (unfinished.remainder, unfinished.all_sent) {
        (Remainder::Nothing, _) => {
            send(link, &cut_off)?;
            Ok(Some(cut_short))
        }
        (Remainder::MayStillCome, true) => {
            send(link, &DRAINED)?;
            match worked_off(unfinished, link, profile)? {
                None => Ok(None),
                Some(Some(evidence)) => Ok(Some(Earlier::CameOut(evidence))),
                Some(None) => {
                    send(link, &cut_off)?;
                    Ok(Some(Earlier::Unknown))
                }
            }
        }
        (Remainder::MayStillCome, false) => {
            // White dots for a picture that was broken off; where none was, they are nothing.
            send(link, &vec![0; unfinished.missing])?;
            send(link, &cut_off)?;
            send(link, &DRAINED)?;
            Ok(worked_off(unfinished, link, profile)?.map(|_| cut_short))
        }
    }
}

/// Waits for the answer to our own question; with it comes the proof of the earlier job, if it was still to come.
fn worked_off(
    unfinished: &Unfinished,
    link: &mut Link,
    profile: &PrinterProfile,
) -> Result<Option<Option<Evidence>>, TransportError> {
    let mut deadline = Instant::now() + unfinished.head_time + profile.finish_limit;
    let (mut answers, mut proved, mut marks) = (0, None, unfinished.marks);
    while let Some(reply) = link.reply(deadline)? {
        match (profile.proof, reply) {
            (Proof::ProcessId, Reply::ProcessId(number)) if marks.prove(number) == Said::Whole => {
                proved = Some(Evidence::ProcessId);
            }
            (Proof::ProcessId, Reply::Transmitted(_)) => return Ok(Some(proved)),
            (Proof::Drained, Reply::Transmitted(_)) => {
                answers += 1;
                if answers == 2 || !unfinished.all_sent {
                    return Ok(Some((answers == 2).then_some(Evidence::Drained)));
                }
                // The other answer, if there is one, comes at once.
                deadline = Instant::now() + profile.reply_limit;
            }
            _ => {}
        }
    }
    Ok((answers > 0).then_some(None))
}
