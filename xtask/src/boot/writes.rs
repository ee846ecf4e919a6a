//! What reached the disk: QEMU's log of writes and flushes, and the disk that a loss of power leaves.
//!
//! Duty: what was flushed is there; of what was not, some is there, some is not, and some is torn. Never: lose what a flush had
//! promised.
//!
//! The log is that of the kernel's dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst), which QEMU's block
//! driver blklogwrites writes. An entry stands there when its write or flush has ended.

use super::BootError;
use super::dice::Dice;
use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Bytes of a sector, of the disk's and of the log's.
const SECTOR: u64 = 512;
/// The first word of a log.
const MAGIC: u64 = 0x6a_7366_7773_6872;
/// Flags of an entry.
const FLUSH: u64 = 1;
const DISCARD: u64 = 4;
/// A write longer than this is no write of a machine of ours.
const LONGEST: u64 = 1 << 28;

/// What a loss of power took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lost {
    /// Writes since the last flush.
    pub(super) unflushed: u64,
    /// Those of them that did not reach the disk.
    pub(super) dropped: u64,
    /// Those that reached it in part.
    pub(super) torn: u64,
}

/// A write: its first byte on the disk, its length, and where its bytes are in the log; none for a discard.
#[derive(Debug, Clone, Copy)]
struct Write {
    at: u64,
    length: u64,
    bytes: Option<u64>,
}

/// Makes of `disk`, as it was when the log began, what a loss of power at the log's end leaves.
pub(super) fn leave(log: &Path, disk: &Path, dice: &mut Dice) -> Result<Lost, BootError> {
    let file = |path: &Path, e| BootError::File(path.to_owned(), e);
    let source = File::open(log).map_err(|e| file(log, e))?;
    let target = File::options().write(true).open(disk).map_err(|e| file(disk, e))?;
    let (writes, flushed) = parse(&source).map_err(|e| file(log, e))?;
    let mut lost = Lost::default();
    for (number, write) in writes.iter().enumerate() {
        let mut length = write.length;
        if number >= flushed {
            lost.unflushed += 1;
            if dice.below(2) == 0 {
                lost.dropped += 1;
                continue;
            }
            let sectors = length / SECTOR;
            if sectors > 1 && dice.below(4) == 0 {
                lost.torn += 1;
                length = (1 + dice.below(sectors - 1)) * SECTOR;
            }
        }
        apply(&source, &target, Write { length, ..*write }).map_err(|e| file(disk, e))?;
    }
    target.sync_all().map_err(|e| file(disk, e))?;
    Ok(lost)
}

/// The writes in their order, and how many of them the last flush covers.
fn parse(log: &File) -> std::io::Result<(Vec<Write>, usize)> {
    let mut reader = BufReader::new(log);
    let word = |reader: &mut BufReader<&File>| {
        let mut bytes = [0; 8];
        // What a killed program did not write reads as nothing.
        reader.read_exact(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    };
    // The first sector is written with the first flush.
    if ![0, MAGIC].contains(&word(&mut reader)?) {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let (mut writes, mut flushed) = (Vec::new(), 0);
    let mut place = SECTOR;
    loop {
        reader.seek(SeekFrom::Start(place))?;
        let mut entry = [0; 4];
        for field in &mut entry {
            let Ok(value) = word(&mut reader) else { return Ok((writes, flushed)) };
            *field = value;
        }
        let [sector, sectors, flags, data] = entry;
        if flags == 0 && sectors == 0 {
            return Ok((writes, flushed));
        }
        if sectors.saturating_mul(SECTOR) > LONGEST || data > LONGEST {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        place += SECTOR;
        if sectors > 0 {
            let bytes = (flags & DISCARD == 0).then_some(place);
            writes.push(Write { at: sector * SECTOR, length: sectors * SECTOR, bytes });
            if bytes.is_some() {
                place += sectors * SECTOR;
            }
        }
        if flags & FLUSH != 0 {
            flushed = writes.len();
        }
    }
}

fn apply(log: &File, disk: &File, write: Write) -> std::io::Result<()> {
    let length = usize::try_from(write.length).map_err(|_| std::io::ErrorKind::InvalidData)?;
    let mut bytes = vec![0; length];
    if let Some(place) = write.bytes {
        log.read_exact_at(&mut bytes, place)?;
    }
    disk.write_all_at(&bytes, write.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry as log-writes.rst and dm-log-writes.c have it: sector, sectors, flags, length of the data; all little-endian.
    fn entry(sector: u64, flags: u64, data: &[u8]) -> Vec<u8> {
        let length = data.len() as u64;
        let mut bytes: Vec<u8> =
            [sector, length / SECTOR, flags, length].iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.resize(512, 0);
        bytes.extend(data);
        bytes
    }

    fn sector(fill: u8) -> Vec<u8> {
        vec![fill; 512]
    }

    #[test]
    fn what_was_flushed_stays_and_the_rest_is_chance() {
        let folder = std::env::temp_dir().join(format!("yilin-writes-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (log, disk) = (folder.join("log"), folder.join("disk"));
        let mut bytes = 0x6a_7366_7773_6872_u64.to_le_bytes().to_vec();
        bytes.resize(512, 0);
        bytes.extend(entry(0, 0, &sector(1)));
        bytes.extend(entry(0, 1, &[]));
        for place in 1..33 {
            bytes.extend(entry(place, 0, &sector(2)));
        }
        bytes.resize(bytes.len() + 4096, 0);
        std::fs::write(&log, &bytes).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..8 {
            std::fs::write(&disk, vec![0; 64 * 512]).unwrap();
            let lost = leave(&log, &disk, &mut Dice::new(seed)).unwrap();
            let left = std::fs::read(&disk).unwrap();
            assert_eq!(&left[..512], &sector(1)[..], "flushed");
            let kept = left.chunks(512).skip(1).filter(|sector| sector[0] == 2).count() as u64;
            assert_eq!(lost.unflushed, 32);
            assert_eq!(kept, 32 - lost.dropped);
            seen.insert(kept);
        }
        assert!(seen.len() > 1, "the seed decides: {seen:?}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
