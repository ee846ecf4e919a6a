//! The card reader: its port, its security module, whether a card lies there, and that card.

use std::time::{Duration, Instant};

use domain::device::{Cause, DeviceCondition, MediaState, TerminalDevice};

use super::{TestReport, Trial};
use crate::id_card_reader::{self, CardReaderError, Content, IdCardReader, LineQuality, Media};
use crate::transport::PortAddress;

/// A card that lies there is read within this.
const READ: Duration = Duration::from_secs(2);

/// Tests the reader at a port. A card that lies on it is read and nothing of it is kept; without one, reading is skipped.
pub fn card_reader(port: &PortAddress) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::IdCardReader);
    match attempt(port, &mut trial) {
        Ok((media, line, detail)) => {
            let condition = DeviceCondition::of(TerminalDevice::IdCardReader, line.cause());
            trial.with(condition.with_media(media), Some(detail))
        }
        // Only waiting for a card ends so, and nobody waits here.
        Err(error) => {
            let cause = error.cause().unwrap_or(Cause::CardRemoved);
            trial.failed(cause, &error)
        }
    }
}

fn attempt(
    port: &PortAddress,
    trial: &mut Trial,
) -> Result<(MediaState, LineQuality, String), CardReaderError> {
    let mut reader = trial.step("open", || id_card_reader::open(port))?;
    trial.step("status", || reader.status().trouble.map_or(Ok(()), Err))?;
    let media = trial.step("media", || reader.media())?;
    match media {
        Media::Present => {
            trial.step("read", || read(reader.as_mut()))?;
        }
        Media::NotPresent | Media::Unknown => trial.skip("read"),
    }
    let line = reader.line();
    let media = match media {
        Media::Present => MediaState::Present,
        Media::NotPresent => MediaState::NotPresent,
        Media::Unknown => MediaState::Unknown,
    };
    let speed = reader.status().baud.map_or_else(String::new, |baud| format!(", {baud} bits a second"));
    let detail = format!(
        "SAM {}{speed}; {} repeated, {} stray bytes",
        reader.sam_id(),
        line.repeated,
        line.stray_bytes
    );
    Ok((media, line, detail))
}

/// What is read is dropped, and so wiped, at once.
fn read(reader: &mut dyn IdCardReader) -> Result<(), CardReaderError> {
    reader.read(Content::TextPhoto, Instant::now() + READ).map(drop)
}
