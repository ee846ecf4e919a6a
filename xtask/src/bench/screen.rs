//! A display in memory, and what stands on it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use x11rb::connection::Connection;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

/// The display's colour before any window: no page has it.
const MARKER: u32 = 0x00FF_00FF;

/// Every so many rows one is looked at: fine enough for the strokes of letters, small enough for a look each millisecond.
const ROW_STEP: u16 = 24;

/// A display of its own, ended with this value.
pub(super) struct Screen {
    server: Child,
    name: String,
    connection: RustConnection,
    root: Window,
    width: u16,
    height: u16,
}

/// The rows that were looked at, pixel by pixel, `0x00RRGGBB`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look(Vec<u32>);

/// Why there is no display, or nothing is seen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScreenError {
    #[error("Xvfb could not be started (Debian: apt-get install xvfb)")]
    Start(#[source] std::io::Error),
    #[error("Xvfb did not say the number of its display")]
    NoNumber,
    #[error("the display cannot be reached")]
    Connect(#[from] ConnectError),
    #[error("the display went away")]
    Connection(#[from] ConnectionError),
    #[error("the display gave no picture")]
    Reply(#[from] ReplyError),
}

impl Screen {
    /// Starts Xvfb with one screen of 24-bit colour.
    pub(super) fn open(width: u16, height: u16) -> Result<Self, ScreenError> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(ScreenError::Start)?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            // No line is no number.
            let _ = BufReader::new(stdout).read_line(&mut number);
        }
        let name = format!(":{}", number.trim());
        let connected = if number.trim().is_empty() {
            Err(ScreenError::NoNumber)
        } else {
            RustConnection::connect(Some(&name)).map_err(ScreenError::from)
        };
        match connected {
            Ok((connection, index)) => {
                let root = connection.setup().roots[index].root;
                Ok(Self { server, name, connection, root, width, height })
            }
            Err(error) => {
                end(&mut server);
                Err(error)
            }
        }
    }

    /// For the variable DISPLAY.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Makes the empty display the marker's colour.
    pub(super) fn clear(&self) -> Result<(), ScreenError> {
        let colour = ChangeWindowAttributesAux::new().background_pixel(MARKER);
        self.connection.change_window_attributes(self.root, &colour)?;
        self.connection.clear_area(false, self.root, 0, 0, 0, 0)?.check()?;
        Ok(())
    }

    /// What stands on the display now.
    pub(super) fn look(&self) -> Result<Look, ScreenError> {
        // All rows are asked for before the first answer is awaited: one round trip.
        let asked: Vec<_> = (0..self.height)
            .step_by(ROW_STEP.into())
            .map(|y| {
                let y = i16::try_from(y).unwrap_or(i16::MAX);
                self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, y, self.width, 1, u32::MAX)
            })
            .collect::<Result<_, _>>()?;
        let mut pixels = Vec::new();
        for row in asked {
            let bytes = row.reply()?.data;
            pixels.extend(bytes.chunks_exact(4).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])));
        }
        Ok(Look(pixels))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

fn end(server: &mut Child) {
    // It may have ended by itself.
    let _ = server.kill();
    let _ = server.wait();
}

impl Look {
    /// The part of `page`'s content that this look has: of all that is neither its commonest colour nor the empty
    /// display, the share that has its colour already.
    pub(super) fn share_of(&self, page: &Self) -> f64 {
        let ground = page.commonest();
        let content =
            || page.0.iter().zip(&self.0).filter(|(there, _)| **there != ground && **there != MARKER);
        let there = content().count();
        let here = content().filter(|(there, here)| there == here).count();
        if there == 0 { 0.0 } else { to_f64(here) / to_f64(there) }
    }

    /// How many pixels are content.
    pub(super) fn content(&self) -> usize {
        let ground = self.commonest();
        self.0.iter().filter(|pixel| **pixel != ground && **pixel != MARKER).count()
    }

    fn commonest(&self) -> u32 {
        let mut sorted: Vec<u32> = self.0.iter().copied().filter(|pixel| *pixel != MARKER).collect();
        sorted.sort_unstable();
        let longest = sorted.chunk_by(|a, b| a == b).max_by_key(|run| run.len());
        longest.and_then(|run| run.first().copied()).unwrap_or(MARKER)
    }
}

#[allow(clippy::cast_precision_loss, reason = "a count of pixels is far below 2^53")]
fn to_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_page() {
        let page = Look(vec![9, 9, 9, 9, 1, 2, 3, 4, MARKER]);
        for (pixels, share) in [
            (vec![MARKER; 9], 0.0),
            (vec![9, 9, 9, 9, 9, 9, 9, 9, 9], 0.0),
            (vec![9, 9, 9, 9, 1, 2, 9, 9, 9], 0.5),
            (vec![0, 0, 0, 0, 1, 2, 3, 4, 0], 1.0),
        ] {
            assert!((Look(pixels.clone()).share_of(&page) - share).abs() < 1e-9, "{pixels:?}");
        }
        assert_eq!(page.content(), 4);
        assert_eq!(Look(vec![MARKER; 4]).content(), 0);
    }
}
