//! Settings: those of the fleet's desk, which are all followed or none, and those that a technician makes at the unit.

use crate::device::speaker::SpeakerDesk;
use crate::{kept, log};
use domain::session::timeout::ASK_AFTER;
use fleet_api::configuration::Settings;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The file of the unit's own settings.
const FILE: &str = "unit-settings.json";
/// The brightness of a screen for which nobody set one, per cent.
pub(super) const BRIGHT: u8 = 100;

/// What a technician set at the unit; the desk's settings come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnitSettings {
    /// How loud a visit begins, per cent.
    pub volume_percent: Option<u8>,
    /// How bright the screen is, per cent.
    pub brightness_percent: Option<u8>,
}

impl UnitSettings {
    /// From the text of the file; nothing where it is none, or a number is none of per cent.
    pub fn parse(text: &[u8]) -> Self {
        let read: Self = serde_json::from_slice(text).unwrap_or_default();
        let sound = |percent: &u8| (1..=100).contains(percent);
        Self {
            volume_percent: read.volume_percent.filter(sound),
            brightness_percent: read.brightness_percent.filter(sound),
        }
    }

    /// What is kept in the terminal's folder.
    pub(super) fn kept(data: &Path) -> Self {
        Self::parse(&kept::bytes(&data.join(FILE)).unwrap_or_default())
    }

    pub(super) fn keep(self, data: &Path) {
        kept::write(&data.join(FILE), &self);
    }
}

/// Where the kernel has the screens' lights.
const BACKLIGHTS: &str = "/sys/class/backlight";

/// The screen's light (`Documentation/ABI/stable/sysfs-class-backlight`); none where the kernel has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlight(Option<PathBuf>);

impl Backlight {
    /// The first that the kernel has.
    pub fn find() -> Self {
        Self::among(Path::new(BACKLIGHTS))
    }

    /// The first in a folder.
    pub fn among(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut lights: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        lights.sort();
        Self(lights.into_iter().next())
    }

    /// Whether there is one.
    pub(super) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// As bright as this, per cent; none takes the light off.
    pub(super) fn light(&self, percent: Option<u8>) {
        if let Err(error) = self.set(percent.unwrap_or(0)) {
            tracing::warn!(%error, "the screen's light cannot be set");
        }
    }

    fn set(&self, percent: u8) -> std::io::Result<()> {
        let Some(folder) = &self.0 else { return Ok(()) };
        let most = std::fs::read_to_string(folder.join("max_brightness"))?;
        let most: u32 = most.trim().parse().map_err(std::io::Error::other)?;
        let value = most.saturating_mul(u32::from(percent.min(100))) / 100;
        std::fs::write(folder.join("brightness"), value.to_string())
    }
}

/// Follows settings; after how long without a touch a visit asks.
///
/// # Errors
/// Why they cannot be followed, one sentence; then nothing of them is.
pub(super) fn apply(
    settings: &Settings,
    unit: UnitSettings,
    speaker: Option<&SpeakerDesk>,
    backlight: &Backlight,
) -> Result<time::Duration, String> {
    settings.check().map_err(|error| error.to_string())?;
    if settings.volume_percent.is_some() && speaker.is_none() {
        return Err("`volume_percent`: this unit has no loudspeaker".to_owned());
    }
    if let Some(percent) = settings.brightness_percent {
        if backlight.0.is_none() {
            return Err("`brightness_percent`: the brightness of this unit's screen cannot be set".to_owned());
        }
        backlight.set(percent).map_err(|error| format!("`brightness_percent`: {error}"))?;
    }
    if let Some(level) = &settings.log_level
        && !log::set_level(level)
    {
        return Err("`log_level`: this program's log cannot be changed".to_owned());
    }
    if settings.brightness_percent.is_none() && backlight.is_there() {
        backlight.light(Some(unit.brightness_percent.unwrap_or(BRIGHT)));
    }
    if let Some(speaker) = speaker {
        speaker.set(settings.volume_percent.or(unit.volume_percent).unwrap_or(speaker.configured()));
    }
    let after = settings.still_there_after_seconds.map(|s| time::Duration::seconds(s.into()));
    Ok(after.unwrap_or(ASK_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_is_of_the_kernels_scale() {
        let folder = tempfile::tempdir().expect("a folder");
        let light = folder.path().join("panel");
        std::fs::create_dir(&light).expect("a folder");
        std::fs::write(light.join("max_brightness"), "937\n").expect("a file");
        let backlight = Backlight::among(folder.path());
        let settings = Settings { brightness_percent: Some(50), ..Settings::default() };
        assert_eq!(apply(&settings, UnitSettings::default(), None, &backlight), Ok(ASK_AFTER));
        let brightness = || std::fs::read_to_string(light.join("brightness")).expect("written");
        assert_eq!(brightness(), "468");
        backlight.light(None);
        assert_eq!(brightness(), "0");
        // What the desk leaves out is the technician's, then the built-in value.
        let unit = UnitSettings { brightness_percent: Some(10), ..UnitSettings::default() };
        assert_eq!(apply(&Settings::default(), unit, None, &backlight), Ok(ASK_AFTER));
        assert_eq!(brightness(), "93");
        assert_eq!(apply(&Settings::default(), UnitSettings::default(), None, &backlight), Ok(ASK_AFTER));
        assert_eq!(brightness(), "937");
    }

    #[test]
    fn what_a_unit_cannot_follow_is_refused() {
        let none = Backlight::default();
        for settings in [
            Settings { brightness_percent: Some(50), ..Settings::default() },
            Settings { volume_percent: Some(50), ..Settings::default() },
            Settings { still_there_after_seconds: Some(5), ..Settings::default() },
        ] {
            assert!(apply(&settings, UnitSettings::default(), None, &none).is_err(), "{settings:?}");
        }
    }

    #[test]
    fn what_a_technician_set_outlives_a_restart_and_junk_is_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(UnitSettings::kept(folder.path()), UnitSettings::default());
        let unit = UnitSettings { volume_percent: Some(70), brightness_percent: Some(40) };
        unit.keep(folder.path());
        assert_eq!(UnitSettings::kept(folder.path()), unit);
        for junk in ["", "{", "{\"volume_percent\":200}", "{\"volume_percent\":0}", "{\"other\":1}", "null"] {
            assert_eq!(UnitSettings::parse(junk.as_bytes()), UnitSettings::default(), "{junk}");
        }
    }
}
