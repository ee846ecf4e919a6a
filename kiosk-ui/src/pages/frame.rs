//! What every page shares: place, time, language, size, step, back, end, help; and the page that lies over all.

use super::{act, text};
use crate::screens::{Navigation, Page as Screen, StillThere};
use crate::terminal::Terminal;
use domain::display_mode::TextSize;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::Tap;
use domain::session::page::Page;
use domain::session::state::{Overlay, Place, Step, Visit};
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let navigation = terminal.navigation();
    navigation.on_back(act(terminal, back));
    navigation.on_help(act(terminal, |t| t.tap(Tap::Help)));
    navigation.on_end(act(terminal, |t| t.tap(Tap::Leave)));
    navigation.on_touched(act(terminal, touched));
    navigation.on_switch_language(act(terminal, |t| t.tap(Tap::Language(t.locale().other()))));
    navigation.on_switch_size(act(terminal, |t| {
        let mut mode = t.shell().session().mode();
        mode.text_size = match mode.text_size {
            TextSize::Standard => TextSize::Large,
            TextSize::Large => TextSize::Standard,
        };
        t.tap(Tap::Mode(mode));
    }));
    let still = terminal.window().global::<StillThere<'_>>();
    still.on_carry_on(act(terminal, |t| t.tap(Tap::Continue)));
    still.on_end_now(act(terminal, |t| t.tap(Tap::Leave)));
}

/// A finger came down anywhere: somebody is there. On the idle page only its own button begins a visit.
fn touched(terminal: &Terminal) {
    let in_visit = terminal.shell().session().visit().is_some();
    if in_visit {
        terminal.noticed();
    }
}

fn back(terminal: &Terminal) {
    let page = terminal.shell().session().page();
    // A control of the page that was opened is closed before the page is left.
    let closed = {
        let mut local = terminal.local.borrow_mut();
        local.shared_data.take().is_some()
            || (page == Page::Result && local.certificate.take().is_some())
            || local.category.take().is_some()
            || std::mem::take(&mut local.leaving_number)
    };
    if closed {
        terminal.refresh();
        return;
    }
    terminal.tap(match page {
        Page::Help | Page::Trouble | Page::Assisted => Tap::Close,
        _ => Tap::Back,
    });
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    let navigation = terminal.navigation();
    let shell = terminal.shell();
    let session = shell.session();
    let facts = session.facts();
    let locale = terminal.locale();
    navigation.set_site_name(facts.site.name.text(locale).into());
    navigation.set_clock(text::clock(facts.now).into());
    show_step(&navigation, session.visit(), locale);
    navigation.set_can_go_back(can_go_back(page));
    navigation.set_can_end(session.visit().is_some() && !matches!(page, Page::Submitting | Page::StillThere));
    navigation.set_help_offered(!matches!(page, Page::Help | Page::Forgetting));
    let notice = shell.agent_now().idle_notice().filter(|_| page == Page::Idle);
    navigation.set_notice(notice.map(|notice| notice.text(locale)).unwrap_or_default().into());
    navigation.set_visit_line(visit_line(session.visit(), locale).into());
    let still = terminal.window().global::<StillThere<'_>>();
    match session.visit().and_then(|v| v.overlay.as_ref()) {
        Some(Overlay::StillThere { until, .. }) => {
            let left = (*until - facts.now).whole_seconds().max(0);
            still.set_seconds(i32::try_from(left).unwrap_or(0));
            still.set_total(60);
            still.set_open(true);
        }
        _ => still.set_open(false),
    }
    if let Some(screen) = screen(terminal, page, session.place()) {
        navigation.set_page(screen);
    }
}

pub(crate) fn show_clock(terminal: &Terminal) {
    // The same word again is no change; another one has the band painted (status-bar.slint).
    terminal.navigation().set_clock(text::clock(terminal.now()).into());
}

pub(super) fn blank(terminal: &Terminal) {
    terminal.navigation().set_visit_line(SharedString::default());
}

/// The page of the screen; none where the page below stays.
fn screen(terminal: &Terminal, page: Page, place: &Place) -> Option<Screen> {
    let certificate = terminal.local.borrow().certificate.is_some();
    Some(match page {
        Page::Idle => Screen::Idle,
        Page::Home => Screen::Home,
        Page::Search => Screen::Search,
        Page::Items => Screen::Items,
        Page::Guide => Screen::Guide,
        Page::Consent => Screen::Consent,
        Page::Identify => Screen::Identify,
        Page::IdentifyCard => Screen::IdentifyCard,
        Page::IdentifyQr | Page::IdentifyNetworkId | Page::LicenceQr => Screen::IdentifyQr,
        Page::IdentifySms | Page::IdentifyWorker | Page::LicenceSms | Page::Assisted | Page::StaffSignIn => {
            Screen::Entry
        }
        Page::LicenceWays | Page::LicenceList => Screen::Licence,
        Page::LicenceLook => Screen::Certificate,
        Page::Face => Screen::Face,
        Page::Asking | Page::Submitting => Screen::Submitting,
        Page::YouMayAlso => Screen::YouMayAlso,
        Page::Form(_) => Screen::Form,
        Page::Review => Screen::Review,
        Page::Result if certificate => Screen::Certificate,
        Page::Result => Screen::Result,
        Page::Directory => Screen::Directory,
        Page::Printing => Screen::Printing,
        Page::Rating => Screen::Rating,
        Page::RatingWords => Screen::RatingWords,
        Page::Forgetting => Screen::Forgetting,
        Page::Help => Screen::Help,
        Page::StillThere => match place {
            Place::Visit(visit) => return screen(terminal, below(visit), place),
            _ => return None,
        },
        Page::Trouble => Screen::Trouble,
        Page::OutOfService => Screen::OutOfService,
        Page::Keeper => Screen::Keeper,
        Page::Technician => Screen::Technician,
    })
}

/// The page under "您还在吗".
fn below(visit: &Visit) -> Page {
    match &visit.overlay {
        Some(Overlay::StillThere { below: Some(overlay), .. }) => match overlay.as_ref() {
            Overlay::Help(_) => Page::Help,
            Overlay::Assisted(_) => Page::Assisted,
            Overlay::Trouble(_) | Overlay::StillThere { .. } => Page::Trouble,
        },
        _ => visit.step.page(),
    }
}

fn can_go_back(page: Page) -> bool {
    !matches!(
        page,
        Page::Idle
            | Page::Home
            | Page::Submitting
            | Page::Result
            | Page::Printing
            | Page::Forgetting
            | Page::OutOfService
            | Page::StillThere
    )
}

fn show_step(navigation: &Navigation<'_>, visit: Option<&Visit>, locale: Locale) {
    let (step, count) = match visit.filter(|v| v.overlay.is_none()).map(|v| &v.step) {
        Some(Step::Form(filling)) => filling.progress(),
        Some(Step::Licence(licensing)) => licensing.filling.progress(),
        Some(Step::Review(file)) => (file.steps(), file.steps()),
        _ => (0, 0),
    };
    let label = match count {
        0 => String::new(),
        _ => M::FrameStep.fill(locale, &[("step", &step.to_string()), ("total", &count.to_string())]),
    };
    navigation.set_step_label(label.into());
    navigation.set_step(i32::try_from(step).unwrap_or(0));
    navigation.set_step_count(i32::try_from(count).unwrap_or(0));
}

/// Who acts for whom, while somebody does.
fn visit_line(visit: Option<&Visit>, locale: Locale) -> String {
    let Some((visit, worker)) = visit.and_then(|v| Some((v, v.worker.as_ref()?))) else {
        return String::new();
    };
    let worker = worker.name.text(locale);
    match visit.identity() {
        Some(identity) => {
            let resident = identity.name().masked_name();
            M::FrameAssistedFor.fill(locale, &[("worker", worker), ("resident", &resident)])
        }
        None => M::FrameAssistedBy.fill(locale, &[("worker", worker)]),
    }
}
