//! The numbers that the province issues: opaque to the terminal, the same for the same seed and order.

use sample_city::{Dice, Seed};
use time::Date;

/// What is numbered; each kind counts for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Series {
    /// 申请编号
    Application,
    /// 办件编号
    Case,
    /// 参保证明
    Certificate,
    /// Calls for help and for a call-back.
    Call,
    /// 诉求
    Appeal,
    /// 预约
    Appointment,
    /// Orders to mend a terminal.
    Order,
}

impl Series {
    /// The name of its counter in the store.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Case => "case",
            Self::Certificate => "certificate",
            Self::Call => "call",
            Self::Appeal => "appeal",
            Self::Appointment => "appointment",
            Self::Order => "order",
        }
    }

    const fn letters(self) -> &'static str {
        match self {
            Self::Application => "SQ",
            Self::Case => "BJ",
            Self::Certificate => "ZM",
            Self::Call => "HJ",
            Self::Appeal => "SJ",
            Self::Appointment => "YY",
            Self::Order => "WX",
        }
    }
}

/// How many numbers a series has before one would come twice.
const COUNT: u64 = 10_000_000;

/// The `serial`-th number of a series, given on `day`: letters, day, and seven digits that do not tell how many cases
/// there were.
pub(crate) fn number(series: Series, seed: Seed, day: Date, serial: u64) -> String {
    let mut dice = Dice::new(seed, series.name());
    let offset = dice.bits() % COUNT;
    // A step without a common factor with 10⁷ visits every number once.
    let step = (dice.bits() % (COUNT / 10)) * 10 + 7;
    let digits = (offset + serial % COUNT * step) % COUNT;
    format!("{}-{:04}{:02}{:02}-{digits:07}", series.letters(), day.year(), day.month() as u8, day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use time::macros::date;

    #[test]
    fn no_number_comes_twice() {
        let day = date!(2026 - 11 - 24);
        for series in [Series::Application, Series::Case, Series::Certificate, Series::Call, Series::Appeal] {
            let numbers: BTreeSet<_> = (0..20_000).map(|n| number(series, Seed(9), day, n)).collect();
            assert_eq!(numbers.len(), 20_000);
            assert!(numbers.iter().all(|n| n.len() == 19 && n.starts_with(series.letters())));
        }
    }

    #[test]
    fn the_seed_decides() {
        let first = |seed| number(Series::Case, Seed(seed), date!(2026 - 11 - 24), 1);
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }
}
