//! One file for each page or small family of pages: what of the session it shows, and which taps its controls are.
//!
//! Duty: a pure look at the session, in the words of the visit's language. Never: keep state (that is `local`), or decide
//! what follows what.

pub(crate) mod frame;

pub(crate) mod browse;
mod consent;
mod entry;
mod face;
mod form;
mod help;
pub(crate) mod identify;
mod idle;
mod keyboard;
pub(crate) mod licence;
mod printing;
mod rating;
mod result;
mod review;
mod submitting;
pub(crate) mod technician;
mod text;
mod trouble;
mod upkeep;

use crate::terminal::Terminal;
use domain::session::page::Page;
use std::rc::Rc;

/// A control's callback: acts on the terminal while there is one.
fn act(terminal: &Rc<Terminal>, with: impl Fn(&Terminal) + 'static) -> impl Fn() + 'static {
    let weak = Rc::downgrade(terminal);
    move || {
        if let Some(terminal) = weak.upgrade() {
            with(&terminal);
        }
    }
}

/// The same for a control that says which of several it is.
fn act_on<A: 'static>(
    terminal: &Rc<Terminal>,
    with: impl Fn(&Terminal, A) + 'static,
) -> impl Fn(A) + 'static {
    let weak = Rc::downgrade(terminal);
    move |which| {
        if let Some(terminal) = weak.upgrade() {
            with(&terminal, which);
        }
    }
}

/// An index that a screen gives back.
fn index(of: i32) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

/// Connects the controls of every page.
pub(crate) fn connect(terminal: &Rc<Terminal>) {
    frame::connect(terminal);
    keyboard::connect(terminal);
    idle::connect(terminal);
    browse::connect(terminal);
    consent::connect(terminal);
    identify::connect(terminal);
    entry::connect(terminal);
    face::connect(terminal);
    form::connect(terminal);
    licence::connect(terminal);
    review::connect(terminal);
    submitting::connect(terminal);
    result::connect(terminal);
    printing::connect(terminal);
    rating::connect(terminal);
    help::connect(terminal);
    trouble::connect(terminal);
    upkeep::connect(terminal);
    technician::connect(terminal);
}

/// A page is shown that was not shown before: its controls begin.
pub(crate) fn open(terminal: &Terminal) {
    match terminal.local.borrow().page {
        Some(Page::Form(_) | Page::Search | Page::IdentifySms | Page::IdentifyWorker) => {}
        Some(Page::LicenceSms | Page::RatingWords | Page::Assisted | Page::StaffSignIn) => {}
        _ => return,
    }
    keyboard::open(terminal);
}

/// Shows the session on a page.
pub(crate) fn show(terminal: &Terminal, page: Page) {
    frame::show(terminal, page);
    help::show_desk(terminal);
    match page {
        Page::Idle => idle::show(terminal),
        Page::Home | Page::Search | Page::Items | Page::Guide | Page::YouMayAlso | Page::Directory => {
            browse::show(terminal, page);
        }
        Page::Consent => consent::show(terminal),
        Page::Identify | Page::IdentifyCard | Page::IdentifyQr | Page::IdentifyNetworkId => {
            identify::show(terminal, page);
        }
        Page::IdentifySms | Page::IdentifyWorker | Page::LicenceSms | Page::Assisted | Page::StaffSignIn => {
            entry::show(terminal, page);
        }
        Page::LicenceWays | Page::LicenceQr | Page::LicenceList | Page::LicenceLook => {
            licence::show(terminal, page);
        }
        Page::Face => face::show(terminal),
        Page::Asking | Page::Submitting => submitting::show(terminal, page),
        Page::Form(_) => form::show(terminal),
        Page::Review => review::show(terminal),
        Page::Result => result::show(terminal),
        Page::Printing => printing::show(terminal),
        Page::Rating | Page::RatingWords => rating::show(terminal),
        Page::Forgetting => rating::show_forgetting(terminal),
        Page::Help => help::show(terminal),
        Page::StillThere => {}
        Page::Trouble | Page::OutOfService => trouble::show(terminal, page),
        Page::Keeper => upkeep::show(terminal),
        Page::Technician => technician::show(terminal),
    }
    keyboard::show(terminal);
}

/// Whether a page shows the passing of time.
pub(crate) fn shows_time(page: Page) -> bool {
    // Devices come and go before a technician's eyes.
    matches!(page, Page::StillThere | Page::Submitting | Page::Asking | Page::Forgetting | Page::Technician)
}

/// Takes everything of the resident off every page, shown or not.
pub(crate) fn blank(terminal: &Terminal) {
    browse::blank(terminal);
    entry::blank(terminal);
    crate::preview::blank(terminal);
    form::blank(terminal);
    licence::blank(terminal);
    review::blank(terminal);
    result::blank(terminal);
    printing::blank(terminal);
    rating::blank(terminal);
    help::blank(terminal);
    frame::blank(terminal);
    keyboard::show(terminal);
}
