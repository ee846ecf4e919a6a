//! Lights and contacts: every contact is read, every light is lit and put out.

use domain::device::TerminalDevice;

use super::{TestReport, Trial};
use crate::io_board::{Contact, Contacts, IoBoard, IoBoardError, Light, Lit, Wiring};

/// Tests the inputs and outputs that `open` gives.
pub fn io_board(wiring: Wiring, open: impl FnOnce() -> Result<Box<dyn IoBoard>, IoBoardError>) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::IoBoard);
    match attempt(wiring, open, &mut trial) {
        Ok((contacts, disturbed)) => {
            let unsteady = (disturbed > 0).then_some(domain::device::Cause::UnsteadyLine);
            trial.end(contacts.cause().or(unsteady), Some(words(&contacts)))
        }
        Err(error) => {
            let cause = error.cause();
            trial.failed(cause, &error)
        }
    }
}

fn attempt(
    wiring: Wiring,
    open: impl FnOnce() -> Result<Box<dyn IoBoard>, IoBoardError>,
    trial: &mut Trial,
) -> Result<(Contacts, u32), IoBoardError> {
    let mut board = trial.step("open", open)?;
    let contacts = trial.step("contacts", || board.contacts())?;
    for (name, light) in [("card_light", Light::CardArea), ("paper_light", Light::PaperExit)] {
        match wiring.light(light) {
            Some(_) => trial.step(name, || blink(board.as_mut(), light))?,
            None => trial.skip(name),
        }
    }
    Ok((contacts, board.disturbed()))
}

/// Whoever stands there sees it; it ends dark.
fn blink(board: &mut dyn IoBoard, light: Light) -> Result<(), IoBoardError> {
    board.light(light, Lit::On)?;
    board.light(light, Lit::Off)
}

fn words(contacts: &Contacts) -> String {
    let names = [
        (Contact::Presence, "presence"),
        (Contact::DoorOpen, "door open"),
        (Contact::OnBattery, "on battery"),
        (Contact::BatteryLow, "battery low"),
    ];
    let said = names.into_iter().filter_map(|(contact, name)| {
        contacts.is(contact).map(|is| format!("{name}: {}", if is { "yes" } else { "no" }))
    });
    let said: Vec<_> = said.collect();
    if said.is_empty() { "no contact is wired".to_owned() } else { said.join(", ") }
}
