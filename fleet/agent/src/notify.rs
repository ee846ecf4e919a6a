//! What systemd is told: that the agent works (sd_notify(3), a datagram).

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Who is told; nobody where nothing asked for it.
#[derive(Debug, Default)]
pub struct Notifier {
    to: Option<SocketAddr>,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// As the environment says: `NOTIFY_SOCKET`, `WATCHDOG_USEC`.
    pub fn from_environment() -> Self {
        let to = std::env::var_os("NOTIFY_SOCKET").and_then(|path| address(path.as_bytes()));
        let watchdog = std::env::var("WATCHDOG_USEC").ok().and_then(|text| text.parse().ok());
        Self { to, watchdog: watchdog.map(Duration::from_micros) }
    }

    /// How often [`Self::alive`] is to be called.
    pub fn every(&self) -> Duration {
        self.watchdog
            .map_or(Duration::from_secs(3600), |watchdog| (watchdog / 3).max(Duration::from_millis(100)))
    }

    /// It runs.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// It still does.
    pub fn alive(&self) {
        if self.watchdog.is_some() {
            self.say("WATCHDOG=1");
        }
    }

    /// It ends.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    fn say(&self, word: &str) {
        let Some(to) = &self.to else { return };
        let sent = UnixDatagram::unbound().and_then(|socket| socket.send_to_addr(word.as_bytes(), to));
        if let Err(error) = sent {
            tracing::warn!(%error, "systemd is not told {word}");
        }
    }
}

fn address(path: &[u8]) -> Option<SocketAddr> {
    match path {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name).ok(),
        [b'/', ..] => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(path)).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_arrive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let notifier =
            Notifier { to: address(path.as_os_str().as_bytes()), watchdog: Some(Duration::from_secs(3)) };
        assert_eq!(notifier.every(), Duration::from_secs(1));
        notifier.ready();
        notifier.alive();
        notifier.stopping();
        for word in ["READY=1", "WATCHDOG=1", "STOPPING=1"] {
            let mut bytes = [0; 64];
            let length = socket.recv(&mut bytes).unwrap();
            assert_eq!(std::str::from_utf8(&bytes[..length]), Ok(word));
        }
    }
}
