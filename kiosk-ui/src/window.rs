//! The terminal in a window, or on the whole display of a kiosk.
//!
//! Duty: window system, timers, and the way from other threads to the screen's. Never: decide anything of a visit.

use crate::assets::{Shipped, ShippedError};
use crate::device::camera::PreviewSlot;
use crate::fonts;
use crate::inbox::Inbox;
use crate::kms::Lie;
use crate::notify::{Beat, Notifier};
use crate::preview;
use crate::profile::ScreenProfile;
use crate::start::{Parts, StartError, Started, Wakers};
use crate::terminal::Terminal;
use domain::session::event::EventKind;
use shipped::AssetError;
use slint::{ComponentHandle, PlatformError, Timer, TimerMode};
use std::cell::RefCell;
use std::panic::UnwindSafe;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Time-outs of a visit are read from it.
const TICK: Duration = Duration::from_secs(1);

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no display here, or no library for one.
    #[error("there is no display here: {0}")]
    NoDisplay(String),
    /// The terminal does not start.
    #[error("the terminal does not start")]
    Start(#[from] StartError),
    /// The typeface of the screen is not there.
    #[error(transparent)]
    Typeface(#[from] AssetError),
    /// What else comes with the program cannot be used.
    #[error("what comes with the program cannot be used")]
    Shipped(#[from] ShippedError),
    /// The window system gave up later.
    #[error("the window system fails")]
    Platform(#[from] PlatformError),
}

impl WindowError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NoDisplay(_) => "no_display",
            Self::Start(error) => error.kind(),
            Self::Typeface(_) | Self::Shipped(_) => "fonts",
            Self::Platform(_) => "window",
        }
    }
}

/// What the screen's thread works with, while a window is open.
struct Open {
    terminal: Rc<Terminal>,
    inbox: Inbox,
    preview: Option<PreviewSlot>,
}

thread_local! {
    /// Other threads can only name it, not hold it: the screen belongs to its thread.
    static OPEN: RefCell<Option<Open>> = const { RefCell::new(None) };
}

/// A window system that works on this thread. At most one for a program.
#[derive(Debug)]
pub struct Display(());

impl Display {
    /// Looks for a display; `lie` is how picture and touches lie on a kiosk's.
    ///
    /// # Errors
    /// [`WindowError::NoDisplay`], with the words of the window system; [`WindowError::Typeface`].
    pub fn find(lie: Lie) -> Result<Self, WindowError> {
        quietly(|| select(lie)).map_err(WindowError::NoDisplay)?;
        fonts::install()?;
        Ok(Self(()))
    }

    /// Shows a terminal until its window is closed; `furnish` is called with it before it is shown.
    ///
    /// # Errors
    /// The terminal does not start, or the window system fails.
    pub fn show(
        self,
        parts: Parts,
        screen: ScreenProfile,
        furnish: impl FnOnce(&Rc<Terminal>) -> Furniture,
    ) -> Result<Ended, WindowError> {
        let wakers =
            Wakers { event: Box::new(once_a_turn(drain)), preview: Box::new(once_a_turn(show_preview)) };
        let Started { shell, inbox, preview } = parts.start(wakers)?;
        let terminal = Terminal::open(shell, screen, Shipped::open()?)?;
        let furniture = furnish(&terminal);
        OPEN.set(Some(Open { terminal: Rc::clone(&terminal), inbox, preview }));
        drain();
        let notifier = Rc::new(Notifier::of_environment());
        if notifier.is_heard() {
            terminal.is_looked_after();
        }
        let first = Rc::clone(&notifier);
        terminal.at_first_frame(move || first.ready());
        let tick = Timer::default();
        tick.start(TimerMode::Repeated, TICK, move || {
            with_open(|open| {
                open.terminal.happen(EventKind::Tick);
                (furniture.on_tick)(&open.terminal);
                open.terminal.second();
                if notifier.second(open.terminal.frames()) == Beat::Paint {
                    open.terminal.beat();
                }
            });
            drain();
        });
        let shown = terminal.window().run();
        drop(tick);
        let ended = if terminal.wants_restart() { Ended::Restart } else { Ended::Closed };
        // Devices and delivery end before the window system does.
        OPEN.set(None);
        shown?;
        Ok(ended)
    }
}

/// How a terminal's window ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was closed.
    Closed,
    /// The program is to be started again: its unit's `RestartForceExitStatus` names the code.
    Restart,
}

impl Ended {
    /// The program's exit code.
    pub fn code(self) -> ExitCode {
        match self {
            Self::Closed => ExitCode::SUCCESS,
            Self::Restart => ExitCode::from(RESTART),
        }
    }
}

/// `EX_TEMPFAIL` of sysexits.h: start it again.
const RESTART: u8 = 75;

/// What stands beside the screen.
pub struct Furniture {
    /// Called each second, after the terminal has had its tick.
    pub on_tick: Box<dyn Fn(&Terminal)>,
}

impl Furniture {
    /// Nothing: the screen alone.
    pub fn none() -> Self {
        Self { on_tick: Box::new(|_| {}) }
    }
}

/// A window on a desktop, where the mouse is the finger.
#[cfg(feature = "sim")]
fn select(_: Lie) -> Result<(), PlatformError> {
    let selector = slint::BackendSelector::new();
    selector.backend_name("winit".to_owned()).renderer_name("software".to_owned()).select()
}

/// The whole display of a kiosk.
#[cfg(not(feature = "sim"))]
fn select(lie: Lie) -> Result<(), PlatformError> {
    crate::kms::Kms::select(lie)
}

/// Window systems panic where a library of theirs is absent (xkbcommon, for one); that is no display, and no crash.
fn quietly(select: impl FnOnce() -> Result<(), PlatformError> + UnwindSafe) -> Result<(), String> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let selected = std::panic::catch_unwind(select);
    std::panic::set_hook(hook);
    match selected {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(reason(&error.to_string()).to_owned()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(text.unwrap_or("the window system cannot be used").to_owned())
        }
    }
}

/// What a window system says without the place in its source where it said it: `… at FILE.rs:788: reason`.
fn reason(text: &str) -> &str {
    let after_place = text.rsplit_once(".rs:").and_then(|(_, rest)| rest.split_once(": "));
    after_place.map_or(text, |(_, reason)| reason)
}

/// Lets `act` run on the screen's thread soon, once however often it is called before that.
fn once_a_turn(act: fn()) -> impl Fn() + Send + Sync + 'static {
    let pending = Arc::new(AtomicBool::new(false));
    move || {
        if pending.swap(true, Ordering::AcqRel) {
            return;
        }
        let inside = Arc::clone(&pending);
        let asked = slint::invoke_from_event_loop(move || {
            inside.store(false, Ordering::Release);
            act();
        });
        if asked.is_err() {
            // The loop does not run yet, or no longer: the next tick finds what lies there.
            pending.store(false, Ordering::Release);
        }
    }
}

fn drain() {
    with_open(|open| {
        open.terminal.drain(&open.inbox);
        open.terminal.hear_agent();
    });
}

fn show_preview() {
    with_open(|open| {
        if let Some(slot) = &open.preview {
            let _shown = preview::show(&open.terminal, slot);
        }
    });
}

fn with_open(act: impl FnOnce(&Open)) {
    OPEN.with_borrow(|open| {
        if let Some(open) = open {
            act(open);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_without_its_place_in_a_source() {
        for (text, want) in [
            (
                "no loop: os error at /a/mod.rs:788: no connection to the server",
                "no connection to the server",
            ),
            ("no backend", "no backend"),
            ("lost in mod.rs:1", "lost in mod.rs:1"),
        ] {
            assert_eq!(reason(text), want);
        }
    }

    #[test]
    fn a_window_system_that_panics_is_none() {
        assert_eq!(
            quietly(|| panic!("the library is not there")),
            Err("the library is not there".to_owned())
        );
        assert_eq!(quietly(|| Ok(())), Ok(()));
    }
}
