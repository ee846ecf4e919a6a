//! The kernel's folder of input devices, and what comes and goes in it (inotify).
//!
//! Duty: the names of nodes that may have to be opened or closed. Never: open one.

use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// Some fifty changes; others are read afterwards.
const BUFFER: usize = 2048;

/// What happened to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is there, or may be opened now.
    Came(OsString),
    /// It is no more.
    Went(OsString),
}

/// The folder, which need not be there.
pub(super) struct Folder {
    inotify: OwnedFd,
    path: PathBuf,
    /// The folder that this one is in: where it appears, for devtmpfs takes it away with the last device.
    parent: i32,
    own: Option<i32>,
}

impl Folder {
    pub(super) fn watch(path: &Path) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let appears = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR;
        let parent = inotify::add_watch(&inotify, parent, appears)?;
        let mut folder = Self { inotify, path: path.to_owned(), parent, own: None };
        match folder.watch_own() {
            Ok(()) | Err(Errno::NOENT) => Ok(folder),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The devices that are there.
    pub(super) fn names(&self) -> Vec<OsString> {
        let entries = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).filter(|name| is_event_node(name)).collect()
    }

    /// What has happened since it was asked last.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (watch, flags, name) in self.read() {
            if self.appeared(watch, flags, name.as_deref()) {
                // A folder that is gone again brings its own change. What is there was there before it was watched.
                self.own = None;
                let _absent = self.watch_own();
                changes.extend(self.names().into_iter().map(Change::Came));
            } else if Some(watch) == self.own {
                if flags.contains(ReadFlags::IGNORED) {
                    self.own = None;
                }
                changes.extend(name.and_then(|name| change(flags, name)));
            }
        }
        changes
    }

    fn read(&self) -> Vec<(i32, ReadFlags, Option<OsString>)> {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut reader = Reader::new(&self.inotify, &mut buffer);
        let mut read = Vec::new();
        loop {
            match reader.next() {
                Ok(event) => {
                    let name = event.file_name().map(|name| OsString::from_vec(name.to_bytes().to_vec()));
                    read.push((event.wd(), event.events(), name));
                }
                Err(Errno::INTR) => {}
                // No more, or nothing that can be read: the devices that are open are read on.
                Err(_) => return read,
            }
        }
    }

    /// Whether the folder is to be looked through: it is new, or changes were lost.
    fn appeared(&self, watch: i32, flags: ReadFlags, name: Option<&OsStr>) -> bool {
        let is_new = watch == self.parent && name.is_some() && name == self.path.file_name();
        is_new || flags.contains(ReadFlags::QUEUE_OVERFLOW)
    }

    fn watch_own(&mut self) -> Result<(), Errno> {
        let flags = WatchFlags::CREATE
            | WatchFlags::ATTRIB
            | WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::DELETE
            | WatchFlags::ONLYDIR;
        self.own = Some(inotify::add_watch(&self.inotify, &self.path, flags)?);
        Ok(())
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

fn change(flags: ReadFlags, name: OsString) -> Option<Change> {
    if !is_event_node(&name) {
        return None;
    }
    let went = flags.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM);
    Some(if went { Change::Went(name) } else { Change::Came(name) })
}

/// `event0` and so on: of the nodes in the folder those that speak evdev.
fn is_event_node(name: &OsStr) -> bool {
    let number = name.as_bytes().strip_prefix(b"event").unwrap_or_default();
    !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn came(name: &str) -> Change {
        Change::Came(name.into())
    }

    fn went(name: &str) -> Change {
        Change::Went(name.into())
    }

    #[test]
    fn nodes_come_change_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("event0"), "").unwrap();
        for other in ["mice", "event", "event1x", "js0"] {
            fs::write(path(other), "").unwrap();
        }
        let mut watched = Folder::watch(folder.path()).unwrap();
        assert_eq!(watched.names(), ["event0"]);
        assert_eq!(watched.changes(), []);

        fs::write(path("event12"), "").unwrap();
        fs::write(path("mouse0"), "").unwrap();
        fs::set_permissions(path("event12"), fs::metadata(path("event0")).unwrap().permissions()).unwrap();
        assert_eq!(watched.changes(), [came("event12"), came("event12")]);
        fs::rename(path("event12"), path("event3")).unwrap();
        fs::remove_file(path("event0")).unwrap();
        assert_eq!(watched.changes(), [went("event12"), came("event3"), went("event0")]);
    }

    #[test]
    fn a_folder_may_come_later_and_go_and_come_again() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("input");
        let mut watched = Folder::watch(&folder).unwrap();
        assert!(watched.names().is_empty());
        for _ in 0..2 {
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("event0"), "").unwrap();
            assert_eq!(watched.changes(), [came("event0")]);
            fs::write(folder.join("event1"), "").unwrap();
            assert_eq!(watched.changes(), [came("event1")]);
            fs::remove_dir_all(&folder).unwrap();
            let mut gone = watched.changes();
            gone.sort_by_key(|change| format!("{change:?}"));
            assert_eq!(gone, [went("event0"), went("event1")]);
        }
        assert!(Folder::watch(Path::new("/no/such/folder")).is_err());
    }

    #[test]
    fn after_lost_changes_the_folder_is_looked_through() {
        let folder = tempfile::tempdir().unwrap();
        let mut watched = Folder::watch(folder.path()).unwrap();
        let held: usize =
            fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
        let names = ["event1", "event2"].map(|name| folder.path().join(name));
        // The kernel does not keep one change twice in a row.
        for at in 0..held + 2 {
            let name = &names[at % 2];
            fs::write(name, "").unwrap();
            fs::remove_file(name).unwrap();
        }
        fs::write(folder.path().join("event9"), "").unwrap();
        let changes = watched.changes();
        assert_eq!(changes.last(), Some(&came("event9")));
        assert_eq!(watched.changes(), []);
        fs::write(folder.path().join("event10"), "").unwrap();
        assert_eq!(watched.changes(), [came("event10")]);
    }
}
