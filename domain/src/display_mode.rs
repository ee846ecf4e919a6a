//! How the screen is drawn for the person in front of it.

use serde::{Deserialize, Serialize};

/// The size of type and of what stands on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextSize {
    /// Body 10 mm.
    #[default]
    Standard,
    /// Body 13 mm, three choices a screen.
    Large,
}

/// The palette.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contrast {
    /// At least 10 : 1 for text.
    #[default]
    Standard,
    /// At least 18 : 1.
    High,
}

/// Where the controls stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// As designed.
    #[default]
    Standard,
    /// Moved down, for a wheelchair.
    Low,
}

/// The mode that a resident chose; back to default when the visit ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DisplayMode {
    /// Type size.
    pub text_size: TextSize,
    /// Palette.
    pub contrast: Contrast,
    /// Place of the controls.
    pub reach: Reach,
}

/// The text was no display mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a display mode: use standard, large, high-contrast, low-reach, joined by +")]
pub struct UnknownMode(pub String);

impl std::str::FromStr for DisplayMode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        let mut mode = Self::default();
        for part in text.split('+') {
            match part {
                "standard" => mode.text_size = TextSize::Standard,
                "large" => mode.text_size = TextSize::Large,
                "high-contrast" => mode.contrast = Contrast::High,
                "low-reach" => mode.reach = Reach::Low,
                _ => return Err(UnknownMode(part.to_owned())),
            }
        }
        Ok(mode)
    }
}

impl std::fmt::Display for DisplayMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.text_size {
            TextSize::Standard => "standard",
            TextSize::Large => "large",
        })?;
        if self.contrast == Contrast::High {
            f.write_str("+high-contrast")?;
        }
        if self.reach == Reach::Low {
            f.write_str("+low-reach")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_joined_by_plus() {
        for text in ["standard", "large", "standard+high-contrast", "large+high-contrast+low-reach"] {
            assert_eq!(text.parse::<DisplayMode>().unwrap().to_string(), text);
        }
        assert!("huge".parse::<DisplayMode>().is_err());
    }
}
