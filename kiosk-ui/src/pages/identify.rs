//! Who is it: the chooser, the card, the code.

use super::{act, act_on, index};
use crate::models::updated;
use crate::screens::{
    CardState, Choice, Icon, IdentifyAdapter, IdentifyCardAdapter, IdentifyQrAdapter, ScanState,
};
use crate::terminal::Terminal;
use domain::device::DeviceState;
use domain::identity::IdentityWay;
use domain::messages::MessageId as M;
use domain::session::event::{CardProblem, Tap};
use domain::session::page::Page;
use domain::session::state::{CodeProblem, Identifying, Step, Way};
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    window.global::<IdentifyAdapter<'_>>().on_choose(act_on(terminal, |t, i: i32| {
        let way = with(t, |identifying| ways(identifying).nth(index(i))).flatten();
        if let Some(way) = way {
            t.tap(Tap::IdentityWay(Some(way)));
        }
    }));
    let other = |t: &Terminal| t.tap(Tap::IdentityWay(None));
    window.global::<IdentifyCardAdapter<'_>>().on_other_way(act(terminal, other));
    window.global::<IdentifyQrAdapter<'_>>().on_other_way(act(terminal, other));
}

fn with<T>(terminal: &Terminal, look: impl FnOnce(&Identifying) -> T) -> Option<T> {
    match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Identify(identifying)) => Some(look(identifying)),
        _ => None,
    }
}

/// The ways that lead to what the item needs, in its order.
fn ways(identifying: &Identifying) -> impl Iterator<Item = IdentityWay> + '_ {
    identifying.item.identity.ways.iter().copied()
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    match page {
        Page::Identify => show_chooser(terminal),
        Page::IdentifyCard => show_card(terminal),
        _ => show_code(terminal),
    }
}

/// The words of a way.
pub(crate) fn way_name(way: IdentityWay) -> M {
    match way {
        IdentityWay::Card => M::WayCard,
        IdentityWay::ProvinceQr => M::WayProvinceQr,
        IdentityWay::NetworkId => M::WayNetworkId,
        IdentityWay::Sms => M::WaySms,
        IdentityWay::Worker => M::WayWorker,
    }
}

fn show_chooser(terminal: &Terminal) {
    let l = terminal.locale();
    let devices = terminal.shell().session().facts().devices;
    let choices = with(terminal, |identifying| {
        ways(identifying)
            .map(|way| {
                let online = |state| state == DeviceState::Online;
                let (icon, sentence, works) = match way {
                    IdentityWay::Card => (Icon::Card, M::WayCardSentence, online(devices.id_card_reader)),
                    IdentityWay::ProvinceQr => {
                        (Icon::Scan, M::WayProvinceQrSentence, devices.can_read_codes())
                    }
                    IdentityWay::NetworkId => {
                        (Icon::Phone, M::WayNetworkIdSentence, devices.can_read_codes())
                    }
                    IdentityWay::Sms => (Icon::Message, M::WaySmsSentence, true),
                    IdentityWay::Worker => (Icon::Worker, M::WayWorkerSentence, true),
                };
                Choice {
                    icon,
                    label: way_name(way).text(l).into(),
                    sentence: sentence.text(l).into(),
                    meta: SharedString::default(),
                    enabled: works,
                    reason: if works { SharedString::default() } else { M::WayDeviceAway.text(l).into() },
                }
            })
            .collect::<Vec<_>>()
    });
    let adapter = terminal.window().global::<IdentifyAdapter<'_>>();
    adapter.set_ways(updated(adapter.get_ways(), choices.unwrap_or_default()));
}

fn show_card(terminal: &Terminal) {
    let l = terminal.locale();
    let problem = with(terminal, |identifying| match &identifying.way {
        Way::Card(problem) => *problem,
        _ => None,
    })
    .flatten();
    let adapter = terminal.window().global::<IdentifyCardAdapter<'_>>();
    let (state, sentence) = match problem {
        None => (CardState::Waiting, None),
        Some(CardProblem::Removed) => (CardState::RemovedEarly, None),
        Some(CardProblem::Unreadable) => (CardState::Unreadable, None),
        Some(CardProblem::Expired) => (CardState::Expired, None),
        Some(CardProblem::Doubtful) => (CardState::WrongNumber, None),
        Some(CardProblem::Invalid) => (CardState::Unreadable, Some(M::CardInvalid)),
        Some(CardProblem::Security) => (CardState::ReaderFault, Some(M::CardSecurity)),
    };
    adapter.set_state(state);
    adapter.set_sentence(sentence.map(|m| m.text(l)).unwrap_or_default().into());
}

fn show_code(terminal: &Terminal) {
    let l = terminal.locale();
    let adapter = terminal.window().global::<IdentifyQrAdapter<'_>>();
    let (title, state) = with(terminal, |identifying| match &identifying.way {
        Way::Code { way, asking, problem } => {
            let title = match way {
                IdentityWay::NetworkId => M::IdentifyNetworkIdTitle.text(l),
                _ => "",
            };
            let state = match (asking, problem) {
                (Some(_), _) => ScanState::Reading,
                (None, None) => ScanState::Looking,
                (None, Some(CodeProblem::Refused)) => ScanState::WrongCode,
                (None, Some(CodeProblem::Unreachable)) => ScanState::Unreachable,
            };
            (title, state)
        }
        _ => ("", ScanState::Looking),
    })
    .unwrap_or(("", ScanState::Looking));
    adapter.set_title(title.into());
    adapter.set_state(state);
    let devices = terminal.shell().session().facts().devices;
    adapter.set_by_scanner(devices.camera != DeviceState::Online && devices.can_read_codes());
}
