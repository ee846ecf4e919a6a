//! When a supply runs out, by what was used.

use crate::store::heartbeats::SupplyDay;

/// What is left of a supply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    /// Which.
    pub(super) supply: String,
    /// What the sensor says.
    pub(super) level: String,
    /// Thousandths of a full one.
    pub(super) remaining_permille: Option<i64>,
    /// Days until it is empty; none where too little is known.
    pub(super) days: Option<i64>,
}

/// Each supply's last word, and the days that it lasts at the pace of the days that are given (by supply, oldest first).
pub(super) fn of(days: &[SupplyDay]) -> Vec<Left> {
    days.chunk_by(|a, b| a.supply == b.supply)
        .filter_map(|days| {
            let last = days.last()?;
            Some(Left {
                supply: last.supply.clone(),
                level: last.level.clone(),
                remaining_permille: last.remaining_permille,
                days: last.remaining_permille.zip(pace(days)).map(|(left, (used, days))| left * days / used),
            })
        })
        .collect()
}

/// Thousandths used, and in how many days. A day on which more is left than before had a new roll: it counts for neither.
fn pace(days: &[SupplyDay]) -> Option<(i64, i64)> {
    let (mut used, mut passed) = (0, 0);
    for pair in days.windows(2) {
        let (Some(before), Some(after)) = (pair[0].remaining_permille, pair[1].remaining_permille) else {
            continue;
        };
        if after <= before {
            used += before - after;
            passed += pair[1].day - pair[0].day;
        }
    }
    (used > 0 && passed >= 3).then_some((used, passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(permille: &[i64]) -> Vec<SupplyDay> {
        (0..)
            .zip(permille)
            .map(|(day, permille)| SupplyDay {
                supply: "receipt_paper".into(),
                day,
                level: "full".into(),
                remaining_permille: Some(*permille),
                used_total: None,
                at: 0,
            })
            .collect()
    }

    #[test]
    fn a_new_roll_is_no_paper_used() {
        for (permille, expected) in [
            (&[900, 800, 700, 600][..], Some(6)),
            (&[300, 200, 1000, 900, 800][..], Some(8)),
            (&[900, 800][..], None),
            (&[500, 500, 500, 500][..], None),
        ] {
            assert_eq!(of(&days(permille))[0].days, expected, "{permille:?}");
        }
        assert!(of(&[]).is_empty());
    }
}
