//! What a folder would hold after the power went: everything that was synced, and of the rest what chance lets through.
//!
//! The model is stricter than most file systems. A file's bytes last from its own `fsync` or `fdatasync` on; a name (made,
//! renamed, removed) lasts from the `fsync` of its folder on. Of what does not last yet, names survive up to a random moment,
//! as in a journal; bytes survive or not by sectors of 512 bytes, in any mixture: so writes are torn and out of order.
//! Lengths that were not synced survive or not. The shared memory of SQLite's log is never on disk.

use crate::cases::Dice;
use crate::trace::Call;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

const SECTOR: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

type Names = BTreeMap<PathBuf, Node>;

#[derive(Debug)]
enum Bytes {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Debug)]
enum Name {
    Make(PathBuf, Node),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    Link(PathBuf, PathBuf),
}

impl Name {
    fn folders(&self) -> Vec<&Path> {
        match self {
            Self::Make(path, _) | Self::Remove(path) => vec![path.parent().unwrap()],
            Self::Rename(from, to) => vec![from.parent().unwrap(), to.parent().unwrap()],
            Self::Link(_, to) => vec![to.parent().unwrap()],
        }
    }

    fn apply(&self, names: &mut Names) {
        match self {
            Self::Make(path, node) => {
                names.insert(path.clone(), *node);
            }
            Self::Remove(path) => {
                names.remove(path);
            }
            Self::Link(from, to) => {
                if let Some(node) = names.get(from).copied() {
                    names.insert(to.clone(), node);
                }
            }
            Self::Rename(from, to) => {
                let moved: Vec<PathBuf> = names.keys().filter(|p| p.starts_with(from)).cloned().collect();
                for path in moved {
                    let node = names.remove(&path).unwrap();
                    let below = path.strip_prefix(from).unwrap();
                    let target = if below.as_os_str().is_empty() { to.clone() } else { to.join(below) };
                    names.insert(target, node);
                }
            }
        }
    }
}

/// A change with its place in the trace, and whether it lasts.
#[derive(Debug)]
struct Change<T> {
    what: T,
    at_call: usize,
    lasts: bool,
}

#[derive(Debug, Default)]
struct Inode {
    before: Vec<u8>,
    changes: Vec<Change<Bytes>>,
}

#[derive(Debug, Clone)]
enum Open {
    Folder(PathBuf),
    File { inode: usize, at: usize, append: bool },
}

/// What was lost, for the report.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Lost {
    pub(crate) power_cuts: u64,
    /// Sectors that were written, not synced, and are gone.
    pub(crate) sectors: u64,
    /// Sectors that were written, not synced, and are there.
    pub(crate) unsynced_sectors_kept: u64,
    /// Names that were made, changed or removed, not synced, and are as before.
    pub(crate) names: u64,
}

impl Lost {
    pub(crate) fn add(&mut self, other: Self) {
        self.power_cuts += other.power_cuts;
        self.sectors += other.sectors;
        self.unsynced_sectors_kept += other.unsynced_sectors_kept;
        self.names += other.names;
    }
}

/// A folder as a trace tells it.
pub(crate) struct Disk {
    root: PathBuf,
    /// At the beginning; all of that lasts.
    before: Names,
    live: Names,
    inodes: Vec<Inode>,
    names: Vec<Change<Name>>,
    open: HashMap<i64, Open>,
}

impl Disk {
    /// The folder as it lies there now.
    pub(crate) fn of(root: &Path) -> Self {
        let mut disk = Self {
            root: root.to_owned(),
            before: Names::new(),
            live: Names::new(),
            inodes: Vec::new(),
            names: Vec::new(),
            open: HashMap::new(),
        };
        disk.read(root);
        disk.live = disk.before.clone();
        disk
    }

    fn read(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                self.before.insert(path.clone(), Node::Folder);
                self.read(&path);
            } else if !is_shared_memory(&path) {
                self.before.insert(path.clone(), Node::File(self.inodes.len()));
                self.inodes.push(Inode { before: fs::read(&path).unwrap(), changes: Vec::new() });
            }
        }
    }

    /// Takes a trace in.
    pub(crate) fn follow(&mut self, calls: &[Call<'_>]) {
        for (number, call) in calls.iter().enumerate() {
            // Where the end came inside a call, only what it writes may have come to be.
            if call.result.is_none_or(|r| r >= 0) {
                self.take(number, call);
            }
        }
    }

    fn take(&mut self, number: usize, call: &Call<'_>) {
        let fd = call.number(0);
        match call.name {
            "openat" | "open" | "creat" => self.opened(number, call),
            "close" => {
                fd.and_then(|fd| self.open.remove(&fd));
            }
            "write" | "writev" | "pwrite64" | "pwritev" | "pwritev2" => self.written(number, call),
            "lseek" => {
                if let (Some(Open::File { at, .. }), Some(to)) =
                    (fd.and_then(|f| self.open.get_mut(&f)), call.result)
                {
                    *at = usize::try_from(to).unwrap();
                }
            }
            "ftruncate" => {
                if let Some(Open::File { inode, .. }) = fd.and_then(|f| self.open.get(&f)).cloned() {
                    let length = usize::try_from(call.number(1).unwrap()).unwrap();
                    self.change(inode, number, Bytes::Length(length));
                }
            }
            "fsync" | "fdatasync" if call.result == Some(0) => self.synced(fd, call.begun_after),
            "mkdir" => self.name(number, call.path(0), |path| Name::Make(path, Node::Folder)),
            "mkdirat" => self.name(number, call.path(0), |path| Name::Make(path, Node::Folder)),
            "unlink" | "unlinkat" | "rmdir" => self.name(number, call.path(0), Name::Remove),
            "rename" | "renameat" | "renameat2" => {
                let to = call.path(1);
                self.name(number, call.path(0), |from| Name::Rename(from, to.unwrap()));
            }
            "link" | "linkat" => {
                let from = call.path(0);
                self.name(number, call.path(1), |to| Name::Link(from.unwrap(), to));
            }
            "fallocate" | "truncate" | "sync_file_range" => panic!("{} is not understood", call.name),
            _ => {}
        }
    }

    fn opened(&mut self, number: usize, call: &Call<'_>) {
        let (Some(path), Some(fd)) = (call.path(0), call.result) else { return };
        self.open.remove(&fd);
        if !path.starts_with(&self.root) || is_shared_memory(&path) {
            return;
        }
        let node = if path == self.root { Some(Node::Folder) } else { self.live.get(&path).copied() };
        let inode = match node {
            Some(Node::Folder) => {
                self.open.insert(fd, Open::Folder(path));
                return;
            }
            Some(Node::File(inode)) => {
                if call.has_flag("O_TRUNC") {
                    self.change(inode, number, Bytes::Length(0));
                }
                inode
            }
            None => {
                assert!(call.has_flag("O_CREAT"), "{} came from nowhere", path.display());
                let inode = self.inodes.len();
                self.inodes.push(Inode::default());
                self.name(number, Some(path), |path| Name::Make(path, Node::File(inode)));
                inode
            }
        };
        self.open.insert(fd, Open::File { inode, at: 0, append: call.has_flag("O_APPEND") });
    }

    fn written(&mut self, number: usize, call: &Call<'_>) {
        let Some(Open::File { inode, at, append }) =
            call.number(0).and_then(|fd| self.open.get(&fd)).cloned()
        else {
            return;
        };
        assert!(!append, "nothing in an outbox is appended to");
        let mut bytes = call.bytes();
        if let Some(length) = call.result {
            bytes.truncate(usize::try_from(length).unwrap());
        }
        let length = bytes.len();
        let own_place = call.name.starts_with('p');
        let place = if own_place { usize::try_from(call.number(3).unwrap()).unwrap() } else { at };
        self.change(inode, number, Bytes::Write { at: place, bytes });
        if let (false, Some(Open::File { at, .. })) = (own_place, self.open.get_mut(&call.number(0).unwrap()))
        {
            *at += length;
        }
    }

    fn change(&mut self, inode: usize, at_call: usize, what: Bytes) {
        self.inodes[inode].changes.push(Change { what, at_call, lasts: false });
    }

    fn name(&mut self, at_call: usize, path: Option<PathBuf>, change: impl FnOnce(PathBuf) -> Name) {
        if let Some(path) = path.filter(|p| p.starts_with(&self.root) && !is_shared_memory(p)) {
            let what = change(path);
            what.apply(&mut self.live);
            self.names.push(Change { what, at_call, lasts: false });
        }
    }

    /// Everything that had ended before the sync began lasts.
    fn synced(&mut self, fd: Option<i64>, begun_after: usize) {
        match fd.and_then(|fd| self.open.get(&fd)) {
            Some(Open::File { inode, .. }) => {
                let changes = &mut self.inodes[*inode].changes;
                changes.iter_mut().filter(|c| c.at_call < begun_after).for_each(|c| c.lasts = true);
            }
            Some(Open::Folder(folder)) => {
                let in_it = |c: &&mut Change<Name>| {
                    c.at_call < begun_after && c.what.folders().contains(&folder.as_path())
                };
                self.names.iter_mut().filter(in_it).for_each(|c| c.lasts = true);
            }
            None => {}
        }
    }

    /// Puts the folder back as it is after the cut.
    pub(crate) fn cut(self, dice: &mut Dice) -> Lost {
        let mut lost = Lost { power_cuts: 1, ..Lost::default() };
        let unsynced = self.names.iter().filter(|c| !c.lasts).count() as u64;
        let survive = dice.throw(unsynced + 1);
        lost.names = unsynced - survive;
        let mut names = self.before.clone();
        let mut met = 0;
        for change in &self.names {
            if change.lasts || met < survive {
                change.what.apply(&mut names);
            }
            met += u64::from(!change.lasts);
        }
        // Of ten cuts some lose everything that was not synced, some nothing, the others a mixture.
        let odds = match dice.throw(10) {
            0..=2 => 0,
            3 => 100,
            _ => 10 + dice.throw(80),
        };
        fs::remove_dir_all(&self.root).unwrap();
        fs::create_dir(&self.root).unwrap();
        for (path, node) in &names {
            // A name in a folder that is lost is lost.
            if !path.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match node {
                Node::Folder => fs::DirBuilder::new().mode(0o700).create(path).unwrap(),
                Node::File(inode) => {
                    let bytes = self.inodes[*inode].after_cut(odds, dice, &mut lost);
                    let mut options = fs::OpenOptions::new();
                    let mut file = options.write(true).create_new(true).mode(0o600).open(path).unwrap();
                    std::io::Write::write_all(&mut file, &bytes).unwrap();
                }
            }
        }
        lost
    }
}

impl Inode {
    fn after_cut(&self, odds: u64, dice: &mut Dice, lost: &mut Lost) -> Vec<u8> {
        let mut file = self.before.clone();
        for change in &self.changes {
            match &change.what {
                Bytes::Length(length) if change.lasts || dice.throw(100) < odds => file.resize(*length, 0),
                Bytes::Length(_) => {}
                Bytes::Write { at, bytes } if change.lasts => put(&mut file, *at, bytes),
                Bytes::Write { at, bytes } => {
                    let mut from = 0;
                    while from < bytes.len() {
                        let to = bytes.len().min((at + from) / SECTOR * SECTOR + SECTOR - at);
                        if dice.throw(100) < odds {
                            lost.unsynced_sectors_kept += 1;
                            put(&mut file, at + from, &bytes[from..to]);
                        } else {
                            lost.sectors += 1;
                        }
                        from = to;
                    }
                }
            }
        }
        file
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

fn is_shared_memory(path: &Path) -> bool {
    path.to_string_lossy().ends_with("-shm")
}
