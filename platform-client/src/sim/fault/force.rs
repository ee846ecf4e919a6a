//! The faults in force, and whose turn it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sample_city::{Dice, Seed};

use super::{Fault, FaultKind, Repeat, Step};

/// A fault in force, and how many calls it has met.
#[derive(Debug)]
struct InForce {
    fault: Fault,
    met: u64,
}

/// The faults in force. Chance is the seed's: the same calls in the same order meet the same faults.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: Seed,
    in_force: Mutex<Vec<InForce>>,
}

impl Faults {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, in_force: Mutex::default() }
    }

    pub(crate) fn set(&self, fault: Fault) {
        let mut faults = self.lock();
        if !faults.iter().any(|f| f.fault == fault) {
            faults.push(InForce { fault, met: 0 });
        }
    }

    pub(crate) fn clear(&self, fault: Option<Fault>) {
        self.lock().retain(|f| fault.is_some_and(|gone| gone != f.fault));
    }

    pub(crate) fn in_force(&self) -> Vec<Fault> {
        self.lock().iter().map(|f| f.fault).collect()
    }

    /// Whether a fault of this kind strikes the call now; one that strikes once is then gone.
    pub(crate) fn strikes(&self, kind: FaultKind, step: Step) -> bool {
        self.turn(|fault| fault.kind == kind && fault.concerns(step))
    }

    /// The fault that strikes this handshake.
    pub(crate) fn strikes_handshake(&self) -> Option<FaultKind> {
        FaultKind::HANDSHAKE.into_iter().find(|kind| self.turn(|fault| fault.kind == *kind))
    }

    fn turn(&self, is_meant: impl Fn(Fault) -> bool) -> bool {
        let mut faults = self.lock();
        let mut struck = None;
        for (at, standing) in faults.iter_mut().enumerate().filter(|(_, f)| is_meant(f.fault)) {
            standing.met += 1;
            let (fault, met) = (standing.fault, standing.met);
            let now = match fault.repeat {
                Repeat::Always | Repeat::Once => true,
                Repeat::Every(n) => met % u64::from(n.get()) == 0,
                Repeat::Sometimes(chance) => {
                    let mut dice = Dice::new(self.seed, &format!("{fault} {met}"));
                    dice.below(10_000) < u32::from(chance.ten_thousandths())
                }
            };
            if now {
                struck = Some(at);
                break;
            }
        }
        let Some(at) = struck else { return false };
        if faults[at].fault.repeat == Repeat::Once {
            faults.remove(at);
        }
        true
    }

    /// Whether connections are to be closed before a byte of TLS: the province is down at every call, until that is
    /// taken away.
    pub(crate) fn shut_the_door(&self) -> bool {
        self.lock().iter().any(|f| f.fault == Fault::always(FaultKind::Down))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<InForce>> {
        self.in_force.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(text: &str, seed: u64, calls: usize) -> Vec<bool> {
        let faults = Faults::new(Seed(seed));
        faults.set(text.parse().unwrap());
        (0..calls).map(|_| faults.strikes(FaultKind::Down, Step::Submit)).collect()
    }

    #[test]
    fn once_is_once() {
        let faults = Faults::new(Seed(1));
        faults.set(Fault::once(FaultKind::Down));
        faults.set(Fault::always(FaultKind::Slow).at(Step::Submit));
        assert!(!faults.shut_the_door());
        assert!(faults.strikes(FaultKind::Down, Step::Session));
        assert!(!faults.strikes(FaultKind::Down, Step::Session));
        assert!(
            faults.strikes(FaultKind::Slow, Step::Submit) && faults.strikes(FaultKind::Slow, Step::Submit)
        );
        assert!(!faults.strikes(FaultKind::Slow, Step::Session));
        faults.clear(None);
        assert_eq!(faults.in_force(), []);
    }

    #[test]
    fn every_third_is_the_third_and_the_sixth() {
        let want = [false, false, true, false, false, true, false];
        assert_eq!(struck("province.down_every_3@submit", 1, 7), want);
        assert_eq!(struck("province.down_every_1", 1, 2), [true, true]);
    }

    #[test]
    fn chance_is_the_seeds() {
        let first = struck("province.down~0.1", 7, 2_000);
        assert_eq!(first, struck("province.down~0.1", 7, 2_000));
        assert_ne!(first, struck("province.down~0.1", 8, 2_000));
        let hits = first.iter().filter(|hit| **hit).count();
        // Ten in a hundred, within five deviations of 2,000 throws.
        assert!((133..=267).contains(&hits), "{hits}");
        assert!(struck("province.down~1", 7, 50).into_iter().all(|hit| hit));
        assert!(!struck("province.down~0", 7, 50).into_iter().any(|hit| hit));
    }

    #[test]
    fn a_handshake_meets_what_is_of_the_handshake() {
        let faults = Faults::new(Seed(1));
        faults.set(Fault::always(FaultKind::Down));
        assert_eq!(faults.strikes_handshake(), None);
        faults.set(Fault::once(FaultKind::TlsExpired));
        assert_eq!(faults.strikes_handshake(), Some(FaultKind::TlsExpired));
        assert_eq!(faults.strikes_handshake(), None);
    }
}
