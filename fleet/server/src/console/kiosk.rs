//! The kiosk as a drawing: each device where it is on the unit, by shape, line and word.

use super::frame::{self, Mark};
use super::words::Words;
use crate::store::heartbeats::Device;

/// A device of the drawing.
pub(super) struct Part {
    /// Left edge.
    pub(super) x: u16,
    /// Top edge.
    pub(super) y: u16,
    /// Width.
    pub(super) w: u16,
    /// Height.
    pub(super) h: u16,
    /// Its number in drawing and list.
    pub(super) number: usize,
    /// What it is.
    pub(super) name: String,
    /// How it is.
    pub(super) mark: Mark,
    /// Cause, model, since when.
    pub(super) detail: String,
}

/// Where a device is on a unit of 240 × 420; one that is not known here stands in the row at the foot.
fn place(device: &str, unknown: u16) -> (u16, u16, u16, u16) {
    match device {
        "camera" => (100, 22, 40, 16),
        "face_engine" => (148, 22, 40, 16),
        "speaker" => (40, 22, 44, 16),
        "code_scanner" => (30, 248, 50, 30),
        "id_card_reader" => (92, 248, 56, 30),
        "receipt_printer" => (160, 248, 50, 30),
        "document_printer" => (60, 296, 120, 34),
        "io_board" => (40, 350, 70, 26),
        "power_supply" => (130, 350, 70, 26),
        _ => (40 + 34 * (unknown % 5), 384, 28, 16),
    }
}

/// The devices of a terminal.
pub(super) fn parts(w: &Words, devices: &[Device]) -> Vec<Part> {
    let mut unknown = 0;
    devices
        .iter()
        .enumerate()
        .map(|(at, device)| {
            let (x, y, width, h) = place(&device.device, unknown);
            if y == 384 {
                unknown += 1;
            }
            let state = Some(device.state.as_str()).filter(|state| device.cause.as_deref() != Some(*state));
            let mut detail: Vec<String> =
                state.map(|state| w.of("device_state", state).to_owned()).into_iter().collect();
            detail.extend(device.cause.as_deref().map(|cause| w.of("cause", cause).to_owned()));
            detail.extend(device.model.clone());
            detail.push(frame::moment(device.since));
            Part {
                x,
                y,
                w: width,
                h,
                number: at + 1,
                name: w.of("device", &device.device).to_owned(),
                mark: Mark::of_kind(w, &device.kind),
                detail: detail.join(" · "),
            }
        })
        .collect()
}
