//! The presenter: what lies between the cutter and a resident's hand.

use super::paper::SimulatedPaper;

/// What is in the exit.
#[derive(Debug, Default)]
pub(super) enum Exit {
    /// Nothing.
    #[default]
    Empty,
    /// A cut paper, still inside.
    Inside(SimulatedPaper),
    /// A paper that is held out, and how often the host was told of it.
    HeldOut(SimulatedPaper, u32),
}

/// A hand takes a paper once the host was told of it so often: before that, nobody was asked to.
const TOLD_BEFORE_TAKEN: u32 = 2;

impl Exit {
    /// What the sensor sees.
    pub(super) const fn is_held_out(&self) -> bool {
        matches!(self, Self::HeldOut(..))
    }

    /// Holds out what is inside.
    pub(super) fn present(&mut self) {
        *self = match std::mem::take(self) {
            Self::Inside(paper) => Self::HeldOut(paper, 0),
            other => other,
        };
    }

    /// Gives up the paper, wherever it is.
    pub(super) fn empty(&mut self) -> Option<SimulatedPaper> {
        match std::mem::take(self) {
            Self::Empty => None,
            Self::Inside(paper) | Self::HeldOut(paper, _) => Some(paper),
        }
    }

    /// Gives up the paper to a hand that can reach it.
    pub(super) fn take(&mut self) -> Option<SimulatedPaper> {
        if self.is_held_out() { self.empty() } else { None }
    }

    /// Notes that the host was told; the paper, if a hand now takes it.
    pub(super) fn told(&mut self) -> Option<SimulatedPaper> {
        match self {
            Self::HeldOut(_, told) => {
                *told += 1;
                if *told >= TOLD_BEFORE_TAKEN { self.take() } else { None }
            }
            _ => None,
        }
    }
}
