//! The terminal as one thing: window, shell and controls.
//!
//! Duty: bring touches to the session and the session to the pages. Never: decide what a visit does next.

mod fleet;

use crate::assets::Shipped;
use crate::inbox::Inbox;
use crate::local::Local;
use crate::pages;
use crate::profile::ScreenProfile;
use crate::screens::words;
use crate::screens::{AppWindow, Navigation, Tokens, Words};
use crate::shell::{Shell, Signal};
use domain::display_mode::{Contrast, DisplayMode, Reach, TextSize};
use domain::locale::Locale;
use domain::session::event::{EventKind, Tap};
use domain::session::page::Page;
use domain::session::state::Step;
use platform_client::clock::Clock;
use slint::ComponentHandle;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Called when the screen shows another page.
type Observer = Box<dyn Fn(&Terminal, Page)>;

/// Window, shell and controls.
pub struct Terminal {
    window: AppWindow,
    shell: RefCell<Shell>,
    pub(crate) local: RefCell<Local>,
    pub(crate) shipped: Shipped,
    shown: Cell<Option<(Locale, DisplayMode)>>,
    observer: RefCell<Option<Observer>>,
    at_first_frame: RefCell<Option<Box<dyn FnOnce()>>>,
    pub(crate) painted: Painted,
    /// What a second brings that is no matter of the session.
    rest: fleet::Rest,
}

/// The frames that were really painted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Painted(Rc<PaintedAt>);

#[derive(Debug, Default)]
struct PaintedAt {
    frames: Cell<u64>,
    last: Cell<Option<domain::terminal::Timestamp>>,
}

impl Painted {
    /// A frame is being painted; whether it is the first.
    fn note(&self, at: domain::terminal::Timestamp) -> bool {
        self.0.last.set(Some(at));
        self.0.frames.replace(self.0.frames.get() + 1) == 0
    }
}

impl Terminal {
    /// Opens the window on a screen and connects every control.
    ///
    /// # Errors
    /// The toolkit gives no window.
    pub fn open(
        shell: Shell,
        screen: ScreenProfile,
        shipped: Shipped,
    ) -> Result<Rc<Self>, slint::PlatformError> {
        let window = AppWindow::new()?;
        let terminal = Rc::new(Self {
            window,
            shell: RefCell::new(shell),
            local: RefCell::default(),
            shipped,
            shown: Cell::new(None),
            observer: RefCell::new(None),
            at_first_frame: RefCell::new(None),
            painted: Painted::default(),
            rest: fleet::Rest::default(),
        });
        terminal.fit(screen);
        terminal.connect_fleet();
        pages::connect(&terminal);
        terminal.refresh();
        Ok(terminal)
    }

    /// Lays the pages out for a screen.
    pub fn fit(&self, screen: ScreenProfile) {
        let tokens = self.window.global::<Tokens<'_>>();
        tokens.set_px_per_mm(screen.px_per_mm);
        #[allow(clippy::cast_precision_loss, reason = "pixels of a screen are far below 2^24")]
        tokens.set_screen_width(screen.width as f32);
        #[allow(clippy::cast_precision_loss, reason = "pixels of a screen are far below 2^24")]
        tokens.set_screen_height(screen.height as f32);
    }

    /// The window.
    pub fn window(&self) -> &AppWindow {
        &self.window
    }

    /// The shell, to look into.
    pub fn shell(&self) -> std::cell::Ref<'_, Shell> {
        self.shell.borrow()
    }

    /// Calls back whenever the screen shows another page, before anything else happens.
    pub fn observe(&self, observer: impl Fn(&Self, Page) + 'static) {
        *self.observer.borrow_mut() = Some(Box::new(observer));
    }

    /// Calls back once, when the first frame is on its way to the display.
    pub fn at_first_frame(&self, act: impl FnOnce() + 'static) {
        *self.at_first_frame.borrow_mut() = Some(Box::new(act));
    }

    /// The resident touched a control.
    pub(crate) fn tap(&self, tap: Tap) {
        self.happen(EventKind::Tap(tap));
    }

    /// Something happened: the session takes it, the pages show what follows.
    pub fn happen(&self, kind: EventKind) {
        let quiet = matches!(kind, EventKind::Tick) || self.shell.borrow().session().knows(&kind);
        self.take(kind, quiet);
    }

    /// Somebody is there. What a touch does its control says; until then nothing is shown anew.
    pub(crate) fn noticed(&self) {
        self.take(EventKind::Tap(Tap::Anywhere), true);
    }

    /// `quiet`: as long as the page and its look stay, nothing on it changes but the clock.
    fn take(&self, kind: EventKind, quiet: bool) {
        let page = self.shell.borrow().session().page();
        let signals = {
            let mut shell = self.shell.borrow_mut();
            shell.painted(self.painted.0.last.get());
            shell.handle(kind)
        };
        for signal in signals {
            match signal {
                Signal::Forget => self.forget(),
                Signal::RemindOfCard => tracing::info!("a card lies on the reader"),
            }
        }
        let (now, look) = {
            let shell = self.shell.borrow();
            let session = shell.session();
            (session.page(), (session.locale(), session.mode()))
        };
        if !quiet || now != page || self.shown.get() != Some(look) || pages::shows_time(now) {
            self.refresh();
        } else {
            pages::frame::show_clock(self);
        }
    }

    /// Takes everything that devices and province have said.
    pub fn drain(&self, inbox: &Inbox) {
        while let Some(event) = inbox.next() {
            self.happen(event);
        }
    }

    /// Shows the session as it is.
    pub(crate) fn refresh(&self) {
        let (page, step, locale, mode) = {
            let shell = self.shell.borrow();
            let session = shell.session();
            let visit = session.visit();
            let step = visit.and_then(|v| match &v.step {
                Step::Form(filling) => Some(filling.at),
                _ => None,
            });
            (session.page(), step, session.locale(), session.mode())
        };
        if self.shown.replace(Some((locale, mode))) != Some((locale, mode)) {
            words::set_all(&self.window.global::<Words<'_>>(), locale);
            let tokens = self.window.global::<Tokens<'_>>();
            tokens.set_large(mode.text_size == TextSize::Large);
            tokens.set_high_contrast(mode.contrast == Contrast::High);
            tokens.set_low_reach(mode.reach == Reach::Low);
        }
        let changed = {
            let mut local = self.local.borrow_mut();
            let changed = local.page != Some(page) || local.step != step;
            // A page on top keeps what is typed on the page below.
            let covers = matches!(page, Page::StillThere);
            let uncovers = local.page == Some(Page::StillThere);
            if changed && !covers && !uncovers {
                local.enter(page, step);
            } else {
                local.page = Some(page);
                local.step = step;
            }
            changed
        };
        if changed {
            pages::open(self);
            if page != Page::Technician {
                self.shell.borrow_mut().agent().forget_technician();
            }
        }
        pages::show(self, page);
        self.renew();
        if changed && let Some(observer) = self.observer.borrow().as_ref() {
            observer(self, page);
        }
    }

    /// Has the whole window painted again: the toolkit loses track of some texts (app.slint says more).
    pub(crate) fn renew(&self) {
        let navigation = self.navigation();
        navigation.set_renewed(!navigation.get_renewed());
    }

    /// Has the smallest frame painted: a watchdog wants to see that the screen still paints.
    pub(crate) fn beat(&self) {
        let navigation = self.navigation();
        navigation.set_beat(!navigation.get_beat());
    }

    /// The resident is gone: nothing of theirs stays in a control or on a page that is not shown.
    fn forget(&self) {
        self.local.borrow_mut().forget();
        pages::blank(self);
    }

    /// The language of the page.
    pub(crate) fn locale(&self) -> Locale {
        self.shell.borrow().session().locale()
    }

    /// The time on the terminal's clock.
    pub(crate) fn now(&self) -> domain::terminal::Timestamp {
        self.shell.borrow().clock().now()
    }

    /// The part of the window that every page shares.
    pub(crate) fn navigation(&self) -> Navigation<'_> {
        self.window.global::<Navigation<'_>>()
    }
}
