//! The terminal and the place where it stands: nothing of a resident.

use crate::division::DivisionCode;
use crate::locale::Localized;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, Weekday};

/// A moment with the terminal's offset (+08:00 on a kiosk).
pub type Timestamp = OffsetDateTime;

/// The terminal's number, as its certificate and the fleet know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct TerminalId(pub String);

impl std::fmt::Display for TerminalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody a resident can reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Who, as a resident would call them.
    pub name: Localized,
    /// The number to dial.
    pub phone: String,
    /// When somebody answers there.
    pub hours: OpeningHours,
}

/// The site of one terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The terminal.
    pub terminal: TerminalId,
    /// The community's name, as the status bar shows it.
    pub name: Localized,
    /// Street and house.
    pub address: Localized,
    /// The community's code.
    pub division: DivisionCode,
    /// When the terminal serves.
    pub hours: OpeningHours,
    /// The community worker who looks after the unit.
    pub keeper: Contact,
    /// Who helps, nearest first: worker, district desk, 12345.
    pub helpers: Vec<Contact>,
    /// Where the nearest other terminal is.
    pub nearest: Localized,
}

impl Site {
    /// The first helper who answers at `at`; the last of the list is the one of last resort (12345 answers all day).
    pub fn helper_at(&self, at: Timestamp) -> Option<&Contact> {
        self.helpers.iter().find(|h| h.hours.is_open(at))
    }
}

/// Open from `from` to `to`, in minutes after midnight; `to` may be 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$")))]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    from: u16,
    to: u16,
}

/// Why a text is no window of opening hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no opening window: write 08:30-17:30, at most until 24:00")]
pub struct BadWindow(pub String);

impl Window {
    /// All day.
    pub const ALL_DAY: Self = Self { from: 0, to: 1440 };

    fn contains(self, minute: u16) -> bool {
        (self.from..self.to).contains(&minute)
    }
}

impl TryFrom<String> for Window {
    type Error = BadWindow;

    fn try_from(text: String) -> Result<Self, BadWindow> {
        let minute = |clock: &str| -> Option<u16> {
            let (h, m) = clock.split_once(':')?;
            let two = |part: &str| (part.len() == 2).then(|| part.parse::<u16>().ok()).flatten();
            let (h, m) = (two(h)?, two(m)?);
            (h <= 24 && m < 60 && h * 60 + m <= 1440).then_some(h * 60 + m)
        };
        text.split_once('-')
            .and_then(|(from, to)| Some(Self { from: minute(from)?, to: minute(to)? }))
            .filter(|w| w.from < w.to)
            .ok_or(BadWindow(text))
    }
}

impl From<Window> for String {
    fn from(w: Window) -> Self {
        w.to_string()
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// Opening hours of a week: windows on working days and on Saturday and Sunday.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// Monday to Friday.
    pub weekdays: Vec<Window>,
    /// Saturday and Sunday.
    pub weekend: Vec<Window>,
}

impl OpeningHours {
    /// Every hour of every day.
    pub fn always() -> Self {
        Self { weekdays: vec![Window::ALL_DAY], weekend: vec![Window::ALL_DAY] }
    }

    /// The windows of the day of `at`.
    pub fn on(&self, at: Timestamp) -> &[Window] {
        match at.weekday() {
            Weekday::Saturday | Weekday::Sunday => &self.weekend,
            _ => &self.weekdays,
        }
    }

    /// Whether `at` lies in a window of its day.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let minute = u16::from(at.hour()) * 60 + u16::from(at.minute());
        self.on(at).iter().any(|w| w.contains(minute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn windows_are_read_and_refused() {
        let read = |t: &str| Window::try_from(t.to_owned());
        assert_eq!(read("08:30-17:30").unwrap().to_string(), "08:30-17:30");
        assert_eq!(read("00:00-24:00").unwrap(), Window::ALL_DAY);
        for bad in ["8:30-17:30", "17:30-08:30", "08:30", "08:30-24:01", "aa:00-10:00", "08:60-09:00"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_week_has_working_days_and_a_weekend() {
        let window = |t: &str| Window::try_from(t.to_owned()).unwrap();
        let hours =
            OpeningHours { weekdays: vec![window("08:30-12:00"), window("13:00-17:30")], weekend: vec![] };
        assert!(hours.is_open(datetime!(2026-11-24 08:30 +8)));
        assert!(!hours.is_open(datetime!(2026-11-24 12:00 +8)));
        assert!(hours.is_open(datetime!(2026-11-24 17:29 +8)));
        assert!(!hours.is_open(datetime!(2026-11-28 10:00 +8)));
        assert!(OpeningHours::always().is_open(datetime!(2026-11-28 23:59 +8)));
    }
}
