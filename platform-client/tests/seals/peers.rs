//! Our seals before programs of others, and theirs before ours: OpenSSL, poppler, qpdf, Info-ZIP.
#![allow(clippy::print_stderr, reason = "says when it compared nothing")]

use std::path::Path;
use std::process::{Command, Output};

use platform_client::seal::{self, Authorities};
use platform_client::sim::SealKind;
use platform_client::sim::fault::FaultKind;

use crate::issued::{NOW, Office};

/// Whether a program is there; without it a test says so and passes, save where peers are required.
fn is_there(program: &str, version: &str) -> bool {
    let there = Command::new(program).arg(version).output().is_ok();
    if !there {
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "{program} is not installed");
        eprintln!("{program} is not installed: nothing was compared with it");
    }
    there
}

fn run(program: &str, words: &[&str], folder: &Path) -> Output {
    Command::new(program).args(words).current_dir(folder).env("HOME", folder).output().unwrap()
}

#[track_caller]
fn says(program: &str, words: &[&str], folder: &Path) -> String {
    let output = run(program, words, folder);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{program} {words:?}: {said}");
    said
}

/// Where the digits of a PDF's signature are, without their brackets.
pub(crate) fn hole(file: &[u8]) -> std::ops::Range<usize> {
    let from = file.windows(11).position(|w| w == b"/Contents <").unwrap() + 11;
    from..from + file[from..].iter().position(|b| *b == b'>').unwrap()
}

/// The signature of a PDF, and what it is over.
pub(crate) fn parts(file: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let hole = hole(file);
    let digits = std::str::from_utf8(&file[hole.clone()]).unwrap();
    let bytes: Vec<u8> =
        (0..digits.len() / 2).map(|n| u8::from_str_radix(&digits[n * 2..n * 2 + 2], 16).unwrap()).collect();
    let signature = element(&bytes).0.to_vec();
    (signature, [&file[..hole.start - 1], &file[hole.end + 1..]].concat())
}

/// The first element of DER, whole, and its content.
fn element(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (head, length) = match bytes[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        long => {
            let digits = usize::from(long & 0x7f);
            (2 + digits, bytes[2..2 + digits].iter().fold(0, |sum, b| sum << 8 | usize::from(*b)))
        }
    };
    (&bytes[..head + length], &bytes[head..head + length])
}

/// The elements inside an element.
fn inside(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = element(bytes).1;
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (whole, _) = element(rest);
        all.push(whole);
        rest = &rest[whole.len()..];
    }
    all
}

/// OpenSSL on an SM2 signature over a message, by the key of a certificate.
#[track_caller]
fn openssl_takes_sm2(folder: &Path, certificate: &[u8], message: &[u8], signature: &[u8]) {
    std::fs::write(folder.join("c.der"), certificate).unwrap();
    std::fs::write(folder.join("message"), message).unwrap();
    std::fs::write(folder.join("signature"), signature).unwrap();
    let key = says("openssl", &["x509", "-inform", "DER", "-in", "c.der", "-noout", "-pubkey"], folder);
    std::fs::write(folder.join("key.pem"), key).unwrap();
    let verify = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-digest",
        "sm3",
        "-pkeyopt",
        "distid:1234567812345678",
        "-in",
        "message",
        "-sigfile",
        "signature",
    ];
    assert!(says("openssl", &verify, folder).contains("Verified Successfully"));
}

/// OpenSSL on the way from a certificate to the authority.
#[track_caller]
fn openssl_takes_the_chain(folder: &Path, authority: &Path, certificate: &[u8]) {
    std::fs::write(folder.join("c.der"), certificate).unwrap();
    let pem = says("openssl", &["x509", "-inform", "DER", "-in", "c.der"], folder);
    std::fs::write(folder.join("c.pem"), pem).unwrap();
    let authority = authority.to_str().unwrap();
    let verify =
        ["verify", "-x509_strict", "-vfyopt", "distid:1234567812345678", "-CAfile", authority, "c.pem"];
    assert!(says("openssl", &verify, folder).contains("c.pem: OK"));
}

#[tokio::test]
async fn openssl_takes_our_cms_in_p256_and_not_an_altered_one() {
    if !is_there("openssl", "version") {
        return;
    }
    let office = Office::open(SealKind::PdfP256).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = office.authorities_folder().join("p256.pem");
    for (fault, valid) in [(None, true), (Some(FaultKind::SealAltered), false)] {
        let (signature, content) = parts(&office.file(fault).await);
        std::fs::write(folder.path().join("s.der"), signature).unwrap();
        std::fs::write(folder.path().join("content"), content).unwrap();
        let words = [
            "cms",
            "-verify",
            "-binary",
            "-cades",
            "-inform",
            "DER",
            "-in",
            "s.der",
            "-content",
            "content",
            "-purpose",
            "any",
            "-out",
            "out",
            "-CAfile",
            authority.to_str().unwrap(),
        ];
        let output = run("openssl", &words, folder.path());
        assert_eq!(output.status.success(), valid, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test]
async fn openssl_takes_each_sm2_part_of_our_cms() {
    if !is_there("openssl", "version") {
        return;
    }
    let office = Office::open(SealKind::Pdf).await;
    let folder = tempfile::tempdir().unwrap();
    let (signature, content) = parts(&office.file(None).await);
    // ContentInfo → [0] → SignedData: version, digests, content, [0] certificates, signers (RFC 5652, 5.1).
    let signed_data = inside(inside(inside(&signature)[1])[0]);
    let certificate = inside(signed_data[3])[0];
    let signer = inside(inside(signed_data[4])[0]);
    let mut attributes = signer[3].to_vec();
    attributes[0] = 0x31;
    openssl_takes_sm2(folder.path(), certificate, &attributes, element(signer[5]).1);
    openssl_takes_the_chain(folder.path(), &office.authorities_folder().join("sm2.pem"), certificate);
    std::fs::write(folder.path().join("content"), content).unwrap();
    let digest = says("openssl", &["dgst", "-sm3", "-r", "content"], folder.path());
    let said: String = attributes.iter().map(|b| format!("{b:02x}")).collect();
    assert!(said.contains(&digest[..64]), "the digest among the attributes is OpenSSL's");
}

#[tokio::test]
async fn openssl_takes_each_part_of_our_seal_of_an_ofd() {
    if !is_there("openssl", "version") || !is_there("unzip", "-v") {
        return;
    }
    let office = Office::open(SealKind::Ofd).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.ofd"), office.file(None).await).unwrap();
    says("unzip", &["-q", "a.ofd"], folder.path());
    let sign = folder.path().join("Doc_0/Signs/Sign_0");
    let value = std::fs::read(sign.join("SignedValue.dat")).unwrap();
    // SES_Signature: toSign, certificate, algorithm, signature; toSign: version, seal, time, digest, property.
    let outer = inside(&value);
    let to_sign = inside(outer[0]);
    let seal = inside(to_sign[1]);
    let authority = office.authorities_folder().join("sm2.pem");
    for (message, certificate, signature) in [(outer[0], outer[1], outer[3]), (seal[0], seal[1], seal[3])] {
        let certificate = element(certificate).1;
        openssl_takes_sm2(folder.path(), certificate, message, &element(signature).1[1..]);
        openssl_takes_the_chain(folder.path(), &authority, certificate);
    }
    let sm3 =
        |file: &str| says("openssl", &["dgst", "-sm3", "-binary", "-out", "digest", file], folder.path());
    sm3("Doc_0/Signs/Sign_0/Signature.xml");
    assert_eq!(element(to_sign[3]).1[1..], std::fs::read(folder.path().join("digest")).unwrap());
    let description = std::fs::read_to_string(sign.join("Signature.xml")).unwrap();
    for file in ["OFD.xml", "Doc_0/Document.xml", "Doc_0/DocumentRes.xml", "Doc_0/Res/page.png"] {
        sm3(file);
        let digest = says("openssl", &["base64", "-A", "-in", "digest"], folder.path());
        assert!(description.contains(&format!("FileRef=\"/{file}\"><ofd:CheckValue>{digest}<")), "{file}");
    }
}

#[tokio::test]
async fn poppler_and_qpdf_take_our_pdf() {
    if !is_there("pdfsig", "-v") || !is_there("qpdf", "--version") {
        return;
    }
    let office = Office::open(SealKind::PdfP256).await;
    let folder = tempfile::tempdir().unwrap();
    for (fault, word) in [(None, "Signature is Valid"), (Some(FaultKind::SealAltered), "Digest Mismatch")] {
        std::fs::write(folder.path().join("a.pdf"), office.file(fault).await).unwrap();
        let output = run("pdfsig", &["a.pdf"], folder.path());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(word) && said.contains("Total document signed"), "{said}");
        assert!(said.contains("ETSI.CAdES.detached"), "{said}");
    }
    for kind in [SealKind::Pdf, SealKind::PdfP256] {
        std::fs::write(folder.path().join("a.pdf"), Office::open(kind).await.file(None).await).unwrap();
        let said = says("qpdf", &["--check", "a.pdf"], folder.path());
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    }
    // Written anew by qpdf, table and objects lie in streams: the signature is found there, and covers nothing any more.
    says("qpdf", &["--object-streams=generate", "a.pdf", "b.pdf"], folder.path());
    let written = std::fs::read(folder.path().join("b.pdf")).unwrap();
    assert!(written.windows(7).any(|w| w == b"/ObjStm") && !written.windows(6).any(|w| w == b"\nxref\n"));
    let checked = seal::check(&written, &office.authorities(), NOW);
    assert_eq!(checked, Err(seal::error::Altered::NotCovered.into()));
}

/// Signatures that OpenSSL makes in the place of ours, with an authority of its own: RSA and ECDSA, with and without
/// attributes; and the file again through qpdf, whose table and objects lie in streams.
#[tokio::test]
async fn signatures_by_openssl_are_taken() {
    if !is_there("openssl", "version") {
        return;
    }
    let mut file = Office::open(SealKind::PdfP256).await.file(None).await;
    // OpenSSL's certificates begin now, and the file says that it was sealed at the platform's time: that is left out.
    let said = file.windows(6).position(|w| w == b"/M (D:").unwrap();
    file[said + 1] = b'X';
    let (_, content) = parts(&file);
    for (kind, option) in [("rsa", "rsa_keygen_bits:2048"), ("EC", "ec_paramgen_curve:P-256")] {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path();
        let key = |name: &str| {
            says("openssl", &["genpkey", "-algorithm", kind, "-pkeyopt", option, "-out", name], there)
        };
        key("ca.key");
        key("office.key");
        let authority = [
            "req",
            "-x509",
            "-new",
            "-key",
            "ca.key",
            "-subj",
            "/CN=CA for tests",
            "-days",
            "3650",
            "-out",
            "ca.pem",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
        ];
        says("openssl", &authority, there);
        let request = [
            "req",
            "-x509",
            "-new",
            "-key",
            "office.key",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-subj",
            "/CN=Office for tests",
            "-days",
            "365",
            "-out",
            "office.pem",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            "keyUsage=critical,digitalSignature",
        ];
        says("openssl", &request, there);
        std::fs::create_dir(there.join("seals")).unwrap();
        std::fs::copy(there.join("ca.pem"), there.join("seals/ca.pem")).unwrap();
        let authorities = Authorities::read(&there.join("seals")).unwrap();
        std::fs::write(there.join("content"), &content).unwrap();
        for attributes in ["-cades", "-noattr"] {
            let sign = [
                "cms",
                "-sign",
                "-binary",
                "-outform",
                "DER",
                "-md",
                "sha256",
                "-signer",
                "office.pem",
                "-inkey",
                "office.key",
                "-in",
                "content",
                "-out",
                "s.der",
                attributes,
            ];
            says("openssl", &sign, there);
            let signature = std::fs::read(there.join("s.der")).unwrap();
            let mut sealed = file.clone();
            let hole = hole(&file);
            sealed[hole.clone()].fill(b'0');
            let digits: String = signature.iter().map(|b| format!("{b:02x}")).collect();
            sealed[hole.start..hole.start + digits.len()].copy_from_slice(digits.as_bytes());
            // OpenSSL signs by the machine's clock.
            let now = time::OffsetDateTime::now_utc();
            let checked = seal::check(&sealed, &authorities, now).unwrap();
            assert_eq!(checked.by, "Office for tests", "{kind} {attributes}");
            let last = hole.start + digits.len() - 1;
            sealed[last] = if sealed[last] == b'1' { b'2' } else { b'1' };
            assert!(seal::check(&sealed, &authorities, now).is_err(), "{kind} {attributes}");
        }
        let elsewhere = seal::check(&file, &authorities, NOW);
        assert!(elsewhere.is_err(), "ours is of another authority");
    }
}
