//! A certificate of the province's library for a paper: how to allow a look, which one, the one before it is taken.

use super::{act, act_on, index, text};
use crate::models::updated;
use crate::screens::{
    CertificateAdapter, Choice, Icon, IdentifyQrAdapter, LicenceAdapter, LookSubject, ScanState,
};
use crate::terminal::Terminal;
use domain::device::DeviceState;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{AllowedLicences, LicenceStanding, ListedLicence, Tap};
use domain::session::page::Page;
use domain::session::state::{CodeProblem, LicencePart, LicenceProblem, LicenceWay, Licensing, Step};
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<LicenceAdapter<'_>>();
    adapter.on_choose(act_on(terminal, |t, i: i32| {
        let page = t.shell().session().page();
        match page {
            Page::LicenceList => t.tap(Tap::Licence(index(i))),
            _ => {
                if let Some(way) = LicenceWay::ALL.get(index(i)) {
                    t.tap(Tap::LicenceWay(*way));
                }
            }
        }
    }));
    adapter.on_instead(act(terminal, |t| t.tap(Tap::WithoutLicence)));
}

fn with<T>(terminal: &Terminal, look: impl FnOnce(&Licensing) -> T) -> Option<T> {
    match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Licence(licensing)) => Some(look(licensing)),
        _ => None,
    }
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    let l = terminal.locale();
    let can_read_codes = terminal.shell().session().facts().devices.can_read_codes();
    match page {
        Page::LicenceQr => show_code(terminal, l),
        Page::LicenceLook => show_certificate(terminal, l),
        _ => {
            let shown = with(terminal, |licensing| match &licensing.part {
                LicencePart::List { allowed, fetching, problem } => {
                    list(licensing, allowed, fetching.is_some(), *problem, l)
                }
                part => ways(licensing, part, can_read_codes, l),
            });
            let Some(shown) = shown else { return };
            let adapter = terminal.window().global::<LicenceAdapter<'_>>();
            adapter.set_title(shown.title.text(l).into());
            adapter.set_sentence(shown.sentence.into());
            adapter.set_message(shown.message.into());
            adapter.set_trouble(shown.trouble);
            adapter.set_choices(updated(adapter.get_choices(), shown.choices));
        }
    }
}

/// The ways, or the list.
struct Shown {
    title: M,
    sentence: String,
    message: String,
    /// The message is of something that went wrong.
    trouble: bool,
    choices: Vec<Choice>,
}

fn paper(licensing: &Licensing, l: Locale) -> &str {
    licensing.paper.name.text(l)
}

fn ways(licensing: &Licensing, part: &LicencePart, can_read_codes: bool, l: Locale) -> Shown {
    let (problem, sending) = match part {
        LicencePart::Ways(problem) => (*problem, false),
        _ => (None, true),
    };
    let choice = |icon, label: M, sentence: M, works: bool| Choice {
        icon,
        label: label.text(l).into(),
        sentence: sentence.text(l).into(),
        meta: SharedString::default(),
        enabled: works && !sending,
        reason: if works { SharedString::default() } else { M::WayDeviceAway.text(l).into() },
    };
    let item = licensing.filling.file.item.name.text(l);
    Shown {
        title: M::LicenceTitle,
        sentence: M::LicenceSentence.fill(l, &[("item", item), ("paper", paper(licensing, l))]),
        message: match problem {
            Some(problem) => problem_words(problem, l),
            None if sending => M::LicenceSending.text(l).to_owned(),
            None => String::new(),
        },
        trouble: problem.is_some(),
        choices: vec![
            choice(Icon::Scan, M::LicenceQr, M::LicenceQrSentence, can_read_codes),
            choice(Icon::Message, M::LicenceSms, M::LicenceSmsSentence, true),
        ],
    }
}

fn list(
    licensing: &Licensing,
    allowed: &AllowedLicences,
    fetching: bool,
    problem: Option<LicenceProblem>,
    l: Locale,
) -> Shown {
    let name = [("paper", paper(licensing, l))];
    let nothing = allowed.licences.is_empty();
    Shown {
        title: M::LicenceListTitle,
        sentence: M::LicenceListSentence.fill(l, &name),
        message: match problem {
            Some(problem) => problem_words(problem, l),
            None if fetching => M::LicenceFetching.text(l).to_owned(),
            None if nothing => M::LicenceNone.fill(l, &name),
            None => String::new(),
        },
        trouble: problem.is_some() || nothing,
        choices: allowed.licences.iter().map(|licence| listed(licence, fetching, l)).collect(),
    }
}

fn listed(licence: &ListedLicence, fetching: bool, l: Locale) -> Choice {
    let reason = match licence.standing {
        LicenceStanding::Valid => "",
        LicenceStanding::Expired => M::LicenceExpired.text(l),
        LicenceStanding::Revoked => M::LicenceRevoked.text(l),
    };
    let until = licence.valid_until.map_or_else(
        || M::LicenceNoEnd.text(l).to_owned(),
        |day| M::LicenceValidUntil.fill(l, &[("date", &text::date(day, l))]),
    );
    Choice {
        icon: Icon::Document,
        label: licence.name.text(l).into(),
        sentence: licence.issuer.text(l).into(),
        meta: until.into(),
        enabled: reason.is_empty() && !fetching,
        reason: reason.into(),
    }
}

/// Why no certificate can be looked at, in the resident's words.
pub(crate) fn problem_words(problem: LicenceProblem, l: Locale) -> String {
    match problem {
        LicenceProblem::Refused => M::LicenceRefused.text(l).to_owned(),
        LicenceProblem::Unreachable => M::LicenceUnreachable.text(l).to_owned(),
        LicenceProblem::Seal(problem) => problem.sentence().text(l).to_owned(),
    }
}

fn show_code(terminal: &Terminal, l: Locale) {
    let state = with(terminal, |licensing| match &licensing.part {
        LicencePart::Code { asking: Some(_), .. } => ScanState::Reading,
        LicencePart::Code { problem: Some(CodeProblem::Refused), .. } => ScanState::NotAllowed,
        LicencePart::Code { problem: Some(CodeProblem::Unreachable), .. } => ScanState::Unreachable,
        _ => ScanState::Looking,
    });
    let adapter = terminal.window().global::<IdentifyQrAdapter<'_>>();
    adapter.set_title(M::LicenceQrTitle.text(l).into());
    adapter.set_state(state.unwrap_or(ScanState::Looking));
    let devices = terminal.shell().session().facts().devices;
    adapter.set_by_scanner(devices.camera != DeviceState::Online && devices.can_read_codes());
}

fn show_certificate(terminal: &Terminal, l: Locale) {
    let at = terminal.local.borrow().certificate.unwrap_or_default();
    let looked = with(terminal, |licensing| match &licensing.part {
        LicencePart::Look { paper, .. } => Some((
            paper.name.text(l).to_owned(),
            paper.pages.len(),
            paper.pages.get(at).and_then(|page| crate::picture::decode(page.bytes())),
        )),
        _ => None,
    });
    let Some((title, count, picture)) = looked.flatten() else { return };
    let view = terminal.window().global::<CertificateAdapter<'_>>();
    view.set_title(title.into());
    view.set_subject(LookSubject::ToBeTaken);
    view.set_note(M::LicenceNote.text(l).into());
    view.set_page(i32::try_from(at).unwrap_or(0));
    view.set_page_count(i32::try_from(count).unwrap_or(0));
    view.set_picture(picture.unwrap_or_default());
}

pub(super) fn blank(terminal: &Terminal) {
    let adapter = terminal.window().global::<LicenceAdapter<'_>>();
    adapter.set_choices(updated(adapter.get_choices(), Vec::new()));
    adapter.set_sentence(SharedString::default());
    adapter.set_message(SharedString::default());
}
