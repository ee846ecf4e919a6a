//! What can go wrong with a device of the demonstration.

use fleet_api::health::DeviceReport;
use sample_city::Dice;

/// One trouble: device, state, cause and who is needed, in the words of the devices' conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble(&'static [&'static str; 4]);

const TROUBLES: [[&str; 4]; 8] = [
    ["id_card_reader", "offline", "unplugged", "technician"],
    ["id_card_reader", "offline", "no_answer", "technician"],
    ["receipt_printer", "user_error", "cover_open", "keeper"],
    ["receipt_printer", "user_error", "paper_jam", "keeper"],
    ["receipt_printer", "hardware_error", "cutter", "technician"],
    ["document_printer", "user_error", "toner_out", "keeper"],
    ["camera", "offline", "unplugged", "technician"],
    ["speaker", "hardware_error", "hardware", "technician"],
];

impl Trouble {
    /// Any of them.
    pub(crate) fn any(dice: &mut Dice) -> Option<Self> {
        dice.pick(&TROUBLES.each_ref()).copied().map(Self)
    }

    /// The device that has it.
    pub(crate) fn device(self) -> &'static str {
        self.0[0]
    }

    /// What the screen says of the device.
    pub(crate) fn report(self) -> DeviceReport {
        let [device, state, cause, kind] = self.0.map(str::to_owned);
        DeviceReport { device, state, cause: Some(cause), kind, model: None }
    }
}
