//! One entry for each parser of this package that reads what other programs wrote: any bytes are answered, and what is
//! answered holds together.
//!
//! Called by `kiosk-ui/tests/fuzz.rs` over the corpus and seeded changes of it. There are no targets of libFuzzer: they
//! would have the whole toolkit of the screen in them.

use fleet_api::ui::{FromAgent, LINE_BYTES};
use kiosk_ui::agent::UnitSettings;
use kiosk_ui::config::Config;
use kiosk_ui::touch::Matrix;
use std::path::Path;

/// An entry.
pub(crate) type Entry = fn(&[u8]);

/// Every entry, by its folder in the corpus.
pub(crate) const ENTRIES: [(&str, Entry); 4] = [
    ("agent_line", agent_line),
    ("terminal_file", terminal_file),
    ("touch_matrix", touch_matrix),
    ("unit_settings", unit_settings),
];

/// A line from the agent: what is understood is the same when it is written and read again.
fn agent_line(bytes: &[u8]) {
    if bytes.len() > LINE_BYTES {
        return;
    }
    if let Ok(word) = serde_json::from_slice::<FromAgent>(bytes) {
        let Ok(again) = serde_json::to_vec(&word) else { return };
        let read: Result<FromAgent, _> = serde_json::from_slice(&again);
        assert!(read.is_ok_and(|read| read == word || format!("{read:?}") == format!("{word:?}")));
    }
}

/// The terminal's file: taken, or refused with mistakes that have a line of it.
fn terminal_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(mistakes) = Config::parse(text, Path::new("/nowhere")) {
        assert!(!mistakes.is_empty());
        let lines = text.matches('\n').count() + 1;
        assert!(mistakes.iter().all(|mistake| (1..=lines).contains(&mistake.line)));
    }
}

/// The calibration: six numbers that a screen can have, or none.
fn touch_matrix(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(matrix) = Matrix::parse(text) {
        assert!(Matrix::parse(&matrix.to_string()).is_some(), "{matrix}");
    }
}

/// The technician's settings: per cent, or nothing.
fn unit_settings(bytes: &[u8]) {
    let unit = UnitSettings::parse(bytes);
    for percent in [unit.volume_percent, unit.brightness_percent].into_iter().flatten() {
        assert!((1..=100).contains(&percent));
    }
}
