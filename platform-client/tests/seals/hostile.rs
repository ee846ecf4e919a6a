//! Packages and documents that want to do harm are refused by name.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use platform_client::seal::error::{Unreadable, Unsupported};
use platform_client::seal::{self, Authorities, SealError};

use crate::changed::packed;
use crate::issued::NOW;

fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    packed(
        &files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect::<BTreeMap<_, _>>(),
    )
}

fn check(file: &[u8], error: impl Into<SealError>) {
    let began = Instant::now();
    assert_eq!(seal::check(file, &Authorities::none(), NOW), Err(error.into()));
    assert!(began.elapsed() < Duration::from_secs(5));
}

fn ofd(xml: &str) -> Vec<u8> {
    package(&[("OFD.xml", xml.as_bytes())])
}

/// A name in a package in both places, for another of the same length.
fn renamed(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut file = file.to_vec();
    let mut found = 0;
    for at in 0..file.len() - from.len() {
        if file[at..].starts_with(from.as_bytes()) {
            file[at..at + to.len()].copy_from_slice(to.as_bytes());
            found += 1;
        }
    }
    assert_eq!(found, 2);
    file
}

#[test]
fn names_that_lead_out_or_come_twice() {
    let file = package(&[("OFD.xml", b"<a/>"), ("abcdefgh", b"x")]);
    for name in
        ["../x/y/z", "/abcdefg", "a//bcdef", "a/../bcd", "a\\bcdefg", "C:bcdefg", "./abcdef", "ab\0defgh"]
    {
        check(&renamed(&file, "abcdefgh", name), Unreadable::ZipPath);
    }
    let file = package(&[("OFD.xml", b"<a/>"), ("OFD.xmm", b"<b/>")]);
    check(&renamed(&file, "OFD.xmm", "OFD.xml"), Unreadable::ZipDuplicate);
    check(&renamed(&file, "OFD.xmm", "Ofd.xml"), Unreadable::ZipDuplicate);
}

#[test]
fn a_package_that_grows_without_end() {
    let zeros = vec![0; 40 << 20];
    check(&package(&[("OFD.xml", b"<a/>"), ("a", &zeros), ("b", &zeros)]), Unreadable::ZipBomb);
    let names: Vec<String> = (0..1_001).map(|n| format!("f{n}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    check(&package(&files), Unreadable::ZipCount);
    // The directory says less than what comes out.
    let mut liar = package(&[("OFD.xml", &[b'a'; 5_000])]);
    let directory = liar.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    for at in [22, directory + 24] {
        liar[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    check(&liar, Unreadable::ZipData);
}

#[test]
fn a_package_whose_readers_would_disagree() {
    let file = package(&[("OFD.xml", b"<a/>"), ("b", b"x")]);
    check(&[&file[..], b"more"].concat(), Unreadable::ZipDirectory);
    let mut other = file.clone();
    let local = other.windows(7).position(|w| w == b"OFD.xml").unwrap();
    other[local] = b'o';
    check(&other, Unreadable::ZipEntry);
    let mut encrypted = file.clone();
    let directory = encrypted.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    check(&encrypted, Unsupported::ZipKind);
    // Two rows of the directory for one place.
    let mut overlapping = file;
    let second =
        directory + overlapping[directory + 4..].windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 4;
    overlapping[second + 42..second + 46].copy_from_slice(&[0; 4]);
    check(&overlapping, Unreadable::ZipEntry);
}

#[test]
fn xml_that_grows_or_nests() {
    let bomb = r#"<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>"#;
    check(&ofd(bomb), Unreadable::XmlEntities);
    check(&ofd(r#"<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>"#), Unreadable::XmlEntities);
    check(&ofd(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))), Unreadable::XmlBounds);
    check(&ofd(&format!("<a>{}</a>", "<b/>".repeat(200_000))), Unreadable::XmlBounds);
    check(&ofd(&" ".repeat(5 << 20)), Unreadable::XmlBounds);
    check(&ofd("<a"), Unreadable::Xml);
    check(&package(&[("OFD.xml", &[0xff, 0xfe, 0])]), Unreadable::Xml);
    check(&ofd("<a/>"), Unreadable::OfdRoot);
}

#[test]
fn lists_that_lead_out_or_mean_something_else() {
    let root = |body: &str, version: &str| {
        format!(r#"<o:OFD xmlns:o="http://www.ofdspec.org/2016" Version="{version}">{body}</o:OFD>"#)
    };
    let body = |place: &str| format!("<o:DocBody><o:Signatures>{place}</o:Signatures></o:DocBody>");
    check(&ofd(&root(&body("../../etc/passwd"), "1.0")), Unreadable::ZipPath);
    check(&ofd(&root(&body("nowhere.xml"), "1.0")), Unreadable::OfdSignatures);
    check(&ofd(&root(&body("S.xml"), "2.0")), Unsupported::OfdVersion);
    check(&ofd(&root(&body("S.xml").repeat(2), "1.0")), Unsupported::OfdDocuments);
    check(&ofd(&root("<o:DocBody/>", "1.0")), SealError::Missing);
    let list = r#"<o:Signatures xmlns:o="http://www.ofdspec.org/2016"><o:Signature ID="1" Type="Sign" BaseLoc="x"/></o:Signatures>"#;
    let file = package(&[("OFD.xml", root(&body("S.xml"), "1.0").as_bytes()), ("S.xml", list.as_bytes())]);
    check(&file, Unsupported::PlainSignature);
}

#[test]
fn a_pdf_that_goes_round_in_circles() {
    let with = |tail: &str| format!("%PDF-1.7\n{tail}").into_bytes();
    check(
        &with("xref\n0 0\ntrailer\n<< /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n"),
        Unreadable::PdfBounds,
    );
    check(
        &with(&format!("xref\n0 0\ntrailer\n<< /A {} >>\nstartxref\n9\n", "[".repeat(100_000))),
        Unreadable::PdfBounds,
    );
    check(&with("xref\n0 0\ntrailer\n<< /Encrypt 1 0 R >>\nstartxref\n9\n"), Unsupported::EncryptedPdf);
    check(&with("xref\n0 4000000000\ntrailer\n<< >>\nstartxref\n9\n"), Unreadable::PdfTable);
    // Two fields that are each other's kids.
    let objects = [
        "1 0 obj\n<< /AcroForm << /Fields [2 0 R] >> >>\nendobj\n",
        "2 0 obj\n<< /Kids [3 0 R] >>\nendobj\n",
        "3 0 obj\n<< /Kids [2 0 R] >>\nendobj\n",
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut rows = String::new();
    for object in objects {
        rows.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(object.bytes());
    }
    let table = file.len();
    file.extend(format!("xref\n1 3\n{rows}trailer\n<< /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    check(&file, Unreadable::PdfBounds);
}
