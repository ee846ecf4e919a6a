//! Which catalogue terminals serve.

use super::{Store, StoreError};
use sqlx::Row as _;

/// Terminals of one district that serve one catalogue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Serving {
    /// The catalogue's version; none where a terminal has told none yet.
    pub catalogue: Option<String>,
    /// The district's code.
    pub district: String,
    /// How many.
    pub terminals: i64,
}

impl Store {
    /// Enrolled terminals by catalogue and district.
    ///
    /// # Errors
    /// The database refused.
    pub async fn catalogues(&self) -> Result<Vec<Serving>, StoreError> {
        let rows = sqlx::query(
            "SELECT h.catalogue, t.district, COUNT(*) AS n FROM terminals t LEFT JOIN health h ON h.terminal = t.id \
             WHERE t.state = 'enrolled' GROUP BY h.catalogue, t.district ORDER BY t.district, h.catalogue",
        )
        .fetch_all(self.read())
        .await?;
        let serving = rows.iter().map(|row| {
            Ok(Serving {
                catalogue: row.try_get("catalogue")?,
                district: row.try_get("district")?,
                terminals: row.try_get("n")?,
            })
        });
        Ok(serving.collect::<Result<_, sqlx::Error>>()?)
    }
}
