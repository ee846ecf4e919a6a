//! What systemd is told: that the first page is painted, and that pages are still painted (sd_notify(3)).
//!
//! Duty: a watchdog that only painted frames feed: a wedged event loop, or a page that is not painted, feeds nothing.

use std::cell::Cell;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::time::Duration;

/// The way to the service manager; without one nothing is sent.
#[derive(Debug)]
pub struct Notifier {
    to: Option<(UnixDatagram, SocketAddr)>,
    /// Within this time a frame must be painted: half of `WatchdogSec`, as sd_watchdog_enabled(3) advises.
    every: Option<Duration>,
    /// The frame that was told last.
    told: Cell<u64>,
    /// Seconds without a new frame.
    still: Cell<u64>,
}

/// What has to be done after a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// Nothing.
    Rest,
    /// Nothing was painted for a while: a frame is to be painted now.
    Paint,
}

impl Notifier {
    /// As systemd says in the environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC`.
    pub fn of_environment() -> Self {
        let socket = std::env::var_os("NOTIFY_SOCKET").filter(|path| !path.is_empty());
        let usec = std::env::var("WATCHDOG_USEC").ok().and_then(|usec| usec.parse().ok());
        let every = usec.map(|usec: u64| Duration::from_micros(usec) / 2);
        socket.map_or_else(|| Self::to(None, every), |path| Self::to(Some(Path::new(&path)), every))
    }

    /// To this socket (`@` begins an abstract one); a frame is painted at least `every` so often.
    pub fn to(socket: Option<&Path>, every: Option<Duration>) -> Self {
        let to = socket.and_then(|path| match connect(path) {
            Ok(to) => Some(to),
            Err(error) => {
                tracing::error!(%error, "the service manager cannot be told anything");
                None
            }
        });
        Self { to, every, told: Cell::new(0), still: Cell::new(0) }
    }

    /// Whether a service manager listens.
    pub fn is_heard(&self) -> bool {
        self.to.is_some()
    }

    /// The first frame is on its way to the display.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// A second passed; `frames` is how many were painted since the start.
    pub fn second(&self, frames: u64) -> Beat {
        if frames == self.told.get() {
            self.still.set(self.still.get() + 1);
            let due = self.every.is_some_and(|every| self.still.get() >= every.as_secs().max(1));
            return if due || frames == 0 { Beat::Paint } else { Beat::Rest };
        }
        self.still.set(0);
        self.told.set(frames);
        if self.every.is_some() {
            self.say("WATCHDOG=1");
        }
        Beat::Rest
    }

    fn say(&self, words: &str) {
        let Some((socket, to)) = &self.to else { return };
        if let Err(error) = socket.send_to_addr(words.as_bytes(), to) {
            tracing::warn!(%error, words, "the service manager does not hear");
        }
    }
}

fn connect(path: &Path) -> std::io::Result<(UnixDatagram, SocketAddr)> {
    let text = path.to_string_lossy();
    let to = match text.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    let socket = UnixDatagram::unbound()?;
    // A full queue of the manager must not stop the screen.
    socket.set_nonblocking(true)?;
    Ok((socket, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_new_frame_feeds_the_watchdog() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).expect("a socket");
        manager.set_nonblocking(true).expect("a socket");
        let heard = || {
            let mut bytes = [0; 64];
            manager.recv(&mut bytes).ok().map(|n| String::from_utf8_lossy(&bytes[..n]).into_owned())
        };
        let notifier = Notifier::to(Some(&path), Some(Duration::from_secs(3)));
        assert_eq!(notifier.second(0), Beat::Paint);
        assert_eq!(heard(), None);
        notifier.ready();
        assert_eq!(heard().as_deref(), Some("READY=1"));
        assert_eq!(notifier.second(1), Beat::Rest);
        assert_eq!(heard().as_deref(), Some("WATCHDOG=1"));
        for beat in [Beat::Rest, Beat::Rest, Beat::Paint, Beat::Paint] {
            assert_eq!(notifier.second(1), beat);
            assert_eq!(heard(), None, "a page that is not painted anew feeds nothing");
        }
        assert_eq!(notifier.second(2), Beat::Rest);
        assert_eq!(heard().as_deref(), Some("WATCHDOG=1"));
    }
}
