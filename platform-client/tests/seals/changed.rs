//! Whatever byte is changed, the seal is valid no more.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use domain::seal::SealProblem;
use platform_client::seal::error::Altered;
use platform_client::seal::{self, Authorities};
use platform_client::sim::SealKind;

use crate::issued::{NOW, Office};

fn is_valid(file: &[u8], authorities: &Authorities) -> bool {
    seal::check(file, authorities, NOW).is_ok()
}

/// Bytes to change: each nth, and each third of `closely`.
fn places(file: &[u8], nth: usize, closely: std::ops::Range<usize>) -> Vec<usize> {
    (0..file.len()).filter(|at| (closely.contains(at) && at % 3 == 0) || at % nth == 0).collect()
}

#[tokio::test]
async fn no_changed_byte_of_a_pdf_is_valid() {
    for kind in [SealKind::Pdf, SealKind::PdfP256] {
        let office = Office::open(kind).await;
        let (authorities, file) = (office.authorities(), office.file(None).await);
        let hole = file.windows(11).position(|w| w == b"/Contents <").unwrap();
        let used = hole + 11 + file[hole + 11..].windows(8).position(|w| w == b"00000000").unwrap();
        for at in places(&file, 397, hole - 80..used + 8) {
            // A digit's case is one bit, a digit's value another.
            for bit in [0, 5] {
                let mut changed = file.clone();
                changed[at] ^= 1 << bit;
                assert!(!is_valid(&changed, &authorities), "{kind:?} byte {at} bit {bit}");
            }
        }
        for end in (0..file.len()).step_by(997) {
            assert!(!is_valid(&file[..end], &authorities), "{kind:?} cut at {end}");
        }
    }
}

#[tokio::test]
async fn what_is_added_after_the_seal_is_found() {
    let office = Office::open(SealKind::Pdf).await;
    let (authorities, file) = (office.authorities(), office.file(None).await);
    let tail = String::from_utf8_lossy(&file[file.len() - 200..]).into_owned();
    let table: usize = tail.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    // An incremental update (ISO 32000-2, 7.5.6): another content for the page, the signature as it was.
    let at = file.len();
    let object = "4 0 obj\n<< /Length 2 >>\nstream\nq \nendstream\nendobj\n";
    let update = format!(
        "{object}xref\n4 1\n{at:010} 00000 n \ntrailer\n<< /Size 10 /Root 1 0 R /Prev {table} >>\nstartxref\n{}\n%%EOF\n",
        at + object.len()
    );
    let added = [&file[..], update.as_bytes()].concat();
    assert_eq!(seal::check(&added, &authorities, NOW), Err(Altered::AddedAfterwards.into()));
    let line = [&file[..], b"\n"].concat();
    assert_eq!(seal::check(&line, &authorities, NOW), Err(Altered::AddedAfterwards.into()));
    // The same with a range that says that it covers everything: then the digest is another.
    let range = file.windows(12).position(|w| w == b"/ByteRange [").unwrap();
    let length_at = range + 12 + 2 + 11 + 11;
    let old: usize = std::str::from_utf8(&file[length_at..length_at + 10]).unwrap().parse().unwrap();
    let mut widened = added;
    widened[length_at..length_at + 10].copy_from_slice(format!("{:010}", old + update.len()).as_bytes());
    assert_eq!(seal::check(&widened, &authorities, NOW), Err(Altered::Digest.into()));
}

/// Name → bytes, as another reader of ZIP files finds them.
pub(crate) fn content(file: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).ok()?;
    let mut files = BTreeMap::new();
    for nth in 0..zip.len() {
        let mut entry = zip.by_index(nth).ok()?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).ok()?;
        files.insert(entry.name().ok()?.into_owned(), bytes);
    }
    Some(files)
}

/// All but the list of seals, which is not sealed: a later seal adds to it. What it leaves out is found as a file outside.
fn sealed(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    files.remove(LIST);
    files
}

const LIST: &str = "Doc_0/Signs/Signatures.xml";

/// The container has fields that mean nothing to anybody here (times, attributes): a change there is no change of the
/// document. Every other is found.
#[tokio::test]
async fn no_changed_byte_of_an_ofd_is_valid_but_where_nothing_changes() {
    let office = Office::open(SealKind::Ofd).await;
    let (authorities, file) = (office.authorities(), office.file(None).await);
    let original = content(&file).unwrap();
    let directory = file.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let (mut changes, mut harmless) = (0, 0);
    let value = file.windows(9).position(|w| w == b"Seal.esl\x30").unwrap_or(directory - 4_000);
    for at in places(&file, 397, value..file.len()) {
        let mut changed = file.clone();
        changed[at] ^= 1 << ((at / 3) % 8);
        changes += 1;
        if is_valid(&changed, &authorities) {
            harmless += 1;
            assert_eq!(content(&changed).map(sealed), Some(sealed(original.clone())), "byte {at}");
        }
    }
    assert!(changes > 1_000 && harmless < changes / 5, "{harmless} of {changes} change nothing");
    for end in (0..file.len()).step_by(997) {
        assert!(!is_valid(&file[..end], &authorities), "cut at {end}");
    }
}

/// Each file of the package changed in a package that is well-formed.
#[tokio::test]
async fn no_changed_file_of_an_ofd_is_valid() {
    let office = Office::open(SealKind::Ofd).await;
    let (authorities, file) = (office.authorities(), office.file(None).await);
    let files = content(&file).unwrap();
    assert_eq!(files.len(), 9);
    assert!(is_valid(&packed(&files), &authorities), "packed by another program");
    for (name, bytes) in &files {
        for at in (0..bytes.len()).step_by(bytes.len().div_ceil(60)) {
            let mut changed = files.clone();
            changed.get_mut(name).unwrap()[at] ^= 1 << ((at / 3) % 8);
            assert!(name == LIST || !is_valid(&packed(&changed), &authorities), "{name} byte {at}");
        }
        let mut without = files.clone();
        without.remove(name);
        assert!(!is_valid(&packed(&without), &authorities), "without {name}");
    }
    let mut more = files.clone();
    more.insert("Doc_0/Annots/Annotations.xml".to_owned(), b"<more/>".to_vec());
    assert_eq!(seal::check(&packed(&more), &authorities, NOW), Err(Altered::FileOutside.into()));
    let mut unlisted = files;
    let root = unlisted.get_mut("OFD.xml").unwrap();
    *root = String::from_utf8_lossy(root)
        .replace("<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", "")
        .into_bytes();
    let problem = seal::check(&packed(&unlisted), &authorities, NOW).unwrap_err().problem();
    assert_eq!(problem, SealProblem::Missing, "taken off, and not shown for it");
}

pub(crate) fn packed(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
