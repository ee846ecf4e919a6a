//! What stands on the technician's pages that only show: devices, network, update, self-test, log.

use crate::pages::text;
use crate::screens::{StepState, TechnicianRow};
use crate::shell::Shell;
use domain::device::{DeviceCondition, DeviceState, TerminalDevice};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::Facts;
use domain::session::event::{ClockTrust, Network};
use domain::terminal::Timestamp;
use fleet_api::ui::UpdateProgress;
use slint::SharedString;

/// What every unit is expected to have.
const USUAL: [TerminalDevice; 4] = [
    TerminalDevice::IdCardReader,
    TerminalDevice::ReceiptPrinter,
    TerminalDevice::DocumentPrinter,
    TerminalDevice::Camera,
];

pub(super) fn row(label: M, value: impl Into<SharedString>, state: StepState, l: Locale) -> TechnicianRow {
    TechnicianRow { label: label.text(l).into(), value: value.into(), state }
}

/// A value that is neither good nor bad.
pub(super) fn plain(label: M, value: impl Into<SharedString>, l: Locale) -> TechnicianRow {
    row(label, value, StepState::Waiting, l)
}

pub(super) fn moment(at: Timestamp, facts: &Facts, l: Locale) -> String {
    let at = at.to_offset(facts.now.offset());
    format!("{} {}", text::date(at.date(), l), text::clock(at))
}

pub(super) fn network(shell: &Shell, l: Locale) -> Vec<TechnicianRow> {
    let facts = shell.session().facts();
    let agent = shell.agent_now();
    let (province, mark) = match facts.network {
        Network::Online => (M::TechnicianNetworkOnline, StepState::Done),
        Network::Offline => (M::TechnicianNetworkOffline, StepState::Failed),
    };
    let (clock, sure) = match facts.clock {
        ClockTrust::Kept => (M::TechnicianClockKept, StepState::Done),
        ClockTrust::Held => (M::TechnicianClockHeld, StepState::Done),
        ClockTrust::Unsure => (M::TechnicianClockUnsure, StepState::Failed),
    };
    let mut rows = vec![
        row(M::TechnicianNetwork, province.text(l), mark, l),
        row(M::TechnicianClock, clock.text(l), sure, l),
    ];
    let Some(status) = agent.status() else {
        let (words, mark) = match agent.is_connected() {
            true => (M::TechnicianAgentConnected, StepState::Done),
            false => (M::TechnicianAgentAbsent, StepState::Failed),
        };
        rows.push(row(M::TechnicianAgent, words.text(l), mark, l));
        return rows;
    };
    rows.push(row(M::TechnicianAgent, M::TechnicianAgentConnected.text(l), StepState::Done, l));
    let server = match (&status.server_error, status.server_answered_at) {
        (Some(error), _) => row(M::TechnicianServer, error.as_str(), StepState::Failed, l),
        (None, Some(at)) => {
            let words = M::TechnicianServerAnswered.fill(l, &[("time", &moment(at, facts, l))]);
            row(M::TechnicianServer, words, StepState::Done, l)
        }
        (None, None) => row(M::TechnicianServer, M::TechnicianServerNever.text(l), StepState::Failed, l),
    };
    rows.push(server);
    rows.push(match status.certificate_until.filter(|_| status.enrolled) {
        Some(until) => {
            let words = M::TechnicianCertificateUntil.fill(l, &[("date", &text::date(until.date(), l))]);
            row(M::TechnicianEnrolled, words, StepState::Done, l)
        }
        None => row(M::TechnicianEnrolled, M::TechnicianEnrolledNo.text(l), StepState::Failed, l),
    });
    let lines = status.network.iter();
    rows.extend(lines.map(|line| TechnicianRow { value: line.as_str().into(), ..Default::default() }));
    rows
}

pub(super) fn update(shell: &Shell, l: Locale) -> Vec<TechnicianRow> {
    let facts = shell.session().facts();
    let mut rows = vec![
        plain(M::PaperTerminal, facts.site.terminal.to_string(), l),
        plain(M::TechnicianVersion, env!("CARGO_PKG_VERSION"), l),
    ];
    let Some(status) = shell.agent_now().status() else {
        rows.push(row(M::TechnicianAgent, M::TechnicianAgentAbsent.text(l), StepState::Failed, l));
        return rows;
    };
    let none = || M::TechnicianNone.text(l).to_owned();
    rows.push(plain(M::TechnicianImage, status.image.as_str(), l));
    rows.push(plain(M::TechnicianSlot, status.slot.clone().unwrap_or_else(none), l));
    let progress = status.update.as_ref().map(|update| under_way(update, l));
    rows.push(plain(M::TechnicianProgress, progress.unwrap_or_else(none), l));
    rows.push(plain(M::TechnicianLastUpdate, status.last_update.clone().unwrap_or_else(none), l));
    rows.push(plain(M::TechnicianConfiguration, status.configuration.to_string(), l));
    rows.push(plain(M::TechnicianEvents, status.events_waiting.to_string(), l));
    rows
}

/// Where an update is, and what it waits for. A state that an agent of another version has stands in its own word.
fn under_way(update: &UpdateProgress, l: Locale) -> String {
    let version = [("version", update.version.as_str())];
    let words = match update.state.as_str() {
        "downloading" => M::TechnicianUpdateDownloading,
        "waiting" => M::TechnicianUpdateWaiting,
        "installing" => M::TechnicianUpdateInstalling,
        "activated" => M::TechnicianUpdateActivated,
        "rebooting" => M::TechnicianUpdateRebooting,
        "trial" => M::TechnicianUpdateTrial,
        "going_back" => M::TechnicianUpdateGoingBack,
        "succeeded" => M::TechnicianUpdateSucceeded,
        "failed" => M::TechnicianUpdateFailed,
        other => return format!("{} {other}", update.version),
    };
    let words = words.fill(l, &version);
    match update.percent {
        Some(percent) => {
            let percent = percent.to_string();
            M::TechnicianLabelPercent.fill(l, &[("label", &words), ("percent", &percent)])
        }
        None => words,
    }
}

/// What a technician has to know who leaves this slot.
pub(super) fn other_slot(shell: &Shell, l: Locale) -> Vec<TechnicianRow> {
    let slot = shell.agent_now().status().and_then(|status| status.slot.clone());
    vec![
        plain(M::TechnicianSlot, slot.unwrap_or_else(|| M::TechnicianNone.text(l).to_owned()), l),
        TechnicianRow { value: M::TechnicianOtherSlotAsk.text(l).into(), ..TechnicianRow::default() },
    ]
}

/// When all devices were last tried, and each one's remedy.
pub(super) fn self_test(shell: &Shell, l: Locale) -> Vec<TechnicianRow> {
    let facts = shell.session().facts();
    let last = match shell.agent_now().self_test() {
        None => plain(M::TechnicianLastSelfTest, M::TechnicianSelfTestNever.text(l), l),
        Some(test) => {
            let at = moment(test.at, facts, l);
            let name = |word: &String| {
                let device = TerminalDevice::ALL.into_iter().find(|device| device.word() == word.as_str());
                device.map_or(word.as_str(), |device| device.name().text(l)).to_owned()
            };
            if test.failed.is_empty() {
                let words = M::TechnicianSelfTestPassed.fill(l, &[("time", &at)]);
                row(M::TechnicianLastSelfTest, words, StepState::Done, l)
            } else {
                let failed: Vec<String> = test.failed.iter().map(name).collect();
                let devices = failed.join(M::TextListComma.text(l));
                let words = M::TechnicianSelfTestFailed.fill(l, &[("time", &at), ("devices", &devices)]);
                row(M::TechnicianLastSelfTest, words, StepState::Failed, l)
            }
        }
    };
    let troubled = devices(&shell.conditions(), l).into_iter().filter(|row| row.state == StepState::Failed);
    std::iter::once(last).chain(troubled).collect()
}

pub(super) fn log(shell: &Shell) -> Vec<TechnicianRow> {
    let lines = shell.agent_now().outcome().map(|(_, lines)| lines.as_slice()).unwrap_or_default();
    lines.iter().map(|line| TechnicianRow { value: line.as_str().into(), ..Default::default() }).collect()
}

/// Every device that this unit has, and of the usual ones that it has none: what is to be done, where something is.
pub(super) fn devices(conditions: &[DeviceCondition], l: Locale) -> Vec<TechnicianRow> {
    let row = |device: TerminalDevice| {
        let condition = conditions.iter().find(|condition| condition.device == device);
        let (value, state) = match condition {
            None if USUAL.contains(&device) => (M::TechnicianNoDevice.text(l).to_owned(), StepState::Waiting),
            None => return None,
            Some(condition) if condition.state == DeviceState::Starting => {
                (M::TechnicianStarting.text(l).to_owned(), StepState::Waiting)
            }
            Some(condition) => {
                let mark = if condition.kind().is_usable() { StepState::Done } else { StepState::Failed };
                (condition.remedy(l).unwrap_or_else(|| M::TechnicianOnline.text(l).to_owned()), mark)
            }
        };
        Some(TechnicianRow { label: device.name().text(l).into(), value: value.into(), state })
    };
    TerminalDevice::ALL.into_iter().filter_map(row).collect()
}
