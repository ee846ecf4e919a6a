//! How the screen is, in the fleet's words: numbers and words about the machine.

use super::Looked;
use domain::device::{DeviceCondition, DeviceState, TerminalDevice};
use domain::session::Session;
use domain::session::event::{DataPartition, Network, Storage};
use domain::session::state::{OutOfServiceReason, Place};
use domain::terminal::Timestamp;
use fleet_api::health::{
    DeviceReport, LIST, OutboxDepth, ScreenHealth, ScreenPhase, SelfTestSummary, SupplyLevel,
};

/// What the screen is doing, as far as the fleet may know.
pub(super) fn phase(place: &Place) -> ScreenPhase {
    match place {
        Place::Idle => ScreenPhase::Idle,
        Place::OutOfService(_) => ScreenPhase::OutOfService,
        Place::Visit(_) | Place::Forgetting(_) => ScreenPhase::Visit,
        Place::StaffSignIn(_) | Place::Upkeep(_) => ScreenPhase::Upkeep,
    }
}

/// The screen's health.
pub(super) fn of(
    session: &Session,
    looked: Looked<'_>,
    painted_at: Option<Timestamp>,
    outbox: OutboxDepth,
    self_test: Option<SelfTestSummary>,
) -> ScreenHealth {
    let facts = session.facts();
    let out_of_service = match session.place() {
        Place::OutOfService(out) => Some(reason(out.reason).to_owned()),
        _ => None,
    };
    let mut devices: Vec<DeviceReport> = looked.conditions.iter().take(LIST).map(report).collect();
    if let Some(printer) = looked.printer {
        let of_printer = |report: &&mut DeviceReport| report.device == TerminalDevice::ReceiptPrinter.word();
        if let Some(report) = devices.iter_mut().find(of_printer) {
            report.model = Some(printer.model().title.clone());
        }
    }
    // The supervisor gives them in no order: a change of order is no change.
    devices.sort_by(|a, b| a.device.cmp(&b.device));
    let mut supplies = Vec::new();
    if facts.devices.receipt_printer != DeviceState::NoDevice {
        supplies.push(SupplyLevel {
            supply: "receipt_paper".to_owned(),
            level: facts.devices.paper,
            remaining_permille: looked.printer.and_then(|printer| printer.count().remaining_permille()),
            used_total: looked.printer.map(|printer| printer.count().used().total_mm),
        });
    }
    ScreenHealth {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        phase: phase(session.place()),
        out_of_service,
        painted_at,
        database_open: facts.storage != Storage::Failed && facts.data_partition == DataPartition::Kept,
        province_reachable: facts.network == Network::Online,
        catalogue: facts.catalogue.version.clone(),
        outbox,
        devices,
        supplies,
        power: facts.devices.power,
        self_test,
    }
}

fn reason(reason: OutOfServiceReason) -> &'static str {
    match reason {
        OutOfServiceReason::Closed => "hours",
        OutOfServiceReason::Storage => "storage",
        OutOfServiceReason::NoCatalogue => "catalogue",
        OutOfServiceReason::Power => "power",
        OutOfServiceReason::Restarting => "restart",
    }
}

fn report(condition: &DeviceCondition) -> DeviceReport {
    DeviceReport {
        device: condition.device.word().to_owned(),
        state: word(&condition.state),
        cause: condition.cause.map(|cause| cause.word().to_owned()),
        kind: word(&condition.kind()),
        model: None,
    }
}

/// The word that a value has on the wire.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
