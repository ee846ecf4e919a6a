//! The whole display of a kiosk, without a desktop: what the toolkit paints goes to the kernel's mode setting (KMS), touches and
//! keys come from the kernel's input devices.
//!
//! Duty: one loop that paints what has changed, waits, and hands on what came. Never: know a page. Why not the toolkit's own
//! backend: docs/decisions/firmware.md.

mod calls;
mod card;
mod glass;
mod hand;
mod output;

use crate::profile::Turned;
use crate::touch::Matrix;
use calls::Calls;
use drivers::touch_screen::InputDevices;
use glass::Glass;
use hand::Hand;
use output::Output;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RenderingRotation, RepaintBufferType};
use slint::platform::{EventLoopProxy, Platform, WindowAdapter};
use slint::{PhysicalSize, PlatformError};
use std::cell::RefCell;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where the kernel has its input devices.
const INPUT: &str = "/dev/input";
/// Something that moves is painted no more often, also on a display that takes each picture at once.
const FRAME: Duration = Duration::from_millis(16);

/// How the picture and the touches lie on the glass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lie {
    /// How the panel is mounted.
    pub turned: Turned,
    /// What a technician's calibration found.
    pub touches: Matrix,
}

impl Lie {
    /// Both as the panel has them.
    pub const PLAIN: Self = Self { turned: Turned::No, touches: Matrix::IDENTITY };
}

/// The display, and what is touched and typed.
pub struct Kms {
    window: Rc<MinimalSoftwareWindow>,
    surface: RefCell<Surface>,
    hand: RefCell<Hand>,
    calls: Arc<Calls>,
}

struct Surface {
    output: Output,
    glass: Glass,
    turned: Turned,
    painted: Instant,
}

impl Kms {
    /// Takes the first display that is connected and makes it this thread's window system.
    ///
    /// # Errors
    /// No display is connected, another program has it, or this thread has a window system already.
    pub fn select(lie: Lie) -> Result<(), PlatformError> {
        if !card::wait(Path::new(card::CARDS), card::PATIENCE) {
            tracing::warn!(
                folder = card::CARDS,
                "no card of a display came: is one connected, and has the kernel its driver?"
            );
        }
        let output = Output::open(Path::new(card::CARDS)).map_err(other)?;
        let devices = InputDevices::watch(Path::new(INPUT)).map_err(other)?;
        let (width, height) = output.size();
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let kms = Self {
            window: Rc::clone(&window),
            surface: RefCell::new(Surface {
                output,
                glass: Glass::of(width, height),
                turned: lie.turned,
                painted: Instant::now(),
            }),
            hand: RefCell::new(Hand::new(devices, lie)),
            calls: Arc::new(Calls::new().map_err(other)?),
        };
        slint::platform::set_platform(Box::new(kms)).map_err(other)?;
        let (width, height) = lie.turned.window(width, height);
        window.set_size(PhysicalSize::new(width, height));
        window.request_redraw();
        tracing::info!(width, height, "the display");
        Ok(())
    }

    /// Until there is something to do: a touch, a call, a display that is free for the next frame, a timer.
    fn wait(&self) -> Result<(), PlatformError> {
        let surface = self.surface.borrow();
        let hand = self.hand.borrow();
        let until = self.longest(&surface);
        let until = until.and_then(|time| Timespec::try_from(time).ok());
        let (calls, devices, card) = (self.calls.as_fd(), hand.devices().as_fd(), surface.output.as_fd());
        let mut ready = [calls, devices, card].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        match poll(&mut ready, until.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(other(error)),
        }
        let [_, _, card] = ready.map(|fd| !fd.revents().is_empty());
        drop((hand, surface));
        if card {
            self.surface.borrow_mut().output.hear().map_err(other)?;
        }
        Ok(())
    }

    fn longest(&self, surface: &Surface) -> Option<Duration> {
        let timer = slint::platform::duration_until_next_timer_update();
        if !self.window.has_active_animations() || !surface.output.is_free() {
            return timer;
        }
        let frame = FRAME.saturating_sub(surface.painted.elapsed());
        Some(timer.map_or(frame, |timer| timer.min(frame)))
    }

    /// Paints a frame, if one is needed and the display is free for it; whether it did.
    fn paint(&self) -> Result<bool, PlatformError> {
        let surface = &mut *self.surface.borrow_mut();
        if !surface.output.is_free() {
            return Ok(false);
        }
        let mut shown = Ok(());
        let painted = self.window.draw_if_needed(|renderer| {
            renderer.set_rendering_rotation(surface.turned.rendering());
            surface.painted = Instant::now();
            shown = surface.output.show(&mut surface.glass, renderer);
        });
        shown.map_err(other).map(|()| painted)
    }
}

impl Platform for Kms {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(Rc::clone(&self.window) as Rc<dyn WindowAdapter>)
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        while !self.calls.end_is_wanted() {
            self.hand.borrow_mut().act(&self.window);
            slint::platform::update_timers_and_animations();
            // After the clock of what moves was set: what is called here may begin to move something.
            for call in self.calls.take() {
                call();
            }
            // Painting itself may ask for another frame, and nothing would wake us for it.
            while self.paint()? {}
            self.wait()?;
        }
        Ok(())
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        Some(Box::new(calls::Proxy(Arc::clone(&self.calls))))
    }
}

impl Turned {
    /// The window's size on a panel of so many pixels.
    fn window(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::No | Self::Over => (width, height),
            Self::Right | Self::Left => (height, width),
        }
    }

    fn rendering(self) -> RenderingRotation {
        match self {
            Self::No => RenderingRotation::NoRotation,
            Self::Right => RenderingRotation::Rotate90,
            Self::Over => RenderingRotation::Rotate180,
            Self::Left => RenderingRotation::Rotate270,
        }
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> PlatformError {
    PlatformError::OtherError(Box::new(error))
}
