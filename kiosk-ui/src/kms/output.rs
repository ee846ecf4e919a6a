//! A display by the kernel's mode setting: two buffers that are shown by turns (drm-kms(7), drm-memory(7)).
//!
//! Duty: the first display that is connected, in the mode that it prefers. Never: know what is painted.

use super::glass::{BUFFERS, Glass};
use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::dumbbuffer::{DumbBuffer, DumbMapping};
use drm::control::{Device, Event, Mode, ModeTypeFlags, PageFlipFlags, connector, crtc, framebuffer};
use slint::platform::software_renderer::SoftwareRenderer;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// `XRGB8888`: every driver of a display takes it on its first plane.
const FORMAT: (DrmFourcc, u32, u32) = (DrmFourcc::Xrgb8888, 24, 32);

/// Why there is no display.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutputError {
    /// No card can be opened.
    #[error("no card of a display can be opened in {0}")]
    NoCard(PathBuf),
    /// Nothing hangs on the cards.
    #[error("no display is connected")]
    NotConnected,
    /// The kernel refuses a step.
    #[error("the kernel refuses the display ({step})")]
    Refused {
        /// What was asked for.
        step: &'static str,
        /// Why not.
        source: io::Error,
    },
}

/// A card's descriptor; the first program that opens it has the right to set modes.
struct Card(File);

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Card {}
impl Device for Card {}

/// A buffer that the display can show, in our memory for as long as the program lives.
struct Frame {
    framebuffer: framebuffer::Handle,
    memory: DumbMapping<'static>,
    pitch: usize,
}

/// What the display does with the frame that it was given last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Showing {
    /// It has none yet, or lost its mode: the next one comes with it.
    Nothing,
    /// It takes it at its next picture.
    Soon,
    /// It shows it.
    Done,
}

/// A display.
pub(super) struct Output {
    card: Card,
    connector: connector::Handle,
    crtc: crtc::Handle,
    mode: Mode,
    frames: [Frame; BUFFERS],
    /// The frame that is painted next.
    next: usize,
    showing: Showing,
}

impl Output {
    /// Takes the first display that hangs on a card in `folder`.
    ///
    /// # Errors
    /// There is none, or the kernel refuses it.
    pub(super) fn open(folder: &Path) -> Result<Self, OutputError> {
        let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"card"))
            .map(|entry| entry.path())
            .collect();
        names.sort();
        let mut last = OutputError::NoCard(folder.to_owned());
        for name in names {
            let card = OpenOptions::new().read(true).write(true).open(&name);
            match card.map(Card).map_err(refused("open")).and_then(Self::on) {
                Ok(output) => return Ok(output),
                Err(error) => {
                    tracing::debug!(card = %name.display(), %error, "no display here");
                    last = error;
                }
            }
        }
        Err(last)
    }

    fn on(card: Card) -> Result<Self, OutputError> {
        let (connector, mode, crtc) = route(&card)?;
        let size = (u32::from(mode.size().0), u32::from(mode.size().1));
        let frame = || Frame::of(&card, size).map_err(refused("buffer"));
        let frames = [frame()?, frame()?];
        Ok(Self { card, connector, crtc, mode, frames, next: 0, showing: Showing::Nothing })
    }

    /// Pixels across and down.
    pub(super) fn size(&self) -> (u32, u32) {
        let (width, height) = self.mode.size();
        (width.into(), height.into())
    }

    /// Whether a frame can be painted: the other one is on the glass.
    pub(super) fn is_free(&self) -> bool {
        self.showing != Showing::Soon
    }

    /// Paints a frame, and shows it at the display's next turn.
    ///
    /// # Errors
    /// The display does not take it, and no mode either.
    pub(super) fn show(&mut self, glass: &mut Glass, renderer: &SoftwareRenderer) -> Result<(), OutputError> {
        let Frame { framebuffer, memory, pitch } = &mut self.frames[self.next];
        let framebuffer = *framebuffer;
        glass.paint(renderer, self.next, memory.as_mut(), *pitch);
        if self.showing == Showing::Done {
            match self.card.page_flip(self.crtc, framebuffer, PageFlipFlags::EVENT, None) {
                Ok(()) => {
                    self.showing = Showing::Soon;
                    self.next = (self.next + 1) % BUFFERS;
                    return Ok(());
                }
                // Its mode is lost (it was pulled, or switched off, and is back): it gets it with this frame.
                Err(error) => tracing::warn!(%error, "the display does not take a frame"),
            }
        }
        self.card
            .set_crtc(self.crtc, Some(framebuffer), (0, 0), &[self.connector], Some(self.mode))
            .map_err(refused("mode"))?;
        self.showing = Showing::Done;
        self.next = (self.next + 1) % BUFFERS;
        Ok(())
    }

    /// Reads what the card tells, when there is something to read.
    ///
    /// # Errors
    /// The card is gone.
    pub(super) fn hear(&mut self) -> Result<(), OutputError> {
        let mut events = self.card.receive_events().map_err(refused("event"))?;
        if events.any(|event| matches!(event, Event::PageFlip(_))) {
            self.showing = Showing::Done;
        }
        Ok(())
    }
}

impl AsFd for Output {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.card.as_fd()
    }
}

impl Frame {
    fn of(card: &Card, size: (u32, u32)) -> io::Result<Self> {
        let (format, depth, bits) = FORMAT;
        let buffer = card.create_dumb_buffer(size, format, bits)?;
        let framebuffer = card.add_framebuffer(&buffer, depth, bits)?;
        let pitch = buffer.pitch() as usize;
        // A display is opened once and used until the program ends: a mapping that is made anew for each frame would fault in each
        // of its pages anew.
        let buffer: &'static mut DumbBuffer = Box::leak(Box::new(buffer));
        Ok(Self { framebuffer, memory: card.map_dumb_buffer(buffer)?, pitch })
    }
}

/// From a connected display, in its mode, to a part of the card that can feed it (drm-kms(7), "CRTC/Encoder Selection").
fn route(card: &Card) -> Result<(connector::Handle, Mode, crtc::Handle), OutputError> {
    let resources = card.resource_handles().map_err(refused("resources"))?;
    let connected = |probe| {
        let connectors = resources.connectors().iter();
        connectors.filter_map(|handle| card.get_connector(*handle, probe).ok()).find(|connector| {
            connector.state() == connector::State::Connected && preferred(connector).is_some()
        })
    };
    // What the kernel knows is enough, where it has looked: looking again takes a while.
    let connector = connected(false).or_else(|| connected(true)).ok_or(OutputError::NotConnected)?;
    let mode = preferred(&connector).ok_or(OutputError::NotConnected)?;
    let encoder = |handle| card.get_encoder(handle).ok();
    let now = connector.current_encoder().and_then(encoder).and_then(|encoder| encoder.crtc());
    let possible = || {
        let encoders = connector.encoders().iter().filter_map(|handle| encoder(*handle));
        encoders.flat_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs())).next()
    };
    let crtc = now.or_else(possible).ok_or(OutputError::NotConnected)?;
    Ok((connector.handle(), mode, crtc))
}

/// The mode that the display prefers, or its largest.
fn preferred(connector: &connector::Info) -> Option<Mode> {
    let pixels = |mode: &Mode| u32::from(mode.size().0) * u32::from(mode.size().1);
    let rank = |mode: &&Mode| (mode.mode_type().contains(ModeTypeFlags::PREFERRED), pixels(mode));
    connector.modes().iter().max_by_key(rank).copied()
}

fn refused(step: &'static str) -> impl Fn(io::Error) -> OutputError {
    move |source| OutputError::Refused { step, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_card_it_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("renderD128"), "").expect("a file");
        assert!(matches!(Output::open(folder.path()), Err(OutputError::NoCard(_))));
        // A file that is no card: the kernel does not know what is asked of it.
        std::fs::write(folder.path().join("card0"), "").expect("a file");
        assert!(matches!(Output::open(folder.path()), Err(OutputError::Refused { step: "resources", .. })));
        assert!(matches!(Output::open(&folder.path().join("none")), Err(OutputError::NoCard(_))));
    }
}
