//! The card of the display at a start of the machine, where this program is there before the kernel's driver.
//!
//! Duty: wait for it. Never: decide that there is no display: who draws says that, with a reason.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::{Duration, Instant};

/// Where the kernel shows its cards.
pub(super) const CARDS: &str = "/dev/dri";
/// A driver that took longer will not come.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const LOOKS: Duration = Duration::from_millis(20);

/// Waits until a card in `folder` can be opened for reading and writing: it is there, and udev has given it to its group. False
/// after `patience`.
pub(super) fn wait(folder: &Path, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    loop {
        if can_be_opened(folder) {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        // No screen stands still for it: there is none yet.
        std::thread::park_timeout(LOOKS);
    }
}

fn can_be_opened(folder: &Path) -> bool {
    let cards = std::fs::read_dir(folder).into_iter().flatten().flatten();
    cards
        .filter(|card| card.file_name().as_encoded_bytes().starts_with(b"card"))
        .any(|card| OpenOptions::new().read(true).write(true).open(card.path()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_waited_for_until_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let cards = folder.path().join("dri");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(&cards, Duration::from_secs(30)));
            std::thread::sleep(Duration::from_millis(100));
            assert!(!waiting.is_finished());
            std::fs::create_dir(&cards).unwrap();
            std::fs::write(cards.join("renderD128"), "").unwrap();
            std::thread::sleep(Duration::from_millis(100));
            assert!(!waiting.is_finished(), "what only computes shows nothing");
            std::fs::write(cards.join("card1"), "").unwrap();
            assert!(waiting.join().unwrap());
        });
    }

    #[test]
    fn one_that_never_comes_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!wait(folder.path(), Duration::from_millis(50)));
    }
}
