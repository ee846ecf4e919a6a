//! A page of a long list: what comes after the last one, never "the rows from 90,000 on".

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The key of the last row of the page before; empty for the first.
    pub after: String,
    /// Rows, 1 to 1,000.
    pub rows: u16,
}

impl Page {
    /// The first page.
    pub const fn first(rows: u16) -> Self {
        Self { after: String::new(), rows }
    }

    pub(crate) fn limit(&self) -> i64 {
        i64::from(self.rows.clamp(1, 1000))
    }
}
