//! An OFD of one picture (GB/T 33190-2016), and its seal after GB/T 38540-2020.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use base64::Engine as _;
use domain::terminal::Timestamp;
use time::UtcOffset;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::page;
use crate::gm::sm3;
use crate::sim::authority::{Authority, AuthorityError, der};

const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
const SM2_WITH_SM3: &str = "1.2.156.10197.1.501";
const SM3: &str = "1.2.156.10197.1.401";
/// How wide a seal is, in millimetres (GB/T 33906 has 40 and 42 for offices).
const SEAL_SIZE: u8 = 40;
const SIGNATURE: &str = "Doc_0/Signs/Sign_0/Signature.xml";
const CONTENT: &str = "Doc_0/Pages/Page_0/Content.xml";

/// The files of a package, in their order.
pub(super) type Files = Vec<(&'static str, Vec<u8>)>;

/// The page as a package without a seal; `OFD.xml` comes to name the seals when there are some.
pub(super) fn unsealed(png: Vec<u8>, number: &str, at: Timestamp) -> Files {
    // The number is letters, digits and hyphens: nothing that XML would have to escape.
    let day = format!("{:04}-{:02}-{:02}", at.year(), at.month() as u8, at.day());
    let id = &crate::sim::store::hex(&sm3::digest(number.as_bytes()))[..32];
    vec![
        ("OFD.xml", root(id, number, &day, "").into_bytes()),
        (
            "Doc_0/Document.xml",
            format!(
                r#"{DECLARATION}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>10</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>"#
            )
            .into_bytes(),
        ),
        (
            "Doc_0/DocumentRes.xml",
            format!(
                r#"{DECLARATION}<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="2" Type="Image" Format="PNG"><ofd:MediaFile>page.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"#
            )
            .into_bytes(),
        ),
        (
            CONTENT,
            format!(
                r#"{DECLARATION}<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="3"><ofd:ImageObject ID="4" Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="2"/></ofd:Layer></ofd:Content></ofd:Page>"#
            )
            .into_bytes(),
        ),
        ("Doc_0/Res/page.png", png),
    ]
}

fn root(id: &str, title: &str, day: &str, signatures: &str) -> String {
    format!(
        r#"{DECLARATION}<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{id}</ofd:DocID><ofd:Title>{title}</ofd:Title><ofd:CreationDate>{day}</ofd:CreationDate></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{signatures}</ofd:DocBody></ofd:OFD>"#
    )
}

/// Seals a package; the seal ends at `until`, or never in our time.
pub(super) fn seal(
    files: &mut Files,
    authority: &Authority,
    at: Timestamp,
    until: Option<Timestamp>,
) -> Result<(), AuthorityError> {
    if let Some((_, root)) = files.first_mut() {
        let named = String::from_utf8_lossy(root).replace(
            "</ofd:DocBody>",
            "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>",
        );
        *root = named.into_bytes();
    }
    let eseal = electronic_seal(authority, until)?;
    let description = description(files, at);
    let value = seal_signature(authority, &eseal, &description, at)?;
    let list = format!(
        r#"{DECLARATION}<ofd:Signatures {NAMESPACE}><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="1" Type="Seal" BaseLoc="/{SIGNATURE}"/></ofd:Signatures>"#
    );
    files.push(("Doc_0/Signs/Signatures.xml", list.into_bytes()));
    files.push((SIGNATURE, description));
    files.push(("Doc_0/Signs/Sign_0/Seal.esl", eseal));
    files.push(("Doc_0/Signs/Sign_0/SignedValue.dat", value));
    Ok(())
}

/// Moves the picture on the sealed page by a millimetre.
pub(super) fn alter(files: &mut Files) {
    if let Some((_, content)) = files.iter_mut().find(|(name, _)| *name == CONTENT) {
        let moved = String::from_utf8_lossy(content).replace("\"0 0 210 297\"", "\"1 0 210 297\"");
        *content = moved.into_bytes();
    }
}

/// The package as a ZIP file.
pub(super) fn packed(files: &Files) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        // OFD.xml and pictures gain nothing; the others are text.
        let method = if name.ends_with(".png") {
            zip::CompressionMethod::Stored
        } else {
            zip::CompressionMethod::Deflated
        };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method))?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// GB/T 33190, clause 18: the digest of each file, and where the seal stands on which page.
fn description(files: &Files, at: Timestamp) -> Vec<u8> {
    let utc = at.to_offset(UtcOffset::UTC);
    let mut references = String::new();
    for (name, bytes) in files {
        let digest = base64::engine::general_purpose::STANDARD.encode(sm3::digest(bytes));
        let _ = write!(
            references,
            r#"<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>"#
        );
    }
    format!(
        r#"{DECLARATION}<ofd:Signature {NAMESPACE}><ofd:SignedInfo><ofd:Provider ProviderName="yilin-province" Version="1.0" Company="only for tests"/><ofd:SignatureMethod>{SM2_WITH_SM3}</ofd:SignatureMethod><ofd:SignatureDateTime>{:04}{:02}{:02}{:02}{:02}{:02}Z</ofd:SignatureDateTime><ofd:References CheckMethod="{SM3}">{references}</ofd:References><ofd:StampAnnot ID="1" PageRef="1" Boundary="125 205 {SEAL_SIZE} {SEAL_SIZE}"/><ofd:Seal><ofd:BaseLoc>/Doc_0/Signs/Sign_0/Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo><ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>"#,
        utc.year(),
        utc.month() as u8,
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
    )
    .into_bytes()
}

/// SES_Seal: what the seal is, who may use it, until when, and the maker's signature over that.
fn electronic_seal(authority: &Authority, until: Option<Timestamp>) -> Result<Vec<u8>, AuthorityError> {
    let from = time::macros::datetime!(2020-01-01 0:00 UTC);
    let until = until.unwrap_or(time::macros::datetime!(2099-12-31 0:00 UTC));
    let header = der::sequence(&[&der::ia5("ES"), &der::small(4), &der::ia5("YILIN-TEST")]);
    let property = der::sequence(&[
        &der::small(1),
        &der::utf8("样本市社会保险业务专用章 (only for tests)"),
        &der::small(1),
        &der::sequence(&[&der::octets(&authority.office.certificate)]),
        &der::moment(from),
        &der::moment(from),
        &der::moment(until),
    ]);
    let picture = der::sequence(&[
        &der::ia5("png"),
        &der::octets(&page::png(&page::seal_mark()).unwrap_or_default()),
        &der::small(SEAL_SIZE),
        &der::small(SEAL_SIZE),
    ]);
    let info = der::sequence(&[&header, &der::ia5("99000000000001"), &property, &picture]);
    let signature = authority.maker.key.sign(&info)?;
    Ok(der::sequence(&[
        &info,
        &der::octets(&authority.maker.certificate),
        &der::identifier(SM2_WITH_SM3),
        &der::bits(&signature),
    ]))
}

/// SES_Signature: the seal, when, and the digest of the description, under the office's signature.
fn seal_signature(
    authority: &Authority,
    eseal: &[u8],
    description: &[u8],
    at: Timestamp,
) -> Result<Vec<u8>, AuthorityError> {
    let to_sign = der::sequence(&[
        &der::small(4),
        eseal,
        &der::moment(at),
        &der::bits(&sm3::digest(description)),
        &der::ia5(&format!("/{SIGNATURE}")),
    ]);
    let signature = authority.office.key.sign(&to_sign)?;
    Ok(der::sequence(&[
        &to_sign,
        &der::octets(&authority.office.certificate),
        &der::identifier(SM2_WITH_SM3),
        &der::bits(&signature),
    ]))
}
