//! The part of a terminal's configuration that the desk sets.
//!
//! What the machine is (ports, keys, province) stays in the terminal's own file. A document is whole: what it leaves out is
//! the built-in value. The terminal tries it, and goes back to the last good one by itself when the screen does not come
//! back well within [`PROBATION_SECONDS`].

use crate::Timestamp;
use crate::keys::Role;
use crate::signed::Ordered;
use domain::terminal::TerminalId;
use serde::{Deserialize, Serialize};

/// How long a new configuration is on trial.
pub const PROBATION_SECONDS: u64 = 120;

/// A configuration for one terminal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigurationDocument {
    /// Rises with each; a terminal refuses a lower one than it has seen.
    pub number: u64,
    /// The terminal that it is for.
    pub terminal: TerminalId,
    /// When it was signed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// The settings.
    pub settings: Settings,
}

impl Ordered for ConfigurationDocument {
    const ROLE: Role = Role::Configuration;
}

/// What can be set from the desk. Unlike messages, a setting that is not known is refused: a terminal must not say that
/// it follows what it ignores.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Loudness of speech and sounds, 0–100.
    pub volume_percent: Option<u8>,
    /// Brightness of the screen, 10–100.
    pub brightness_percent: Option<u8>,
    /// Whether the screen is dark outside the opening hours (a touch wakes it).
    pub dark_outside_hours: Option<bool>,
    /// When the terminal may install, restart and test itself.
    pub maintenance_window: Option<MaintenanceWindow>,
    /// At most so many bytes a second for downloads.
    pub download_bytes_per_second: Option<u64>,
    /// Seconds without a touch until 您还在吗, 30–600.
    pub still_there_after_seconds: Option<u32>,
    /// The level of the logs.
    pub log_level: Option<LogLevel>,
    /// A sentence on the idle page (a move, a holiday), at most 60 characters in each language.
    pub idle_notice: Option<domain::locale::Localized>,
}

/// A time of day on every day, by the terminal's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaintenanceWindow {
    /// The first minute, minutes after midnight, 0–1439.
    pub from_minute: u16,
    /// How long, in minutes, 30–720; it may pass midnight.
    pub minutes: u16,
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

impl MaintenanceWindow {
    /// Whether it is open at `now`, by a clock of that offset.
    pub fn is_open(&self, now: Timestamp, offset: time::UtcOffset) -> bool {
        let here = now.to_offset(offset);
        let minute = u16::from(here.hour()) * 60 + u16::from(here.minute());
        (minute + DAY - self.from_minute % DAY) % DAY < self.minutes
    }
}

open_enum! {
    /// How much is logged.
    LogLevel {
        /// What failed.
        Error = "error",
        /// And what may become trouble.
        Warn = "warn",
        /// And what was done.
        Info = "info",
        /// And how.
        Debug = "debug",
    }
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A number is outside its bounds.
    #[error("`{setting}` is {value}; it lies between {least} and {most}")]
    OutOfBounds {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        value: u64,
        /// The least that is allowed.
        least: u64,
        /// The most that is allowed.
        most: u64,
    },
    /// A word that this version does not know.
    #[error("`{0}` has a word that is not known here")]
    Word(&'static str),
    /// A text is too long.
    #[error("`{setting}` has {characters} characters; {most} is the most")]
    TooLong {
        /// Which setting.
        setting: &'static str,
        /// How long it is.
        characters: usize,
        /// The most that is allowed.
        most: usize,
    },
}

impl Settings {
    /// Checks every bound; the schema says the same.
    ///
    /// # Errors
    /// The first setting that does not fit.
    pub fn check(&self) -> Result<(), SettingsError> {
        let bounds = [
            ("volume_percent", self.volume_percent.map(u64::from), 0, 100),
            ("brightness_percent", self.brightness_percent.map(u64::from), 10, 100),
            (
                "maintenance_window.from_minute",
                self.maintenance_window.as_ref().map(|w| w.from_minute.into()),
                0,
                1439,
            ),
            (
                "maintenance_window.minutes",
                self.maintenance_window.as_ref().map(|w| w.minutes.into()),
                30,
                720,
            ),
            ("download_bytes_per_second", self.download_bytes_per_second, 16 * 1024, 1 << 30),
            ("still_there_after_seconds", self.still_there_after_seconds.map(u64::from), 30, 600),
        ];
        for (setting, value, least, most) in bounds {
            if let Some(value) = value.filter(|value| !(least..=most).contains(value)) {
                return Err(SettingsError::OutOfBounds { setting, value, least, most });
            }
        }
        if self.log_level == Some(LogLevel::Unrecognised) {
            return Err(SettingsError::Word("log_level"));
        }
        if let Some(notice) = &self.idle_notice {
            for text in [&notice.zh_cn, &notice.en] {
                let characters = text.chars().count();
                if characters > 60 {
                    return Err(SettingsError::TooLong { setting: "idle_notice", characters, most: 60 });
                }
            }
        }
        Ok(())
    }
}
