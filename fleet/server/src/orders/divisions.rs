//! The city's divisions: what coverage is counted by.

use super::{OrderError, unknown};
use crate::selector::Selector;
use crate::state::Server;
use crate::store::coverage::{self, Division};

/// The levels, from the widest down.
pub const LEVELS: [&str; 3] = ["district", "street", "community"];

/// Notes divisions, or changes them: all of them, or none.
///
/// # Errors
/// A field is none of its kind; the error names the division.
pub async fn put(server: &Server, divisions: &[Division]) -> Result<(), OrderError> {
    divisions.iter().try_for_each(check)?;
    let mut tx = server.store.write().await?;
    for division in divisions {
        coverage::put(&mut tx, division).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Checks that a selector names districts that there are: one with a slip of the pen would run with nobody.
///
/// # Errors
/// There is no such district; the error names it.
pub(super) async fn are_known(server: &Server, selector: &Selector) -> Result<(), OrderError> {
    for district in &selector.districts {
        if !server.store.is_district(district).await? {
            return Err(unknown("district", district));
        }
    }
    Ok(())
}

fn check(division: &Division) -> Result<(), OrderError> {
    let wrong = |what: &str| Err(OrderError::Wrong(format!("division `{}`: {what}", division.code)));
    let code = |code: &str| {
        (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if !code(&division.code) || division.parent.as_deref().is_some_and(|parent| !code(parent)) {
        return wrong("a code has 1 to 64 letters, digits and hyphens");
    }
    if !LEVELS.contains(&division.level.as_str()) {
        return wrong("the level is `district`, `street` or `community`");
    }
    if (division.level == "district") != division.parent.is_none() {
        return wrong("a street and a community name their parent, a district has none");
    }
    let name = |name: &str| !name.is_empty() && name.len() <= 512 && !name.contains('\0');
    if !name(&division.name_zh) || !name(&division.name_en) {
        return wrong("a name has 1 to 512 bytes");
    }
    let on_the_map = |place: f64| (0.0..=1.0).contains(&place);
    if [division.x, division.y].into_iter().flatten().any(|place| !on_the_map(place))
        || division.x.is_some() != division.y.is_some()
    {
        return wrong("`x` and `y` are both from 0 to 1, or both absent");
    }
    Ok(())
}
