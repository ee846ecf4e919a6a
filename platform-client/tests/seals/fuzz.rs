//! Seeded changes of what the readers of seals read: every one is answered, and none is valid.

use std::panic::{AssertUnwindSafe, catch_unwind};

use platform_client::seal::{self, Authorities};
use platform_client::sim::SealKind;

use crate::changed::{content, packed};
use crate::issued::{NOW, Office};
use crate::peers::{hole, parts};

/// Changed inputs for each reader.
const CHANGES: u32 = 1_500;

/// Marsaglia's xorshift, 64 bits.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end.max(1)
    }
}

/// One to four small changes: a byte, a bit, a piece cut out, doubled, moved in from elsewhere, the end cut off.
fn changed(original: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        let piece = at..(at + 1 + chance.below(16)).min(bytes.len());
        match chance.below(8) {
            0 | 1 if !bytes.is_empty() => bytes[at] = chance.below(256).to_le_bytes()[0],
            2 | 3 if !bytes.is_empty() => bytes[at] ^= 1 << chance.below(8),
            4 if piece.start < piece.end => drop(bytes.drain(piece)),
            5 if piece.start < piece.end => {
                let doubled = bytes[piece].to_vec();
                bytes.splice(at..at, doubled);
            }
            6 => {
                let from = chance.below(original.len());
                let taken = original[from..(from + chance.below(64)).min(original.len())].to_vec();
                bytes.splice(at..at, taken);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn answers(name: &str, authorities: &Authorities, original: &[u8], file: impl Fn(&[u8]) -> Vec<u8>) {
    let mut chance = Chance(0x5EED_0001);
    for index in 0..CHANGES {
        let bytes = changed(original, &mut chance);
        let answer = catch_unwind(AssertUnwindSafe(|| seal::check(&file(&bytes), authorities, NOW)));
        let hex = || bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match answer {
            Err(_) => panic!("{name}, change {index} breaks it: {}", hex()),
            Ok(Ok(_)) if bytes != original => panic!("{name}, change {index} is valid: {}", hex()),
            Ok(_) => {}
        }
    }
}

/// A PDF as small as one with a signature can be; the signature's digest is that of another file.
fn small_pdf(signature: &[u8]) -> Vec<u8> {
    let digits: String = signature.iter().map(|b| format!("{b:02x}")).collect();
    let objects = [
        "1 0 obj\n<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>\nendobj\n".to_owned(),
        "2 0 obj\n<< /FT /Sig /T (A\\)\\(b) /V 3 0 R /Kids [] /X [1.5 -2 true null /A#20b] >>\nendobj\n"
            .to_owned(),
        format!(
            "3 0 obj\n<< /Type /Sig /SubFilter /adbe.pkcs7.detached /M (D:20261124102400+08'00') \
             /ByteRange [0 0000 0000 0000] /Contents <{digits}0000> >>\nendobj\n"
        ),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut rows = String::new();
    for object in objects {
        rows.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(object.bytes());
    }
    let table = file.len();
    file.extend(
        format!("xref\n1 3\n{rows}trailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n{table}\n%%EOF\n").bytes(),
    );
    let hole = hole(&file);
    let text = format!("[0 {:04} {:04} {:04}]", hole.start - 1, hole.end + 1, file.len() - hole.end - 1);
    let range = file.windows(18).position(|w| w == b"[0 0000 0000 0000]").unwrap();
    file[range..range + 18].copy_from_slice(text.as_bytes());
    file
}

#[tokio::test]
async fn every_change_of_a_pdf_is_answered() {
    let office = Office::open(SealKind::PdfP256).await;
    let authorities = office.authorities();
    let file = office.file(None).await;
    let (signature, _) = parts(&file);
    let small = small_pdf(&signature);
    let digest = seal::error::Altered::Digest;
    assert_eq!(seal::check(&small, &authorities, NOW), Err(digest.into()), "read to the end");
    answers("PDF", &authorities, &small, <[u8]>::to_vec);
    let place = hole(&file);
    answers("CMS", &authorities, &signature, |changed| {
        let digits: String = changed.iter().take(place.len() / 2).map(|b| format!("{b:02x}")).collect();
        let mut file = file.clone();
        file[place.clone()].fill(b'0');
        file[place.start..place.start + digits.len()].copy_from_slice(digits.as_bytes());
        file
    });
}

#[tokio::test]
async fn every_change_of_an_ofd_is_answered() {
    let office = Office::open(SealKind::Ofd).await;
    let authorities = office.authorities();
    let files = content(&office.file(None).await).unwrap();
    for name in ["OFD.xml", "Doc_0/Signs/Sign_0/Signature.xml", "Doc_0/Signs/Sign_0/SignedValue.dat"] {
        answers(name, &authorities, &files[name], |changed| {
            let mut files = files.clone();
            files.insert(name.to_owned(), changed.to_vec());
            packed(&files)
        });
    }
    // The package alone: without its picture, so that most changes are of the directory.
    let mut small = files;
    small.remove("Doc_0/Res/page.png");
    small.remove("Doc_0/Signs/Sign_0/Seal.esl");
    small.remove("Doc_0/Signs/Sign_0/SignedValue.dat");
    answers("package", &authorities, &packed(&small), <[u8]>::to_vec);
}
