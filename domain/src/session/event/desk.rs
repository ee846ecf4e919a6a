//! What the district's desk says of the call of a visit.

/// Whether the desk may see the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sight {
    /// It sees nothing.
    #[default]
    Hidden,
    /// It sees the page's fixed words; what was typed, chosen or told is a grey bar.
    Shown,
}

/// What the district's desk said.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskEvent {
    /// A worker took the call: their name, as a resident may read it.
    Taken(String),
    /// A ring on the page: pixels from the left and the top.
    Pointed(f32, f32),
    /// A sentence.
    Wrote(String),
    /// Ring and sentence go.
    Cleared,
    /// The worker ended the call, or the desk cannot be reached.
    Ended,
}
