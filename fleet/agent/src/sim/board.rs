//! The board and its boot loader: which slot is started, and how often it is tried.

use super::slots::{Behaviour, FolderInstaller, Image, Marks, TRIES};
use crate::power::Power;
use crate::update::installer::InstallerError;
use crate::whole_file;
use std::path::{Path, PathBuf};

/// A board whose slots lie in a folder.
#[derive(Debug, Clone)]
pub struct Board {
    folder: PathBuf,
}

/// What was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booted {
    /// The slot.
    pub slot: String,
    /// What is in it.
    pub image: Image,
}

impl Board {
    /// The board of that folder.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Power on, as the image's grub.cfg goes about it: the first slot of the order that is good and has a try left. Each start
    /// uses up a try, whatever is in the slot; who proved itself gives it back. Where no try is left, all begin anew. None when
    /// that helps nothing: a brick.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn power_on(&self) -> Result<Option<Booted>, InstallerError> {
        let slots = FolderInstaller::new(&self.folder, Power::default());
        let next = slots.read("next")?;
        let order = if next == "A" { ["A", "B"] } else { ["B", "A"] };
        for _round in 0..2 {
            for slot in order {
                while let marks = slots.marks(slot)?
                    && marks.good
                    && marks.tries > 0
                {
                    self.count_boot()?;
                    slots.set_marks(slot, Marks { tries: marks.tries - 1, ..marks })?;
                    let image = slots.image(slot);
                    if let Some(image) = image.filter(|image| image.behaviour != Behaviour::DoesNotStart) {
                        slots.write("running", slot.as_bytes())?;
                        return Ok(Some(Booted { slot: slot.to_owned(), image }));
                    }
                }
            }
            for slot in order {
                let marks = slots.marks(slot)?;
                slots.set_marks(slot, Marks { tries: TRIES, ..marks })?;
            }
        }
        Ok(None)
    }

    /// Each start has another boot id.
    fn count_boot(&self) -> Result<(), InstallerError> {
        let file = self.folder.join("boots");
        let io = |cause| InstallerError::Io { file: file.clone(), cause };
        let before = whole_file::read(&file, 32).map_err(io)?.unwrap_or_default();
        let number: u64 = String::from_utf8_lossy(&before).trim().parse().unwrap_or(0);
        whole_file::replace(&file, (number + 1).to_string().as_bytes(), 0o644).map_err(io)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::update::installer::{BundleAt, Installer as _};

    fn image(version: &str, behaviour: Behaviour) -> Vec<u8> {
        let version = version.parse().unwrap();
        Image { version, compatible: "test".into(), behaviour }.bytes(100)
    }

    /// The marks of grub.cfg: RAUC's word for the slot, and what is left of its three tries.
    fn marks(board: &Board, slot: &str) -> String {
        std::fs::read_to_string(board.folder.join("slots").join(slot).join("marks")).unwrap()
    }

    fn board_with(other: Behaviour) -> (tempfile::TempDir, Board, FolderInstaller) {
        let folder = tempfile::tempdir().unwrap();
        let installer = FolderInstaller::lay_out(folder.path(), &image("1.0.0", Behaviour::Good)).unwrap();
        let bundle = folder.path().join("bundle");
        std::fs::write(&bundle, image("1.1.0", other)).unwrap();
        installer.install(&BundleAt::File(bundle), &|_| ()).unwrap();
        let board = Board::new(folder.path());
        (folder, board, installer)
    }

    fn started(board: &Board) -> Option<String> {
        board.power_on().unwrap().map(|booted| booted.slot)
    }

    #[test]
    fn each_start_of_any_slot_uses_up_a_try_and_the_fourth_is_the_other_ones() {
        let (_folder, board, installer) = board_with(Behaviour::Good);
        for left in ["good 2", "good 1", "good 0"] {
            assert_eq!(started(&board).as_deref(), Some("B"));
            assert_eq!(marks(&board, "B"), left);
        }
        assert_eq!(started(&board).as_deref(), Some("A"));
        assert_eq!(marks(&board, "A"), "good 2");
        installer.mark_good().unwrap();
        assert_eq!((marks(&board, "A").as_str(), marks(&board, "B").as_str()), ("good 3", "good 0"));
    }

    #[test]
    fn what_does_not_start_uses_up_its_tries_at_once() {
        let (_folder, board, _installer) = board_with(Behaviour::DoesNotStart);
        assert_eq!(started(&board).as_deref(), Some("A"));
        assert_eq!((marks(&board, "A").as_str(), marks(&board, "B").as_str()), ("good 2", "good 0"));
    }

    #[test]
    fn without_a_try_all_begin_anew_but_what_was_given_up() {
        let (_folder, board, installer) = board_with(Behaviour::Good);
        assert_eq!(started(&board).as_deref(), Some("B"));
        installer.give_up().unwrap();
        assert_eq!(marks(&board, "B"), "bad 0");
        for left in ["good 2", "good 1", "good 0", "good 2"] {
            assert_eq!(started(&board).as_deref(), Some("A"));
            assert_eq!(marks(&board, "A"), left);
        }
    }
}
